import CloudResources
import Grammar
public import JSON
public import Model

/// A repository as clients address it.
public struct RepositoryPlace: Sendable, Hashable {
  /// The id of its project.
  public let project: String
  /// Its region or multi-region.
  public let location: String
  /// Its id, which is also its name in the settings of clients.
  public let id: String
  /// As the API writes it: `PYTHON`.
  public let format: String
  /// As the API writes it; nil for a repository that no manifest declares.
  public let mode: String?
  /// The versions that a Maven repository accepts: `RELEASE`, `SNAPSHOT`; nil for all.
  let versionPolicy: String?
  /// The full names of the repositories behind a virtual one, those with the greatest priority first.
  public let upstreams: [String]

  /// A repository of the manifests; nil for another kind, and without a format.
  ///
  /// - Parameter spec: its fields in the API's spelling, with references as full names.
  public init?(_ address: Address, spec: JSONObject) {
    guard address.resource is RepositoryKind, let location = address.names.first,
      let format = spec["format"]?.string
    else { return nil }
    project = address.project
    self.location = location
    id = address.id
    self.format = format
    mode = spec["mode"]?.string ?? "STANDARD_REPOSITORY"
    versionPolicy = spec["mavenConfig"]?["versionPolicy"]?.string
    let policies = spec["virtualRepositoryConfig"]?["upstreamPolicies"]
    upstreams = Self.sorted(policies).compactMap { $0["repository"]?.string }
  }

  /// A repository that no manifest declares, by its full name: `projects/P/locations/L/repositories/ID`. Nil for a text of
  /// another form.
  ///
  /// - Parameter format: as manifests or the API write it.
  public init?(fullName: String, format: String) {
    let parts = fullName.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    // The values become parts of addresses and commands, so each must be a name.
    guard parts.count == 6, NameRules.projectID(parts[1]) == nil,
      NameRules.location(parts[3]) == nil, NameRules.existingRepositoryID(parts[5]) == nil,
      case .full(let address)? = RepositoryKind().read(reference: fullName, project: ""),
      let format = RepositoryKind.formats.values.first(where: {
        $0 == format.uppercased()
      })
    else { return nil }
    project = address.project
    location = parts[3]
    id = address.id
    self.format = format
    mode = nil
    versionPolicy = nil
    upstreams = []
  }

  /// The host that serves it; nil if its format or location has none that arctl knows.
  public var host: String? { PackageHost.name(format: format, location: location, id: id) }

  /// Whether it belongs to the `gcr.io` domain.
  var isContainerHost: Bool { PackageHost.isContainerHost(format: format, id: id) }

  /// Whether it mirrors a registry.
  public var isRemote: Bool { mode == "REMOTE_REPOSITORY" }

  /// Whether clients can publish versions of this kind to it; all but Maven repositories take every version.
  ///
  /// - Parameter snapshots: whether the versions are Maven's snapshots.
  public func takes(snapshots: Bool) -> Bool {
    takesUploads && versionPolicy != (snapshots ? "RELEASE" : "SNAPSHOT")
  }

  /// Whether it serves several repositories as one index.
  public var isVirtual: Bool { mode == "VIRTUAL_REPOSITORY" }

  /// Whether clients can publish to it: remote and virtual repositories take no uploads
  /// (docs/settings.md#where-to-publish). True if the mode is not known.
  public var takesUploads: Bool { mode == nil || mode == "STANDARD_REPOSITORY" }

  /// `projects/P/locations/L/repositories/ID`.
  public var fullName: String { "projects/\(project)/locations/\(location)/repositories/\(id)" }

  private static func sorted(_ policies: JSONValue?) -> [JSONValue] {
    let list: [JSONValue] =
      policies?.array ?? policies?.object?.map(\.value) ?? []
    return list.sorted { priority(of: $0) > priority(of: $1) }
  }

  private static func priority(of policy: JSONValue) -> Int64 {
    policy["priority"]?.integer ?? 0
  }
}
