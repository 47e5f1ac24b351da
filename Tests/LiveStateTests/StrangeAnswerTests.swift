import JSON
import Model
import TestSupport
import Testing

@testable import LiveState

/// Answers that are not what was asked for: nothing is concluded from them.
@Suite struct StrangeAnswerTests {
  private let artifacts = "artifactregistry.googleapis.com"
  private let list = "GET /v1/projects/p/locations/us/repositories"
  private let get = "GET /v1/projects/p/locations/us/repositories/r"

  private func name(_ id: String) -> JSONValue {
    ["name": .string("projects/p/locations/us/repositories/\(id)"), "format": "PYTHON"]
  }

  @Test(arguments: [
    #"{"error": {"code": 503, "status": "UNAVAILABLE"}}"#, #"{"items": []}"#,
    #"{"message": "please log in"}"#,
    #"{"repositories": [{"name": "projects/q/locations/us/repositories/r"}]}"#,
    #"{"repositories": [{"name": "projects/p/locations/eu/repositories/r"}]}"#,
    #"{"repositories": [{"name": "r"}]}"#,
  ])
  func aListThatIsNotTheOneAskedForSaysNothing(_ text: String) async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .json(try JSONValue(parsing: Array(text.utf8))))
    let snapshot = await stage.read(Make.graph([Make.resource(Make.repository)]))
    #expect(snapshot.resources[Make.repository]?.word == "unreadable other")
    #expect(snapshot.undeclared.isEmpty)
  }

  @Test(arguments: [
    "{}", #"{"error": {"code": 404}}"#, #"{"name": "projects/p/locations/us/repositories/other"}"#,
    #"{"name": "projects/q/locations/us/repositories/r"}"#,
  ])
  func anAnswerAboutSomethingElseIsUnreadable(_ text: String) async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(try JSONValue(parsing: Array(text.utf8))))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.repository)], scope: .ignore))
    #expect(snapshot.resources[Make.repository]?.word == "unreadable other")
  }

  @Test(arguments: [
    #"{"error": "Not Found"}"#, #"{"error": {"message": "no Route matched"}}"#,
    #"{"error": {"code": 404, "message": "Method not found.", "status": "NOT_FOUND"}}"#,
  ])
  func anotherServers404IsNoAbsence(_ text: String) async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .success(.init(status: 404, body: Array(text.utf8))))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.repository)], scope: .ignore))
    #expect(snapshot.resources[Make.repository]?.word == "unreadable other")
  }

  @Test func onlyGooglesPlain403MayMeanThatAProjectIsAbsent() async throws {
    let odd: [FakeCloud.Answer] = [
      .success(.init(status: 403, body: Array("<html>blocked</html>".utf8))),
      .json(["error": "blocked"], 403),
      .error(403, "PERMISSION_DENIED", "no", reason: "USER_PROJECT_DENIED"),
      .error(403, "PERMISSION_DENIED", "no", reason: "SECURITY_POLICY_VIOLATED"),
    ]
    for (answer, word) in [(FakeCloud.Answer.forbidden, "notVisible")]
      + odd.map({ ($0, "unreadable forbidden") })
    {
      let stage = try LiveStage()
      stage.cloud.on("GET /v3/projects/p", answer)
      let snapshot = await stage.read(
        Make.graph([Make.resource(Make.project)], scope: .ignore))
      #expect(snapshot.resources[Make.project]?.word == word)
    }
  }

  @Test func aServiceThatIsOnIsNotWaitedFor() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET /v1/projects/p/services/\(artifacts)",
      .json(["name": .string("projects/123/services/\(artifacts)"), "state": "ENABLED"]))
    stage.cloud.on(list, .disabled(artifacts))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.repository), Make.resource(Make.service(artifacts))]))
    #expect(snapshot.resources[Make.repository]?.word == "unreadable serviceDisabled")
  }

  @Test func aServiceInAStateThatIsUnknownIsUnreadable() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET /v1/projects/p/services/\(artifacts)",
      .json(["name": .string("projects/123/services/\(artifacts)"), "state": "PAUSED"]))
    let service = Make.service(artifacts)
    let snapshot = await stage.read(Make.graph([Make.resource(service)]))
    #expect(snapshot.resources[service]?.word == "unreadable other")
  }

  @Test(arguments: [
    #"{"etag": "e", "bindings": "none"}"#, "{}", #"{"error": {"code": 5, "message": "x"}}"#,
    #"{"zzz": 1}"#, #"{"bindings": []}"#, #"{"etag": "", "bindings": []}"#,
    #"{"etag": 7, "bindings": []}"#, #"{"etag": null}"#, #"{"etag": "e", "zzz": 1}"#,
    #"{"etag": "e", "error": {}}"#, #"{"etag": "e", "version": "3"}"#,
    #"{"etag": "e", "version": 4}"#, #"{"etag": "e", "auditConfigs": {}}"#,
    #"{"etag": "e", "bindings": null}"#, #"{"etag": "e", "bindings": ["x"]}"#,
    #"{"etag": "e", "bindings": [{"members": ["user:a@x.com"]}]}"#,
    #"{"etag": "e", "bindings": [{"role": "r", "members": null}]}"#,
    #"{"etag": "e", "bindings": [{"role": "r", "members": ["user:a@x.com", 1]}]}"#,
    #"{"etag": "e", "bindings": [{"role": "r", "members": [], "condition": null}]}"#,
    #"{"etag": "e", "bindings": [{"role": "r", "members": [], "condition": {"expression": 1}}]}"#,
    #"{"etag": "e", "bindings": [{"role": "r", "members": [], "condition": {"title": "t"}}]}"#,
    "[]", "7",
  ])
  func aPolicyOfAnotherShapeIsUnreadable(_ text: String) async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(name("r")))
    stage.cloud.on(get + ":getIamPolicy", .json(try JSONValue(parsing: Array(text.utf8))))
    let snapshot = await stage.read(
      Make.graph(
        [Make.resource(Make.repository)], policies: [Make.repository.policy], scope: .ignore))
    guard case .unreadable = snapshot.policies[Make.repository.policy] else {
      Issue.record("\(String(describing: snapshot.policies))")
      return
    }
  }

  @Test(arguments: [
    #"{"etag": "ACAB"}"#, #"{"etag": "e", "version": 1, "bindings": [{"role": "r"}]}"#,
    #"{"etag": "e", "version": 3, "auditConfigs": [{"service": "allServices"}], "bindings": [{"role": "r", "members": ["user:a@x.com"], "bindingId": "b", "condition": {"title": "t", "expression": "e", "location": "l"}}]}"#,
  ])
  func aPolicyWithMoreInItsBindingsIsReadable(_ text: String) async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(name("r")))
    let policy = try JSONValue(parsing: Array(text.utf8))
    stage.cloud.on(get + ":getIamPolicy", .json(policy))
    let snapshot = await stage.read(
      Make.graph(
        [Make.resource(Make.repository)], policies: [Make.repository.policy], scope: .ignore))
    guard case .present(policy) = snapshot.policies[Make.repository.policy] else {
      Issue.record("\(String(describing: snapshot.policies))")
      return
    }
  }
}
