import CommandLine
import Model
import TestSupport
import Testing

@testable import Commands

@Suite struct KeyNameTests {
  private static let id = "0123456789abcdef0123456789abcdef01234567"
  private static let email = "ci@p.iam.gserviceaccount.com"

  @Test(arguments: [
    ("uploader", false), ("p/serviceAccount/uploader", false), ("serviceAccount/uploader", false),
    ("serviceAccount:uploader", false), (email, true),
    ("123-compute@developer.gserviceaccount.com", true),
  ])
  func accountsHaveSeveralForms(account: String, isEmail: Bool) throws {
    let key = try KeyName("\(account)/\(Self.id)")
    #expect(key.account == account)
    #expect(key.id == Self.id)
    #expect(key.isEmail == isEmail)
    #expect(key.project == nil)
  }

  @Test func googlesNamesAreRead() throws {
    for prefix in ["", "//iam.googleapis.com/"] {
      let key = try KeyName("\(prefix)projects/p/serviceAccounts/\(Self.email)/keys/\(Self.id)")
      #expect(key.account == Self.email)
      #expect(key.project == "p")
      #expect(key.isEmail)
    }
    let key = try KeyName("projects/-/serviceAccounts/\(Self.email)/keys/\(Self.id.uppercased())")
    #expect(key.project == nil)
    #expect(key.id == Self.id)
  }

  @Test(arguments: [
    "", "/", id, "/\(id)", "uploader/", "uploader/123", "uploader/\(id)0", "uploader//\(id)",
    "a@b@c/\(id)", "@x/\(id)", "uploader/\(id)/", "uploader/\(id.dropLast())g",
    "a@b\u{1b}[31m/\(id)",
  ])
  func anythingElseIsAnError(text: String) {
    #expect(throws: UsageError.self) { try KeyName(text) }
  }

  @Test func hostileTextIsEscaped() throws {
    let error = try #require(throws: UsageError.self) { try KeyName("x\u{1b}[31m/1") }
    #expect(!"\(error)".contains("\u{1b}"))
  }
}

/// The key that `arctl keys pin` prints.
@Suite struct LivePublicKeyTests {
  private let key = Make.key()

  private func live(
    _ id: String, _ print: String? = nil, name: String? = nil, isDisabled: Bool = false,
    end: Int64? = nil
  ) -> LiveKey {
    var live = LiveKey(
      id: id, isUploaded: true, isDisabled: isDisabled, validAfter: 0, validBefore: end)
    live.fingerprint = print ?? "f-\(id)"
    live.commonName = name ?? key.commonName
    return live
  }

  private func found(
    _ live: [LiveKey], file: KeyDestination.File? = nil, origin: DesiredKey.Origin = .uploaded
  ) throws(LivePublicKey.Absence) -> LivePublicKey {
    try LivePublicKey(
      of: Make.key(origin: origin), among: live,
      at: KeyDestination(state: file.map(KeyDestination.State.file) ?? .empty, path: "/k/x.json"),
      now: 100)
  }

  private func file(_ id: String, email: String = Make.email, stranger: String? = nil)
    -> KeyDestination.File
  {
    KeyDestination.File(keyID: id, email: email, fingerprint: "own", stranger: stranger)
  }

  @Test func theFileDecides() throws {
    // Another key has the name too, as an impostor's would.
    let found = try found([live("k1"), live("k2")], file: file("k1"))
    #expect(found.id == "k1")
    #expect(found.line == "sha256:own")
    #expect(found.isVerified)
  }

  @Test func withoutAFileTheNameDecides() throws {
    let found = try found([
      live("k1"), live("k2", name: "CN=other"), live("k3", isDisabled: true), live("k4", end: 100),
    ])
    #expect(found.id == "k1")
    #expect(found.line == "sha256:f-k1")
    #expect(!found.isVerified)
  }

  @Test func whatIsNotCertainIsNotPinned() {
    func absence(
      _ live: [LiveKey], _ file: KeyDestination.File? = nil, _ origin: DesiredKey.Origin = .uploaded
    ) -> LivePublicKey.Absence? {
      do throws(LivePublicKey.Absence) {
        _ = try found(live, file: file, origin: origin)
        return nil
      } catch { return error }
    }
    #expect(absence([live("k2"), live("k1")]) == .several(["k1", "k2"]))
    var unseen = live("k1")
    unseen.unseenFor = 30
    let others: [LivePublicKey.Absence?] = [
      absence([]), absence([live("k1", name: "CN=other")]), absence([], file("k1")),
      absence([live("k1", isDisabled: true)], file("k1")),
      absence([live("k1", end: 100)], file("k1")),
      absence([live("k1")], file("k1", stranger: "holds a key of x@y")),
      absence([live("k1")], nil, .google), absence([unseen], file("k1")),
    ]
    for other in others {
      guard let other, case .none = other else {
        Issue.record("\(String(describing: other))")
        continue
      }
    }
  }
}
