import GoogleCloud
import TestSupport
import Testing

@testable import CloudResources

@Suite struct PermissionRolesTests {
  private let roles = PermissionRoles(.google)

  @Test(arguments: [
    ("artifactregistry.repositories.list", "roles/artifactregistry.reader"),
    ("artifactregistry.repositories.create", "roles/artifactregistry.admin"),
    ("artifactregistry.repositories.getIamPolicy", "roles/iam.securityReviewer"),
    ("iam.serviceAccountKeys.create", "roles/iam.serviceAccountKeyAdmin"),
    ("resourcemanager.projects.setIamPolicy", "roles/resourcemanager.projectIamAdmin"),
  ])
  func theNarrowestUsualRoleIsNamed(_ permission: String, _ role: String) {
    #expect(roles.role(for: permission) == role)
  }

  @Test func unusedPermissionsHaveNoRole() {
    #expect(roles.role(for: "compute.instances.get") == nil)
    #expect(roles.role(for: "artifactregistry") == nil)
  }

  @Test func aRefusalIsExplainedByItsLabelAndOtherErrorsAreNot() {
    let refused = APIError(
      .permissionDenied(permission: nil, resource: nil),
      label: "iam.serviceAccounts.patch p/serviceAccount/up", "no")
    #expect(
      roles.advice(for: refused)?.help
        == "needs the permission iam.serviceAccounts.update, which roles/iam.serviceAccountAdmin has"
    )
    #expect(roles.advice(for: APIError(.notFound, label: "iam.roles.get p/role/r", "no")) == nil)
  }
}
