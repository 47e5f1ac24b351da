import Crypto
import Glibc
import GoogleCloud
import JSON
import Model
import Platform
import TestSupport
import Testing

@testable import Keys
@testable import Resources

@Suite struct KeyIssuerTests {
  private func failure(_ result: Result<OperationResult, OperationFailure>) throws
    -> OperationFailure
  {
    guard case .failure(let failure) = result else {
      Issue.record("it succeeded")
      throw CancellationError()
    }
    return failure
  }

  @Test func uploadedKeyIsStoredVerifiedAndNeverSent() async throws {
    let stage = KeyStage(origin: .uploaded)
    let result = try await stage.apply()
    #expect(try result.get().detail == "key key1")
    let file = try stage.file()
    #expect(
      file.object.map { Array($0.keys) } == [
        "type", "project_id", "private_key_id", "private_key", "client_email", "client_id",
        "auth_uri", "token_uri", "auth_provider_x509_cert_url", "client_x509_cert_url",
        "universe_domain",
      ])
    #expect(file["client_email"]?.string == Make.email)
    #expect(file["client_id"] == "1234")
    #expect(file["token_uri"] == "https://oauth2.googleapis.com/token")
    #expect(
      stage.files.contents.keys.sorted() == [
        "/home/ana/keys/.lock", "/home/ana/keys/uploader-key.json",
      ])
    let secret = "PRIVATE KEY"
    for request in stage.server.requests {
      #expect(!String(decoding: request.body ?? [], as: UTF8.self).contains(secret))
    }
    let upload = try #require(stage.server.requests.first { $0.url.hasSuffix(":upload") })
    #expect(upload.connection == .fresh)
    let pem = try #require(stage.server.keys.first?.certificate)
    let certificate = try Certificate(pem: pem)
    #expect(certificate.subjectCommonName == stage.key.commonName)
    #expect(certificate.notAfter == Int64(InstantClock.start) + 90 * 86_400)
    try await stage.expectConverged("first apply")
  }

  @Test func onlyTheOwnerCanReadTheFile() async throws {
    let stage = KeyStage(origin: .uploaded)
    try await stage.apply()
    #expect(
      try stage.files.status(of: "/home/ana/keys/uploader-key.json")?.permissions == 0o600)
    #expect(try stage.files.status(of: "/home/ana/keys")?.permissions == 0o700)
  }

  /// The plan could not read the keys while the service was disabled.
  @Test func aKeyThatIsLiveAfterEnablingIsKept() async throws {
    let stage = KeyStage(origin: .uploaded)
    try await stage.apply()
    try stage.files.remove("/home/ana/keys/uploader-key.json")
    let runner = CloudRunner(client: try stage.client(), keys: stage.store())
    runner.calls.memory.recordEnabled(["iam.googleapis.com"], in: stage.key.account.project)
    let operation = Operation(
      id: OperationID("key"), address: stage.key.address, action: .key(.issue, stage.key),
      covers: [stage.key.address], source: nil)
    await #expect(throws: OperationFailure.self) { try await runner.run(operation) }
    #expect(stage.server.keys.count == 1)
    #expect(stage.files.contents.keys.allSatisfy { !$0.contains("pending") })
  }

  @Test func withoutTheFileTheKeyIsHeldElsewhere() async throws {
    let stage = KeyStage(origin: .uploaded)
    try await stage.apply()
    try stage.files.remove("/home/ana/keys/uploader-key.json")
    #expect(try await stage.plan().action == .heldElsewhere)
    try await stage.apply()
    #expect(stage.server.keys.count == 1)
  }

  @Test func aCreatedKeyIsStoredByteForByteAndItsIntentRemoved() async throws {
    let stage = KeyStage(origin: .google)
    #expect(try await stage.apply().get().detail == "key key1")
    #expect(
      stage.server.requests.first { $0.url.hasSuffix("/keys") && $0.method == .post }?.connection
        == .fresh)
    #expect(
      stage.files.contents.keys.sorted() == [
        "/home/ana/keys/.lock", "/home/ana/keys/uploader-key.json",
      ])
    try await stage.expectConverged("first apply")
  }

  @Test(arguments: [DesiredKey.Origin.uploaded, .google])
  func anotherUsersDirectoryIsRefusedBeforeAnyRequest(origin: DesiredKey.Origin) async throws {
    for prepare: (MemoryFileSystem) -> Void in [
      { $0.putFolder("/home/ana/keys", permissions: 0o777) },
      { $0.putFolder("/home/ana/keys", owner: 0) },
      { $0.put("/home/ana/keys", [1]) },
      { $0.setFreeSpace(100) },
      {
        $0.putFolder("/home/ana/keys")
        $0.putLink("/home/ana/keys/uploader-key.json", to: "/etc/passwd")
      },
      { $0.put("/home/ana/keys/uploader-key.json", Array("{}".utf8)) },
    ] {
      let stage = KeyStage(origin: origin)
      prepare(stage.files)
      let change = try await stage.plan()
      #expect(change.action == .refused)
      #expect(stage.server.keys.isEmpty)
    }
  }

  @Test func noSymlinkIsFollowedBelowTheDirectory() throws {
    let files = MemoryFileSystem()
    files.putFolder("/home/ana/keys")
    files.putFolder("/tmp/elsewhere")
    files.putLink("/home/ana/keys/team", to: "/tmp/elsewhere")
    let store = KeyStore(
      directory: "/home/ana/keys", tokenURI: "https://oauth2.googleapis.com/token",
      fileSystem: files)
    let state = store.inspect(Make.key(file: "team/k.json")).destination.state
    guard case .unusable(let why, _) = state else {
      Issue.record("\(state)")
      return
    }
    #expect(why.contains("symbolic link"))
  }

  @Test func refusedDestinationsAreNeitherReadNorWritten() {
    let files = MemoryFileSystem()
    let store = KeyStore(
      directory: "/home/ana/keys", refusal: "CI", tokenURI: "https://oauth2.googleapis.com/token",
      fileSystem: files)
    #expect(store.inspect(Make.key()).destination.state == .refused("CI"))
    #expect(throws: KeyStoreError.self) { try store.prepare(Make.key()) }
    #expect(files.contents.isEmpty)
  }

  @Test func eachCauseHasItsAdvice() {
    for (prepare, remedy): ((MemoryFileSystem) -> Void, String) in [
      ({ $0.putFolder("/home/ana/keys", permissions: 0o777) }, "chmod 700 /home/ana/keys"),
      ({ $0.putFolder("/home/ana/keys", permissions: 0o500) }, "chmod 700 /home/ana/keys"),
      ({ $0.putFolder("/home/ana/keys", owner: 0) }, "--key-dir"),
      ({ $0.put("/home/ana/keys", [1]) }, "--key-dir"),
      ({ $0.setFreeSpace(100) }, "free space"),
    ] {
      let files = MemoryFileSystem()
      files.putFolder("/home/ana")
      prepare(files)
      let store = KeyStore(
        directory: "/home/ana/keys", tokenURI: "https://oauth2.googleapis.com/token",
        fileSystem: files)
      guard case .unusable(_, let advice?) = store.inspect(Make.key()).destination.state else {
        Issue.record("no advice for \(remedy)")
        continue
      }
      #expect(advice.contains(remedy))
    }
  }

  @Test func aFileReadableForOthersIsReportedAndKept() async throws {
    let stage = KeyStage(origin: .uploaded)
    try await stage.apply()
    let path = "/home/ana/keys/uploader-key.json"
    #expect(try await stage.plan().remarks.isEmpty)
    stage.files.put(path, try #require(stage.files.contents[path]), permissions: 0o644)
    let change = try await stage.plan()
    #expect(change.action == .unchanged)
    #expect(
      change.remarks.map(\.text) == ["other users can access \(path) (644); run: chmod 600 \(path)"]
    )
    #expect(try stage.files.status(of: path)?.permissions == 0o644)
  }

  @Test func anOrganisationConstraintIsNamedWithAKeylessAlternative() async throws {
    for (origin, path) in [(DesiredKey.Origin.uploaded, "keys:upload"), (.google, "/keys")] {
      let stage = KeyStage(origin: origin)
      stage.server.refuse(
        "POST /v1/projects/p/serviceAccounts/\(Make.email)/keys"
          + (path == "keys:upload" ? ":upload" : ""), 400,
        [
          "error": [
            "code": 400, "status": "FAILED_PRECONDITION",
            "message": "Key creation is not allowed on this service account.",
          ]
        ])
      let failure = try failure(try await stage.apply())
      #expect(failure.message.contains("iam.disableServiceAccountKey"))
      #expect(failure.help.contains("--impersonate-service-account"))
      #expect(stage.files.contents.keys.sorted() == ["/home/ana/keys/.lock"])
    }
  }

  @Test func anUploadWithALostAnswerIsFoundByItsPublicKey() async throws {
    let stage = KeyStage(origin: .uploaded)
    stage.server.inject(.lostAnswer, at: 4)  // keys.list of the plan, account, keys.list, upload
    try await stage.apply()
    #expect(stage.server.count(.post, ":upload") == 1)
    try await stage.expectConverged("lost answer")
  }

  @Test func aLostUploadIsRepeated() async throws {
    let stage = KeyStage(origin: .uploaded)
    stage.server.inject(.lostRequest, at: 4)
    try await stage.apply()
    #expect(stage.server.count(.post, ":upload") == 2)
    try await stage.expectConverged("lost request")
  }

  @Test func createIsNeverRepeatedAndReportsItsOrphanWithTheCommand() async throws {
    let stage = KeyStage(origin: .google)
    stage.server.inject(.lostAnswer, at: 4)  // list of the plan, account, list, create
    let failure = try failure(try await stage.apply())
    #expect(failure.kind == .key)
    #expect(failure.help.contains("gcloud iam service-accounts keys delete key1"))
    #expect(stage.server.count(.post, "/keys") == 1)
    #expect(stage.server.keys.count == 1)
    // The intent remembers the orphan: the next run refuses to create another key until it is gone.
    #expect(try await stage.plan().refusals.first?.code == .keyOrphan)
    stage.server.remove("key1")
    try await stage.apply()
    try await stage.expectConverged("after revoking")
  }

  @Test func aCreatedKeyThatCannotBeStoredIsDeletedAtOnce() async throws {
    let stage = KeyStage(origin: .google)
    // mkdir, sync, intent (create, rename, sync), then the credential file.
    stage.files.inject(.fails(28), atStep: 6)
    let failure = try failure(try await stage.apply())
    #expect(stage.files.steps[5].hasPrefix("create /home/ana/keys/.uploader-key.json.new"))
    #expect(failure.help.contains("deleted again"))
    #expect(stage.server.keys.isEmpty)
    stage.files.restart()
    try await stage.apply()
    try await stage.expectConverged("with space")
  }

  @Test func keyThatIsNotAcceptedIsReported() async throws {
    let stage = KeyStage(origin: .uploaded)
    stage.server.refuse("POST /token", 400, ["error": "invalid_grant"])
    let failure = try failure(try await stage.apply())
    #expect(failure.kind == .key)
    #expect(failure.isPartial)
    #expect(failure.help.contains("keys delete key1"))
  }

  @Test func deletingAKeyRemovesItsFile() async throws {
    let stage = KeyStage(origin: .uploaded)
    try await stage.apply()
    let runner = CloudRunner(client: try stage.client(), keys: stage.store())
    let operation = Operation(
      id: OperationID("x"), address: stage.key.address,
      action: .key(.delete(keyID: "key1"), stage.key), covers: [], source: nil)
    _ = try await runner.run(operation)
    #expect(stage.server.keys.isEmpty)
    #expect(stage.files.contents.keys.sorted() == ["/home/ana/keys/.lock"])
  }

  @Test func deadFileOfTheSameAccountIsReplaced() async throws {
    let stage = KeyStage(origin: .uploaded)
    try await stage.apply()
    stage.server.remove("key1")
    stage.files.restart()
    // For a minute, the server may just be slow.
    #expect(try await stage.plan().action == .pending)
    try await stage.apply()
    #expect(try stage.file()["private_key_id"] == "key1")
    try await stage.clock.sleep(for: .seconds(61))
    try await stage.apply()
    try await stage.expectConverged("replaced")
    #expect(try stage.file()["private_key_id"] == "key2")
  }

  @Test func twoRunsCannotWriteOneDirectory() async throws {
    let stage = KeyStage(origin: .uploaded)
    stage.files.putFolder("/home/ana/keys")
    let order = try #require(try await stage.plan().key)
    let other = try stage.files.lock("/home/ana/keys/.lock")
    do throws(OperationFailure) {
      _ = try await stage.carryOut(order)
      Issue.record("it succeeded")
    } catch {
      #expect(error.message.contains("another run"))
      #expect(error.kind == .other)
      #expect(error.help == "apply again once it has ended")
    }
    #expect(stage.server.keys.isEmpty)
    // During that time a plan does not guess what the other run will write.
    #expect(try await stage.plan().action == .unreadable)
    #expect(try await stage.plan().reason?.text.contains("another run") == true)
    withExtendedLifetime(other) {}
  }

  @Test func newKeysHave2048Bits() throws {
    let store = KeyStore(
      directory: "/k", tokenURI: "https://oauth2.googleapis.com/token",
      fileSystem: MemoryFileSystem())
    let pair = try store.makePair()
    #expect(pair.publicKey.bits == 2048)
  }

  @Test func theRealFileSystemGetsTheSameFiles() throws {
    let folder = "/tmp/arctl-key-store-\(UInt64.random(in: 0...UInt64.max))"
    let files = LocalFileSystem()
    try files.makeFolder(folder, permissions: 0o700)
    defer {
      for name in (try? files.files(under: folder)) ?? [] { try? files.remove("\(folder)/\(name)") }
      rmdir("\(folder)/a/b")
      rmdir("\(folder)/a")
      rmdir(folder)
    }
    var store = KeyStore(
      directory: "\(folder)/a", tokenURI: "https://oauth2.googleapis.com/token", fileSystem: files)
    store.makePair = { [pairs = KeyPairs()] () throws(CryptoError) in try pairs.next() }
    let key = Make.key(file: "b/k.json")
    try store.prepare(key)
    let certificate = try store.makePending(key, now: 1_800_000_000)
    #expect(
      store.inspect(key).destination.pendingFingerprint
        == Hex.encode(certificate.publicKey.fingerprint))
    let identity = KeyStore.Identity(
      keyID: "k1", projectID: "p", clientID: "1", email: Make.email,
      tokenURI: "https://oauth2.googleapis.com/token")
    try store.finish(key, identity, dead: [])
    #expect(try files.status(of: "\(folder)/a/b/k.json")?.permissions == 0o600)
    #expect(try files.status(of: "\(folder)/a/b")?.permissions == 0o700)
    guard case .file(let file) = store.inspect(key).destination.state else {
      Issue.record("no file")
      return
    }
    #expect(file.keyID == "k1")
    #expect(file.fingerprint == Hex.encode(certificate.publicKey.fingerprint))
    #expect(try files.files(under: "\(folder)/a") == [".lock", "b/k.json"])
  }

  @Test(arguments: [DesiredKey.Origin.uploaded, .google])
  func aFileNewerThanThePlanIsNotReplaced(origin: DesiredKey.Origin) async throws {
    let stage = KeyStage(origin: origin)
    let order = try #require(try await stage.plan().key)
    // Another run creates the key while the user reads this plan.
    try await stage.apply()
    let file = try stage.file()
    let runner = CloudRunner(client: try stage.client(), keys: stage.store())
    let operation = Operation(
      id: OperationID("key"), address: stage.key.address, action: .key(order, stage.key),
      covers: [stage.key.address], source: nil)
    await #expect(throws: OperationFailure.self) { try await runner.run(operation) }
    #expect(try stage.file() == file)
    try await stage.expectConverged("two runs")
  }

  @Test func aPossiblyUploadedPrivateHalfSurvivesALaterRefusal() async throws {
    let stage = try LiveStage()
    let base = "/v1/projects/p/serviceAccounts/\(Make.email)"
    stage.cloud.on("GET \(base)", .json(["email": .string(Make.email)]))
    stage.cloud.on("GET \(base)/keys", .json(["keys": []]))
    stage.cloud.on("POST \(base)/keys:upload", .failure(.ambiguous), .forbidden)
    let files = MemoryFileSystem()
    files.putFolder("/home/ana")
    var store = KeyStore(
      directory: "/home/ana/keys", tokenURI: "https://oauth2.googleapis.com/token",
      fileSystem: files)
    store.makePair = { [pairs = KeyPairs()] () throws(CryptoError) in try pairs.next() }
    let runner = CloudRunner(client: stage.client, keys: store)
    await #expect(throws: OperationFailure.self) {
      try await stage.run(.key(.issue, Make.key()), on: Make.key().address, runner: runner)
    }
    #expect(files.contents["/home/ana/keys/.uploader-key.json.pending"] != nil)
  }

  @Test func leftoversOfAnInstalledFileAreFound() async throws {
    let stage = KeyStage(origin: .uploaded)
    try await stage.apply()
    let pem = try stage.server.pairs.next().pkcs8PEM()
    stage.files.put(
      "/home/ana/keys/.uploader-key.json.pending", pem.withUnsafeBytes { Array($0) },
      permissions: 0o600)
    #expect(stage.store().inspect(stage.key).destination.pendingFingerprint != nil)
    // Not a copy of the installed file's key: it may be live already, so it is kept.
    #expect(try await stage.plan().action == .unchanged)
    #expect(throws: KeyStoreError.self) {
      try stage.store().removeLeftovers(stage.key, dead: [], now: 0)
    }
    #expect(stage.files.contents["/home/ana/keys/.uploader-key.json.pending"] != nil)
  }
}
