import HTTP
import JSON
import Kinds
import Model
import TestSupport
import Testing

@testable import Resources

@Suite struct ResourceWriteTests {
  private let post = "POST /v1/projects/p/locations/us/repositories"
  private let at = "/v1/projects/p/locations/us/repositories/r"
  private let spec: JSONObject = ["format": "PYTHON", "description": "Python"]
  private let running: JSONValue = ["name": "projects/p/locations/us/operations/1"]
  private let poll = "GET /v1/projects/p/locations/us/operations/1"

  private func create(_ stage: LiveStage) async throws(OperationFailure) -> OperationResult {
    try await stage.run(.create(spec: spec), on: Make.repository)
  }

  private func failure(
    _ body: () async throws(OperationFailure) -> OperationResult
  ) async throws -> OperationFailure {
    do {
      let result = try await body()
      Issue.record("it succeeded: \(result)")
    } catch {
      return error
    }
    throw CancellationError()
  }

  /// The update of a plan that read this value.
  private func update(_ spec: JSONObject, of address: Address, seen: JSONValue)
    -> Operation.Action
  {
    let schema = address.kind.resource?.schema ?? Schema([])
    return .update(
      spec: spec, fields: SchemaDiff.changes(desired: spec, live: seen, schema: schema), live: seen)
  }

  // MARK: repositories

  @Test func repositoryIsCreatedOnceOnAFreshConnectionAndItsOperationAwaited() async throws {
    let stage = try LiveStage()
    stage.cloud.on(post + "?repositoryId=r", .json(running))
    stage.cloud.on(
      poll, .json(running),
      .json(["name": "projects/p/locations/us/operations/1", "done": true, "response": [:]]))
    _ = try await create(stage)
    #expect(stage.cloud.requests.count == 3)
    #expect(stage.cloud.raw.first?.connection == .fresh)
    #expect(stage.cloud.bodies(post) == [.object(spec)])
  }

  @Test func aCarriedOutCreateWithALostAnswerSucceedsWithoutASecondCreate() async throws {
    let stage = try LiveStage()
    stage.cloud.on(post, .failure(.ambiguous))
    stage.cloud.on("GET \(at)", .json(Make.live(Make.repository, ["description": "Python"])))
    #expect(try await create(stage).detail == "already there")
    #expect(stage.cloud.count(post) == 1)
  }

  @Test func aLostCreateIsRepeated() async throws {
    let stage = try LiveStage()
    stage.cloud.on(post, .failure(.ambiguous), .done)
    stage.cloud.on("GET \(at)", .notFound)
    _ = try await create(stage)
    #expect(stage.cloud.count(post) == 2)
  }

  @Test func conflictWithSomethingDifferentIsStale() async throws {
    let stage = try LiveStage()
    stage.cloud.on(post, .error(409, "ALREADY_EXISTS"))
    stage.cloud.on("GET \(at)", .json(Make.live(Make.repository, ["format": "MAVEN"])))
    let failure = try await failure { () async throws(OperationFailure) in try await create(stage) }
    #expect(failure.kind == .stale)
    #expect(failure.message.contains("format, description"))
  }

  @Test func forbiddenCreateNamesPermissionAndRole() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      post,
      .error(
        403, "PERMISSION_DENIED",
        "Permission 'artifactregistry.repositories.create' denied on resource 'x'"))
    let failure = try await failure { () async throws(OperationFailure) in try await create(stage) }
    #expect(failure.kind == .access)
    #expect(failure.help.contains("artifactregistry.repositories.create"))
    #expect(failure.help.contains("roles/artifactregistry.admin"))
  }

  @Test(arguments: [
    ("europe-west4", false), ("europe-west4-a", true), ("mars", true),
  ])
  func aForbiddenUnknownLocationIsDoubtedFirst(_ location: String, _ isDoubted: Bool) async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      post,
      .error(
        403, "PERMISSION_DENIED",
        "Permission denied on 'locations/\(location)' (or it may not exist)."))
    let failure = try await failure { () async throws(OperationFailure) in try await create(stage) }
    #expect(failure.help.hasPrefix("there may be no location `\(location)`") == isDoubted)
    #expect(failure.help.contains("did you mean `europe-west4`?") == (location == "europe-west4-a"))
    #expect(failure.help.contains("needs the permission artifactregistry.repositories.create"))
  }

  @Test func anUnfinishedOperationIsNamedAtTheDeadline() async throws {
    let stage = try LiveStage(timeout: .seconds(30))
    stage.cloud.on(post, .json(running))
    stage.cloud.on(poll, .json(running))
    let failure = try await failure { () async throws(OperationFailure) in try await create(stage) }
    #expect(failure.help.contains("projects/p/locations/us/operations/1"))
  }

  @Test func updateReadsFirstAndKeepsForeignLabels() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(at)",
      .json(
        Make.live(
          Make.repository,
          [
            "description": "old", "labels": ["theirs": "x", "team": "web"], "sizeBytes": "12",
          ])))
    stage.cloud.on(
      "PATCH \(at)?updateMask=description%2Clabels", .json(Make.live(Make.repository)))
    let spec: JSONObject = [
      "format": "PYTHON", "description": "Python", "labels": ["team": "platform"],
    ]
    let seen = Make.live(Make.repository, ["description": "old", "labels": ["team": "web"]])
    _ = try await stage.run(update(spec, of: Make.repository, seen: seen), on: Make.repository)
    let body = try #require(stage.cloud.bodies("PATCH \(at)").first)
    #expect(body["labels"] == ["theirs": "x", "team": "platform"])
    #expect(body["sizeBytes"] == nil)
  }

  @Test func aPatchWithALostAnswerIsReadBeforeItIsRepeated() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(at)", .json(Make.live(Make.repository, ["description": "old"])),
      .json(Make.live(Make.repository, ["description": "Python"])))
    stage.cloud.on("PATCH \(at)", .failure(.ambiguous))
    let seen = Make.live(Make.repository, ["description": "old"])
    _ = try await stage.run(update(spec, of: Make.repository, seen: seen), on: Make.repository)
    #expect(stage.cloud.count("PATCH \(at)") == 1)
    #expect(stage.cloud.count("GET \(at)") == 2)
  }

  @Test func deletingAMissingResourceSucceedsAndForbiddenIsNotMissing() async throws {
    let gone = try LiveStage()
    gone.cloud.on("GET \(at)", .notFound)
    gone.cloud.on("DELETE \(at)", .notFound)
    #expect(
      try await gone.run(.delete(live: [:]), on: Make.repository).detail == "already gone")
    let forbidden = try LiveStage()
    forbidden.cloud.on("GET \(at)", .json(Make.live(Make.repository)))
    forbidden.cloud.on("DELETE \(at)", .forbidden)
    let failure = try await failure { () async throws(OperationFailure) in
      try await forbidden.run(.delete(live: Make.live(Make.repository)), on: Make.repository)
    }
    #expect(failure.kind == .access)
  }

  @Test func callsWaitForAServiceThatThisRunEnabled() async throws {
    let stage = try LiveStage()
    let service = "artifactregistry.googleapis.com"
    stage.cloud.on("POST /v1/projects/p/services/\(service):enable", .done)
    stage.cloud.on(post, .disabled(service), .disabled(service), .done)
    let runner = CloudRunner(client: stage.client, keys: nil)
    _ = try await stage.run(.enableServices([service]), on: Make.service(service), runner: runner)
    _ = try await stage.run(.create(spec: spec), on: Make.repository, runner: runner)
    #expect(stage.cloud.count(post) == 3)
  }

  @Test func callsDoNotWaitForAServiceThatTheRunDidNotEnable() async throws {
    let stage = try LiveStage()
    stage.cloud.on(post, .disabled("artifactregistry.googleapis.com"))
    let failure = try await failure { () async throws(OperationFailure) in try await create(stage) }
    #expect(failure.kind == .access)
    #expect(stage.cloud.count(post) == 1)
  }

  // MARK: services

  @Test func severalServicesAreOneCall() async throws {
    let stage = try LiveStage()
    let key = "POST /v1/projects/p/services:batchEnable"
    stage.cloud.on(key, .done)
    _ = try await stage.run(
      .enableServices(["a.googleapis.com", "b.googleapis.com"]),
      on: Make.service("a.googleapis.com"))
    #expect(stage.cloud.bodies(key) == [["serviceIds": ["a.googleapis.com", "b.googleapis.com"]]])
  }

  @Test func failuresInsideABatchAreFailures() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "POST /v1/projects/p/services:batchEnable",
      .json([
        "name": "operations/1", "done": true,
        "response": [
          "failures": [["serviceId": "b.googleapis.com", "errorMessage": "not allowed"]]
        ],
      ]))
    let failure = try await failure { () async throws(OperationFailure) in
      try await stage.run(
        .enableServices(["a.googleapis.com", "b.googleapis.com"]),
        on: Make.service("a.googleapis.com"))
    }
    #expect(failure.message == "b.googleapis.com: not allowed")
  }

  @Test func anotherActivationIsRetried() async throws {
    let stage = try LiveStage()
    let key = "POST /v1/projects/p/services/a.googleapis.com:enable"
    let busy = FakeCloud.Answer.error(
      400, "FAILED_PRECONDITION", "Another activation or deactivation is in progress")
    stage.cloud.on(key, busy, busy, busy, busy, busy, .done)
    _ = try await stage.run(
      .enableServices(["a.googleapis.com"]), on: Make.service("a.googleapis.com"))
    #expect(stage.cloud.count(key) == 6)
  }

  // MARK: accounts

  private let accounts = "/v1/projects/p/serviceAccounts"
  private var account: String { "\(accounts)/\(Make.email)" }

  @Test func aNewAccountIsDisabledOnceItIsVisible() async throws {
    let stage = try LiveStage()
    stage.cloud.on("POST \(accounts)", .json(Make.live(Make.account)))
    stage.cloud.on("GET \(account)", .notFound, .forbidden, .json(Make.live(Make.account)))
    stage.cloud.on("POST \(account):disable", .empty)
    _ = try await stage.run(
      .create(spec: ["displayName": "PyPI uploader", "disabled": true]), on: Make.account)
    #expect(stage.cloud.count("GET \(account)") == 3)
    #expect(
      stage.cloud.bodies("POST \(accounts)") == [
        ["accountId": "uploader", "serviceAccount": ["displayName": "PyPI uploader"]]
      ])
    stage.cloud.finish()
  }

  @Test func accountPatchPutsItsMaskIntoTheBodyAndResetsToEmpty() async throws {
    let stage = try LiveStage()
    let seen = Make.live(Make.account, ["displayName": "x", "description": "old"])
    stage.cloud.on("GET \(account)", .json(seen))
    // The answer contains only the name and the fields of the mask.
    stage.cloud.on("PATCH \(account)", .json(["name": seen["name"] ?? "", "displayName": "P"]))
    let spec: JSONObject = ["displayName": "PyPI uploader", "description": .null]
    _ = try await stage.run(update(spec, of: Make.account, seen: seen), on: Make.account)
    #expect(
      stage.cloud.bodies("PATCH \(account)") == [
        [
          "serviceAccount": ["displayName": "PyPI uploader", "description": ""],
          "updateMask": "displayName,description",
        ]
      ])
  }

  @Test func anAccountIsUndeletedByItsNumber() async throws {
    let stage = try LiveStage()
    let live = Make.live(Make.account, ["displayName": "x", "uniqueId": "42"])
    stage.cloud.on("GET \(account)", .notFound, .json(live))
    stage.cloud.on(
      "POST /v1/projects/-/serviceAccounts/42:undelete", .json(["restoredAccount": live]))
    _ = try await stage.run(
      .undelete(uid: "42", spec: ["displayName": "x"], live: [:]), on: Make.account)
    stage.cloud.finish()
  }

  // MARK: roles

  private let roles = "/v1/projects/p/roles"

  @Test func roleIsPatchedWithTheEtagThatWasReadAndAgainAfterAConflict() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(roles)/publisher", .json(Make.live(Make.role, ["title": "a", "etag": "e1"])),
      .json(Make.live(Make.role, ["title": "a", "etag": "e2"])))
    stage.cloud.on(
      "PATCH \(roles)/publisher", .aborted,
      .json(Make.live(Make.role, ["title": "Publisher", "etag": "e3"])))
    _ = try await stage.run(
      update(["title": "Publisher"], of: Make.role, seen: ["title": "a"]), on: Make.role)
    #expect(
      stage.cloud.bodies("PATCH \(roles)/publisher") == [
        ["title": "Publisher", "etag": "e1"], ["title": "Publisher", "etag": "e2"],
      ])
  }

  @Test func aRoleIsUndeletedAndThenUpdated() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET \(roles)/publisher", .json(Make.live(Make.role, ["title": "a", "deleted": true])),
      .json(Make.live(Make.role, ["title": "a", "etag": "e2"])))
    stage.cloud.on("POST \(roles)/publisher:undelete", .json(Make.live(Make.role)))
    stage.cloud.on("PATCH \(roles)/publisher?updateMask=title", .json(Make.live(Make.role)))
    _ = try await stage.run(
      .undelete(uid: nil, spec: ["title": "b"], live: ["title": "a", "deleted": true]),
      on: Make.role)
    stage.cloud.finish()
  }

  @Test func createOfADeletedRoleReportsTheBlockedID() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "POST \(roles)",
      .error(
        400, "FAILED_PRECONDITION",
        "You can't create a role_id (publisher) which has been marked for deletion."))
    let failure = try await failure { () async throws(OperationFailure) in
      try await stage.run(.create(spec: ["title": "a"]), on: Make.role)
    }
    // Another plan would be the same and fail in the same way, for weeks.
    #expect(failure.kind == .other)
    #expect(failure.isFinal)
    #expect(failure.help.contains("another id"))
  }

  // MARK: projects

  @Test func projectIsCreatedAwaitedAndLinkedToItsBillingAccount() async throws {
    let stage = try LiveStage()
    stage.cloud.on("POST /v3/projects", .json(["name": "operations/cp.1"]))
    stage.cloud.on(
      "GET /v3/operations/cp.1", .json(["name": "operations/cp.1", "done": true, "response": [:]]))
    stage.cloud.on("GET /v3/projects/p", .forbidden, .json(Make.live(Make.project)))
    stage.cloud.on("GET /v1/projects/p/billingInfo", .json(Make.billing()))
    stage.cloud.on("PUT /v1/projects/p/billingInfo", .json(Make.billing("billingAccounts/X")))
    _ = try await stage.run(
      .create(spec: ["parent": "folders/1", "billingAccount": "billingAccounts/X"]),
      on: Make.project)
    #expect(
      stage.cloud.bodies("POST /v3/projects") == [["parent": "folders/1", "projectId": "p"]])
    stage.cloud.finish()
  }

  @Test func conflictOnAProjectIdIsFinal() async throws {
    let stage = try LiveStage()
    stage.cloud.on("POST /v3/projects", .error(409, "ALREADY_EXISTS"))
    let failure = try await failure { () async throws(OperationFailure) in
      try await stage.run(.create(spec: ["parent": "folders/1"]), on: Make.project)
    }
    #expect(failure.kind == .other)
    #expect(stage.cloud.requests.count == 1)
  }

  // MARK: what the plan did not show

  @Test func anUpdateBeyondThePlanIsStale() async throws {
    let written: JSONObject = ["description": "new", "labels": ["team": "a"]]
    let shown = FieldChange(
      path: FieldPath([.field("labels"), .field("team")]), from: "b", to: "a", mask: "labels")
    for fields: JSONObject in [
      ["description": "by hand", "labels": ["team": "b"]],
      ["description": "new", "labels": ["team": "c"]],
    ] {
      let live = Make.live(Make.repository, fields)
      let stage = try LiveStage()
      stage.cloud.on("GET \(at)", .json(live))
      stage.cloud.on("PATCH \(at)", .json(live))
      let failure = try await failure { () throws(OperationFailure) in
        try await stage.run(
          .update(spec: written, fields: [shown], live: Make.live(Make.repository)),
          on: Make.repository)
      }
      #expect(failure.kind == .stale)
      #expect(stage.cloud.count("PATCH \(at)") == 0)
    }
  }

  @Test func aRepositoryThatFilledUpMeanwhileIsNotDeleted() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET \(at)", .json(Make.live(Make.repository, ["sizeBytes": "5"])))
    stage.cloud.on("DELETE \(at)", .done)
    let failure = try await failure { () throws(OperationFailure) in
      try await stage.run(.delete(live: Make.live(Make.repository)), on: Make.repository)
    }
    #expect(failure.kind == .stale)
    #expect(stage.cloud.count("DELETE \(at)") == 0)
    // The plan showed its loss, and the user allowed it.
    _ = try await stage.run(
      .delete(live: Make.live(Make.repository, ["sizeBytes": "4"])), on: Make.repository)
    #expect(stage.cloud.count("DELETE \(at)") == 1)
  }
}
