import Testing

@testable import Reconcile

@Suite struct KeyDiffTests {
  let name = "arctl-0123456789abcdef0123456789abcdef"

  func desired(_ origin: DesiredKey.Origin = .uploaded, pin: String? = nil) -> DesiredKey {
    DesiredKey(
      address: Address(project: "p-one", "serviceAccountKey", "uploader", "uploader-key"),
      account: Fixture.account("uploader"), email: "uploader@p-one.iam.gserviceaccount.com",
      origin: origin, file: "k.json", expires: 7_776_000, rotateAfter: 5_184_000, overlap: 86_400,
      fingerprint: pin, commonName: name, source: Fixture.place, dependencies: [])
  }

  func live(
    _ id: String, uploaded: Bool = true, disabled: Bool = false, until: Int64? = 9_000_000,
    from: Int64 = 0, print fingerprint: String = "f1", claims: Bool = true
  ) -> LiveKey {
    LiveKey(
      id: id, isUploaded: uploaded, isDisabled: disabled, validAfter: from, validBefore: until,
      fingerprint: fingerprint, commonName: uploaded ? (claims ? name : "unused") : nil)
  }

  func change(
    _ desired: DesiredKey, _ live: [LiveKey], _ state: KeyDestination.State = .empty,
    pending: String? = nil, intent: [String]? = nil, asked: Int64 = 0, reissue: Bool = false,
    leftovers: Bool = false, busy: Bool = false, others: Set<String> = [], now: Int64 = 1_000
  ) -> Change {
    var destination = KeyDestination(
      state: state, pendingFingerprint: pending,
      intent: intent.map { .init(keyIDs: $0, time: asked, path: "keys/.k.json.intent") },
      path: "keys/k.json")
    destination.hasLeftovers = leftovers
    destination.isBusy = busy
    return KeyDiff(
      desired: desired, live: live, destination: destination, heldByOthers: others,
      reissue: reissue, now: now
    ).change()
  }

  let file = KeyDestination.State.file(
    .init(keyID: "k1", email: "uploader@p-one.iam.gserviceaccount.com", fingerprint: "f1"))

  @Test func nothingAnywhereIsIssued() {
    #expect(change(desired(), []).key == .issue)
    #expect(change(desired(.google), []).key == .issue)
  }

  @Test func aLiveKeyWithItsFileIsUnchanged() {
    #expect(change(desired(), [live("k1")], file).action == .unchanged)
    #expect(change(desired(.google), [live("k1", uploaded: false)], file).action == .unchanged)
  }

  @Test func aLiveKeyWithoutItsFileIsHeldElsewhere() {
    let row = change(desired(), [live("k1")])
    #expect(row.action == .heldElsewhere)
    #expect(row.key == nil)
    #expect(change(desired(.google), [live("k1", uploaded: false)]).action == .heldElsewhere)
    #expect(change(desired(), [live("k1")], reissue: true).key == .issue)
  }

  @Test func aKeyOfAnotherNameClaimsNothing() {
    #expect(change(desired(), [live("k9", claims: false)]).key == .issue)
  }

  @Test func disabledAndExpiredKeysDoNotCount() {
    #expect(change(desired(), [live("k1", disabled: true)]).key == .issue)
    #expect(change(desired(), [live("k1", until: 999)]).key == .issue)
    #expect(
      change(desired(), [live("k1", until: 999)], file).key == .reissue(replacing: "k1"))
    #expect(change(desired(), [live("k1", disabled: true)], file).action == .refused)
  }

  @Test func twoClaimsAreReported() {
    #expect(change(desired(), [live("k1"), live("k2")]).refusals.map(\.code) == [.keyDuplicate])
    #expect(
      change(desired(), [live("k1"), live("k2")], file).refusals.map(\.code) == [.keyDuplicate])
  }

  @Test func anInterruptedRunIsFinished() {
    #expect(change(desired(), [], pending: "f1").key == .resume)
    #expect(change(desired(), [live("k1")], pending: "f1").key == .adopt(keyID: "k1"))
    #expect(change(desired(), [live("k1")], pending: "f2").action == .heldElsewhere)
  }

  @Test func anOrphanIsReportedNotGuessedAway() {
    let row = change(desired(.google), [live("k1", uploaded: false)], intent: [])
    #expect(row.refusals.map(\.code) == [.keyOrphan])
    #expect(change(desired(.google), [live("k1", uploaded: false)], intent: ["k1"]).key == .issue)
  }

  @Test func aFileWhoseKeyIsGoneIsReplacedOnlyWhenNobodyHoldsAnother() {
    #expect(change(desired(), [], file).key == .reissue(replacing: "k1"))
    #expect(change(desired(), [live("k2")], file).action == .heldElsewhere)
  }

  @Test func aRunnerWithoutKeyDirectoryIsRefusedOnlyWhenAKeyIsDue() {
    #expect(change(desired(), [], .refused("a runner")).action == .refused)
    #expect(change(desired(), [live("k1")], .refused("a runner")).action == .heldElsewhere)
  }

  @Test func aForeignFileIsNeverTouched() {
    let other = KeyDestination.State.file(.init(keyID: "k1", email: "x@y.z", fingerprint: "f1"))
    #expect(change(desired(), [live("k1")], other).refusals.map(\.code) == [.keyMismatch])
    #expect(change(desired(), [], .unusable("a folder")).refusals.map(\.code) == [.keyDestination])
  }

  @Test func aPinnedFingerprintMustMatch() {
    #expect(change(desired(pin: "sha256:f1"), [live("k1")], file).action == .unchanged)
    #expect(change(desired(pin: "sha256:f2"), [live("k1")], file).action == .refused)
    #expect(change(desired(pin: "sha256:f2"), [live("k1")]).action == .refused)
  }

  @Test func rotationIsSaid() {
    #expect(change(desired(), [live("k1")], file, now: 5_184_000).remarks == [KeyDiff.rotationDue])
    #expect(change(desired(), [live("k1")], file, now: 5_183_999).remarks == [])
  }

  @Test func whatAnInterruptedRunLeftBesideTheFileGoes() {
    let row = change(desired(), [live("k1")], file, leftovers: true)
    #expect(row.key == .tidy)
    #expect(row.action == .update)
  }

  /// For a minute after Google was asked a key may still come to light.
  @Test func anIntentIsWaitedFor() {
    func row(
      _ now: Int64, _ state: KeyDestination.State = .empty, _ ids: [String] = [],
      live: [LiveKey] = [], reissue: Bool = false
    ) -> Change {
      change(
        desired(.google), live, state, intent: ids, asked: 1_000, reissue: reissue,
        leftovers: true, now: now)
    }
    #expect(row(1_000).key == .issue)
    #expect(
      row(1_010).reason
        == "an interrupted run began it; apply waits 50s for its key to show")
    #expect(row(1_060).reason == "an interrupted run began it")
    // A clock that was set back does not make it longer.
    #expect(row(10).reason?.contains("waits 60s") == true)
    // Beside the file that a reissue was to replace, it stays until then.
    let old = [live("k1", uploaded: false)]
    #expect(row(1_010, file, ["k1"], live: old).action == .pending)
    #expect(row(1_010, file, ["k1"], live: old).reason?.contains("50s") == true)
    #expect(row(1_060, file, ["k1"], live: old).key == .tidy)
    #expect(row(1_010, file, ["k1"], live: old, reissue: true).reason?.contains("50s") == true)
    // The file holds what was asked for.
    #expect(row(1_010, file, [], live: old).key == .tidy)
  }

  @Test func everyOrphanIsNamedWithItsCommand() throws {
    let keys = [live("k3", uploaded: false), live("k2", uploaded: false), live("k1")]
    let refusal = try #require(change(desired(.google), keys, intent: []).refusals.first)
    #expect(refusal.code == .keyOrphan)
    #expect(refusal.message.contains("k2, k3"))
    for id in ["k2", "k3"] {
      #expect(
        refusal.remedy?.contains(
          "gcloud iam service-accounts keys delete \(id) --iam-account=uploader@p-one") == true)
    }
    #expect(refusal.remedy?.contains("keys/.k.json.intent") == true)
    #expect(change(desired(.google), keys, intent: [], others: ["k2", "k3"]).key == .issue)
    // The key whose finished file only lacks its name is not lost.
    let unnamed = [live("k2", uploaded: false, print: "f2")]
    #expect(
      change(desired(.google), unnamed, pending: "f2", intent: []).key == .adopt(keyID: "k2"))
  }

  /// What another run is writing looks like an orphan until it is done.
  @Test func nothingIsGuessedWhileAnotherRunWrites() {
    let orphan = [live("k2", uploaded: false)]
    for row in [
      change(desired(.google), orphan, intent: [], busy: true),
      change(desired(.google), [], busy: true),
      change(desired(), [live("k1")], busy: true),
      change(desired(), [], pending: "f1", busy: true),
    ] {
      #expect(row.action == .unreadable)
      #expect(row.key == nil)
      #expect(row.reason?.contains("another run") == true)
    }
    #expect(change(desired(), [live("k1")], file, busy: true).action == .unchanged)
    #expect(change(desired(), [], .refused("a runner"), busy: true).action == .refused)
  }

  /// What the file here holds says nothing about a key that another machine made under the same name.
  @Test func absenceLooksForTheNameAsWellAsForTheFile() {
    var absent = desired()
    absent.lifecycle.ensure = .absent
    #expect(change(absent, [], file).key == .tidy)
    #expect(change(absent, [live("k1")], file).key == .delete(keyID: "k1"))
    #expect(change(absent, [live("k2")], file).key == .delete(keyID: "k2"))
    #expect(change(absent, [live("k2")]).key == .delete(keyID: "k2"))
    for state in [file, .empty] {
      let both = change(absent, [live("k1"), live("k2")], state)
      #expect(both.refusals.map(\.code) == [.keyDuplicate])
      #expect(both.refusals.first?.message.contains("k1, k2") == true)
    }
    #expect(change(absent, [live("k2")], file, others: ["k2"]).key == .tidy)
    #expect(change(absent, [live("k2", claims: false)], file).key == .tidy)
    #expect(change(absent, []).action == .gone)
  }

  @Test func anInterruptedReplacementIsTakenUp() {
    let file = KeyDestination.State.file(
      .init(keyID: "k1", email: "uploader@p-one.iam.gserviceaccount.com", fingerprint: "f1"))
    let keys = [live("k1"), live("k2", print: "f2")]
    #expect(change(desired(), keys, file).refusals.first?.code == .keyDuplicate)
    #expect(change(desired(), keys, file, pending: "f2").key == .adopt(keyID: "k2"))
    #expect(change(desired(), [live("k1", until: 999)], file, pending: "f2").key == .resume)
    #expect(change(desired(), [live("k1")], file, pending: "f2").action == .unchanged)
    #expect(
      change(desired(), [live("k1")], file, pending: "f2").remarks
        == ["an interrupted run left a private half beside keys/k.json"])
    #expect(
      change(desired(), [live("k1")], pending: "f2").remarks
        == ["an interrupted run left a private half beside keys/k.json"])
  }
}
