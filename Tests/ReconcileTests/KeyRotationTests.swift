import Model
import Testing

@testable import Reconcile

/// When a key is replaced, and when those that it replaced are disabled and deleted.
@Suite struct KeyRotationTests {
  private let base = KeyDiffTests()
  private let day: Int64 = 86_400
  private let due: Int64 = 5_184_000

  private func change(
    _ live: [LiveKey], pin: String? = nil, leftovers: Bool = false, others: Set<String> = [],
    external: Set<String> = [], now: Int64
  ) -> Change {
    var destination = KeyDestination(state: base.file, path: "keys/k.json")
    destination.hasLeftovers = leftovers
    return KeyDiff(
      desired: base.desired(pin: pin), live: live, destination: destination, heldByOthers: others,
      keptElsewhere: external, reissue: false, now: now
    ).change()
  }

  private func old(_ id: String = "k0", disabled: Bool = false, from: Int64 = 0) -> LiveKey {
    base.live(id, disabled: disabled, from: from, print: "f-\(id)")
  }

  @Test func aDueKeyWithItsFileIsReplaced() {
    let row = change([base.live("k1")], now: due)
    #expect(row.action == .create)
    #expect(row.key == .supersede(["k1"]))
    #expect(
      row.reason?.text
        == "due for rotation since 1970-03-02; key k1 stays live, and its file is kept")
    #expect(change([base.live("k1")], now: due - 1).action == .unchanged)
  }

  @Test func aKeyWithoutRotationOrWithoutAStartIsNotReplaced() {
    var desired = base.desired(.google)
    desired.rotateAfter = nil
    let key = base.live("k1", uploaded: false, until: nil)
    #expect(base.change(desired, [key], base.file, now: due * 100).action == .unchanged)
    var unknown = base.live("k1", until: nil)
    unknown.validAfter = nil
    #expect(change([unknown], now: due * 100).action == .unchanged)
  }

  /// The pin says that exactly this key is to be live.
  @Test func aPinnedKeyIsNotReplaced() {
    let row = change([base.live("k1")], pin: "sha256:f1", now: due)
    #expect(row.action == .unchanged)
    #expect(row.keyChange?.rotationDue == due)
  }

  @Test func eachStepHasItsDate() throws {
    let new: Int64 = 10 * 86_400
    let key = base.live("k1", from: new)
    func row(_ disabled: Bool, _ now: Int64) -> Change {
      change([key, old(disabled: disabled)], now: now)
    }
    let waiting = row(false, new + day - 1)
    #expect(waiting.action == .unchanged)
    #expect(waiting.keyChange?.superseded?.disableOn == new + day)
    #expect(waiting.keyChange?.superseded?.deleteOn == new + 2 * day)
    let disabling = row(false, new + day)
    #expect(disabling.key == .retire(KeyRetirement(current: "k1", disable: ["k0"])))
    #expect(disabling.reason?.text == "disable key k0, replaced by k1 since 1970-01-11")
    #expect(row(true, new + 2 * day - 1).action == .unchanged)
    #expect(row(true, new + 2 * day - 1).keyChange?.superseded?.disabled == ["k0"])
    #expect(row(true, new + 2 * day).key == .retire(KeyRetirement(current: "k1", delete: ["k0"])))
    // A late run does not delete what was enabled until now.
    #expect(
      row(false, new + 20 * day).key == .retire(KeyRetirement(current: "k1", disable: ["k0"])))
  }

  @Test func anExpiredKeyNeedsNoDisabling() {
    let keys = [base.live("k1", from: day), base.live("k0", until: 5, print: "f0")]
    #expect(change(keys, now: 3 * day).key == .retire(KeyRetirement(current: "k1", delete: ["k0"])))
    #expect(change(keys, now: 3 * day - 1).action == .unchanged)
  }

  /// Nothing is taken away while the file is not in order, and never what other documents or files claim.
  @Test func nothingElseIsRetired() {
    let new: Int64 = 10 * 86_400
    let keys = [base.live("k1", from: new), old()]
    let late = new + 5 * day
    #expect(change(keys, leftovers: true, now: late).key == .removeLeftovers)
    #expect(change(keys, others: ["k0"], now: late).action == .unchanged)
    #expect(change(keys, external: ["k0"], now: late).action == .unchanged)
    var unnamed = old()
    unnamed.commonName = "arctl-other"
    #expect(change([keys[0], unnamed], now: late).action == .unchanged)
    var unknown = old()
    unknown.validAfter = nil
    #expect(change([keys[0], unknown], now: late).key == nil)
    #expect(change([base.live("k1", from: new), old(from: new)], now: late).action == .refused)
  }

  @Test func oldKeysGoBeforeTheNextRotation() {
    let keys = [base.live("k1"), old(disabled: true, from: -5)]
    let row = change(keys, now: due)
    #expect(row.key == .retire(KeyRetirement(current: "k1", delete: ["k0"])))
    #expect(row.keyChange?.rotationDue == due)
  }
}
