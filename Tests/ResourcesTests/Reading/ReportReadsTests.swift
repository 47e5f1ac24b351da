import JSON
import Kinds
import Model
import Reconcile
import TestSupport
import Testing

@testable import CloudResources
@testable import Resources

/// The lists for the report alone: they show resources whose last document was removed.
@Suite struct ReportReadsTests {
  private let declared = Make.resource(Make.project, create: false)
  private let lists: [Read] = [
    .list(.init(.serviceAccount, project: "p")), .list(.init(.role, project: "p")),
    .list(.init(.repository, project: "p", ["us-east4"])),
  ]

  private func graph(
    _ resources: [DesiredResource], scope: StackSettings.Scope.Undeclared = .report
  ) -> DesiredGraph {
    var graph = Make.graph(resources, scope: scope)
    graph.stack.defaultLocation = "us-east4"
    return graph
  }

  @Test func everyDeclaredProjectIsListed() {
    let reads = Set(ReadPlan(graph([declared]), kinds: .google, selected: nil).reads)
    #expect(reads == Set(lists + [.resource(Make.project)]))
  }

  @Test func undeclaredProjectsAreNotListed() {
    let account = Make.resource(Make.account)
    #expect(
      ReadPlan(graph([account]), kinds: .google, selected: nil).reads == [
        .list(.init(.serviceAccount, project: "p"))
      ])
    let external = Make.resource(Make.project, origin: .external)
    #expect(
      ReadPlan(graph([external]), kinds: .google, selected: nil).reads == [.resource(Make.project)])
  }

  @Test func repositoriesAreListedWhereverTheSetHasOneOfTheProject() {
    let absent = Make.resource(Make.repository, ensure: .absent)
    let elsewhere = Make.resource(Address(project: "q", .repository, "asia", "r"))
    let reads = Set(
      ReadPlan(graph([declared, absent, elsewhere]), kinds: .google, selected: nil).reads)
    #expect(
      reads
        == Set(
          lists + [
            .list(.init(.repository, project: "p", ["us"])),
            .list(.init(.repository, project: "q", ["asia"])),
          ]))
  }

  @Test func ignoredAndUnselectedResourcesAreNotListed() {
    #expect(
      ReadPlan(graph([declared], scope: .ignore), kinds: .google, selected: nil).reads
        == [.resource(Make.project)])
    #expect(
      ReadPlan(graph([declared]), kinds: .google, selected: [Make.project]).reads == [
        .resource(Make.project)
      ])
    var one = graph([declared], scope: .ignore)
    one.stack.scope.kinds = [.role: .authoritative]
    #expect(
      Set(ReadPlan(one, kinds: .google, selected: nil).reads)
        == [.resource(Make.project), .list(.init(.role, project: "p"))])
  }

  @Test func aDeletedProjectIsReadWhateverTheScope() {
    let goes = Make.resource(Make.project, ensure: .absent)
    for selected: Set<Address>? in [nil, [Make.project]] {
      #expect(
        Set(ReadPlan(graph([goes], scope: .ignore), kinds: .google, selected: selected).reads)
          == [.resource(Make.project), lists[0], lists[2]])
    }
  }

  @Test func keysOfEveryDeclaredAccountAreReadIfUndeclaredOnesAreDeleted() {
    var graph = graph([Make.resource(Make.account)])
    #expect(!ReadPlan(graph, kinds: .google, selected: nil).reads.contains(.keys(Make.account)))
    graph.stack.scope.kinds = [.serviceAccountKey: .authoritative]
    #expect(ReadPlan(graph, kinds: .google, selected: nil).reads.contains(.keys(Make.account)))
    graph.resources[Make.account]?.lifecycle.ensure = .absent
    #expect(!ReadPlan(graph, kinds: .google, selected: nil).reads.contains(.keys(Make.account)))
  }

  @Test func aResourceWithoutItsLastDocumentIsReported() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET /v3/projects/p", .json(Make.live(Make.project)))
    stage.cloud.on(
      "GET /v1/projects/p/serviceAccounts",
      .json([
        "accounts": [Make.live(Make.account)]
      ]))
    stage.cloud.on(
      "GET /v1/projects/p/roles", .json(["roles": [["name": "projects/p/roles/publisher"]]]))
    stage.cloud.on(
      "GET /v1/projects/p/locations/us-east4/repositories",
      .json(["repositories": [Make.live(Address(project: "p", .repository, "us-east4", "r"))]]))
    let snapshot = await stage.read(graph([declared]))
    #expect(
      snapshot.undeclared.map(\.address.local)
        == ["repository/us-east4/r", "role/publisher", "serviceAccount/uploader"])
    #expect(snapshot.notChecked.isEmpty)
  }

  @Test func aListForTheReportAloneThatIsRefusedIsOneLineAndNoMore() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET /v3/projects/p", .json(Make.live(Make.project)))
    stage.cloud.on("GET /v1/projects/p/serviceAccounts", .forbidden)
    stage.cloud.on("GET /v1/projects/p/roles", .disabled("iam.googleapis.com"))
    stage.cloud.on(
      "GET /v1/projects/p/locations/us-east4/repositories",
      .disabled("artifactregistry.googleapis.com"))
    let snapshot = await stage.read(graph([declared]))
    #expect(
      snapshot.notChecked == [
        "custom roles of p: iam.googleapis.com is not enabled",
        "repositories of p in us-east4: artifactregistry.googleapis.com is not enabled",
        "service accounts of p: the permission iam.serviceAccounts.list is missing",
      ])
    #expect(snapshot.resources[Make.project]?.word == "present")
    #expect(stage.cloud.requests.count == 4)
    let plan = Planner(graph: graph([declared]), snapshot: snapshot).plan()
    #expect(plan.isComplete)
    #expect(!plan.hasChanges)
  }

  @Test func keysThatCouldNotBeListedAreNotChecked() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      "GET /v1/projects/p/serviceAccounts",
      .json([
        "accounts": [Make.live(Make.account)]
      ]))
    stage.cloud.on("GET /v1/projects/p/serviceAccounts/\(Make.email)/keys", .forbidden)
    var graph = graph([Make.resource(Make.account)])
    graph.stack.scope.kinds = [.serviceAccountKey: .authoritative]
    let snapshot = await stage.read(graph)
    #expect(
      snapshot.notChecked == [
        "keys of \(Make.email): the permission iam.serviceAccountKeys.list is missing"
      ])
  }

  @Test func thePolicyOfAReplaceableResourceIsRead() {
    var repository = Make.resource(Make.repository)
    #expect(
      !ReadPlan(graph([repository]), kinds: .google, selected: nil).reads.contains(
        .policy(Make.repository.policy)))
    repository.lifecycle.allowReplace = true
    #expect(
      ReadPlan(graph([repository]), kinds: .google, selected: nil).reads.contains(
        .policy(Make.repository.policy)))
    #expect(
      ReadPlan(graph([repository]), kinds: .google, selected: [repository.address]).reads.contains {
        $0.collection?.parentNames == repository.address.names
      })
    var project = declared
    project.lifecycle.allowReplace = true
    #expect(
      !ReadPlan(graph([project]), kinds: .google, selected: nil).reads.contains(
        .policy(Make.project.policy)))
  }

  /// A replacement would delete children that are not known.
  @Test(arguments: [false, true])
  func aResourceWithUnknownChildrenIsNotReplaced(_ isForbidden: Bool) async throws {
    let stage = try LiveStage()
    let path = "GET /v1/projects/p/locations/us/repositories"
    let live = Make.live(Make.repository)
    stage.cloud.on(path, .json(["repositories": [live]]))
    stage.cloud.on(path + "/r", .json(live))
    stage.cloud.on(path + "/r:getIamPolicy", .json(["etag": "ACAB"]))
    stage.cloud.on(path + "/r/rules", isForbidden ? .forbidden : .json(["rules": "none"]))
    for (format, word) in [("PYTHON", "present"), ("NPM", "unreadable")] {
      var repository = Make.resource(Make.repository, ["format": .string(format)])
      repository.lifecycle.allowReplace = true
      let snapshot = await stage.read(Make.graph([repository]))
      #expect(snapshot.resources[Make.repository]?.word.hasPrefix(word) == true, "\(format)")
    }
  }
}
