import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// Ways around the guards that must not exist.
@Suite struct GuardTests {
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
  func codes(_ plan: Plan, _ address: Address) -> [DiagnosticCode] {
    plan.changes.first { $0.address == address }?.refusals.map(\.code) ?? []
  }

  private func replacing(_ id: String) -> DesiredResource {
    var resource = Fixture.resource(Fixture.repository(id), ["format": "DOCKER"])
    resource.lifecycle.allowReplace = true
    return resource
  }

  @Test func protectRefusesReplacingToo() {
    var resource = replacing("r")
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, ["format": "PYTHON"])]
    let flag = [Hazard.Flag.replace: repository.description]
    #expect(codes(plan(Fixture.graph([resource]), snapshot, allow: flag), repository) == [])
    resource.lifecycle.protect = true
    #expect(
      codes(plan(Fixture.graph([resource]), snapshot, allow: flag), repository) == [.protected])
    resource.lifecycle.protect = false
    var graph = Fixture.graph([resource])
    graph.stack.protected = [AddressGlob("repository/**")]
    #expect(codes(plan(graph, snapshot, allow: flag), repository) == [.protected])
  }

  @Test func aReplacementCountsAsADeletion() {
    var snapshot = Snapshot()
    let resources = (0..<6).map { replacing("r\($0)") }
    for resource in resources {
      snapshot.resources[resource.address] = Fixture.present(
        resource.address, ["format": "PYTHON"])
    }
    let plan = plan(Fixture.graph(resources), snapshot, allow: [.replace: "p-one/**"])
    #expect(plan.changes.allSatisfy { $0.refusals.map(\.code) == [.tooManyDeletions] })
  }

  private func owners(_ live: [String], _ desired: DesiredPolicy) -> (DesiredGraph, Snapshot) {
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, [:])]
    snapshot.policies = [
      repository.policy: .present(Fixture.bindings(("roles/owner", live)))
    ]
    return (Fixture.graph([Fixture.resource(repository)], policies: [desired]), snapshot)
  }

  @Test func addedOwnersDoNotCountAsRemaining() {
    let (graph, snapshot) = owners(
      ["user:a@x.y", "user:b@x.y"],
      Fixture.policy(
        repository, "roles/owner", ["user:c@x.y", "user:d@x.y"],
        absent: ["user:a@x.y", "user:b@x.y"]))
    let plan = plan(graph, snapshot, allow: [.privileged: "p-one/**"])
    #expect(codes(plan, repository.policy) == [.lockout])
  }

  @Test func newMembersDoNotRaiseTheLimitOfExclusive() {
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, [:])]
    let held = (0..<10).map { "user:old\($0)@x.y" }
    snapshot.policies = [
      repository.policy: .present(Fixture.bindings(("roles/reader", held)))
    ]
    let wanted = (0..<100).map { "user:new\($0)@x.y" }
    let graph = Fixture.graph(
      [Fixture.resource(repository)],
      policies: [Fixture.policy(repository, "roles/reader", wanted, exclusive: true)])
    #expect(codes(plan(graph, snapshot), repository.policy) == [.tooManyRemovals])
  }

  @Test func aCustomRoleThatSetsPoliciesIsTheCallersOwnRight() {
    let role = Address(project: "p-one", .role, "setter")
    let name = "projects/p-one/roles/setter"
    var snapshot = Snapshot()
    snapshot.resources = [
      repository: Fixture.present(repository, [:]),
      role: Fixture.present(role, ["includedPermissions": ["x.y.setIamPolicy"]]),
    ]
    snapshot.policies = [
      repository.policy: .present(Fixture.bindings((name, ["user:me@x.y", "user:b@x.y"])))
    ]
    let graph = Fixture.graph(
      [Fixture.resource(repository), Fixture.resource(role)],
      policies: [Fixture.policy(repository, name, [], absent: ["user:me@x.y"])])
    #expect(codes(plan(graph, snapshot, caller: "me@x.y"), repository.policy) == [.lockout])
  }

  @Test func deletingTheCallersOwnAccountIsALockout() {
    var snapshot = Snapshot()
    snapshot.resources = [account: Fixture.present(account, [:])]
    let graph = Fixture.graph([Fixture.resource(account, ensure: .absent)])
    let allow = [Hazard.Flag.delete: account.description]
    let own = "uploader@p-one.iam.gserviceaccount.com"
    #expect(codes(plan(graph, snapshot, allow: allow, caller: own), account) == [.lockout])
    #expect(codes(plan(graph, snapshot, allow: allow, caller: "x@y.z"), account) == [])
  }

  @Test func aPolicyThatIsOnlyReadCanBeLeftOut() {
    var graph = Fixture.graph([Fixture.resource(repository)])
    graph.stack.revoked = [SourcedText("user:eve@x.y", Fixture.place)]
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, [:])]
    snapshot.policies = [repository.policy: .unreadable(ReadProblem(.forbidden, "403"))]
    #expect(!plan(graph, snapshot).isComplete)
    let without = Selection(excludes: [AddressGlob(repository.policy.description)])
    #expect(graph.unmatched(without).isEmpty)
    #expect(plan(graph, snapshot, selection: without).isComplete)
  }

  @Test func theIdCoversWhatIsPrintedOfAKeyAndAnIdentity() {
    func id(_ change: (inout DesiredKey) -> Void) -> String? {
      var key = DesiredKey(
        address: Address(project: "p-one", .serviceAccountKey, "uploader", "k"), account: account,
        email: "uploader@p-one.iam.gserviceaccount.com", origin: .uploaded, file: "k.json",
        expires: 90, rotateAfter: nil, overlap: 0, commonName: "arctl-1", source: Fixture.place,
        dependencies: [])
      change(&key)
      var snapshot = Snapshot()
      snapshot.resources = [account: Fixture.present(account, [:])]
      snapshot.keys = [account: .present([])]
      snapshot.destinations = [key.address: KeyDestination(state: .empty, path: "k.json")]
      return plan(Fixture.graph([Fixture.resource(account)], keys: [key]), snapshot).id
    }
    let first = id { _ in }
    #expect(id { $0.source = SourcePosition(file: "b.yaml", line: 9, column: 1) } == first)
    #expect(id { $0.file = "elsewhere.json" } != first)
    #expect(id { $0.expires = nil } != first)
    #expect(id { $0.origin = .google } != first)
  }

  @Test func theIdCoversTheUndeletedIdentity() {
    func id(_ uid: String) -> String? {
      var snapshot = Snapshot()
      snapshot.resources = [
        account: .absent(.confirmed), repository: Fixture.present(repository, [:]),
      ]
      let dead = "deleted:\(Fixture.member("uploader"))?uid=\(uid)"
      snapshot.policies = [
        repository.policy: .present(Fixture.bindings(("roles/reader", [dead])))
      ]
      return plan(
        Fixture.graph([Fixture.resource(account), Fixture.resource(repository)]), snapshot
      ).id
    }
    #expect(id("1") != id("2"))
  }
}
