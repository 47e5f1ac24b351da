import JSON
import Model
import TestSupport
import Testing

@testable import Resources

/// A snapshot of a project that does not exist, or with a service that is off.
@Suite struct SnapshotProjectTests {
  private let artifacts = "artifactregistry.googleapis.com"
  private let list = "GET /v1/projects/p/locations/us/repositories"
  private let get = "GET /v1/projects/p/locations/us/repositories/r"

  @Test func aDisabledDeclaredServiceMeansNotYetThere() async throws {
    let stage = try LiveStage()
    let service = Make.service(artifacts)
    stage.cloud.on("GET /v1/projects/p/services", .empty)
    stage.cloud.on(
      "GET /v1/projects/p/services/\(artifacts)",
      .json(["name": .string("projects/123/services/\(artifacts)"), "state": "DISABLED"]))
    stage.cloud.on(list, .disabled(artifacts))
    stage.cloud.on(get + ":getIamPolicy", .disabled(artifacts))
    let snapshot = await stage.read(
      Make.graph(
        [Make.resource(service), Make.resource(Make.repository)],
        policies: [Make.repository.policy]))
    #expect(snapshot.resources[service]?.word == "absent")
    #expect(snapshot.resources[Make.repository]?.word == "notYet \(service)")
    #expect(snapshot.policies[Make.repository.policy]?.word == "notYet \(service)")
    #expect(snapshot.notChecked.isEmpty)
    #expect(snapshot.projectNumbers["p"] == "123")
  }

  @Test func aDisabledUndeclaredServiceIsUnreadableWithTheLineToAdd() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .disabled(artifacts))
    let snapshot = await stage.read(Make.graph([Make.resource(Make.repository)]))
    guard case .unreadable(let problem) = snapshot.resources[Make.repository] else {
      Issue.record("not unreadable")
      return
    }
    #expect(problem.reason == .serviceDisabled)
    #expect(problem.help.contains("`\(artifacts)` to `services` of Project p"))
    #expect(stage.cloud.requests.count == 1)
  }

  @Test func aServiceMissingInAnotherProjectIsNotEnabledHere() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET /v1/projects/p/services", .json(["services": [Make.live(Make.service(artifacts))]]))
    stage.cloud.on(list, .disabled(artifacts, consumer: "projects/999"))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.service(artifacts)), Make.resource(Make.repository)]))
    #expect(snapshot.resources[Make.repository]?.word == "unreadable serviceDisabled")
  }

  @Test func projectToBeCreatedThatIsForbiddenIsNotVisibleAndItsChildrenWait() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET /v3/projects/p", .forbidden)
    stage.cloud.on(list, .forbidden)
    stage.cloud.on("GET /v1/projects/p/serviceAccounts", .forbidden)
    stage.cloud.on("GET /v1/projects/p/roles", .forbidden)
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .forbidden)
    let project = Make.resource(Make.project, ["parent": "folders/1"])
    let snapshot = await stage.read(
      Make.graph([project, Make.resource(Make.repository)], policies: [Make.project.policy]))
    #expect(snapshot.resources[Make.project]?.word == "notVisible")
    #expect(snapshot.resources[Make.repository]?.word == "notYet p/project")
    #expect(snapshot.policies[Make.project.policy]?.word == "notYet p/project")
    #expect(snapshot.notChecked.isEmpty)
    #expect(stage.cloud.requests.count == 5)
  }

  @Test func forbiddenProjectWithoutParentIsUnreadable() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET /v3/projects/p", .forbidden)
    let project = Make.resource(Make.project, ["labels": ["a": "b"]], create: false)
    let snapshot = await stage.read(Make.graph([project], scope: .ignore))
    #expect(snapshot.resources[Make.project]?.word == "unreadable forbidden")
  }

  @Test func aProjectWithoutWrittenFieldsIsInferredFromItsChildren() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .notFound)
    let snapshot = await stage.read(
      Make.graph(
        [Make.resource(Make.project, create: false), Make.resource(Make.repository)],
        scope: .ignore))
    #expect(snapshot.resources[Make.project]?.word == "present")
    #expect(stage.cloud.requests.count == 1)
  }

  @Test func projectBeingDeletedIsSoftDeleted() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET /v3/projects/p",
      .json(Make.live(Make.project, ["state": "DELETE_REQUESTED"])))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.project, ["parent": "folders/1"])], scope: .ignore))
    #expect(snapshot.resources[Make.project]?.word == "softDeleted")
  }

  @Test func billingAccountIsMergedIntoTheProject() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET /v3/projects/p",
      .json(Make.live(Make.project, ["labels": ["a": "b"]])))
    stage.cloud.on("GET /v1/projects/p/billingInfo", .json(Make.billing("billingAccounts/X")))
    let spec: JSONObject = ["labels": ["a": "b"], "billingAccount": "billingAccounts/X"]
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.project, spec)], scope: .ignore))
    guard case .present(let live) = snapshot.resources[Make.project] else {
      Issue.record("not present")
      return
    }
    #expect(live.value["billingAccount"] == "billingAccounts/X")
    #expect(live.value["parent"] == "folders/1")
    #expect(live.value["labels"]?["a"] == "b")
  }

}
