import JSON
import Model
import TestSupport
import Testing

@testable import Resources

@Suite struct SnapshotReaderTests {
  private let artifacts = "artifactregistry.googleapis.com"
  private let list = "GET /v1/projects/p/locations/us/repositories"
  private let get = "GET /v1/projects/p/locations/us/repositories/r"

  private func name(_ id: String) -> JSONValue {
    Make.live(Address(project: "p", .repository, "us", id))
  }

  @Test func aListShowsPresentAbsentAndUndeclaredResources() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .json(["repositories": [name("r"), name("joe")]]))
    let other = Address(project: "p", .repository, "us", "s")
    let graph = Make.graph([Make.resource(Make.repository), Make.resource(other)])
    let snapshot = await stage.read(graph)
    #expect(snapshot.resources[Make.repository]?.word == "present")
    #expect(snapshot.resources[other]?.word == "absent")
    #expect(snapshot.undeclared.map(\.address.local) == ["repository/us/joe"])
    #expect(stage.cloud.requests == [list + "?pageSize=1000"])
  }

  @Test func pagesAreFollowedAndABrokenOneMakesTheListUnreadable() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      list, .json(["repositories": [name("a")], "nextPageToken": "t"]),
      .json(["repositories": [name("b")], "nextPageToken": "t"]))
    let snapshot = await stage.read(Make.graph([Make.resource(Make.repository)]))
    #expect(snapshot.resources[Make.repository]?.word == "unreadable other")
    #expect(snapshot.undeclared.isEmpty)
    #expect(snapshot.notChecked.count == 1)
  }

  @Test func membersOfAllPagesCount() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      list + "?pageSize=1000", .json(["repositories": [name("a")], "nextPageToken": "t"]))
    stage.cloud.on(list + "?pageSize=1000&pageToken=t", .json(["repositories": [name("r")]]))
    let snapshot = await stage.read(Make.graph([Make.resource(Make.repository)]))
    #expect(snapshot.resources[Make.repository]?.word == "present")
    #expect(snapshot.undeclared.map(\.address.id) == ["a"])
    stage.cloud.finish()
  }

  @Test func forbiddenListFallsBackToGets() async throws {
    let stage = try LiveStage()
    let there = Address(project: "p", .repository, "us", "s")
    stage.cloud.on(list, .forbidden)
    stage.cloud.on(get, .notFound)
    stage.cloud.on("GET /v1/projects/p/locations/us/repositories/s", .json(name("s")))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.repository), Make.resource(there)]))
    #expect(snapshot.resources[Make.repository]?.word == "absent")
    #expect(snapshot.resources[there]?.word == "present")
    #expect(
      snapshot.notChecked == [
        "repositories of p in us: the permission artifactregistry.repositories.list is missing"
      ])
  }

  @Test func forbiddenGetIsUnreadableAndNamesPermissionAndRole() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .forbidden)
    stage.cloud.on(get, .forbidden)
    let snapshot = await stage.read(Make.graph([Make.resource(Make.repository)]))
    guard case .unreadable(let problem) = snapshot.resources[Make.repository] else {
      Issue.record("not unreadable")
      return
    }
    #expect(problem.reason == .forbidden)
    #expect(problem.message.contains("403"))
    #expect(problem.help.contains("artifactregistry.repositories.get"))
    #expect(problem.help.contains("roles/artifactregistry.reader"))
  }

  @Test func loneResourceUnderIgnoreIsAGet() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(name("r")))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.repository)], scope: .ignore))
    #expect(snapshot.resources[Make.repository]?.word == "present")
    #expect(stage.cloud.requests.count == 1)
  }

  @Test func externalReferenceIsAGet() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .notFound)
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.repository, origin: .external)]))
    #expect(snapshot.resources[Make.repository]?.word == "absent")
    #expect(stage.cloud.requests.count == 1)
  }

  @Test func serverErrorsAndTruncatedAnswersProveNothing() async throws {
    for answer: FakeCloud.Answer in [
      .error(503, "UNAVAILABLE"), .failure(.ambiguous), .failure(.notSent),
      .success(.init(status: 200, body: Array("{\"repositories\": [".utf8))),
      .success(.init(status: 200, body: [])), .success(.init(status: 404, body: Array("no".utf8))),
    ] {
      let stage = try LiveStage()
      stage.cloud.on(get, answer)
      let snapshot = await stage.read(
        Make.graph([Make.resource(Make.repository)], scope: .ignore))
      let word = try #require(snapshot.resources[Make.repository]?.word)
      #expect(word.hasPrefix("unreadable"), "\(answer)")
    }
  }

  @Test func absentResourceMakesItsPolicyAndKeysWait() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET /v1/projects/p/serviceAccounts", .json([:]))
    stage.cloud.on("GET /v1/projects/p/serviceAccounts/\(Make.email)/keys", .notFound)
    stage.cloud.on(
      "POST /v1/projects/p/serviceAccounts/\(Make.email):getIamPolicy", .notFound)
    let snapshot = await stage.read(
      Make.graph(
        [Make.resource(Make.account)], policies: [Make.account.policy], keys: [Make.key()]))
    #expect(snapshot.resources[Make.account]?.word == "absent")
    #expect(snapshot.policies[Make.account.policy]?.word == "notYet \(Make.account)")
    #expect(snapshot.keys[Make.account]?.word == "notYet \(Make.account)")
  }

  @Test func policyThatCannotBeReadIsUnreadableAlthoughTheResourceIsThere() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(name("r")))
    stage.cloud.on(get + ":getIamPolicy", .forbidden)
    let snapshot = await stage.read(
      Make.graph(
        [Make.resource(Make.repository)], policies: [Make.repository.policy], scope: .ignore))
    #expect(snapshot.policies[Make.repository.policy]?.word == "unreadable forbidden")
  }

  @Test func googlesOwnAccountsAreNotReported() async throws {
    let stage = try LiveStage()
    let emails = [
      Make.email, "old@p.iam.gserviceaccount.com", "123-compute@developer.gserviceaccount.com",
      "p@appspot.gserviceaccount.com",
    ]
    let accounts = emails.map { email -> JSONValue in
      [
        "name": .string("projects/p/serviceAccounts/\(email)"), "email": .string(email),
        "uniqueId": "1",
      ]
    }
    stage.cloud.on("GET /v1/projects/p/serviceAccounts", .json(["accounts": .array(accounts)]))
    let snapshot = await stage.read(Make.graph([Make.resource(Make.account)]))
    #expect(snapshot.resources[Make.account]?.word == "present")
    #expect(snapshot.undeclared.map(\.address.local) == ["serviceAccount/old"])
  }

  @Test func deletedRoleIsSoftDeletedAndOnesOfOthersAreNotReported() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET /v1/projects/p/roles",
      .json([
        "roles": [
          ["name": "projects/p/roles/publisher", "deleted": true],
          ["name": "projects/p/roles/gone", "deleted": true], ["name": "projects/p/roles/other"],
        ]
      ]))
    let snapshot = await stage.read(Make.graph([Make.resource(Make.role)]))
    #expect(snapshot.resources[Make.role]?.word == "softDeleted")
    #expect(snapshot.undeclared.map(\.address.local) == ["role/other"])
  }

  @Test func aForbiddenBatchOfServicesIsReadOneByOne() async throws {
    let stage = try LiveStage()
    let names = ["iam.googleapis.com", "nonsense.googleapis.com"]
    stage.cloud.on("GET /v1/projects/p/services", .empty)
    stage.cloud.on("GET /v1/projects/p/services:batchGet", .forbidden)
    stage.cloud.on(
      "GET /v1/projects/p/services/iam.googleapis.com",
      .json(["name": "projects/1/services/iam.googleapis.com", "state": "ENABLED"]))
    stage.cloud.on("GET /v1/projects/p/services/nonsense.googleapis.com", .forbidden)
    let snapshot = await stage.read(
      Make.graph(names.map { Make.resource(Make.service($0)) }))
    #expect(snapshot.resources[Make.service(names[0])]?.word == "present")
    #expect(snapshot.resources[Make.service(names[1])]?.word == "unreadable forbidden")
  }

  @Test func aServiceMissingInABatchIsUnreadable() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET /v1/projects/p/services", .empty)
    stage.cloud.on(
      "GET /v1/projects/p/services:batchGet",
      .json(["services": [["name": "projects/1/services/a.googleapis.com", "state": "ENABLED"]]]))
    let snapshot = await stage.read(
      Make.graph(["a", "b"].map { Make.resource(Make.service("\($0).googleapis.com")) }))
    #expect(snapshot.resources[Make.service("b.googleapis.com")]?.word == "unreadable other")
  }

  @Test func selectionConfinesTheReads() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(name("r")))
    let snapshot = await stage.read(
      Make.graph(
        [Make.resource(Make.repository), Make.resource(Make.account), Make.resource(Make.role)]),
      selected: [Make.repository])
    #expect(snapshot.resources.keys.sorted() == [Make.repository])
    #expect(stage.cloud.requests.count == 1)
  }

  @Test func revokedMembersNeedThePoliciesOfAllDeclaredResources() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .json(["repositories": [name("r")]]))
    stage.cloud.on("GET /v1/projects/p/serviceAccounts", .json([:]))
    stage.cloud.on("GET /v1/projects/p/roles", .json([:]))
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .json(["etag": "ACAB"]))
    stage.cloud.on(get + ":getIamPolicy", .json(["etag": "ACAB"]))
    var graph = Make.graph(
      [Make.resource(Make.project, create: false), Make.resource(Make.repository)])
    graph.stack.revoked = [SourcedText("user:eve@example.com", Make.place)]
    let snapshot = await stage.read(graph)
    #expect(
      snapshot.policies.keys.sorted() == [Make.project.policy, Make.repository.policy].sorted())
    stage.cloud.finish()
  }

  @Test func serviceAgentNeedsTheNumberOfItsProject() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET /v3/projects/other", .json(["name": "projects/77", "projectId": "other"]))
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .json(["etag": "ACAB"]))
    var graph = Make.graph([Make.resource(Make.project, create: false)], scope: .ignore)
    graph.policies[Make.project.policy] = DesiredPolicy(
      address: Make.project.policy,
      entries: [
        PolicyEntry(
          role: "roles/viewer",
          members: [SourcedText("serviceAgent:artifactregistry@other", Make.place)],
          source: Make.place)
      ], dependencies: [])
    #expect(await stage.read(graph).projectNumbers["other"] == "77")
  }
}
