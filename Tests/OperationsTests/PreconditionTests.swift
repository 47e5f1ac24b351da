import JSON
import Model
import Registry
import TestSupport
import Testing

@testable import Operations

/// Between a plan and its writes others go on working: what has another name-bearer, or another content, is left alone.
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
        schema: Kinds.of(.repository)?.schema ?? Schema([])), live: live)
  }

  private let seen: JSONValue = [
    "name": "projects/p/locations/us/repositories/r", "format": "PYTHON", "description": "old",
    "createTime": "2026-01-01T00:00:00.000001Z",
  ]

  @Test(
    arguments: [
      ["createTime": "2026-01-01T00:00:00.000002Z", "format": "PYTHON", "description": "old"],
      ["createTime": "2026-01-01T00:00:00.000001Z", "format": "DOCKER", "description": "old"],
      ["format": "PYTHON", "description": "old"], [:],
    ] as [JSONValue])
  func aRepositoryThatWasMadeAnewIsNeitherDeletedNorUpdated(_ live: JSONValue) async throws {
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

  @Test func anAccountThatWasMadeAnewIsNeitherDeletedNorUpdated() async throws {
    let old: JSONValue = ["email": .string(Make.email), "uniqueId": "1", "displayName": "a"]
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(account)",
      .json(["email": .string(Make.email), "uniqueId": "2", "displayName": "a"]))
    let shown = FieldChange(
      path: FieldPath([.field("displayName")]), from: "a", to: "b", mask: "displayName")
    #expect(await isStale(stage, .delete(live: old), Make.account))
    #expect(
      await isStale(
        stage, .update(spec: ["displayName": "b"], fields: [shown], live: old), Make.account))
    #expect(stage.cloud.requests.allSatisfy { $0.hasPrefix("GET") })
  }

  private let publisher: JSONValue = [
    "title": "P", "stage": "GA", "includedPermissions": ["a.b.c", "a.b.d"], "etag": "e1",
  ]

  @Test(
    arguments: [
      ["title": "in use", "stage": "GA", "includedPermissions": ["a.b.c", "a.b.d"], "etag": "e2"],
      ["title": "P", "stage": "GA", "includedPermissions": ["a.b.c"], "etag": "e2"],
      ["title": "P", "includedPermissions": ["a.b.c", "a.b.d"], "etag": "e2"],
      [
        "title": "P", "stage": "GA", "description": "d", "etag": "e2",
        "includedPermissions": ["a.b.c", "a.b.d"],
      ],
    ] as [JSONValue])
  func aRoleThatChangedIsNeitherDeletedNorBroughtBack(_ live: JSONValue) async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET \(role)", .json(live))
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
      .json([
        "title": "P", "stage": "GA", "includedPermissions": ["a.b.d", "a.b.c"], "etag": "e9",
      ]))
    stage.cloud.on("DELETE \(role)?etag=e9", .empty)
    _ = try await stage.run(.delete(live: publisher), on: Make.role)
    stage.cloud.finish()
  }
}
