/// Google's predefined roles: all of them by name, with permissions for Artifact Registry, IAM, Resource Manager,
/// Service Usage, Secret Manager, billing, organization policies and Container Analysis.
///
/// The table is `Scripts/data/predefined-roles.tsv`. It is unpacked on first use.
package enum RoleCatalogue {
  /// A predefined role.
  package struct Role: Sendable {
    /// Such as `roles/viewer`.
    package let name: String
    /// The title that Google's console shows.
    package let title: String
    /// As on the wire: `GA` or `BETA`.
    package let stage: String
    /// Empty for roles of services that the table does not cover.
    package let permissions: Set<String>

    /// Whether the role can be granted on this kind of resource.
    ///
    /// Google does not publish which roles a kind accepts. Here it accepts those with a permission of the kind's own
    /// service.
    package func isGrantable(on kind: ResourceKind) -> Bool {
      switch kind {
      case .project, .folder, .organization: true
      case .repository: permissions.contains { $0.hasPrefix("artifactregistry.") }
      case .account: permissions.contains { $0.hasPrefix("iam.serviceAccount") }
      case .pool:
        permissions.contains { $0.hasPrefix("iam.googleapis.com/workloadIdentityPool") }
      case .secret: permissions.contains { $0.hasPrefix("secretmanager.") }
      // The table has few permissions of Cloud KMS, so its own roles count by their names.
      case .cryptoKey:
        name.hasPrefix("roles/cloudkms.") || permissions.contains { $0.hasPrefix("cloudkms.") }
      }
    }
  }

  /// The role with a name such as `roles/viewer`.
  package static func role(_ name: String) -> Role? { table.roles[name] }

  /// The names of all roles, sorted.
  package static var names: [String] { table.names }

  /// Every permission that a role of the table contains, sorted.
  static var permissions: [String] { table.permissions }

  /// The services that roles are named after, such as `compute` in `roles/compute.admin`.
  static let services: Set<String> = Set(
    names.compactMap { name in
      let parts = name.dropFirst("roles/".count).split(separator: ".")
      return parts.count > 1 ? String(parts[0]) : nil
    })

  private static let table = RoleTable(
    PackedText.lines(PackedRoles.base64, size: PackedRoles.size))
}

/// The table as `Scripts/sandbox-data` writes it: permissions, sets of them by number, and roles, separated by empty
/// lines.
private struct RoleTable {
  private(set) var permissions: [String] = []
  private(set) var roles: [String: RoleCatalogue.Role] = [:]
  private(set) var names: [String] = []

  init(_ lines: [ArraySlice<UInt8>]) {
    let parts = lines.split(omittingEmptySubsequences: false, whereSeparator: \.isEmpty)
    guard parts.count == 3 else { return }
    permissions = parts[0].map { String(decoding: $0, as: UTF8.self) }
    // Most roles share a set with others, so each set is built once.
    let sets = parts[1].map { Self.set($0, of: permissions) }
    for line in parts[2] {
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard fields.count == 4, let set = Int(fields[2]), sets.indices.contains(set) else {
        continue
      }
      let name = "roles/\(fields[0])"
      names.append(name)
      roles[name] = RoleCatalogue.Role(
        name: name, title: fields[3], stage: fields[1], permissions: sets[set])
    }
    names.sort()
  }

  /// `0-3 7`: numbers and ranges; `-` is the empty set.
  private static func set(_ line: ArraySlice<UInt8>, of permissions: [String]) -> Set<String> {
    var found: Set<String> = []
    for part in line.split(separator: UInt8(ascii: " ")) {
      let ends = part.split(separator: UInt8(ascii: "-")).compactMap {
        Int(String(decoding: $0, as: UTF8.self))
      }
      guard let first = ends.first, let last = ends.last, first <= last,
        permissions.indices.contains(last)
      else { continue }
      found.formUnion(permissions[first...last])
    }
    return found
  }
}
