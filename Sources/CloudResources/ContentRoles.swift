/// What a role allows with a repository and the packages in it.
package struct ContentAccess: OptionSet, Sendable, Hashable {
  /// One bit for each.
  package let rawValue: Int
  /// Takes the bits.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// To download packages.
  package static let read = ContentAccess(rawValue: 1)
  /// To upload packages.
  package static let write = ContentAccess(rawValue: 2)
  /// To delete packages, to change or delete the repository, or to set its policy.
  package static let administer = ContentAccess(rawValue: 4)

  /// `read`, `write` and `administer`, as far as it has them.
  package var names: [String] {
    [(ContentAccess.read, "read"), (.write, "write"), (.administer, "administer")]
      .filter { contains($0.0) }.map(\.1)
  }
}

/// What roles allow with repositories: Google's predefined roles by a dated table (`ContentRoles+Table.swift`), custom
/// roles by their permissions.
package enum ContentRoles {
  /// What a role allows, or that arctl does not know the role. A role that is not known is never taken for one that
  /// allows nothing.
  package enum Answer: Sendable, Hashable {
    case allows(ContentAccess)
    case unknown
  }

  /// What a grant of a role allows.
  ///
  /// - Parameters:
  ///   - role: its name in policies.
  ///   - permissions: those of a custom role, if they are known.
  ///   - onProject: whether the grant is in the policy of the project, whose holder may set that policy then.
  package static func answer(
    role: String, permissions: [String]?, onProject: Bool
  ) -> Answer {
    if let permissions { return .allows(access(of: Set(permissions), onProject: onProject)) }
    guard let letters = predefined[role] else { return .unknown }
    var access: ContentAccess = []
    if letters.contains("r") { access.insert(.read) }
    if letters.contains("w") { access.insert(.write) }
    if letters.contains("a") || onProject && letters.contains("p") { access.insert(.administer) }
    return .allows(access)
  }

  private static func access(of permissions: Set<String>, onProject: Bool) -> ContentAccess {
    func holds(_ verbs: String...) -> Bool {
      verbs.contains { permissions.contains("artifactregistry.repositories.\($0)") }
    }
    var access: ContentAccess = []
    if holds("downloadArtifacts") { access.insert(.read) }
    if holds("uploadArtifacts") { access.insert(.write) }
    let setsProjectPolicy = permissions.contains("resourcemanager.projects.setIamPolicy")
    if holds("deleteArtifacts", "delete", "update", "setIamPolicy")
      || onProject && setsProjectPolicy
    {
      access.insert(.administer)
    }
    return access
  }

  /// The letters of the table by the full name: `r` to download, `w` to upload, `a` to administer, `p` to set the policy
  /// of a project.
  private static let predefined: [String: Substring] = {
    var roles: [String: Substring] = [:]
    for line in table.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2 else { continue }
      for group in parts[1].split(separator: ";") {
        let names = group.split(separator: " ")
        guard let first = names.first else { continue }
        for name in names.dropFirst() {
          roles[name == "." ? "roles/\(first)" : "roles/\(first).\(name)"] = parts[0]
        }
      }
    }
    return roles
  }()

  /// How many predefined roles are known.
  package static var count: Int { predefined.count }
}
