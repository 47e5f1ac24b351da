import Model
import Testing

@testable import Grammar

struct RoleNameTests {
  @Test(arguments: [
    ("roles/artifactregistry.writer", RoleName.predefined("roles/artifactregistry.writer")),
    ("roles/owner", .predefined("roles/owner")),
    ("roles/brand.new", .predefined("roles/brand.new")),
    ("projects/my-project/roles/publisher", .project("my-project", id: "publisher")),
    ("organizations/123/roles/my.Role", .organization("123", id: "my.Role")),
    ("publisher", .reference("publisher")),
  ])
  func reads(_ text: String, role: RoleName) throws {
    #expect(try RoleName(parsing: text) == role)
    if case .reference = role {
      #expect(role.policyText == nil)
    } else {
      #expect(role.policyText == text)
    }
  }

  @Test(arguments: [
    ("roles/artifactregistry.wirter", "no role", "`roles/artifactregistry.writer`"),
    ("roles/artifactregistry.Reader", "no role", "`roles/artifactregistry.reader`"),
    ("roles/artifactRegistry.reader", "no role", "`roles/artifactregistry.reader`"),
    ("roles/artifactregistry.repoadmin", "no role", "`roles/artifactregistry.repoAdmin`"),
    ("roles/Owner", "no role", "`roles/owner`"),
    ("artifactregistry.reader", "predefined role of Google", "`roles/artifactregistry.reader`"),
    ("owner", "predefined role of Google", "`roles/owner`"),
    ("role/owner", "not a role", "`roles/owner`"),
    ("roles/", "not a role", ""), ("roles/a b", "not a role", ""), ("roles/a/b", "not a role", ""),
    ("projects/p/roles/publisher", "project `p`", ""),
    ("projects/my-project/roles/my-role", "hyphen", ""),
    ("projects/my-project/role/x", "not a role", ""),
    ("organizations/example/roles/abc", "must be a number", ""),
    ("my-role", "hyphen", ""), ("", "3 to 64", ""),
  ])
  func mistakes(_ text: String, message: String, help: String) {
    let problem = #expect(throws: Problem.self) { try RoleName(parsing: text) }
    #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "-")")
    #expect(help.isEmpty || problem?.help?.contains(help) == true, "\(problem?.help ?? "-")")
  }

  @Test func everyKnownRoleIsTaken() throws {
    for role in RoleName.artifactRegistry + PrivilegedGrants.roles.keys {
      #expect(try RoleName(parsing: role) == .predefined(role))
    }
  }
}

struct PrivilegedGrantsTests {
  @Test(arguments: [
    "roles/owner", "roles/editor", "roles/iam.serviceAccountTokenCreator",
    "roles/iam.serviceAccountUser", "roles/iam.serviceAccountKeyAdmin", "roles/iam.roleAdmin",
    "roles/iam.workloadIdentityPoolAdmin", "roles/resourcemanager.projectIamAdmin",
    "roles/iam.securityAdmin",
  ])
  func privilegedRoles(_ role: String) {
    #expect(PrivilegedGrants.reason(role: role)?.text.contains("`\(role)`") == true)
  }

  @Test(arguments: RoleName.artifactRegistry + ["roles/viewer", "projects/p/roles/r"])
  func ordinaryRoles(_ role: String) {
    #expect(PrivilegedGrants.reason(role: role) == nil)
  }

  @Test(arguments: [
    "artifactregistry.repositories.setIamPolicy", "resourcemanager.projects.setIamPolicy",
    "iam.serviceAccounts.actAs", "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.signBlob", "iam.serviceAccounts.signJwt", "iam.serviceAccountKeys.create",
    "iam.roles.update",
  ])
  func privilegedPermissions(_ permission: String) {
    let role = "projects/p/roles/r"
    let reader = "artifactregistry.repositories.get"
    #expect(PrivilegedGrants.reason(role: role, permissions: [reader, permission]) != nil)
    #expect(PrivilegedGrants.reason(role: role, permissions: [reader]) == nil)
  }

  @Test(arguments: [
    ("allUsers", true), ("allAuthenticatedUsers", true), ("domain:gmail.com", true),
    ("domain:example.com", false), ("user:ana@gmail.com", false),
    (
      "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*",
      true
    ),
    (
      "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/"
        + "attribute.repository/o/r", false
    ),
  ])
  func publicMembers(_ member: String, isPublic: Bool) {
    #expect((PublicMembers.reason(member) != nil) == isPublic)
  }
}
