import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

@Suite struct PlannerTests {
  let repository = Fixture.repository("r")
  let account = Fixture.account("uploader")

  func plan(
    _ graph: DesiredGraph, _ snapshot: Snapshot, allow: [Hazard.Flag: String] = [:],
    selection: Selection = Selection(), caller: String = ""
  ) -> Plan {
    var planner = Planner(graph: graph, snapshot: snapshot)
    planner.selection = selection
    planner.caller = caller
    planner.overrides.allowed = allow.mapValues { [AddressGlob($0)] }
    return planner.plan()
  }
  func row(_ plan: Plan, _ address: Address) -> Change? {
    plan.changes.first { $0.address == address }
  }
  func operation(_ plan: Plan, _ id: String) -> Operation? {
    plan.operations.first { $0.id.text == id }
  }

  @Test func absentResourcesAreCreatedInDependencyOrder() throws {
    let graph = Fixture.graph(
      [
        Fixture.resource(repository, ["format": "PYTHON"]),
        Fixture.resource(account, ["description": "d"]),
      ],
      policies: [
        Fixture.policy(repository, "roles/writer", [Fixture.member("uploader")], on: [account])
      ])
    var snapshot = Snapshot()
    snapshot.resources = [repository: .absent(.confirmed), account: .absent(.confirmed)]
    snapshot.policies = [repository.policy: .absent(.notYetThere(because: repository))]
    let plan = plan(graph, snapshot)
    #expect(plan.changes.map(\.action) == [.create, .create, .create])
    #expect(plan.summary.membersAdded == 1)
    let set = try #require(operation(plan, "set \(repository.policy)"))
    #expect(
      set.dependencies.map(\.text).sorted()
        == ["create \(repository)", "create \(account)"].sorted())
  }

  @Test func anUnreadableResourceIsNeverCreatedAndBlocksItsDependents() {
    let graph = Fixture.graph(
      [Fixture.resource(repository, ["format": "PYTHON"]), Fixture.resource(account)],
      policies: [
        Fixture.policy(repository, "roles/writer", [Fixture.member("uploader")], on: [account])
      ])
    var snapshot = Snapshot()
    snapshot.resources = [
      repository: .unreadable(ReadProblem(.forbidden, "403")),
      account: Fixture.present(account, [:]),
    ]
    snapshot.policies = [repository.policy: .present(["etag": "ACAB"])]
    let plan = plan(graph, snapshot)
    #expect(row(plan, repository)?.action == .unreadable)
    #expect(row(plan, repository.policy)?.action == .waiting)
    #expect(row(plan, repository.policy)?.waitsFor == repository)
    #expect(plan.operations.isEmpty)
    #expect(!plan.isComplete)
  }

  /// A resource of the same name that was created later is another one: a plan for the first does not apply to it.
  @Test func theIdContainsTheIdentityOfAChangedOrDeletedResource() {
    func id(_ ensure: Lifecycle.Ensure, born: JSONValue) -> String? {
      var resource = Fixture.resource(repository, ["description": "new"])
      resource.lifecycle.ensure = ensure
      var snapshot = Snapshot()
      snapshot.resources = [
        repository: Fixture.present(repository, ["description": "old", "born": born])
      ]
      let plan = plan(Fixture.graph([resource]), snapshot, allow: [.delete: "**"])
      #expect(row(plan, repository)?.identity == ["born": born])
      return plan.id
    }
    for ensure in [Lifecycle.Ensure.present, .absent] {
      #expect(id(ensure, born: "1") == id(ensure, born: "1"))
      #expect(id(ensure, born: "1") != id(ensure, born: "2"))
    }
  }

  @Test func anImmutableFieldIsRefusedWithoutBothPermissions() {
    var resource = Fixture.resource(repository, ["format": "DOCKER"])
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, ["format": "PYTHON"])]
    #expect(row(plan(Fixture.graph([resource]), snapshot), repository)?.action == .refused)
    let flag = [Hazard.Flag.replace: repository.description]
    #expect(
      row(plan(Fixture.graph([resource]), snapshot, allow: flag), repository)?.action == .refused)
    resource.lifecycle.allowReplace = true
    #expect(row(plan(Fixture.graph([resource]), snapshot), repository)?.action == .refused)
    let replaced = plan(Fixture.graph([resource]), snapshot, allow: flag)
    #expect(row(replaced, repository)?.action == .replace)
    #expect(
      operation(replaced, "create \(repository)")?.dependencies.map(\.text) == [
        "delete \(repository)"
      ])
    snapshot.resources = [
      repository: Fixture.present(repository, ["format": "PYTHON", "size": "9"])
    ]
    #expect(
      row(plan(Fixture.graph([resource]), snapshot, allow: flag), repository)?.refusals.map(\.code)
        == [.dataLoss])
  }

  @Test func deletingNeedsTwoPermissionsAndGrantsAreRemovedFirst() throws {
    let graph = Fixture.graph(
      [Fixture.resource(account, ensure: .absent), Fixture.resource(repository)],
      policies: [Fixture.policy(repository, "roles/reader", ["user:a@b.c"])])
    var snapshot = Snapshot()
    snapshot.resources = [
      account: Fixture.present(account, [:]), repository: Fixture.present(repository, [:]),
    ]
    snapshot.policies = [
      repository.policy: .present(
        Fixture.bindings(
          ("roles/writer", [Fixture.member("uploader")]), ("roles/reader", ["user:a@b.c"])))
    ]
    let refused = plan(graph, snapshot)
    #expect(row(refused, account)?.refusals.map(\.code) == [.deletionNotAllowed])
    let allowed = plan(graph, snapshot, allow: [.delete: account.description])
    #expect(row(allowed, account)?.action == .delete)
    #expect(
      row(allowed, repository.policy)?.bindings.flatMap(\.removed)
        == [.init(Fixture.member("uploader"), .deletion)])
    let deletion = try #require(operation(allowed, "delete \(account)"))
    #expect(deletion.dependencies.map(\.text) == ["set \(repository.policy)"])
  }

  @Test func protectRefusesEvenWithTheFlag() {
    var resource = Fixture.resource(account, ensure: .absent)
    resource.lifecycle.protect = true
    var snapshot = Snapshot()
    snapshot.resources = [account: Fixture.present(account, [:])]
    let plan = plan(Fixture.graph([resource]), snapshot, allow: [.delete: account.description])
    #expect(row(plan, account)?.refusals.map(\.code) == [.protected])
  }

  @Test func protectRefusesReplacingToo() {
    var resource = Fixture.resource(repository, ["format": "DOCKER"])
    resource.lifecycle.allowReplace = true
    resource.lifecycle.protect = true
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, ["format": "PYTHON"])]
    let flags = [Hazard.Flag.replace: repository.description]
    let byDocument = plan(Fixture.graph([resource]), snapshot, allow: flags)
    #expect(row(byDocument, repository)?.refusals.map(\.code) == [.protected])
    resource.lifecycle.protect = false
    var graph = Fixture.graph([resource])
    graph.stack.protected = [AddressGlob("p-one/repository/**")]
    let byStack = plan(graph, snapshot, allow: flags)
    #expect(row(byStack, repository)?.refusals.map(\.code) == [.protected])
    #expect(byStack.operations.isEmpty)
  }

  @Test func aMissingResourceIsReported() {
    var snapshot = Snapshot()
    snapshot.resources = [account: .absent(.confirmed)]
    let plan = plan(Fixture.graph([Fixture.resource(account, ensure: .absent)]), snapshot)
    #expect(row(plan, account)?.action == .gone)
    #expect(!plan.hasChanges)
  }

  @Test func anAccountWithAKnownOldIdentityIsUndeleted() {
    var snapshot = Snapshot()
    snapshot.resources = [
      account: .absent(.confirmed), repository: Fixture.present(repository, [:]),
    ]
    snapshot.policies = [
      repository.policy: .present(
        Fixture.bindings(("roles/writer", ["deleted:\(Fixture.member("uploader"))?uid=42"])))
    ]
    let graph = Fixture.graph([Fixture.resource(account), Fixture.resource(repository)])
    let change = row(plan(graph, snapshot), account)
    #expect(change?.action == .undelete)
    #expect(change?.resource?.uid == "42")
  }

  @Test func anAbsentGrantDoesNotReturnWithTheAccount() {
    let gone = "deleted:\(Fixture.member("uploader"))?uid=42"
    var snapshot = Snapshot()
    snapshot.resources = [
      account: .absent(.confirmed), repository: Fixture.present(repository, [:]),
    ]
    snapshot.policies = [
      repository.policy: .present(Fixture.bindings(("roles/writer", [gone, "user:x@y.z"])))
    ]
    let graph = Fixture.graph(
      [Fixture.resource(account), Fixture.resource(repository)],
      policies: [
        Fixture.policy(repository, "roles/writer", [], absent: [Fixture.member("uploader")])
      ])
    let plan = plan(graph, snapshot)
    #expect(row(plan, account)?.action == .undelete)
    #expect(
      row(plan, repository.policy)?.bindings.flatMap(\.removed)
        == [.init(gone, .absent), .init(Fixture.member("uploader"), .absent)])
  }

  @Test func undeclaredMembersAreNamedAndStay() {
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, [:])]
    snapshot.policies = [
      repository.policy: .present(Fixture.bindings(("roles/reader", ["user:a@b.c", "user:x@y.z"])))
    ]
    let graph = Fixture.graph(
      [Fixture.resource(repository)],
      policies: [Fixture.policy(repository, "roles/reader", ["user:a@b.c"])])
    let change = row(plan(graph, snapshot), repository.policy)
    #expect(change?.action == .unchanged)
    #expect(change?.bindings.first?.undeclared == ["user:x@y.z"])
  }

  @Test func exclusiveKeepsAgentsAndDeletedMembers() {
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, [:])]
    snapshot.policies = [
      repository.policy: .present(
        Fixture.bindings(
          (
            "roles/reader",
            [
              "user:a@b.c", "user:x@y.z", "deleted:user:q@y.z?uid=1",
              "serviceAccount:service-1@gcp-sa-ar.iam.gserviceaccount.com",
            ]
          )))
    ]
    let graph = Fixture.graph(
      [Fixture.resource(repository)],
      policies: [Fixture.policy(repository, "roles/reader", ["user:a@b.c"], exclusive: true)])
    let change = row(plan(graph, snapshot), repository.policy)
    #expect(change?.bindings.first?.removed == [.init("user:x@y.z", .exclusive)])
  }

  @Test func undeclaredResourcesAreComparedWithTheDeclaredOnes() {
    var external = Fixture.resource(Fixture.account("uplaoder"))
    external.origin = .external
    var stranger = Fixture.resource(Fixture.account("someone-else"))
    stranger.origin = .external
    let graph = Fixture.graph([Fixture.resource(account), external, stranger])
    var snapshot = Snapshot()
    snapshot.resources = [
      account: Fixture.present(account, [:]), external.address: .absent(.confirmed),
      stranger.address: .absent(.confirmed),
    ]
    let plan = plan(graph, snapshot)
    #expect(
      [external, stranger].map { row(plan, $0.address)?.refusals.first?.remedy } == [
        "did you mean `uploader`? If not, correct the name, or declare it in a document of its own",
        "correct the name, or declare it in a document of its own",
      ])
  }

  @Test func revokedMembersAreRemovedFromEveryPolicyThatWasRead() {
    var graph = Fixture.graph([Fixture.resource(repository), Fixture.resource(account)])
    graph.stack.revoked = [SourcedText("user:Eve@example.com", Fixture.place)]
    var snapshot = Snapshot()
    snapshot.resources = [
      repository: Fixture.present(repository, [:]), account: Fixture.present(account, [:]),
    ]
    snapshot.policies = [
      repository.policy: .present(
        Fixture.bindings(("roles/reader", ["user:eve@example.com", "user:x@y.z"]))),
      account.policy: .present(["etag": "ACAB"]),
    ]
    let plan = plan(graph, snapshot)
    #expect(
      row(plan, repository.policy)?.bindings.first?.removed == [
        .init("user:eve@example.com", .revoked)
      ])
    #expect(plan.operations.map(\.id.text) == ["set \(repository.policy)"])
  }

  @Test func dangerousGrantsNeedTheirFlags() {
    let graph = Fixture.graph(
      [Fixture.resource(repository)],
      policies: [Fixture.policy(repository, "roles/owner", ["allUsers"])])
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, [:])]
    snapshot.policies = [repository.policy: .present(["etag": "ACAB"])]
    #expect(
      row(plan(graph, snapshot), repository.policy)?.refusals.map(\.code) == [
        .privileged, .publicGrant,
      ])
    let both: [Hazard.Flag: String] = [
      .privileged: repository.policy.description, .publicGrant: "p-one/iam/**",
    ]
    #expect(row(plan(graph, snapshot, allow: both), repository.policy)?.action == .update)
  }

  @Test func removingTheCallersOwnRightIsALockout() {
    let graph = Fixture.graph(
      [Fixture.resource(repository)],
      policies: [Fixture.policy(repository, "roles/owner", [], absent: ["user:me@x.y"])])
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, [:])]
    snapshot.policies = [
      repository.policy: .present(
        Fixture.bindings(("roles/owner", ["user:me@x.y", "user:b@x.y", "user:c@x.y"])))
    ]
    #expect(
      row(plan(graph, snapshot, caller: "me@x.y"), repository.policy)?.refusals.map(\.code) == [
        .lockout
      ])
    #expect(row(plan(graph, snapshot, caller: "b@x.y"), repository.policy)?.action == .update)
  }

  @Test func servicesAreEnabledTwentyAtATime() throws {
    let services = (10..<55).map { Address(project: "p-one", .service, "s\($0).googleapis.com") }
    var snapshot = Snapshot()
    for service in services { snapshot.resources[service] = .absent(.confirmed) }
    let graph = Fixture.graph(
      services.map { Fixture.resource($0) } + [Fixture.resource(repository, on: [services[30]])])
    snapshot.resources[repository] = .absent(.notYetThere(because: services[30]))
    let plan = plan(graph, snapshot)
    let calls = plan.operations.filter {
      if case .enableServices = $0.action { true } else { false }
    }
    #expect(calls.map(\.covers.count) == [20, 20, 5])
    #expect(operation(plan, "create \(repository)")?.dependencies == [calls[1].id])
  }

  @Test func selectionsTakeDependenciesAndLeaveOutDependents() {
    let graph = Fixture.graph(
      [Fixture.resource(repository), Fixture.resource(account)],
      policies: [
        Fixture.policy(repository, "roles/writer", [Fixture.member("uploader")], on: [account])
      ])
    let target = Selection(targets: [AddressGlob("iam/**")])
    #expect(graph.selected(by: target) == [repository, account, repository.policy])
    let exclude = Selection(excludes: [AddressGlob("serviceAccount/*")])
    #expect(graph.selected(by: exclude) == [repository])
    #expect(graph.unmatched(Selection(targets: [AddressGlob("nothing/*")])).count == 1)
  }

  @Test func theIdDependsOnlyOnTheChanges() {
    let graph = Fixture.graph([Fixture.resource(repository, ["description": "new"])])
    func id(_ live: JSONValue, caller: String = "me@x.y") -> String? {
      var snapshot = Snapshot()
      snapshot.resources = [repository: Fixture.present(repository, live)]
      return plan(graph, snapshot, caller: caller).id
    }
    let first = id(["description": "old", "size": "1"])
    #expect(first?.count == 16)
    #expect(id(["description": "old", "size": "2"]) == first)
    #expect(id(["description": "other"]) != first)
    #expect(id(["description": "old"], caller: "you@x.y") == first)
    #expect(id(["description": "new"]) == nil)
  }

  @Test func manyDeletionsOfAKindNeedALimit() {
    let accounts = (0..<6).map { Fixture.account("a\($0)") }
    var snapshot = Snapshot()
    for account in accounts { snapshot.resources[account] = Fixture.present(account, [:]) }
    let graph = Fixture.graph(accounts.map { Fixture.resource($0, ensure: .absent) })
    let refused = plan(graph, snapshot, allow: [.delete: "p-one/**"])
    #expect(refused.changes.allSatisfy { $0.refusals.map(\.code) == [.tooManyDeletions] })
  }

  @Test func aReplacementReportsTheLostMembers() {
    var resource = Fixture.resource(repository, ["format": "DOCKER"])
    resource.lifecycle.allowReplace = true
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, ["format": "PYTHON"])]
    snapshot.policies = [
      repository.policy: .present(
        Fixture.bindings(("roles/reader", ["user:a@b.c", "user:x@y.z"])))
    ]
    let graph = Fixture.graph(
      [resource], policies: [Fixture.policy(repository, "roles/reader", ["user:a@b.c"])])
    let plan = plan(graph, snapshot, allow: [.replace: repository.description])
    #expect(
      row(plan, repository.policy)?.remarks.map(\.text)
        == ["replacing loses what no manifest declares: roles/reader user:x@y.z"])
    #expect(row(plan, repository.policy)?.bindings.first?.added == ["user:a@b.c"])
  }
}
