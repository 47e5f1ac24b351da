import JSON
import Kinds
import Model
import TestSupport
import Testing

@testable import CloudResources
@testable import Resources

/// The services of a project are read by the list of those that are enabled, which proves nothing about the others.
@Suite struct ServiceListTests {
  private let list = "GET /v1/projects/p/services"
  private let batch = "GET /v1/projects/p/services:batchGet"
  private let a = "a.googleapis.com"
  private let b = "b.googleapis.com"
  private let c = "c.googleapis.com"
  private let compute = Make.service("compute.googleapis.com")

  private func graph(
    _ names: [String], scope: StackSettings.Scope.Undeclared = .report
  ) -> DesiredGraph {
    Make.graph(names.map { Make.resource(Make.service($0)) }, scope: scope)
  }

  private func live(_ name: String, _ state: String = "ENABLED") -> JSONValue {
    Make.live(Make.service(name), ["state": .string(state)])
  }

  private func words(_ snapshot: Snapshot, _ names: [String]) -> [String?] {
    names.map { snapshot.resources[Make.service($0)]?.word }
  }

  @Test func oneRequestReadsTheDeclaredAndShowsTheUndeclaredOnes() async throws {
    let stage = try LiveStage()
    // Google enables `bigquery` in every project, and arctl calls `iam`.
    let names = [a, b, compute.id, "bigquery.googleapis.com", "iam.googleapis.com"]
    stage.cloud.on(list, .json(["services": .array(names.map { live($0) })]))
    let snapshot = await stage.read(graph([a, b]))
    #expect(words(snapshot, [a, b]) == ["present", "present"])
    #expect(snapshot.undeclared.map(\.address) == [compute])
    #expect(snapshot.notChecked.isEmpty)
    #expect(snapshot.projectNumbers["p"] == "123")
    #expect(
      stage.cloud.requests == [
        "GET /v1/projects/p/services?filter=state%3AENABLED"
          + "&fields=services%2Fname%2Cservices%2Fstate%2CnextPageToken&pageSize=200"
      ])
  }

  @Test func allPagesAreRead() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      list, .json(["services": [live(a)], "nextPageToken": "2"]),
      .json(["services": [live(b), live(compute.id)]]))
    let snapshot = await stage.read(graph([a, b]))
    #expect(words(snapshot, [a, b]) == ["present", "present"])
    #expect(snapshot.undeclared.map(\.address) == [compute])
    #expect(stage.cloud.requests.count == 2)
  }

  @Test(arguments: [
    ("DISABLED", "absent"), ("ENABLED", "present"), ("PAUSED", "unreadable other"),
    ("", "unreadable other"),
  ])
  func aServiceThatTheListLacksIsReadByItsName(_ state: String, _ word: String) async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .json(["services": [live(a)]]))
    stage.cloud.on("\(list)/\(b)", .json(live(b, state)))
    let snapshot = await stage.read(graph([a, b]))
    #expect(words(snapshot, [a, b]) == ["present", word])
    #expect(stage.cloud.requests.count == 2)
  }

  /// Google answers 403 for a batch with one unknown name, and for that name.
  @Test func anUnknownServiceIsUnreadableAndTheOthersAreNot() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .json(["services": [live(a)]]))
    stage.cloud.on(batch, .forbidden)
    stage.cloud.on("\(list)/\(b)", .forbidden)
    stage.cloud.on("\(list)/\(c)", .json(live(c, "DISABLED")))
    let snapshot = await stage.read(graph([a, b, c]))
    #expect(words(snapshot, [a, b, c]) == ["present", "unreadable forbidden", "absent"])
    #expect(snapshot.notChecked.isEmpty)
    #expect(stage.cloud.requests.count == 4)
  }

  @Test func thirtyServicesAreReadByNameAtOnce() async throws {
    let stage = try LiveStage()
    let names = (10..<41).map { "s\($0).googleapis.com" }
    stage.cloud.on(list, .empty)
    stage.cloud.on(
      batch, .json(["services": .array(names.prefix(30).map { live($0, "DISABLED") })]))
    stage.cloud.on("\(list)/\(names[30])", .json(live(names[30], "DISABLED")))
    let snapshot = await stage.read(graph(names))
    #expect(Set(words(snapshot, names)) == ["absent"])
    #expect(stage.cloud.requests.count == 3)
  }

  /// A list that cannot be used: forbidden, cut short, of another project, with a member twice, in another form.
  @Test(arguments: 0..<6)
  func withoutItsListEverythingIsReadByName(_ index: Int) async throws {
    let stage = try LiveStage()
    let foreign: JSONValue = ["name": "projects/q/services/a.googleapis.com", "state": "ENABLED"]
    switch index {
    case 0: stage.cloud.on(list, .forbidden)
    case 1:
      stage.cloud.on(list, .json(["services": [live(a)], "nextPageToken": "2"]), .forbidden)
    case 2: stage.cloud.on(list, .json(["services": [live(a)], "nextPageToken": "2"]))
    case 3: stage.cloud.on(list, .json(["services": [live(b), foreign]]))
    case 4: stage.cloud.on(list, .json(["services": [live(b), live(b)]]))
    default: stage.cloud.on(list, .json(["services": "none"]))
    }
    stage.cloud.on(batch, .json(["services": [live(a), live(b, "DISABLED")]]))
    let snapshot = await stage.read(graph([a, b]))
    #expect(words(snapshot, [a, b]) == ["present", "absent"])
    #expect(snapshot.undeclared.isEmpty)
    #expect(snapshot.notChecked.count == 1)
    #expect(snapshot.notChecked.first?.hasPrefix("services of p: ") == true)
    #expect(stage.cloud.count(batch) == 1)
    stage.cloud.finish()
  }

  @Test func theMissingPermissionIsNamed() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .forbidden)
    stage.cloud.on("\(list)/\(a)", .json(live(a)))
    let snapshot = await stage.read(graph([a]))
    #expect(
      snapshot.notChecked == [
        "services of p: the permission serviceusage.services.list is missing"
      ])
    #expect(words(snapshot, [a]) == ["present"])
  }

  /// The other calls of the same API would fail in the same way.
  @Test func withoutTheAPINothingElseIsTried() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .disabled("serviceusage.googleapis.com"))
    let snapshot = await stage.read(graph([a, b]))
    #expect(
      words(snapshot, [a, b]) == ["unreadable serviceDisabled", "unreadable serviceDisabled"])
    #expect(stage.cloud.requests.count == 1)
  }

  /// A server may ignore `filter` and `fields`.
  @Test func aFullAnswerIsUnderstoodToo() async throws {
    let stage = try LiveStage()
    let off = Make.service("run.googleapis.com")
    stage.cloud.on(
      list,
      .json([
        "services": [
          Make.live(Make.service(a), ["config": ["name": .string(a), "title": "A"]]),
          live(b, "DISABLED"), live(off.id, "DISABLED"), live(compute.id),
        ]
      ]))
    stage.cloud.on("\(list)/\(b)", .json(live(b, "DISABLED")))
    let snapshot = await stage.read(graph([a, b]))
    #expect(words(snapshot, [a, b]) == ["present", "absent"])
    #expect(snapshot.undeclared.map(\.address) == [compute])
    #expect(snapshot.notChecked.isEmpty)
  }

  @Test func anUndeclaredServiceInAnUnknownStateIsNotChecked() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .json(["services": [live(a), live(compute.id, "PAUSED")]]))
    let snapshot = await stage.read(graph([a]))
    #expect(snapshot.undeclared.isEmpty)
    #expect(
      snapshot.notChecked == ["\(compute): its state is `PAUSED`, which arctl does not know"])
  }

  @Test func nothingIsListedThatIsNotReported() async throws {
    let ignored = try LiveStage()
    ignored.cloud.on(batch, .json(["services": [live(a), live(b)]]))
    var snapshot = await ignored.read(graph([a, b], scope: .ignore))
    #expect(words(snapshot, [a, b]) == ["present", "present"])
    #expect(ignored.cloud.requests.count == 1)
    let selected = try LiveStage()
    selected.cloud.on("\(list)/\(a)", .json(live(a)))
    snapshot = await selected.read(graph([a, b]), selected: [Make.service(a)])
    #expect(words(snapshot, [a]) == ["present"])
    #expect(selected.cloud.requests.count == 1)
  }

  /// A service that must not be enabled is declared as well.
  @Test func anAbsentServiceIsNotUndeclared() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .json(["services": [live(a), live(compute.id)]]))
    let snapshot = await stage.read(
      Make.graph([Make.resource(Make.service(a)), Make.resource(compute, ensure: .absent)]))
    #expect(snapshot.undeclared.isEmpty)
    #expect(words(snapshot, [compute.id]) == ["present"])
  }

  @Test func aProjectThatIsNotThereYetHasNoServicesToRead() async throws {
    let stage = try LiveStage()
    for path in ["GET /v3/projects/p", list, "GET /v1/projects/p/serviceAccounts"] {
      stage.cloud.on(path, .forbidden)
    }
    stage.cloud.on("GET /v1/projects/p/roles", .forbidden)
    let snapshot = await stage.read(
      Make.graph([
        Make.resource(Make.project, ["parent": "folders/1"]), Make.resource(Make.service(a)),
      ]))
    #expect(words(snapshot, [a]) == ["notYet p/project"])
    #expect(snapshot.notChecked.isEmpty)
    #expect(stage.cloud.requests.count == 4)
  }

  /// What was read by name proves that the project exists.
  @Test func aForbiddenListDoesNotHideAProject() async throws {
    let stage = try LiveStage()
    stage.cloud.on(list, .forbidden)
    stage.cloud.on("\(list)/\(a)", .json(live(a)))
    stage.cloud.on("GET /v1/projects/p/serviceAccounts", .forbidden)
    stage.cloud.on("GET /v1/projects/p/roles", .forbidden)
    let snapshot = await stage.read(
      Make.graph([
        Make.resource(Make.project, create: false), Make.resource(Make.service(a)),
      ]))
    #expect(snapshot.resources[Make.project]?.word == "present")
  }
}
