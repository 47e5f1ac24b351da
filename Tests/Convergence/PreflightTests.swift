import HTTP
import JSON
import Kinds
import Model
import TestSupport
import Testing

@testable import Resources

/// What a preflight shows, against the sandbox.
@Suite struct PreflightTests {
  private func permissions(_ pipeline: RightsStage) -> Set<String> {
    Set(
      RunRights(pipeline.graph, kinds: .google).needs(of: .apply)
        .filter { $0.purpose != .undelete }.map(\.permission))
  }

  private func tests(_ pipeline: RightsStage) -> [String] {
    pipeline.stage.transport.requests.map(\.url).filter { $0.hasSuffix(":testIamPermissions") }
  }

  @Test func nothingIsMissingWithThePrintedPermissions() async throws {
    let pipeline = try await RightsStage()
    defer { pipeline.stop() }
    try await pipeline.grant(permissions(pipeline))
    let plan = try await pipeline.plan()
    pipeline.stage.transport.inject(nil)
    let result = await Preflight(client: try await pipeline.client()).result(for: plan.operations)
    #expect(result.missing == [])
    #expect(result.untested == [])
    // One for each existing resource that an operation concerns: the project, three repositories, four accounts.
    #expect(tests(pipeline).count == 8)
    #expect(Set(tests(pipeline)).count == 8)
  }

  @Test func anEmptyPlanSendsNothing() async throws {
    let pipeline = try await RightsStage()
    defer { pipeline.stop() }
    pipeline.stage.transport.inject(nil)
    let result = await Preflight(client: try await pipeline.client()).result(for: [])
    #expect(result.missing == [] && result.untested == [])
    #expect(pipeline.stage.transport.requests.isEmpty)
  }

  /// Final only for what was tested itself: not for creations, and not where the project alone could be asked.
  @Test func aMissIsFinalOnlyWhereTheResourceItselfWasTested() async throws {
    let pipeline = try await RightsStage()
    defer { pipeline.stop() }
    let lacking: Set = [
      "artifactregistry.repositories.update", "artifactregistry.repositories.create",
      "artifactregistry.rules.update", "iam.serviceAccounts.disable", "iam.roles.update",
      "resourcemanager.projects.update", "serviceusage.services.disable",
    ]
    try await pipeline.grant(permissions(pipeline).subtracting(lacking))
    let plan = try await pipeline.plan()
    let result = await Preflight(client: try await pipeline.client()).result(
      for: plan.operations.filter { !$0.address.isPolicy })
    #expect(
      Set(result.final.map(\.permission)) == [
        "artifactregistry.repositories.update", "iam.serviceAccounts.disable",
        "resourcemanager.projects.update",
      ])
    #expect(Set(result.missing.map(\.permission)) == lacking)
    #expect(
      result.final.map(\.tested.local) == [
        "project", "repository/us-east4/kept", "serviceAccount/sleeper",
      ])
  }

  /// This plan grants roles to a group on the project, and the caller may be in it.
  @Test func aMissIsNotFinalWhereThePlanMayGrantThePermission() async throws {
    let pipeline = try await RightsStage()
    defer { pipeline.stop() }
    try await pipeline.grant(
      permissions(pipeline).subtracting([
        "iam.serviceAccounts.disable", "resourcemanager.projects.setIamPolicy",
      ]))
    let plan = try await pipeline.plan()
    let result = await Preflight(client: try await pipeline.client())
      .result(for: plan.operations)
    #expect(result.final.map(\.permission) == ["resourcemanager.projects.setIamPolicy"])
    #expect(result.doubtful.map(\.permission) == ["iam.serviceAccounts.disable"])
  }

  @Test func aPermissionOnOneRepositorySufficesForIt() async throws {
    let pipeline = try await RightsStage()
    defer { pipeline.stop() }
    let part: Set = ["artifactregistry.repositories.update"]
    try await pipeline.grant(permissions(pipeline).subtracting(part))
    try await pipeline.grant(part, on: "/locations/us-east4/repositories/kept")
    let plan = try await pipeline.plan()
    let result = await Preflight(client: try await pipeline.client())
      .result(for: plan.operations)
    #expect(result.missing == [])
  }

  /// Neither a refusal nor an odd answer says that a permission is missing, or that it is held.
  @Test(arguments: [
    (403, "{\"error\": {\"code\": 403, \"message\": \"no\", \"status\": \"PERMISSION_DENIED\"}}"),
    (200, "{\"permissions\": {}}"), (200, "{\"permissions\": [1]}"), (200, "[]"),
  ]) func aTestThatFailsProvesNothing(status: Int, body: String) async throws {
    let pipeline = try await RightsStage()
    defer { pipeline.stop() }
    try await pipeline.grant(permissions(pipeline))
    let plan = try await pipeline.plan()
    pipeline.stage.transport.answer { request in
      request.url.hasSuffix(":testIamPermissions")
        ? HTTPResponse(status: status, body: Array(body.utf8)) : nil
    }
    let result = await Preflight(client: try await pipeline.client())
      .result(for: plan.operations)
    #expect(result.missing == [])
    #expect(result.untested.count == 8)
  }

  @Test func aCallTestsAHundredPermissionsAtMost() {
    let first = Address(project: "p", .repository, "us", "a")
    let other = Address(project: "p", .project)
    let many = Set((0..<201).map { "x.y.z\($0)" })
    let batches = PermissionTests.batches([first: many, other: ["a.b.c"]])
    #expect(batches.map(\.permissions.count) == [1, 100, 100, 1])
    #expect(Set(batches.filter { $0.resource == first }.flatMap(\.permissions)) == many)
  }
}
