import JSON
import Model
import TestSupport
import Testing

@testable import Resources

/// Answers to other requests prove nothing.
@Suite struct StrangeAnswerTests {
  private let artifacts = "artifactregistry.googleapis.com"
  private let list = "GET /v1/projects/p/locations/us/repositories"
  private let get = "GET /v1/projects/p/locations/us/repositories/r"

  private func name(_ id: String) -> JSONValue {
    Make.live(Address(project: "p", .repository, "us", id))
  }

  @Test(arguments: [
    #"{"error": {"code": 503, "status": "UNAVAILABLE"}}"#, #"{"items": []}"#,
    #"{"message": "please log in"}"#,
    #"{"repositories": [{"name": "projects/q/locations/us/repositories/r"}]}"#,
    #"{"repositories": [{"name": "projects/p/locations/eu/repositories/r"}]}"#,
    #"{"repositories": [{"name": "r"}]}"#,
  ])
  func anotherListThanTheRequestedOneProvesNothing(_ text: String) async throws {
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
    "{}", #"{"error": {"code": 404}}"#, #"{"state": "ENABLED"}"#,
    #"{"name": 7, "state": "ENABLED"}"#,
    #"{"name": "projects/1/services/iam.googleapis.com", "state": "ENABLED"}"#,
    #"{"name": "projects/q/services/artifactregistry.googleapis.com", "state": "ENABLED"}"#,
    #"{"name": "projects/1/services/artifactregistry.googleapis.com "}"#,
    #"{"name": "projects/1/services/artifactregistry.googleapis.com"}"#,
    #"{"name": "projects/1/services/artifactregistry.googleapis.com", "state": null}"#,
    #"{"name": "projects/1/services/artifactregistry.googleapis.com", "state": ["DISABLED"]}"#,
    #"{"name": "projects/1/services/artifactregistry.googleapis.com", "state": ""}"#,
  ])
  func anAnswerAboutAnotherServiceDoesNotMeanOff(_ text: String) async throws {
    let answer = try JSONValue(parsing: Array(text.utf8))
    let service = Make.service(artifacts)
    let alone = try LiveStage()
    alone.cloud.on("GET /v1/projects/p/services", .empty)
    alone.cloud.on("GET /v1/projects/p/services/\(artifacts)", .json(answer))
    let batch = try LiveStage()
    batch.cloud.on("GET /v1/projects/p/services", .empty)
    let other = Make.service("storage.googleapis.com")
    batch.cloud.on(
      "GET /v1/projects/p/services:batchGet", .json(["services": [answer, Make.live(other)]]))
    for (stage, services) in [(alone, [service]), (batch, [service, other])] {
      let snapshot = await stage.read(Make.graph(services.map { Make.resource($0) }))
      #expect(snapshot.resources[service]?.word == "unreadable other")
    }
  }

  @Test func aBatchContainsExactlyTheRequestedServices() async throws {
    let services = ["a.googleapis.com", "b.googleapis.com"].map(Make.service)
    let (one, two) = (Make.live(services[0]), Make.live(services[1]))
    for answer: [JSONValue] in [
      [one], [one, one], [one, two, one], [one, two, Make.live(Make.service("c.googleapis.com"))],
    ] {
      let stage = try LiveStage()
      stage.cloud.on("GET /v1/projects/p/services", .empty)
      stage.cloud.on("GET /v1/projects/p/services:batchGet", .json(["services": .array(answer)]))
      let snapshot = await stage.read(Make.graph(services.map { Make.resource($0) }))
      for service in services { #expect(snapshot.resources[service]?.word == "unreadable other") }
    }
  }

  /// A damaged name is not the name of another resource: the intended one would look absent.
  @Test(arguments: ["r ", " r", "r\u{0}", "r\n", "r%20", "", "\u{202E}r", "r?"])
  func aDamagedNameMakesTheWholeListUnreadable(_ id: String) async throws {
    let repositories = try LiveStage()
    repositories.cloud.on(list, .json(["repositories": [name(id), name("other")]]))
    let account = Address(project: "p", .serviceAccount, id)
    let accounts = try LiveStage()
    accounts.cloud.on(
      "GET /v1/projects/p/serviceAccounts", .json(["accounts": [Make.live(account)]]))
    let roles = try LiveStage()
    roles.cloud.on(
      "GET /v1/projects/p/roles", .json(["roles": [Make.live(Address(project: "p", .role, id))]]))
    for (stage, address) in [
      (repositories, Make.repository), (accounts, Make.account), (roles, Make.role),
    ] where !(address == Make.account && id.isEmpty) {
      let snapshot = await stage.read(Make.graph([Make.resource(address)]))
      #expect(snapshot.resources[address]?.word == "unreadable other", "\(address)")
      #expect(snapshot.undeclared.isEmpty)
    }
  }

  @Test(
    arguments: [
      .string("\(Make.email) "), .string("\(Make.email)\u{0}"),
      .string("\(Make.email)\(Make.email)"), "", 7, .null, nil,
      "other@p.iam.gserviceaccount.com",
    ] as [JSONValue?])
  func anAccountWhoseEmailIsNotThatOfItsName(_ email: JSONValue?) async throws {
    let stage = try LiveStage()
    var live = Make.live(Make.account).object ?? [:]
    live["email"] = email
    stage.cloud.on("GET /v1/projects/p/serviceAccounts", .json(["accounts": [.object(live)]]))
    let snapshot = await stage.read(Make.graph([Make.resource(Make.account)]))
    #expect(snapshot.resources[Make.account]?.word == "unreadable other")
  }

  @Test func aRepeatedMemberMakesTheListUnreadable() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .json(["repositories": [name("r"), name("s"), name("r")]]))
    let snapshot = await stage.read(Make.graph([Make.resource(Make.repository)]))
    #expect(snapshot.resources[Make.repository]?.word == "unreadable other")
  }

  @Test(arguments: [
    "{}", #"{"billingAccountName": ""}"#, #"{"projectId": "q", "billingAccountName": ""}"#,
    #"{"projectId": "p", "billingAccountName": null}"#,
    #"{"projectId": "p", "billingAccountName": 7}"#,
    #"{"projectId": "p", "billingAccountName": "zzz"}"#,
    #"{"projectId": "p", "name": "projects/q/billingInfo", "billingAccountName": ""}"#,
  ])
  func aBillingAnswerOfAnotherProjectIsNotAMissingAccount(_ text: String) async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET /v3/projects/p", .json(Make.live(Make.project)))
    stage.cloud.on(
      "GET /v1/projects/p/billingInfo", .json(try JSONValue(parsing: Array(text.utf8))))
    let spec: JSONObject = ["parent": "folders/1", "billingAccount": "billingAccounts/X"]
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.project, spec)], scope: .ignore))
    #expect(snapshot.resources[Make.project]?.word == "unreadable other")
  }

  /// A project that answers 403 or 404 like an absent one exists if a read inside it succeeded.
  @Test func aProjectWithReadableContentsIsNotAbsent() async throws {
    for answer: FakeCloud.Answer in [.forbidden, .notFound] {
      let stage = try LiveStage()
      stage.cloud.on("GET /v3/projects/p", answer)
      stage.cloud.on(list, .json(["repositories": [name("r")]]))
      stage.cloud.on("GET /v1/projects/p/serviceAccounts", .forbidden)
      stage.cloud.on("GET /v1/projects/p/roles", .forbidden)
      let snapshot = await stage.read(
        Make.graph([
          Make.resource(Make.project, ["parent": "folders/1"]), Make.resource(Make.repository),
        ]))
      #expect(snapshot.resources[Make.project]?.word.hasPrefix("unreadable") == true)
      #expect(snapshot.resources[Make.repository]?.word == "present")
    }
  }

  @Test func aResourceMissingInAListWithAReadablePolicyIsNotAbsent() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .json([:]))
    stage.cloud.on(get + ":getIamPolicy", .json(["etag": "e"]))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.repository)], policies: [Make.repository.policy]))
    #expect(snapshot.resources[Make.repository]?.word == "unreadable other")
  }

  /// An undeclared resource that cannot be understood is neither deleted nor ignored.
  @Test func anUnreadableUndeclaredResourceIsNotChecked() async throws {
    let stage = try LiveStage()
    var odd = name("odd").object ?? [:]
    odd["createTime"] = nil
    stage.cloud.on(list, .json(["repositories": [name("r"), .object(odd)]]))
    let snapshot = await stage.read(Make.graph([Make.resource(Make.repository)]))
    #expect(snapshot.undeclared.isEmpty)
    #expect(
      snapshot.notChecked == [
        "p/repository/us/odd: the answer cannot be used: `createTime` is missing"
      ])
  }

  /// Only a replacement could change the format, so a list alone is not trusted.
  @Test func aListAndAGetThatDisagreeAreUnreadable() async throws {
    let docker = Make.live(Make.repository, ["format": "DOCKER"])
    for (own, word) in [
      (FakeCloud.Answer.json(name("r")), "unreadable other"), (.json(docker), "present"),
      (.notFound, "unreadable other"), (.error(503, "UNAVAILABLE"), "unreadable notReachable"),
    ] {
      let stage = try LiveStage()
      stage.cloud.on(list, .json(["repositories": [docker]]))
      stage.cloud.on(get, own)
      let snapshot = await stage.read(
        Make.graph([Make.resource(Make.repository, ["format": "PYTHON"])]))
      #expect(snapshot.resources[Make.repository]?.word == word)
    }
  }

  @Test(arguments: [
    #"{"error": "Not Found"}"#, #"{"error": {"message": "no Route matched"}}"#,
    #"{"error": {"code": 404, "message": "Method not found.", "status": "NOT_FOUND"}}"#,
  ])
  func a404OfAnotherServerIsNotAbsence(_ text: String) async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .success(.init(status: 404, body: Array(text.utf8))))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.repository)], scope: .ignore))
    #expect(snapshot.resources[Make.repository]?.word == "unreadable other")
  }

  @Test func onlyGooglesPlain403CanMeanAnAbsentProject() async throws {
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

  @Test func aServiceThatIsOnCausesNoWait() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET /v1/projects/p/services", .json(["services": [Make.live(Make.service(artifacts))]]))
    stage.cloud.on(list, .disabled(artifacts))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.repository), Make.resource(Make.service(artifacts))]))
    #expect(snapshot.resources[Make.repository]?.word == "unreadable serviceDisabled")
  }

  @Test func aServiceInAStateThatIsUnknownIsUnreadable() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET /v1/projects/p/services", .empty)
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
