/// Google's predefined roles with a permission that arctl uses, as far as a person would grant them for it.
///
/// A dated table (`PredefinedRoles+Table.swift`), because Google changes roles.
package enum PredefinedRoles {
  /// One role, and what it has of the permissions that arctl uses.
  package struct Role: Sendable, Hashable {
    /// `roles/browser`.
    package var name: String
    /// The permissions that arctl uses.
    package var permissions: Set<String>
    /// The number of all its permissions.
    package var size: Int
    /// Those of `permissions` that the source of the table does not show.
    package var unverified: Set<String> = []
  }

  /// A role of a covering set.
  package struct Choice: Sendable, Hashable {
    /// The role.
    package var role: Role
    /// The needed permissions that it has, in order.
    package var covered: [String]
    /// The number of its permissions that are not needed.
    package var excess: Int { role.size - covered.count }
    /// Whether a needed permission of it is not verified.
    package var isUnverified: Bool { covered.contains(where: role.unverified.contains) }
  }

  /// Roles that together have all needed permissions, and the permissions that no role of the table has.
  package struct Cover: Sendable, Hashable {
    /// In the order of their names.
    package var choices: [Choice]
    /// In order.
    package var uncovered: [String]
  }

  /// Every role of the table, in the order of its name.
  package static let all: [Role] = {
    var roles: [String: Role] = [:]
    for (text, isVerified) in [(table, true), (unverified, false)] {
      for found in parsed(text) {
        var role = roles[found.name] ?? Role(name: found.name, permissions: [], size: found.size)
        role.permissions.formUnion(found.permissions)
        if !isVerified { role.unverified.formUnion(found.permissions) }
        roles[found.name] = role
      }
    }
    return roles.values.sorted { $0.name < $1.name }
  }()

  /// The narrowest roles with all these permissions: as few permissions to write as possible that are not needed, then
  /// as few permissions as possible.
  package static func narrowest(for permissions: Set<String>) -> Cover {
    let known = permissions.filter { permission in
      all.contains { $0.permissions.contains(permission) }
    }
    var search = CoverSearch(
      candidates: all.filter { !$0.permissions.isDisjoint(with: known) }, needed: known)
    search.extend([], missing: known, cost: 0)
    let chosen = search.best ?? []
    return Cover(
      choices: chosen.map { role in
        Choice(role: role, covered: role.permissions.intersection(known).sorted())
      }.sorted { $0.role.name < $1.role.name },
      uncovered: permissions.subtracting(known).sorted())
  }

  private static func parsed(_ text: String) -> [Role] {
    var roles: [Role] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if !line.hasPrefix(" "), words.count == 2, let size = Int(words[1]) {
        roles.append(Role(name: "roles/\(words[0])", permissions: [], size: size))
      } else if let last = roles.indices.last, let resource = words.first {
        roles[last].permissions.formUnion(words.dropFirst().map { "\(resource).\($0)" })
      }
    }
    return roles
  }
}

/// Searches the set of roles with the smallest total cost. Each step covers the missing permission that the fewest roles
/// have, so there are few branches.
private struct CoverSearch {
  private let candidates: [(role: PredefinedRoles.Role, cost: Int)]
  private(set) var best: [PredefinedRoles.Role]?
  private var bestCost = Int.max

  /// More than a role that only reads can have.
  private static let writeCost = 10_000

  init(candidates: [PredefinedRoles.Role], needed: Set<String>) {
    self.candidates = candidates.map { role in
      let surplus = role.permissions.subtracting(needed).count { !Self.reads($0) }
      return (role, role.size + surplus * Self.writeCost)
    }.sorted { ($0.cost, $0.role.name) < ($1.cost, $1.role.name) }
  }

  private static func reads(_ permission: String) -> Bool {
    ["get", "list", "getIamPolicy"].contains(permission.split(separator: ".").last.map(String.init))
  }

  mutating func extend(_ chosen: [PredefinedRoles.Role], missing: Set<String>, cost: Int) {
    guard cost < bestCost else { return }
    let options = missing.sorted().map { permission in
      candidates.filter { $0.role.permissions.contains(permission) }
    }
    guard let next = options.min(by: { $0.count < $1.count }) else {
      (best, bestCost) = (chosen, cost)
      return
    }
    for (role, own) in next {
      extend(
        chosen + [role], missing: missing.subtracting(role.permissions), cost: cost + own)
    }
  }
}
