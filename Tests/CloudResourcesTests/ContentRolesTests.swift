import Testing

@testable import CloudResources

@Suite struct ContentRolesTests {
  private func answer(
    _ role: String, _ permissions: [String]? = nil, onProject: Bool = false
  ) -> ContentRoles.Answer {
    ContentRoles.answer(role: role, permissions: permissions, onProject: onProject)
  }

  private static let known: [(String, ContentAccess)] = [
    ("roles/artifactregistry.reader", ContentAccess.read),
    ("roles/artifactregistry.writer", [.read, .write]),
    ("roles/artifactregistry.repoAdmin", [.read, .write, .administer]),
    ("roles/artifactregistry.admin", [.read, .write, .administer]),
    ("roles/viewer", .read), ("roles/editor", [.read, .write, .administer]),
    ("roles/owner", [.read, .write, .administer]), ("roles/browser", []),
    ("roles/logging.viewer", []), ("roles/iam.securityAdmin", .administer),
  ]

  @Test(arguments: known)
  func aPredefinedRoleAllowsWhatTheTableSays(role: String, access: ContentAccess) {
    #expect(answer(role) == .allows(access))
  }

  @Test func whoMaySetThePolicyOfTheProjectAdministersItsRepositories() {
    #expect(answer("roles/resourcemanager.projectIamAdmin") == .allows([]))
    #expect(
      answer("roles/resourcemanager.projectIamAdmin", onProject: true) == .allows(.administer))
    let permissions = ["resourcemanager.projects.setIamPolicy"]
    #expect(answer("projects/p/roles/r", permissions) == .allows([]))
    #expect(answer("projects/p/roles/r", permissions, onProject: true) == .allows(.administer))
  }

  @Test func aRoleThatIsNotKnownIsNeverHarmless() {
    #expect(answer("roles/artifactregistry.newRole") == .unknown)
    #expect(answer("organizations/1/roles/r") == .unknown)
    #expect(answer("projects/p/roles/r") == .unknown)
  }

  @Test func aCustomRoleAllowsWhatItsPermissionsSay() {
    let prefix = "artifactregistry.repositories."
    #expect(answer("projects/p/roles/r", []) == .allows([]))
    #expect(answer("projects/p/roles/r", [prefix + "get", prefix + "list"]) == .allows([]))
    #expect(answer("projects/p/roles/r", [prefix + "downloadArtifacts"]) == .allows(.read))
    #expect(answer("projects/p/roles/r", [prefix + "uploadArtifacts"]) == .allows(.write))
    for verb in ["deleteArtifacts", "delete", "update", "setIamPolicy"] {
      #expect(answer("projects/p/roles/r", [prefix + verb]) == .allows(.administer))
    }
  }

  /// What the other tables say of roles, this one knows too.
  @Test func everyRoleThatArctlNamesIsKnown() {
    #expect(ContentRoles.count > 2_400)
    for role in PredefinedRoles.all { #expect(answer(role.name) != .unknown, "\(role.name)") }
    #expect(ContentAccess([.read, .administer]).names == ["read", "administer"])
  }
}
