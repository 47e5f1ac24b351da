import Crypto
import GoogleCloud
import Model
import Platform
import Resources
import TestSupport
import Testing

@testable import Keys

/// Files with the store's own names next to a destination: only those that an interrupted run left are ever changed.
@Suite struct KeyLeftoverTests {
  private let directory = "/home/ana/keys"
  private let pairs = KeyPairs()

  /// A credential file of an account.
  private func credential(_ email: String, id: String = "k9") throws -> [UInt8] {
    let pair = try pairs.next()
    let identity = KeyStore.Identity(
      keyID: id, projectID: "p", clientID: "1", email: email, tokenURI: "https://x/token")
    return try KeyStore.credentialFile(pair, identity).withUnsafeBytes { Array($0) }
  }

  private func why(_ stage: KeyStage) -> String? {
    guard case .unusable(let why, _) = stage.store().inspect(stage.key).destination.state else {
      return nil
    }
    return why
  }

  @Test(arguments: [DesiredKey.Origin.uploaded, .google], ["pending", "new", "intent"])
  func foreignFilesAreKept(origin: DesiredKey.Origin, suffix: String) async throws {
    let path = "\(directory)/.uploader-key.json.\(suffix)"
    for content in [
      try credential("other@p.iam.gserviceaccount.com"), Array("notes of mine\n".utf8),
      Array("[1]".utf8),
      Array(#"{"account": "other@p.iam.gserviceaccount.com", "keyIDs": []}"#.utf8),
    ] {
      let stage = KeyStage(origin: origin)
      stage.files.put(path, content)
      #expect(try await stage.plan().action == .refused)
      #expect(why(stage)?.contains(path) == true)
      // Neither does an order that was made before it appeared.
      for order in [
        KeyAction.issue, .resume, .reissue(replacing: "k1"), .importExisting(keyID: "k9"),
        .removeLeftovers,
      ] {
        stage.files.releaseLocks()
        _ = try? await stage.carryOut(order)
        #expect(stage.files.contents[path] == content, "\(order)")
      }
    }
  }

  @Test(arguments: ["pending", "new", "intent"])
  func nonRegularFilesAreFoundBeforeAnyRequest(suffix: String) async throws {
    let path = "\(directory)/.uploader-key.json.\(suffix)"
    for put: (MemoryFileSystem) -> Void in [
      { $0.putFolder(path) }, { $0.putLink(path, to: "/etc/passwd") },
      { $0.put(path, [], owner: 0) },
    ] {
      let stage = KeyStage(origin: .uploaded)
      put(stage.files)
      #expect(try await stage.plan().refusals.map(\.code) == [.keyDestination])
      #expect(why(stage)?.contains(path) == true)
    }
  }

  @Test func theLockIsCheckedBeforeAnyRequest() async throws {
    for put: (MemoryFileSystem, String) -> Void in [
      { $0.putFolder($1) }, { $0.putLink($1, to: "/etc/passwd") }, { $0.put($1, [], owner: 0) },
    ] {
      let stage = KeyStage(origin: .uploaded)
      put(stage.files, "\(directory)/.lock")
      #expect(try await stage.plan().refusals.map(\.code) == [.keyDestination])
    }
  }

  @Test func invalidAndTooLongNamesAreRefused() {
    let store = KeyStore(
      directory: directory, tokenURI: "https://oauth2.googleapis.com/token",
      fileSystem: MemoryFileSystem())
    for name in [
      ".k.json.new", ".lock", "a/.k.json", ".a/k.json", "a/../k.json",
      String(repeating: "x", count: 201),
    ] {
      let key = Make.key(file: name)
      guard case .unusable = store.inspect(key).destination.state else {
        Issue.record("\(name)")
        continue
      }
      #expect(throws: KeyStoreError.self) { try store.prepare(key) }
    }
  }

  /// A run was interrupted while it was writing. The file is unusable.
  @Test func tornFilesAreReplaced() async throws {
    for origin in DesiredKey.Origin.made {
      for torn in ["", "-----BEGIN PRIV"] {
        let stage = KeyStage(origin: origin)
        stage.files.put("\(directory)/.uploader-key.json.pending", Array(torn.utf8))
        stage.files.put(
          "\(directory)/.uploader-key.json.new", Array((torn.isEmpty ? "" : "{\n  \"ty").utf8))
        _ = try await stage.apply().get()
        try await stage.expectConverged("\(origin) \(torn)")
      }
    }
  }

  /// A run was killed while it was writing an intent. The file holds no secret, and is not an intent.
  @Test(arguments: DesiredKey.Origin.made) func temporaryFilesOfAnIntentAreRemoved(
    origin: DesiredKey.Origin
  ) async throws {
    let path = "\(directory)/..uploader-key.json.intent.1jq9z"
    let stage = KeyStage(origin: origin)
    stage.files.put(path, Array("{".utf8))
    _ = try await stage.apply().get()
    try await stage.expectConverged("before the key is made")
    stage.files.put(path, Array(#"{"account": "x"}"#.utf8))
    #expect(try await stage.plan().key == .removeLeftovers)
    stage.files.restart()
    _ = try await stage.apply().get()
    try await stage.expectConverged("beside the file")
    // Files that only look similar are kept.
    let others = ["..uploader-key.json.intent.", "..uploader-key.json.intent.A", "..x.intent.1"]
    for name in others { stage.files.put("\(directory)/\(name)", []) }
    stage.files.putFolder("\(directory)/..uploader-key.json.intent.2")
    #expect(try await stage.plan().action == .unchanged)
    stage.files.releaseLocks()
    _ = try? await stage.carryOut(.removeLeftovers)
    for name in others { #expect(stage.files.contents["\(directory)/\(name)"] != nil) }
  }

  /// The origin was google when the run was interrupted; its key may still become visible.
  @Test func aStaleIntentOfAnUploadedKeyIsResolvedInTheSameApply() async throws {
    let stage = KeyStage(origin: .uploaded)
    stage.files.putFolder(directory)
    try stage.store().writeIntent(stage.key, keyIDs: [], now: Int64(stage.clock.now))
    #expect(try await stage.plan().keyChange?.wait == 60)
    let before = stage.clock.uptime
    _ = try await stage.apply().get()
    #expect(stage.clock.uptime - before >= .seconds(60))
    try await stage.expectConverged("one apply")
  }

  @Test func anIntentOfAnotherAccountIsKept() async throws {
    let stage = KeyStage(origin: .google)
    stage.files.put(
      "\(directory)/.uploader-key.json.intent",
      Array(#"{"account": "x@p.iam.gserviceaccount.com", "keyIDs": [], "time": 1}"#.utf8))
    #expect(try await stage.plan().action == .refused)
    #expect(why(stage)?.contains("keys list --iam-account=x@p.iam.gserviceaccount.com") == true)
  }
}
