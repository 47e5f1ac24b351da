import Model
import Testing

@testable import Reconcile

/// Keys in a store of secrets: what is done follows from what the store shows, and nothing from what it does not.
@Suite struct RemoteKeyDiffTests {
  private let base = KeyDiffTests()
  private let day: Int64 = 86_400
  private let due: Int64 = 5_184_000
  private let place = RemoteDestination.secretManager(project: "p-one", secret: "uploader-key")

  private func change(
    _ holding: RemoteHolding, _ live: [LiveKey], origin: DesiredKey.Origin = .uploaded,
    pin: String? = nil, others: Set<String> = [], absent: Bool = false, stepped: Bool = false,
    reissue: Bool = false, now: Int64 = 100_000
  ) -> Change {
    var desired = base.desired(origin, pin: pin)
    desired.remote = place
    if absent { desired.lifecycle.ensure = .absent }
    return RemoteKeyDiff(
      desired: desired, destination: place, live: live, holding: holding, others: others,
      hasStepped: stepped, reissue: reissue, now: now
    ).change()
  }

  private func holds(
    _ id: String, since: Int64 = 10, kept: [String] = [], claim: RemoteHolding.Claim? = nil
  ) -> RemoteHolding {
    RemoteHolding(.verified(keyID: id, since: since), kept: kept, claim: claim)
  }

  private func claim(_ time: Int64, before: [String] = [], key: String? = nil)
    -> RemoteHolding.Claim
  {
    RemoteHolding.Claim(nonce: "n", time: time, keyIDs: before, keyID: key)
  }

  @Test func aKeyThatExistsNowhereIsCreated() {
    #expect(change(RemoteHolding(.empty), []).key == .issue)
    #expect(change(RemoteHolding(.empty), [], origin: .google).key == .issue)
    #expect(change(RemoteHolding(.missing("x")), []).refusals.map(\.code) == [.keyDestination])
  }

  @Test func aVerifiedKeyIsUnchanged() {
    #expect(change(holds("k1"), [base.live("k1")]).action == .unchanged)
    #expect(
      change(holds("k1"), [base.live("k1", uploaded: false)], origin: .google).action == .unchanged)
  }

  /// The destination of a document may change: the new place gets a key of its own, and the old key stays for its users.
  @Test func anEmptyStoreGetsANewKeyBesideTheLiveOne() {
    let row = change(RemoteHolding(.empty), [base.live("k1")])
    #expect(row.key == .supersede(["k1"]))
    #expect(row.reason?.text == "key k1 stays live")
  }

  @Test func whatIsNotVerifiedDisablesNothing() {
    let keys = [base.live("k1", from: 5), base.live("k0")]
    for state in [
      RemoteHolding.State.unverified("why"), .unavailable("why", remedy: "do"),
    ] {
      let row = change(RemoteHolding(state, kept: ["k0"]), keys, now: due + 10_000)
      #expect(row.action == .heldElsewhere)
      #expect(row.key == nil)
      #expect(row.reason?.text == "not verified: why")
      #expect(row.keyChange?.rotationDue == due + 5)
    }
    // Its value is older than the key that it is said to be.
    #expect(change(holds("k1", since: 4), keys, now: due + 10_000).action == .heldElsewhere)
    let foreign = change(RemoteHolding(.foreign("why")), keys, now: due + 10_000)
    #expect(foreign.refusals.map(\.code) == [.keyDestination])
    #expect(
      change(RemoteHolding(.unavailable("why", remedy: "do")), [], now: due).refusals.map(\.remedy)
        == ["do"])
  }

  @Test func reissueWritesOverWhatIsNotOurs() {
    for state in [RemoteHolding.State.foreign("x"), .unverified("x"), .empty] {
      #expect(
        change(RemoteHolding(state), [base.live("k1")], reissue: true).key == .supersede(["k1"]))
    }
    #expect(
      change(RemoteHolding(.missing("x")), [], reissue: true).refusals.map(\.code)
        == [.keyDestination])
    #expect(
      change(RemoteHolding(.unavailable("x", remedy: "y")), [base.live("k1")], reissue: true)
        .action == .refused)
  }

  @Test func aDeadOrExpiredKeyIsReplaced() {
    #expect(change(holds("k9"), []).key == .issue)
    #expect(change(holds("k1"), [base.live("k1", until: 50)]).key == .issue)
    let disabled = change(holds("k1"), [base.live("k1", disabled: true)])
    #expect(disabled.refusals.map(\.code) == [.keyMismatch])
    #expect(change(holds("k1"), [base.live("k1", disabled: true)], reissue: true).key == .issue)
  }

  @Test func aKeyOfAnotherDeclarationIsRefused() {
    #expect(
      change(holds("k1"), [base.live("k1", claims: false)]).refusals.map(\.code) == [.keyMismatch])
    #expect(
      change(holds("k1"), [base.live("k1")], pin: "sha256:other").refusals.map(\.code)
        == [.keyMismatch])
  }

  @Test func theRotationHasItsDays() {
    let start: Int64 = 10 * 86_400
    let new = base.live("k1", from: start)
    func row(_ old: LiveKey, _ now: Int64) -> Change {
      change(holds("k1", since: start, kept: ["k0"]), [new, old], now: now)
    }
    #expect(change(holds("k1"), [base.live("k1")], now: due).key == .supersede(["k1"]))
    #expect(row(base.live("k0"), start + day - 1).action == .unchanged)
    #expect(
      row(base.live("k0"), start + day).key == .retire(.init(current: "k1", disable: ["k0"])))
    let disabled = base.live("k0", disabled: true)
    #expect(row(disabled, start + 2 * day - 1).action == .unchanged)
    #expect(row(disabled, start + 2 * day).key == .retire(.init(current: "k1", delete: ["k0"])))
    #expect(
      change(holds("k1", since: start, kept: ["k0"]), [new], now: start + 3 * day).key
        == .removeLeftovers)
    // A run takes one step.
    #expect(
      change(holds("k1"), [base.live("k1")], stepped: true, now: due).action == .unchanged)
  }

  /// What other documents declare, and keys without this declaration's name, are never touched.
  @Test func keysOfOthersStay() {
    let start: Int64 = 10 * 86_400
    let keys = [base.live("k1", from: start), base.live("k0")]
    #expect(
      change(holds("k1", since: start), keys, others: ["k0"], now: start + 9 * day).action
        == .unchanged)
    let foreign = base.live("k0", claims: false)
    #expect(
      change(holds("k1", since: start, kept: ["k0"]), [keys[0], foreign], now: start + 9 * day).key
        == nil)
  }

  /// Another checkout may store the same declaration elsewhere: its newer key is in use there.
  @Test func aNewerKeyOfTheSameNameIsNotReplaced() {
    let keys = [base.live("k1"), base.live("k2", from: 500)]
    let row = change(holds("k1"), keys, now: due)
    #expect(row.refusals.map(\.code) == [.keyDuplicate])
    #expect(row.key == nil)
    let disabled = [keys[0], base.live("k2", disabled: true, from: 500)]
    #expect(change(holds("k1"), disabled, now: 600).action == .unchanged)
  }

  /// The old key stays valid for a whole overlap after the new one has reached the store.
  @Test func theOverlapBeginsWhenTheStoreHasTheKey() {
    let keys = [base.live("k1", from: 1_000), base.live("k0")]
    let late = holds("k1", since: 1_000 + 3 * day, kept: ["k0"])
    #expect(change(late, keys, now: 1_000 + 4 * day - 1).action == .unchanged)
    #expect(
      change(late, keys, now: 1_000 + 4 * day).key == .retire(.init(current: "k1", disable: ["k0"]))
    )
  }

  // MARK: interrupted runs

  @Test func aFreshClaimKeepsOtherRunsAway() {
    let row = change(
      holds("k1", claim: claim(due - 299)), [base.live("k1")], reissue: true, now: due)
    #expect(row.action == .pending)
    #expect(row.key == nil)
    // A clock that was set back blocks nothing.
    let later = change(holds("k1", claim: claim(due + 9_999)), [base.live("k1")], now: due)
    #expect(later.key == .supersede(["k1"]))
  }

  @Test func aLostKeyIsDisabledFirst() {
    let keys = [base.live("k1"), base.live("k2", from: due - 400)]
    let noted = change(
      holds("k1", claim: claim(due - 400, before: ["k1"], key: "k2")), keys, now: due)
    #expect(noted.key == .reclaim(lost: ["k2"], beside: ["k1"]))
    #expect(
      noted.reason?.text
        == "due for rotation since 1970-03-02; an interrupted run lost the private half of k2, "
        + "which is disabled; key k1 stays live")
    let named = change(holds("k1", claim: claim(due - 400, before: ["k1"])), keys, now: due)
    #expect(named.key == .reclaim(lost: ["k2"], beside: ["k1"]))
    let first = change(
      RemoteHolding(.empty, claim: claim(due - 400)), [base.live("k2", from: due - 400)], now: due)
    #expect(first.key == .reclaim(lost: ["k2"], beside: []))
    // Without a rotation it is disabled all the same.
    let early = [base.live("k1"), base.live("k2", from: 600)]
    #expect(
      change(holds("k1", claim: claim(700, before: ["k1"], key: "k2")), early, now: 2_000).key
        == .retire(.init(current: "k1", disable: ["k2"])))
    // A key that was there before the claim, or is older than it, is not lost, and one that the store may hold neither.
    for claim in [claim(due - 400, before: ["k1", "k2"]), claim(due + 400_000, key: "k2")] {
      let older = change(holds("k1", claim: claim), keys, now: due)
      #expect(older.refusals.map(\.code) == [.keyDuplicate])
    }
    let unverified = change(
      RemoteHolding(.unverified("x"), claim: claim(due - 400, before: ["k1"], key: "k2")), keys,
      now: due)
    #expect(unverified.key == nil)
  }

  @Test func aStoredKeyIsOnlyNoted() {
    let keys = [base.live("k1"), base.live("k2", from: due - 400)]
    let begun = RemoteHolding(.begun(keyID: "k2"), kept: ["k1"], claim: claim(due - 400, key: "k2"))
    #expect(change(begun, keys, now: due).key == .importExisting(keyID: "k2"))
    #expect(change(begun, [keys[0]], now: due).action == .heldElsewhere)
  }

  @Test func anOrphanOfGooglesIsReported() {
    let keys = [base.live("k1", uploaded: false), base.live("k2", uploaded: false)]
    let row = change(
      RemoteHolding(.empty, claim: claim(0, before: ["k1"])), keys, origin: .google)
    #expect(row.refusals.map(\.code) == [.keyOrphan])
    #expect(row.refusals.first?.message.contains("k2") == true)
    #expect(row.refusals.first?.message.contains("k1") == false)
  }

  // MARK: absence

  @Test func anAbsentKeyIsDeletedWithWhatTheStoreHolds() {
    #expect(change(holds("k1"), [base.live("k1")], absent: true).key == .delete(keyID: "k1"))
    #expect(change(holds("k1"), [], absent: true).key == .removeLeftovers)
    #expect(change(RemoteHolding(.empty), [], absent: true).action == .gone)
    // A store that says nothing is no proof that a key of Google's is gone.
    let googles = [base.live("k1", uploaded: false)]
    for state in [
      RemoteHolding.State.missing("x"), .unavailable("x", remedy: "y"), .foreign("x"),
      .unverified("x"),
    ] {
      let row = change(RemoteHolding(state), googles, origin: .google, absent: true)
      #expect(row.refusals.map(\.code) == [.keyOrphan])
      #expect(change(RemoteHolding(state), [], origin: .google, absent: true).action == .gone)
    }
    #expect(
      change(holds("k1"), [base.live("k1"), base.live("k0")], absent: true).refusals.map(\.code)
        == [.keyDuplicate])
  }
}
