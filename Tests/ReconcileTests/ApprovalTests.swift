import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// An approval lifts one guard for one row, as long as the row is what the approver saw.
@Suite struct ApprovalTests {
  private let old = Fixture.repository("old")
  private let place = SourcePosition(file: "approvals.yaml", line: 4, column: 3)

  private func planner(
    _ approvals: [RowApproval] = [], size: String? = nil, protect: Bool = false
  ) -> Planner {
    var resource = Fixture.resource(old, ["format": "PYTHON"], ensure: .absent)
    resource.lifecycle.protect = protect
    var snapshot = Snapshot()
    var live: JSONObject = ["format": "PYTHON"]
    live["size"] = size.map(JSONValue.string)
    snapshot.resources = [old: Fixture.present(old, .object(live))]
    var planner = Planner(graph: Fixture.graph([resource]), snapshot: snapshot)
    planner.now = 1000
    planner.approvals = approvals
    return planner
  }

  private func approval(
    _ digest: String?, _ flag: Hazard.Flag = .delete, end: Int64 = 2000, of address: Address? = nil
  ) throws -> RowApproval {
    RowApproval(
      flag, address ?? old, digest: try #require(digest), expires: "soon", end: end,
      reason: "moved",
      source: place)
  }

  private func digest(_ planner: Planner) -> String? {
    planner.plan().changes.first { $0.address == old }?.digest
  }
  private func action(_ plan: Plan) -> Change.Action? {
    plan.changes.first { $0.address == old }?.action
  }

  @Test func theDigestOfTheRefusedRowAllowsIt() throws {
    let entry = try approval(digest(planner()))
    let plan = planner([entry]).plan()
    #expect(action(plan) == .delete)
    #expect(plan.diagnostics.map(\.code) == [.approvedRow])
    #expect(plan.diagnostics[0].position == place)
    #expect(plan.diagnostics[0].message.hasSuffix("is approved until soon: moved"))
    #expect(plan.operations.count == 1)
    // The operation is that of the flag; the flag itself is in the id, and a file is not.
    var flagged = planner()
    flagged.overrides.allowed[.delete] = [AddressGlob(old.description)]
    #expect(flagged.plan().operations.count == 1)
    #expect(plan.allowances.isEmpty)
    #expect(plan.id != nil && plan.id != flagged.plan().id)
  }

  @Test func itCountsBeforeItsEndOnly() throws {
    let digest = digest(planner())
    #expect(action(planner([try approval(digest, end: 1001)]).plan()) == .delete)
    let ended = planner([try approval(digest, end: 1000)]).plan()
    #expect(action(ended) == .refused)
    #expect(ended.diagnostics.map(\.code) == [.approvalUnused])
  }

  @Test(arguments: [Hazard.Flag.replace, .dataLoss, .cleanup, .lockout, .privileged, .publicGrant])
  func anotherGuardStays(_ flag: Hazard.Flag) throws {
    let plan = planner([try approval(digest(planner()), flag)]).plan()
    #expect(action(plan) == .refused)
    #expect(plan.diagnostics.map(\.code) == [.approvalUnused])
  }

  @Test func anotherRowStays() throws {
    let other = try approval(digest(planner()), of: Fixture.repository("other"))
    #expect(action(planner([other]).plan()) == .refused)
    let wrong = try approval("0123456789abcdef")
    let plan = planner([wrong]).plan()
    #expect(action(plan) == .refused)
    #expect(
      plan.diagnostics[0].message.contains("its digest is \(try #require(digest(planner())))"))
  }

  /// Two guards need two entries, and the entry for the empty repository does not fit the full one.
  @Test func eachGuardNeedsAnEntryOfItsOwn() throws {
    let full = digest(planner(size: "5000"))
    #expect(full != digest(planner()))
    let stale = planner([try approval(digest(planner()))], size: "5000").plan()
    #expect(action(stale) == .refused)
    let deletion = try approval(full)
    let loss = try approval(full, .dataLoss)
    let half = planner([deletion], size: "5000").plan()
    #expect(action(half) == .refused)
    #expect(half.changes.flatMap(\.refusals).map(\.code) == [.dataLoss])
    #expect(action(planner([deletion, loss], size: "5000").plan()) == .delete)
  }

  @Test func protectionStays() throws {
    let plan = planner([try approval(digest(planner(protect: true)))], protect: true).plan()
    #expect(action(plan) == .refused)
    #expect(plan.changes.flatMap(\.refusals).map(\.code) == [.protected])
  }

  /// A replacement that is approved is judged again: what the refusal had hidden still counts.
  @Test func aReplacementIsStillProtected() throws {
    func planner(_ approvals: [RowApproval], protect: Bool) -> Planner {
      var resource = Fixture.resource(old, ["format": "DOCKER"])
      resource.lifecycle.allowReplace = true
      resource.lifecycle.protect = protect
      var snapshot = Snapshot()
      snapshot.resources = [old: Fixture.present(old, ["format": "PYTHON"])]
      var planner = Planner(graph: Fixture.graph([resource]), snapshot: snapshot)
      planner.approvals = approvals
      return planner
    }
    for protect in [false, true] {
      let entry = try approval(digest(planner([], protect: protect)), .replace)
      let plan = planner([entry], protect: protect).plan()
      #expect(action(plan) == (protect ? .refused : .replace))
      if protect { #expect(plan.changes.flatMap(\.refusals).map(\.code) == [.protected]) }
    }
  }

  @Test func whatTheSelectionLeavesOutIsNotJudged() throws {
    let entry = try approval(digest(planner()))
    var part = planner([entry])
    part.graph.resources[Fixture.repository("libs")] = Fixture.resource(Fixture.repository("libs"))
    part.snapshot.resources[Fixture.repository("libs")] = Fixture.present(
      Fixture.repository("libs"), [:])
    part.selection = Selection(targets: [AddressGlob("repository/us/libs")])
    #expect(part.plan().diagnostics.isEmpty)
  }
}
