import Model
import TestSupport
import Testing

@testable import Reconcile

/// On a runner of a CI system a new key would be lost with its file: the plan leaves it out, and says so.
@Suite struct KeyLeftOutTests {
  private let key = Make.key()

  private func plan(
    live: [LiveKey] = [], state: KeyDestination.State = .refused("a runner"),
    isOnRunner: Bool = true, _ change: (inout Planner) -> Void = { _ in }
  ) -> Plan {
    var snapshot = Snapshot()
    snapshot.keys[key.account] = .present(live)
    snapshot.destinations[key.address] = KeyDestination(state: state, path: "k.json")
    var planner = Planner(graph: Make.graph([], keys: [key]), snapshot: snapshot)
    planner.leavesOutNewKeys = isOnRunner
    planner.now = 100 * 86_400
    change(&planner)
    return planner.plan()
  }

  private func live(end: Int64) -> LiveKey {
    var live = LiveKey(
      id: "k1", isUploaded: true, isDisabled: false, validAfter: 0, validBefore: end * 86_400)
    live.commonName = key.commonName
    return live
  }

  @Test func aNewKeyHasNoRow() {
    let plan = plan()
    #expect(plan.changes.isEmpty && plan.operations.isEmpty && !plan.isRefused)
    #expect(plan.keysLeftOut == [key.address])
    #expect(plan.notChecked == [Plan.leavesOut(key.address)])
    #expect(plan.notChecked.first?.contains("\(key.address)") == true)
  }

  /// What the live keys show is still said.
  @Test func aLiveKeyHasItsRow() throws {
    let plan = plan(live: [live(end: 110)])
    let row = try #require(plan.changes.first)
    #expect(row.action == .heldElsewhere)
    let end: Int64 = 110 * 86_400
    #expect(row.keyChange?.expires == end)
    #expect(row.keyChange?.daysLeft == 10)
    #expect(plan.keysLeftOut.isEmpty && plan.notChecked.isEmpty)
  }

  @Test func everythingElseStaysRefused() {
    // No folder for files, without CI.
    #expect(plan(isOnRunner: false).isRefused)
    // Another reason.
    #expect(plan(state: .unusable("full")).isRefused)
    // The user asks for this key.
    #expect(plan { $0.overrides.reissue = [AddressGlob("\(key.address)")] }.isRefused)
    // A drift check reports what differs.
    #expect(plan { $0.namesEnds = true }.isRefused)
  }

  @Test(arguments: [
    (100, 0), (101, 1), (110, 10), (99, -1), (0, -100),
  ])
  func daysAreRoundedDown(end: Int64, days: Int64) {
    let now: Int64 = 100 * 86_400
    #expect(LiveKey.days(until: end * 86_400, from: now) == days)
    #expect(LiveKey.days(until: end * 86_400 + 86_399, from: now) == days)
    #expect(LiveKey.days(until: end * 86_400 - 1, from: now) == days - 1)
  }

  @Test func extremeTimesDoNotTrap() {
    for (end, now) in [(Int64.max, Int64.min), (.min, .max), (.min, 0), (.max, -1), (0, .min)] {
      let days = LiveKey.days(until: end, from: now)
      #expect((days < 0) == (end < now))
    }
  }

  @Test func aKeyPastItsEndIsExpiring() throws {
    let file = KeyDestination.File(keyID: "k1", email: key.email, fingerprint: "f1")
    var old = live(end: 99)
    old.fingerprint = "f1"
    let drift = Drift(plan(live: [old], state: .file(file)))
    #expect(drift.counts[.expiring] == 1)
    old.validBefore = 1000 * 86_400
    old.validAfter = 99 * 86_400
    #expect(Drift(plan(live: [old], state: .file(file))).counts[.expiring] == nil)
  }
}
