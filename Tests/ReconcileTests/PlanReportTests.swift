import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// The parts of a plan, besides its rows, that programs and annotations read.
@Suite struct PlanReportTests {
  let account = Fixture.account("uploader")
  let repository = Fixture.repository("r")

  func plan(
    _ graph: DesiredGraph, _ snapshot: Snapshot, now: Int64 = 0, allow: [Hazard.Flag: String] = [:]
  ) -> Plan {
    var planner = Planner(graph: graph, snapshot: snapshot)
    planner.now = now
    planner.overrides.allowed = allow.mapValues { [AddressGlob($0)] }
    return planner.plan()
  }

  @Test func undeclaredAndUncheckedResourcesAreAmongTheDiagnostics() throws {
    let graph = Fixture.graph(
      [Fixture.resource(repository, ["format": "PYTHON"])],
      policies: [Fixture.policy(repository, "roles/reader", ["user:a@example.com"])])
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, ["format": "PYTHON"])]
    snapshot.policies = [
      repository.policy: .present(
        Fixture.bindings(
          ("roles/reader", ["user:a@example.com", "user:b@example.com"]),
          ("roles/writer", ["user:c@example.com"])))
    ]
    snapshot.undeclared = [LiveResource(address: account, value: [:])]
    snapshot.notChecked = ["roles: 403"]
    let plan = plan(graph, snapshot)
    #expect(!plan.hasChanges)
    #expect(
      plan.diagnostics.map { "\($0.severity.rawValue)[\($0.code.rawValue)] \($0.message)" } == [
        "warning[AR0311] 1 live resource is undeclared: `\(account)`",
        "warning[AR0312] no manifest grants `roles/reader` on `\(repository.policy)` to `user:b@example.com`",
        "warning[AR0312] no manifest grants `roles/writer` on `\(repository.policy)` to `user:c@example.com`",
        "warning[AR0313] not checked for undeclared resources: roles: 403",
      ])
    #expect(plan.diagnostics[1].position == Fixture.place)
  }

  /// They are a report: no row, no operation, no other id, whatever the scope says about resources.
  @Test(arguments: [StackSettings.Scope.Undeclared.report, .authoritative])
  func undeclaredServicesAreReportedAndNeverDisabled(
    _ meaning: StackSettings.Scope.Undeclared
  ) throws {
    var graph = Fixture.graph([Fixture.resource(account)])
    graph.stack.scope.kinds[.service] = meaning
    var snapshot = Snapshot()
    snapshot.resources[account] = .absent(.confirmed)
    let without = plan(graph, snapshot)
    let services = (10..<22).map {
      Address(project: account.project, .service, "s\($0).googleapis.com")
    }
    snapshot.undeclared = services.reversed().map { LiveResource(address: $0, value: [:]) }
    let plan = plan(graph, snapshot)
    #expect(plan.undeclared == services)
    #expect(plan.changes.map(\.address) == without.changes.map(\.address))
    #expect(plan.operations.count == without.operations.count)
    #expect(plan.id == without.id)
    let found = try #require(plan.diagnostics.first { $0.code == .undeclaredServices })
    #expect(found.severity == .warning)
    #expect(
      found.message.hasPrefix(
        "12 services are enabled that no manifest declares: `p-one`: `s10.googleapis.com`, `s11"))
    #expect(found.message.contains("`s19.googleapis.com` and 2 more"))
    #expect(!plan.diagnostics.contains { $0.code == .undeclaredResources })
  }

  @Test func ignoredServicesAreNotReported() {
    var graph = Fixture.graph([])
    graph.stack.scope.ignored = [AddressGlob("service/a.*")]
    var snapshot = Snapshot()
    snapshot.undeclared = ["a.googleapis.com", "b.googleapis.com"].map {
      LiveResource(address: Address(project: "p-one", .service, $0), value: [:])
    }
    let plan = plan(graph, snapshot)
    #expect(plan.undeclared.map(\.id) == ["b.googleapis.com"])
    #expect(plan.ignored.map(\.id) == ["a.googleapis.com"])
  }

  private func key(note: String? = nil) -> DesiredKey {
    DesiredKey(
      address: Address(project: "p-one", .serviceAccountKey, "uploader", "k"), account: account,
      email: "uploader@p-one.iam.gserviceaccount.com", origin: .uploaded, file: "k.json",
      expires: 7_776_000, rotateAfter: 5_184_000, overlap: 86_400, fingerprint: nil,
      commonName: "arctl-1", source: Fixture.place, note: note, dependencies: [account])
  }

  /// Where the private half is, an apply rotates the key; elsewhere a plan says so.
  @Test func aDueRotationElsewhereIsReportedWithItsDates() {
    var snapshot = Snapshot()
    snapshot.keys[account] = .present([
      LiveKey(
        id: "k1", isUploaded: true, isDisabled: false, validAfter: 0, validBefore: 7_776_000,
        fingerprint: "f1", commonName: "arctl-1")
    ])
    snapshot.destinations[key().address] = KeyDestination(
      state: .empty, path: "k.json")
    let graph = Fixture.graph([], keys: [key()])
    #expect(
      plan(graph, snapshot, now: 5_184_000).diagnostics.map(\.message) == [
        "`\(key().address)` is due for rotation since 1970-03-02, and expires on 1970-04-01"
      ])
    #expect(plan(graph, snapshot, now: 5_183_999).diagnostics.isEmpty)
  }

  @Test func keysThatCannotBeListedReportTheMissingPermission() throws {
    var snapshot = Snapshot()
    snapshot.destinations[key().address] = KeyDestination(state: .empty, path: "k.json")
    snapshot.keys[account] = .unreadable(ReadProblem(.forbidden, "403", help: "needs a.b.c"))
    let row = try #require(
      plan(Fixture.graph([], keys: [key(note: "ask ana")]), snapshot).changes.first)
    #expect(row.action == .unreadable)
    #expect(row.reason?.text == "403")
    #expect(row.remarks.map(\.text) == ["needs a.b.c"])
    #expect(row.note == "ask ana")
  }

  @Test func anUnreadableAbsentResourceReportsWhatIsMissing() throws {
    var snapshot = Snapshot()
    snapshot.resources[account] = .unreadable(ReadProblem(.forbidden, "403", help: "needs a.b.c"))
    let row = try #require(
      plan(Fixture.graph([Fixture.resource(account, ensure: .absent)]), snapshot).changes.first)
    #expect(row.remarks.map(\.text) == ["needs a.b.c"])
  }

  @Test func adviceBeforeADeletionIsShownWhetherItIsAllowedOrNot() throws {
    var snapshot = Snapshot()
    snapshot.resources[account] = Fixture.present(account, ["wise": "disable it"])
    let graph = Fixture.graph([Fixture.resource(account, ensure: .absent)])
    let refused = try #require(plan(graph, snapshot).changes.first)
    #expect(refused.action == .refused)
    #expect(refused.remarks.map(\.text) == ["disable it first"])
    let allowed = try #require(
      plan(graph, snapshot, allow: [.delete: account.description]).changes.first)
    #expect(allowed.action == .delete)
    #expect(allowed.remarks.map(\.text) == ["disable it first"])
  }
}
