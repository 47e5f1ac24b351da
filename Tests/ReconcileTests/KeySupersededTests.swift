import Model
import Testing

@testable import Reconcile

/// Several live keys of one name, and keys that could not be read.
@Suite struct KeySupersededTests {
  private let base = KeyDiffTests()

  private func change(
    _ live: [LiveKey], _ state: KeyDestination.State, kept: [String] = [], pin: String? = nil,
    blockedBy: Address? = nil, absent: Bool = false, reissue: Bool = false, leftovers: Bool = false
  ) -> Change {
    var destination = KeyDestination(state: state, path: "keys/k.json")
    destination.replaced = kept.map {
      .init(
        file: .init(keyID: $0, email: base.desired().email, fingerprint: "f-\($0)"),
        path: "keys/.k.json.\($0).old")
    }
    destination.hasLeftovers = leftovers
    var desired = base.desired(pin: pin)
    if absent { desired.lifecycle.ensure = .absent }
    return KeyDiff(
      desired: desired, live: live, destination: destination, heldByOthers: [], reissue: reissue,
      blockedBy: blockedBy, now: 1_000
    ).change()
  }

  @Test func aKeptFileExplainsItsKeyWhateverItsAge() {
    let keys = [base.live("k1", from: 5), base.live("k2", from: 5, print: "f-k2")]
    let row = change(keys, base.file, kept: ["k2"])
    #expect(row.action == .unchanged)
    var expected = SupersededKeys(
      current: "k1", live: ["k2"], files: ["keys/.k.json.k2.old"], since: 5,
      email: base.desired().email)
    expected.disableOn = 5 + 86_400
    expected.deleteOn = 5 + 2 * 86_400
    #expect(row.keyChange?.superseded == expected)
    // An unexplained key is still refused, and only that one is named.
    let three = change(keys + [base.live("k3", from: 5, print: "f3")], base.file, kept: ["k2"])
    #expect(three.refusals.map(\.code) == [.keyDuplicate])
    #expect(three.refusals.first?.message.contains("k3") == true)
  }

  @Test(
    arguments: [(4, .unchanged), (5, .refused), (6, .heldElsewhere), (nil, .refused)]
      as [(Int64?, Change.Action)])
  func anOlderKeyIsReplacedAndANewerOneReplaces(from: Int64?, action: Change.Action) {
    var other = base.live("k2", print: "f2")
    other.validAfter = from
    let row = change([base.live("k1", from: 5), other], base.file)
    #expect(row.action == action)
    #expect(row.refusals.map(\.code) == (action == .refused ? [.keyDuplicate] : []))
  }

  @Test func withoutAFileAPinDecides() {
    let keys = [base.live("k1", print: "f1"), base.live("k2", print: "f2")]
    #expect(change(keys, .empty).keyChange?.superseded?.live == ["k1", "k2"])
    #expect(change(keys, .empty, pin: "sha256:f2").action == .heldElsewhere)
    #expect(change(keys, .empty, pin: "sha256:f3").refusals.map(\.code) == [.keyMismatch])
  }

  @Test func aKeptFileOfADeletedKeyIsRemoved() {
    #expect(change([base.live("k1")], base.file, kept: ["k2"]).key == .removeLeftovers)
    #expect(change([], .empty, kept: ["k2"], absent: true).key == .removeLeftovers)
    let both = [base.live("k1"), base.live("k2", print: "f-k2")]
    let row = change(both, base.file, kept: ["k2"], absent: true)
    #expect(row.refusals.map(\.code) == [.keyDuplicate])
  }

  /// While the service is off, the state of the key in the file is unknown.
  @Test func unreadKeysProveNothing() {
    let service = Address(project: "p-one", .service, "iam.googleapis.com")
    for absent in [false, true] {
      let row = change([], base.file, blockedBy: service, absent: absent)
      #expect(row.action == .pending)
      #expect(row.key == nil)
      #expect(
        row.reason?.text
          == "its account's keys cannot be read until service/iam.googleapis.com exists")
    }
    #expect(change([], .empty, kept: ["k2"], blockedBy: service).action == .pending)
    #expect(change([], .empty, blockedBy: service, absent: true).action == .pending)
    #expect(change([], base.file, blockedBy: service, reissue: true).action == .pending)
    // Without a local file the key is new.
    #expect(change([], .empty, blockedBy: service).key == .issue)
  }

  /// A new key that the server does not show does not block other rows.
  @Test func aNewKeyThatTheServerDoesNotShowIsPending() {
    var key = base.live("k1")
    key.unseenFor = 45
    for absent in [false, true] {
      let row = change([key], base.file, absent: absent)
      #expect(row.action == .pending)
      #expect(
        row.reason?.text == "for 45s: the key in the file is new, and the server does not show it")
    }
    #expect(change([key], base.file, reissue: true).action == .pending)
  }
}
