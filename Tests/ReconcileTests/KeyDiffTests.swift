import Model
import TestSupport
import Testing

@testable import Reconcile

@Suite struct KeyDiffTests {
  let name = "arctl-0123456789abcdef0123456789abcdef"

  func desired(_ origin: DesiredKey.Origin = .uploaded, pin: String? = nil) -> DesiredKey {
    DesiredKey(
      address: Address(project: "p-one", .serviceAccountKey, "uploader", "uploader-key"),
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
    leftovers: Bool = false, busy: Bool = false, others: Set<String> = [], now: Int64 = 1_000,
    elsewhere: Int = 0, isDeleted: Bool = false
  ) -> Change {
    var destination = KeyDestination(
      state: state, pendingFingerprint: pending,
      intent: intent.map { .init(keyIDs: $0, time: asked, path: "keys/.k.json.intent") },
      path: "keys/k.json")
    destination.hasLeftovers = leftovers
    destination.isBusy = busy
    return KeyDiff(
      desired: desired, live: live, destination: destination, heldByOthers: others,
      googleKeysElsewhere: elsewhere, isDeleted: isDeleted, reissue: reissue, now: now
    ).change()
  }

  let file = KeyDestination.State.file(
    .init(keyID: "k1", email: "uploader@p-one.iam.gserviceaccount.com", fingerprint: "f1"))

  @Test func aKeyThatExistsNowhereIsCreated() {
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
    #expect(change(desired(), [live("k1")], reissue: true).key == .supersede(["k1"]))
    #expect(change(desired(), [], reissue: true).key == .issue)
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
    let elsewhere = change(desired(), [live("k1"), live("k2")])
    #expect(elsewhere.action == .heldElsewhere)
    #expect(elsewhere.keyChange?.superseded?.live == ["k1", "k2"])
    #expect(elsewhere.keyChange?.superseded?.current == nil)
    #expect(
      change(desired(), [live("k1"), live("k2")], file).refusals.map(\.code) == [.keyDuplicate])
  }

  @Test func anInterruptedRunIsFinished() {
    #expect(change(desired(), [], pending: "f1").key == .resume)
    #expect(change(desired(), [live("k1")], pending: "f1").key == .importExisting(keyID: "k1"))
    #expect(change(desired(), [live("k1")], pending: "f2").action == .heldElsewhere)
  }

  @Test func anOrphanIsReportedAndNotDismissed() {
    let row = change(desired(.google), [live("k1", uploaded: false)], intent: [])
    #expect(row.refusals.map(\.code) == [.keyOrphan])
    #expect(change(desired(.google), [live("k1", uploaded: false)], intent: ["k1"]).key == .issue)
  }

  @Test func aKeyThatWasMadeElsewhereIsNoOrphan() {
    var desired = desired(.google)
    desired.namedElsewhere = ["k1"]
    #expect(change(desired, [live("k1", uploaded: false)], intent: []).key == .issue)
    let two = [live("k1", uploaded: false), live("k2", uploaded: false)]
    #expect(change(desired, two, intent: []).refusals.map(\.code) == [.keyOrphan])
  }

  @Test func aFileWithADeletedKeyIsReplacedOnlyIfNoOtherKeyIsLive() {
    #expect(change(desired(), [], file).key == .reissue(replacing: "k1"))
    #expect(change(desired(), [live("k2")], file).action == .heldElsewhere)
  }

  @Test func aRunnerWithoutKeyDirectoryIsRefusedOnlyIfAKeyIsNeeded() {
    #expect(change(desired(), [], .refused("a runner")).action == .refused)
    #expect(change(desired(), [live("k1")], .refused("a runner")).action == .heldElsewhere)
    // --reissue creates one here too.
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

  @Test func rotationIsReported() {
    let due = change(desired(), [live("k1")], now: 5_184_000)
    #expect(due.action == .heldElsewhere)
    #expect(due.keyChange?.rotationDue == 5_184_000)
    #expect(due.keyChange?.expires == 9_000_000)
    #expect(change(desired(), [live("k1")], now: 5_183_999).keyChange?.rotationDue == nil)
  }

  @Test func aFileThatOtherUsersCanAccessIsReported() {
    var destination = KeyDestination(state: file, path: "keys/k.json")
    destination.openRights = 0o644
    let row = KeyDiff(
      desired: desired(), live: [live("k1")], destination: destination, heldByOthers: [],
      reissue: false, now: 1_000
    ).change()
    #expect(row.action == .unchanged)
    #expect(row.isNoteworthy)
    #expect(
      row.remarks.map(\.text) == [
        "other users can access keys/k.json (644); run: chmod 600 keys/k.json"
      ]
    )
    #expect(!change(desired(), [live("k1")], file).isNoteworthy)
  }

  @Test func eachCauseHasItsAdvice() {
    let folder = change(desired(), [], .unusable("x is writable for everybody", remedy: "run: y"))
    #expect(folder.refusals.map(\.remedy) == ["run: y"])
    let file = change(desired(), [], .unusable("x is a folder"))
    #expect(file.refusals.first?.remedy?.hasPrefix("move that file away") == true)
  }

  @Test func leftoversOfAnInterruptedRunAreRemoved() {
    let row = change(desired(), [live("k1")], file, leftovers: true)
    #expect(row.key == .removeLeftovers)
    #expect(row.action == .update)
  }

  /// For a minute after the request a key may still appear.
  @Test func anIntentDelaysANewKey() {
    func row(
      _ now: Int64, _ state: KeyDestination.State = .empty, _ ids: [String] = [],
      live: [LiveKey] = [], reissue: Bool = false
    ) -> Change {
      change(
        desired(.google), live, state, intent: ids, asked: 1_000, reissue: reissue,
        leftovers: true, now: now)
    }
    #expect(row(1_000).key == .issue)
    #expect(row(1_010).reason?.text == "an interrupted run started it")
    #expect(row(1_010).keyChange?.wait == 50)
    #expect(row(1_060).reason?.text == "an interrupted run started it")
    #expect(row(1_060).keyChange?.wait == nil)
    // A clock that was set back does not extend the wait.
    #expect(row(10).keyChange?.wait == 60)
    // It stays beside the file that a reissue would replace, until then.
    let old = [live("k1", uploaded: false)]
    #expect(row(1_010, file, ["k1"], live: old).action == .pending)
    #expect(row(1_010, file, ["k1"], live: old).reason?.text.contains("50s") == true)
    #expect(row(1_060, file, ["k1"], live: old).key == .removeLeftovers)
    #expect(row(1_010, file, ["k1"], live: old, reissue: true).keyChange?.wait == 50)
    // The file holds the requested key.
    #expect(row(1_010, file, [], live: old).key == .removeLeftovers)
  }

  @Test func everyOrphanIsReportedWithItsCommand() throws {
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
    // A key whose complete file only lacks its final name is not lost.
    let unnamed = [live("k2", uploaded: false, print: "f2")]
    #expect(
      change(desired(.google), unnamed, pending: "f2", intent: []).key
        == .importExisting(keyID: "k2"))
  }

  /// A key that another run is writing looks like an orphan until that run ends.
  @Test func aBusyKeyDirectoryLeavesTheRowOpen() {
    let orphan = [live("k2", uploaded: false)]
    for row in [
      change(desired(.google), orphan, intent: [], busy: true),
      change(desired(.google), [], busy: true),
      change(desired(), [live("k1")], busy: true),
      change(desired(), [], pending: "f1", busy: true),
    ] {
      #expect(row.action == .unreadable)
      #expect(row.key == nil)
      #expect(row.reason?.text.contains("another run") == true)
    }
    #expect(change(desired(), [live("k1")], file, busy: true).action == .unchanged)
    #expect(change(desired(), [], .refused("a runner"), busy: true).action == .refused)
  }

  /// The local file proves nothing about a key that another machine created under the same name.
  @Test func absenceChecksTheNameAndTheFile() {
    var absent = desired()
    absent.lifecycle.ensure = .absent
    #expect(change(absent, [], file).key == .removeLeftovers)
    #expect(change(absent, [live("k1")], file).key == .delete(keyID: "k1"))
    #expect(change(absent, [live("k2")], file).key == .delete(keyID: "k2"))
    #expect(change(absent, [live("k2")]).key == .delete(keyID: "k2"))
    for state in [file, .empty] {
      let both = change(absent, [live("k1"), live("k2")], state)
      #expect(both.refusals.map(\.code) == [.keyDuplicate])
      #expect(both.refusals.first?.message.contains("k1, k2") == true)
    }
    #expect(change(absent, [live("k2")], file, others: ["k2"]).key == .removeLeftovers)
    #expect(change(absent, [live("k2", claims: false)], file).key == .removeLeftovers)
    #expect(change(absent, []).action == .gone)
  }

  @Test func anInterruptedReplacementIsResumed() {
    let file = KeyDestination.State.file(
      .init(keyID: "k1", email: "uploader@p-one.iam.gserviceaccount.com", fingerprint: "f1"))
    let keys = [live("k1"), live("k2", print: "f2")]
    #expect(change(desired(), keys, file).refusals.first?.code == .keyDuplicate)
    #expect(change(desired(), keys, file, pending: "f2").key == .importExisting(keyID: "k2"))
    #expect(change(desired(), [live("k1", until: 999)], file, pending: "f2").key == .resume)
    #expect(change(desired(), [live("k1")], file, pending: "f2").action == .unchanged)
    #expect(
      change(desired(), [live("k1")], file, pending: "f2").remarks.map(\.text)
        == [
          "an interrupted run left a private half beside keys/k.json: finish it with --reissue "
            + "\(desired().address), or remove the file that ends in `.pending` there"
        ])
    #expect(
      change(desired(), [live("k1")], pending: "f2").remarks.map(\.text)
        == [
          "an interrupted run left a private half beside keys/k.json: finish it with --reissue "
            + "\(desired().address), or remove the file that ends in `.pending` there"
        ])
  }

  @Test func aWrongOriginIsRefused() throws {
    for origin in DesiredKey.Origin.made {
      let key = live("k1", uploaded: origin == .google)
      let row = change(desired(origin), [key], file)
      #expect(row.refusals.map(\.code) == [.immutableField])
      let other = origin == .google ? "uploaded" : "google"
      #expect(row.refusals.first?.remedy?.contains("`origin: \(other)`") == true)
      #expect(change(desired(origin), [key], file, reissue: true).key == .supersede(["k1"]))
    }
    // Held elsewhere, as the certificate's name shows.
    #expect(change(desired(.google), [live("k1")]).refusals.map(\.code) == [.immutableField])
    #expect(change(desired(.google), [live("k1")], reissue: true).key == .supersede(["k1"]))
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

  @Test func aGoogleKeyIsGoneOnlyIfThatIsCertain() throws {
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
      #expect(change(key, [live("k2", uploaded: false)], file).key == .removeLeftovers)
    }
    // The certificate's name would identify an uploaded one.
    #expect(change(absent(.uploaded), keys).action == .gone)
  }
}
