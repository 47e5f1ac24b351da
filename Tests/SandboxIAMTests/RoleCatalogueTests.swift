import Foundation
import Testing

@testable import SandboxIAM

/// The built-in tables match `Scripts/data`.
@Suite struct RoleCatalogueTests {
  private func rows(_ table: String) throws -> [[String]] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appendingPathComponent("Scripts/data/\(table)"), encoding: .utf8)
    return text.split(separator: "\n").dropFirst().map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test func everyPredefinedRoleIsKnown() throws {
    let table = try rows("predefined-roles.tsv")
    #expect(table.count == 2461)
    #expect(RoleCatalogue.names == table.map { $0[0] }.sorted())
    for row in table {
      let role = try #require(RoleCatalogue.role(row[0]))
      #expect(role.stage == row[1] && role.title == row[2])
      #expect(role.permissions == Set(row[4].split(separator: " ").map(String.init)), "\(row[0])")
    }
  }

  @Test func everyServiceIsKnown() throws {
    let table = try rows("services.tsv")
    #expect(ServiceCatalogue.titles.count == table.count)
    for row in table {
      #expect(ServiceCatalogue.titles["\(row[0]).googleapis.com"] == row[1])
    }
  }

  @Test func misspelledRolesAreUnknown() {
    for name in ["roles/viewr", "roles/", "viewer", "roles/artifactregistry.Reader"] {
      #expect(RoleCatalogue.role(name) == nil)
    }
  }

  @Test(arguments: [
    ("artifactregistry.repositories.get", true), ("artifactregistry.repositories.gett", false),
    ("iam.serviceAccounts.actAs", true), ("iam.serviceAccount.actAs", false),
    ("iam.googleapis.com/workloadIdentityPools.get", true),
    ("privateca.certificateAuthorities.create", true), ("compute.instances.list", true),
    ("nosuchservice.things.get", false), ("compute.instances", false), ("compute..get", false),
    ("compute.instances.Get", false), ("compute.instances.*", false), ("", false),
  ])
  func knowsPermissions(_ permission: String, _ expected: Bool) {
    #expect(PermissionCatalogue.isKnown(permission) == expected)
  }

  @Test func aProjectsRoleHasNoOrganizationPermissions() {
    for permission in [
      "resourcemanager.organizations.get", "resourcemanager.folders.list",
      "resourcemanager.projects.list", "billing.accounts.get",
    ] {
      #expect(PermissionCatalogue.isKnown(permission), "\(permission)")
      #expect(!PermissionCatalogue.isForProjects(permission), "\(permission)")
    }
    #expect(PermissionCatalogue.isForProjects("resourcemanager.projects.get"))
  }

  @Test(arguments: [
    ("roles/owner", "privateca.certificateAuthorities.create", true),
    ("roles/owner", "compute.instances.setIamPolicy", true),
    ("roles/editor", "compute.instances.setIamPolicy", false),
    ("roles/editor", "compute.instances.create", true),
    ("roles/viewer", "compute.instances.create", false),
    ("roles/viewer", "compute.instances.list", true),
    ("roles/owner", "artifactregistry.nosuch.get", false),
    ("roles/browser", "compute.instances.list", false),
  ])
  func basicRolesHoldOtherServicesPermissions(
    _ role: String, _ permission: String, _ expected: Bool
  ) {
    #expect(PermissionCatalogue.basic(role, holds: permission) == expected)
  }
}
