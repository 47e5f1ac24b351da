import JSON
import Model
import TestSupport
import Testing

@testable import Resources

/// A write reads once, checks the value, and writes from that same value. A repeat reads and checks again.
@Suite struct OneReadTests {
  private static let counts: [String: [String]] = [
    "project update": ["GET", "PATCH"],
    "project deletion": ["GET", "DELETE"],
    "project creation": ["POST", "GET"],
    "role update": ["GET", "PATCH"],
    "role deletion": ["GET", "DELETE"],
    "role return": ["GET", "POST", "GET"],
    "role creation": ["POST"],
    "account update": ["GET", "PATCH"],
    "account switch": ["GET", "POST"],
    "account deletion": ["GET", "DELETE"],
    "account return": ["GET", "POST", "GET"],
    "account creation": ["POST", "GET"],
    "repository update": ["GET", "PATCH"],
    "repository deletion": ["GET", "DELETE"],
    "repository creation": ["POST"],
    "services": ["POST"],
    "repository policy": ["GET", "POST"],
    "account policy": ["POST", "POST"],
    "project policy": ["POST", "POST"],
    "billing": ["GET", "PUT"],
  ]

  @Test func everyWriteSendsTheseRequests() async throws {
    #expect(Set(WriteCase.all.map(\.name)) == Set(Self.counts.keys))
    for test in WriteCase.all {
      let stage = try LiveStage()
      for (key, answer) in test.answers { stage.cloud.on(key, answer) }
      _ = try await stage.run(test.action, on: test.address)
      #expect(stage.cloud.raw.map(\.method.rawValue) == Self.counts[test.name], "\(test.name)")
    }
  }

  private let repository = "/v1/projects/p/locations/us/repositories/r"
  private let account = "/v1/projects/p/serviceAccounts/\(Make.email)"
  private let role = "/v1/projects/p/roles/publisher"

  private func outcome(
    _ stage: LiveStage, _ action: Operation.Action, _ address: Address
  ) async -> String {
    do {
      return try await stage.run(action, on: address).detail
    } catch {
      return "\(error.kind): \(error.message)"
    }
  }

  private func update(_ field: String, from: JSONValue, to: JSONValue, _ live: JSONValue)
    -> Operation.Action
  {
    .update(
      spec: [field: to],
      fields: [FieldChange(path: FieldPath().field(field), from: from, to: to, mask: field)],
      live: live)
  }

  /// Another writer won the race: its value is not the one in the plan, and is not overwritten.
  @Test func aLostRaceIsCheckedAgain() async throws {
    let stage = try LiveStage()
    let seen = Make.live(Make.role, ["title": "a", "etag": "e1"])
    stage.cloud.on(
      "GET \(role)", .json(seen), .json(Make.live(Make.role, ["title": "b", "etag": "e2"])))
    stage.cloud.on("PATCH \(role)", .aborted)
    #expect(
      await outcome(stage, update("title", from: "a", to: "c", seen), Make.role)
        == "stale: `title` changed since the plan")
    #expect(stage.cloud.requests.map { $0.prefix(3) } == ["GET", "PAT", "GET"])
  }

  @Test func anUpdateWithALostAnswerIsCheckedAgain() async throws {
    let seen = Make.live(Make.repository, ["description": "old"])
    for (now, expected) in [
      (Make.live(Make.repository, ["description": "new"]), "already so"),
      (
        Make.live(Make.repository, ["description": "theirs"]),
        "stale: `description` changed since the plan"
      ),
      (
        Make.live(
          Make.repository, ["description": "old", "createTime": "2026-01-01T00:00:00.000002Z"]),
        "stale: another resource has its name now, with another `createTime`"
      ),
    ] {
      let stage = try LiveStage()
      stage.cloud.on("GET \(repository)", .json(seen), .json(now))
      stage.cloud.on("PATCH \(repository)", .failure(.ambiguous))
      let action = update("description", from: "old", to: "new", seen)
      #expect(await outcome(stage, action, Make.repository) == expected)
      #expect(stage.cloud.count("PATCH \(repository)") == 1)
    }
  }

  /// The planned resource is already deleted, and another one has its name: that one stays.
  @Test func aDeletionWithALostAnswerIsCheckedAgain() async throws {
    let seen = Make.live(Make.account)
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(account)", .json(seen), .json(Make.live(Make.account, ["uniqueId": "222"])))
    stage.cloud.on("DELETE \(account)", .failure(.ambiguous))
    #expect(
      await outcome(stage, .delete(live: seen), Make.account)
        == "stale: another resource has its name now, with another `uniqueId`")
    #expect(stage.cloud.count("DELETE \(account)") == 1)
    let gone = try LiveStage()
    gone.cloud.on("GET \(account)", .json(seen), .notFound)
    gone.cloud.on("DELETE \(account)", .failure(.ambiguous))
    #expect(await outcome(gone, .delete(live: seen), Make.account) == "already gone")
  }

  /// An account that is disabled after its PATCH is written from one read, and nothing is written twice.
  @Test func anAccountIsChangedAndSwitchedFromOneRead() async throws {
    let seen = Make.live(Make.account, ["displayName": "old"])
    let after = Make.live(Make.account, ["displayName": "new"])
    let stage = try LiveStage()
    stage.cloud.on("GET \(account)", .json(seen), .json(after))
    stage.cloud.on("PATCH \(account)", .json(after))
    stage.cloud.on("POST \(account):disable", .failure(.ambiguous), .empty)
    let action = Operation.Action.update(
      spec: ["displayName": "new", "disabled": true],
      fields: [
        FieldChange(
          path: FieldPath().field("displayName"), from: "old", to: "new", mask: "displayName"),
        FieldChange(path: FieldPath().field("disabled"), from: false, to: true, mask: "disabled"),
      ], live: seen)
    #expect(await outcome(stage, action, Make.account) == "")
    #expect(
      stage.cloud.raw.map(\.method.rawValue) == ["GET", "PATCH", "POST", "GET", "POST"])
    #expect(stage.cloud.count("PATCH \(account)") == 1)
  }

  /// The undeleted resource must be the one in the plan, also directly before its fields are changed.
  @Test func aRoleThatChangesDuringItsUndeleteIsNotOverwritten() async throws {
    let deleted = Make.live(Make.role, ["title": "a", "deleted": true, "etag": "e1"])
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(role)", .json(deleted), .json(Make.live(Make.role, ["title": "theirs"])))
    stage.cloud.on("POST \(role):undelete", .json(Make.live(Make.role)))
    #expect(
      await outcome(stage, .undelete(uid: nil, spec: ["title": "b"], live: deleted), Make.role)
        == "stale: `title` changed since the plan")
    #expect(stage.cloud.requests.map { $0.prefix(4) } == ["GET ", "POST", "GET "])
  }

  /// A resource that the read does not find is not deleted.
  @Test func aMissingResourceIsNotDeleted() async throws {
    for (address, path) in [
      (Make.repository, repository), (Make.account, account), (Make.role, role),
      (Make.project, "/v3/projects/p"),
    ] {
      let stage = try LiveStage()
      stage.cloud.on("GET \(path)", .notFound)
      #expect(await outcome(stage, .delete(live: Make.live(address)), address) == "already gone")
      #expect(stage.cloud.requests.count == 1)
    }
  }

  /// An unknown state is neither present nor absent.
  @Test func aProjectInAnUnknownStateIsNotChanged() async throws {
    let live = Make.live(Make.project, ["state": "SUSPENDED", "displayName": "old"])
    for action in [
      Operation.Action.delete(live: live), update("displayName", from: "old", to: "newer", live),
      .undelete(uid: nil, spec: [:], live: live),
    ] {
      let stage = try LiveStage()
      stage.cloud.on("GET /v3/projects/p", .json(live))
      let outcome = await outcome(stage, action, Make.project)
      #expect(outcome.hasPrefix("other:"), "\(outcome)")
      #expect(stage.cloud.requests.count == 1)
    }
  }

  /// The billing account, which belongs to another API, is also written from the value in the plan.
  @Test func aBillingAccountThatChangedIsNotReplaced() async throws {
    for (shown, isWritten) in [("billingAccounts/A", true), ("billingAccounts/B", false)] {
      let live = Make.live(Make.project, ["billingAccount": .string(shown)])
      let stage = try LiveStage()
      let path = "/v1/projects/p/billingInfo"
      stage.cloud.on("GET \(path)", .json(Make.billing("billingAccounts/A")))
      stage.cloud.on("PUT \(path)", .json(Make.billing("billingAccounts/X")))
      let action = update(
        "billingAccount", from: .string(shown), to: "billingAccounts/X", live)
      #expect(
        await outcome(stage, action, Make.project)
          == (isWritten ? "" : "stale: `billingAccount` changed since the plan"))
      #expect(stage.cloud.count("PUT \(path)") == (isWritten ? 1 : 0))
    }
  }
}
