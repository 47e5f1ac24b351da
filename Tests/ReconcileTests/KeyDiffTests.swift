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
    pending: String? = nil, intent: [String]? = nil, reissue: Bool = false, now: Int64 = 1_000,
    elsewhere: Int = 0, isDeleted: Bool = false
  ) -> Change {
    KeyDiff(
      desired: desired, live: live,
      destination: KeyDestination(
        state: state, pendingFingerprint: pending, intentKeyIDs: intent, path: "keys/k.json"),
      heldByOthers: [], googleKeysElsewhere: elsewhere, isDeleted: isDeleted, reissue: reissue,
      now: now
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
    // --reissue makes one here too.
    let reissued = change(desired(), [live("k1")], .refused("a runner"), reissue: true)
    #expect(reissued.refusals.map(\.code) == [.keyDestination])
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
    let due = change(desired(), [live("k1")], file, now: 5_184_000)
    #expect(due.rotationDue == 5_184_000)
    #expect(due.expires == 9_000_000)
    #expect(change(desired(), [live("k1")], file, now: 5_183_999).rotationDue == nil)
  }

  @Test func aFileThatOthersCanGetAtIsSaid() {
    var destination = KeyDestination(state: file, path: "keys/k.json")
    destination.openRights = 0o644
    let row = KeyDiff(
      desired: desired(), live: [live("k1")], destination: destination, heldByOthers: [],
      reissue: false, now: 1_000
    ).change()
    #expect(row.action == .unchanged)
    #expect(row.isNoteworthy)
    #expect(
      row.remarks == ["others can get at keys/k.json (644); run: chmod 600 keys/k.json"])
    #expect(!change(desired(), [live("k1")], file).isNoteworthy)
  }

  @Test func eachCauseHasItsAdvice() {
    let folder = change(desired(), [], .unusable("x is writable for everybody", remedy: "run: y"))
    #expect(folder.refusals.map(\.remedy) == ["run: y"])
    let file = change(desired(), [], .unusable("x is a folder"))
    #expect(file.refusals.first?.remedy?.hasPrefix("move that file away") == true)
  }

  @Test func whatAnInterruptedRunLeftBesideTheFileGoes() {
    var destination = KeyDestination(state: file, path: "keys/k.json")
    destination.hasLeftovers = true
    let row = KeyDiff(
      desired: desired(), live: [live("k1")], destination: destination, heldByOthers: [],
      reissue: false, now: 1_000
    ).change()
    #expect(row.key == .tidy)
    #expect(row.action == .update)
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

  @Test func aWrongOriginIsRefused() throws {
    for origin in DesiredKey.Origin.allCases {
      let key = live("k1", uploaded: origin == .google)
      let row = change(desired(origin), [key], file)
      #expect(row.refusals.map(\.code) == [.immutableField])
      let other = origin == .google ? "uploaded" : "google"
      #expect(row.refusals.first?.remedy?.contains("`origin: \(other)`") == true)
      #expect(change(desired(origin), [key], file, reissue: true).key == .reissue(replacing: "k1"))
    }
    // Held elsewhere: the certificate's name tells.
    #expect(change(desired(.google), [live("k1")]).refusals.map(\.code) == [.immutableField])
    #expect(change(desired(.google), [live("k1")], reissue: true).key == .issue)
  }

  @Test func theUploadedKeyThatAGoogleKeyReplacedIsReported() {
    let made = live("k1", uploaded: false)
    #expect(
      change(desired(.google), [made, live("k2")], file).refusals.map(\.code) == [.keyDuplicate])
  }

  private func absent(_ origin: DesiredKey.Origin, written: Bool = true) -> DesiredKey {
    var key = desired(origin)
    key.lifecycle.ensure = .absent
    key.originIsWritten = written
    return key
  }

  @Test func aGoogleKeyIsGoneOnlyWhereThatIsKnown() throws {
    let keys = [live("k1", uploaded: false), live("k2", uploaded: false)]
    for key in [absent(.google), absent(.uploaded, written: false)] {
      let row = change(key, keys)
      #expect(row.refusals.map(\.code) == [.keyOrphan])
      #expect(row.refusals.first?.message.contains("k1, k2") == true)
      #expect(row.intended == .delete)
      #expect(change(key, []).action == .gone)
      #expect(change(key, keys, elsewhere: 2).action == .gone)
      #expect(change(key, keys, elsewhere: 1).action == .refused)
      #expect(change(key, keys, isDeleted: true).action == .gone)
      #expect(change(key, keys, file).key == .delete(keyID: "k1"))
      #expect(change(key, [live("k2", uploaded: false)], file).action == .gone)
    }
    // The certificate's name would tell an uploaded one.
    #expect(change(absent(.uploaded), keys).action == .gone)
  }
}
