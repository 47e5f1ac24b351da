import JSON
import Kinds
import Model
import TestSupport
import Testing

@testable import Resources

/// Others make changes between a plan and its writes: a resource with a new owner of its name, or with new contents, is
/// not changed.
@Suite struct PreconditionTests {
  private let repository = "/v1/projects/p/locations/us/repositories/r"
  private let account = "/v1/projects/p/serviceAccounts/\(Make.email)"
  private let role = "/v1/projects/p/roles/publisher"

  private func isStale(_ stage: LiveStage, _ action: Operation.Action, _ address: Address) async
    -> Bool
  {
    do {
      _ = try await stage.run(action, on: address)
      return false
    } catch {
      return error.kind == .stale
    }
  }

  private func described(_ live: JSONValue, as text: String) -> Operation.Action {
    .update(
      spec: ["description": .string(text)],
      fields: SchemaDiff.changes(
        desired: ["description": .string(text)], live: live,
        schema: KindID.repository.resource?.schema ?? Schema([])), live: live)
  }

  private let seen = Make.live(Make.repository, ["description": "old"])

  @Test(
    arguments: [
      Make.live(
        Make.repository,
        ["createTime": "2026-01-01T00:00:00.000002Z", "description": "old"]),
      Make.live(Make.repository, ["format": "DOCKER", "description": "old"]),
    ])
  func aRecreatedRepositoryIsNeitherDeletedNorUpdated(_ live: JSONValue) async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET \(repository)", .json(live))
    #expect(await isStale(stage, .delete(live: seen), Make.repository))
    #expect(await isStale(stage, described(seen, as: "new"), Make.repository))
    #expect(stage.cloud.requests.allSatisfy { $0.hasPrefix("GET") })
  }

  @Test func theRepositoryThatThePlanSawIsUpdatedAndDeleted() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET \(repository)", .json(seen))
    stage.cloud.on("PATCH \(repository)", .json(seen))
    stage.cloud.on("DELETE \(repository)", .done)
    _ = try await stage.run(described(seen, as: "new"), on: Make.repository)
    _ = try await stage.run(.delete(live: seen), on: Make.repository)
    stage.cloud.finish()
  }

  @Test func aRecreatedAccountIsNeitherDeletedNorUpdated() async throws {
    let old = Make.live(Make.account, ["displayName": "a"])
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(account)",
      .json(Make.live(Make.account, ["uniqueId": "2", "displayName": "a"])))
    let shown = FieldChange(
      path: FieldPath([.field("displayName")]), from: "a", to: "b", mask: "displayName")
    #expect(await isStale(stage, .delete(live: old), Make.account))
    #expect(
      await isStale(
        stage, .update(spec: ["displayName": "b"], fields: [shown], live: old), Make.account))
    #expect(stage.cloud.requests.allSatisfy { $0.hasPrefix("GET") })
  }

  private let publisher = Make.live(
    Make.role, ["title": "P", "stage": "GA", "includedPermissions": ["a.b.c", "a.b.d"]])

  @Test(
    arguments: [
      ["title": "in use", "stage": "GA", "includedPermissions": ["a.b.c", "a.b.d"], "etag": "e2"],
      ["title": "P", "stage": "GA", "includedPermissions": ["a.b.c"], "etag": "e2"],
      ["title": "P", "includedPermissions": ["a.b.c", "a.b.d"], "etag": "e2"],
      [
        "title": "P", "stage": "GA", "description": "d", "etag": "e2",
        "includedPermissions": ["a.b.c", "a.b.d"],
      ],
    ] as [JSONObject])
  func aChangedRoleIsNeitherDeletedNorUndeleted(_ fields: JSONObject) async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET \(role)", .json(Make.live(Make.role, fields)))
    #expect(await isStale(stage, .delete(live: publisher), Make.role))
    #expect(
      await isStale(
        stage, .undelete(uid: nil, spec: ["title": "P"], live: publisher), Make.role))
    #expect(stage.cloud.requests.allSatisfy { $0.hasPrefix("GET") })
  }

  @Test func aRoleAsThePlanSawItIsDeletedWhateverItsEtagAndOrder() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(role)",
      .json(
        Make.live(
          Make.role,
          [
            "title": "P", "stage": "GA", "includedPermissions": ["a.b.d", "a.b.c"], "etag": "e9",
          ])))
    stage.cloud.on(
      "DELETE \(role)?etag=e9", .json(Make.live(Make.role, ["title": "P", "deleted": true])))
    _ = try await stage.run(.delete(live: publisher), on: Make.role)
    stage.cloud.finish()
  }
}
