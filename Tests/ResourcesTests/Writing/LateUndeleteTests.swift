import GoogleCloud
import JSON
import Model
import TestSupport
import Testing

@testable import Resources

/// An undelete that comes too late.
@Suite struct LateUndeleteTests {
  private let accounts = "/v1/projects/p/serviceAccounts"
  private var account: String { "\(accounts)/\(Make.email)" }
  private let undelete = "POST /v1/projects/-/serviceAccounts/42:undelete"
  private let test = "POST /v1/projects/p:testIamPermissions"
  private let roles = "/v1/projects/p/roles"

  private func undeleteAccount(_ stage: LiveStage) async throws(OperationFailure) -> OperationResult
  {
    try await stage.run(
      .undelete(uid: "42", spec: ["displayName": "x"], live: [:]), on: Make.account)
  }

  private static let refusals: [FakeCloud.Answer] = [
    .error(404, "NOT_FOUND", "Unknown service account"),
    .error(400, "FAILED_PRECONDITION", "The account was deleted more than 30 days ago."),
    .error(400, "INVALID_ARGUMENT", "Request contains an invalid argument."),
  ]

  @Test(arguments: refusals.indices)
  func anAccountThatDoesNotReturnIsCreated(index: Int) async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(account)", .notFound, .notFound,
      .json(Make.live(Make.account, ["displayName": "x", "uniqueId": "43"])))
    stage.cloud.on(undelete, Self.refusals[index])
    stage.cloud.on("POST \(accounts)", .json(Make.live(Make.account)))
    let result = try await undeleteAccount(stage)
    #expect(result.warnings.count == 1)
    #expect(result.warnings.first?.contains("another identity") == true)
    stage.cloud.finish()
  }

  private let purged: FakeCloud.Answer = .error(
    403, "PERMISSION_DENIED",
    "Permission 'iam.serviceAccounts.undelete' denied on resource (or it may not exist).")

  @Test func withPermissionToUndeleteA403MeansPurged() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(account)", .notFound, .notFound, .json(Make.live(Make.account, ["displayName": "x"])))
    stage.cloud.on(undelete, purged)
    stage.cloud.on(test, .json(["permissions": ["iam.serviceAccounts.undelete"]]))
    stage.cloud.on("POST \(accounts)", .json(Make.live(Make.account)))
    _ = try await undeleteAccount(stage)
    #expect(stage.cloud.bodies(test) == [["permissions": ["iam.serviceAccounts.undelete"]]])
    stage.cloud.finish()
  }

  @Test func withoutPermissionToUndeleteNothingIsCreated() async throws {
    for answer: FakeCloud.Answer in [.json([:]), .forbidden, .notFound] {
      let stage = try LiveStage()
      stage.cloud.on("GET \(account)", .notFound)
      stage.cloud.on(undelete, purged)
      stage.cloud.on(test, answer)
      do {
        _ = try await undeleteAccount(stage)
        Issue.record("it succeeded")
      } catch {
        #expect(error.kind == .access)
      }
      #expect(stage.cloud.count("POST \(accounts)") == 0)
    }
  }

  @Test func aPlainRefusalOfTheCallerNeedsNoFurtherCall() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET \(account)", .notFound)
    stage.cloud.on(undelete, .forbidden)
    await #expect(throws: OperationFailure.self) { try await undeleteAccount(stage) }
    #expect(stage.cloud.count(test) == 0)
  }

  @Test func anotherAccountOfTheNameIsNotTakenForTheOldOne() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(account)", .json(Make.live(Make.account, ["displayName": "x", "uniqueId": "43"])))
    do {
      _ = try await undeleteAccount(stage)
      Issue.record("it succeeded")
    } catch {
      #expect(error.kind == .stale)
    }
  }

  @Test func anAccountCreatedByAnotherProcessIsNotChanged() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(account)", .notFound,
      .json(Make.live(Make.account, ["displayName": "y", "uniqueId": "43"])))
    stage.cloud.on(undelete, Self.refusals[0])
    do {
      _ = try await undeleteAccount(stage)
      Issue.record("it succeeded")
    } catch {
      #expect(error.kind == .stale)
    }
  }

  private let deleted = Make.live(Make.role, ["title": "a", "deleted": true, "etag": "e1"])
  private let late: FakeCloud.Answer = .error(
    400, "FAILED_PRECONDITION",
    "You can't undelete role_id (projects/p/roles/publisher) more than 7 days after its deletion.")

  private func undeleteRole(_ stage: LiveStage) async throws(OperationFailure) -> OperationResult {
    try await stage.run(.undelete(uid: nil, spec: ["title": "a"], live: deleted), on: Make.role)
  }

  @Test func aRoleWhoseIDIsFreeAgainIsCreated() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET \(roles)/publisher", .json(deleted))
    stage.cloud.on("POST \(roles)/publisher:undelete", late)
    stage.cloud.on("POST \(roles)", .json(Make.live(Make.role, ["title": "a"])))
    let result = try await undeleteRole(stage)
    #expect(result.warnings.count == 1)
    #expect(
      stage.cloud.bodies("POST \(roles)") == [["roleId": "publisher", "role": ["title": "a"]]])
  }

  @Test func aRoleWhoseIDIsBlockedNeedsAnotherID() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET \(roles)/publisher", .json(deleted))
    stage.cloud.on("POST \(roles)/publisher:undelete", late)
    stage.cloud.on(
      "POST \(roles)",
      .error(
        400, "FAILED_PRECONDITION",
        "You can't create a role_id (publisher) which has been marked for deletion."))
    do {
      _ = try await undeleteRole(stage)
      Issue.record("it succeeded")
    } catch {
      #expect(error.kind == .other)
      #expect(error.isFinal)
      #expect(error.message.contains("more than 7 days"))
      #expect(error.help.contains("another id") && error.help.contains("37 days"))
    }
  }

  @Test func aPurgedRoleIsCreated() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET \(roles)/publisher", .notFound)
    stage.cloud.on("POST \(roles)", .json(Make.live(Make.role, ["title": "a"])))
    _ = try await undeleteRole(stage)
    #expect(stage.cloud.count("POST \(roles)/publisher:undelete") == 0)
  }

  @Test func aFailingServerIsNotAReasonToCreate() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET \(roles)/publisher", .json(deleted))
    stage.cloud.on("POST \(roles)/publisher:undelete", .error(503, "UNAVAILABLE"))
    await #expect(throws: OperationFailure.self) { try await undeleteRole(stage) }
    #expect(stage.cloud.count("POST \(roles)") == 0)
  }
}
