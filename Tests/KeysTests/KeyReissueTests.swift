import Crypto
import GoogleCloud
import JSON
import Model
import Resources
import TestSupport
import Testing

@testable import Keys

/// `--reissue`: creates another key in addition to the live one, whose file is kept until its key is gone.
@Suite struct KeyReissueTests {
  private let final = "/home/ana/keys/uploader-key.json"
  private func kept(_ id: String) -> String { "/home/ana/keys/.uploader-key.json.\(id).old" }

  private func reissued(_ origin: DesiredKey.Origin) async throws -> KeyStage {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    stage.files.restart()
    try await stage.clock.sleep(for: .seconds(3600))
    return stage
  }

  @Test(arguments: DesiredKey.Origin.made) func theOldFileIsKeptAndTheStackConverges(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = try await reissued(origin)
    let old = stage.files.contents[final]
    let row = try await stage.plan(reissue: true)
    #expect(row.key == .supersede(["key1"]))
    #expect(
      row.reason?.text == "reissue requested; key key1 stays live, and its file is kept")
    let result = try await stage.apply(reissue: true).get()
    #expect(
      result.warnings == [
        "key key1 stays live, and its file is kept as \(kept("key1")); distribute the new file: an apply from "
          + "\(Day(Int64(stage.clock.now) + stage.key.overlap)) on disables the old key"
      ])
    #expect(stage.files.contents[kept("key1")] == old)
    #expect(try stage.files.status(of: kept("key1"))?.permissions == 0o600)
    #expect(try stage.file()["private_key_id"] == "key2")
    stage.files.restart()
    let after = try await stage.plan()
    #expect(after.action == .unchanged)
    #expect(after.keyChange?.superseded?.current == "key2")
    #expect(after.keyChange?.superseded?.live == ["key1"])
    #expect(after.keyChange?.superseded?.files == [kept("key1")])
    _ = try await stage.apply().get()
    #expect(stage.server.keys.map(\.id) == ["key1", "key2"])
    // Once it is revoked, the next apply removes its kept file.
    stage.server.remove("key1")
    #expect(try await stage.plan().key == .removeLeftovers)
    _ = try await stage.apply().get()
    try await stage.expectConverged("revoked")
  }

  @Test(arguments: DesiredKey.Origin.made) func everyReplacedFileIsKept(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = try await reissued(origin)
    for round in 2...4 {
      _ = try await stage.apply(reissue: true).get()
      stage.files.restart()
      #expect(try stage.file()["private_key_id"] == .string("key\(round)"))
      let after = try await stage.plan()
      #expect(after.action == .unchanged)
      #expect(after.keyChange?.superseded?.live == (1..<round).map { "key\($0)" })
    }
    #expect(stage.store().heldIDs(stage.key).count == 4)
  }

  /// The machine that reissues may lack the old file, and other machines may lack both.
  @Test func withoutTheOldFileTheNewestLocalKeyWins() async throws {
    let first = try await reissued(.uploaded)
    let second = KeyStage(beside: first)
    let third = KeyStage(beside: first)
    _ = try await second.apply(reissue: true).get()
    second.files.restart()
    let row = try await second.plan()
    #expect(row.action == .unchanged)
    #expect(row.keyChange?.superseded?.live == ["key1"])
    // Without any file, as in CI, it is unknown which key is in use: a warning names both.
    let elsewhere = try await third.plan()
    #expect(elsewhere.action == .heldElsewhere)
    #expect(elsewhere.keyChange?.superseded?.current == nil)
    #expect(elsewhere.keyChange?.superseded?.live == ["key1", "key2"])
    // On the machine with the older file this is a rotation that another machine made: nothing changes here.
    let older = try await first.plan()
    #expect(older.action == .heldElsewhere)
    #expect(older.remarks.first?.text.contains("put the new file there") == true)
    // If nobody finishes it, the user decides which of the two is in use.
    try await stageTime(first, 2 * first.key.overlap)
    #expect(try await first.plan().refusals.map(\.code) == [.keyDuplicate])
  }

  private func stageTime(_ stage: KeyStage, _ seconds: Int64) async throws {
    try await stage.clock.sleep(for: .seconds(seconds))
  }

  /// A foreign file under the name of a kept file is never replaced, and then the live key's file is not replaced
  /// either.
  @Test(arguments: DesiredKey.Origin.made) func foreignFilesAtTheDestinationStopTheOperation(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = try await reissued(origin)
    let old = stage.files.contents[final]
    let pair = try stage.server.pairs.next()
    let identity = KeyStore.Identity(
      keyID: "key1", projectID: "p", clientID: "1", email: Make.email,
      tokenURI: "https://oauth2.googleapis.com/token")
    let other = try KeyStore.credentialFile(pair, identity).withUnsafeBytes { Array($0) }
    stage.files.put(kept("key1"), other)
    guard case .failure(let failure) = try await stage.apply(reissue: true) else {
      Issue.record("it succeeded")
      return
    }
    #expect(failure.kind == .key)
    #expect(stage.files.contents[kept("key1")] == other)
    #expect(stage.files.contents[final] == old)
  }

  /// The file of an expired key is replaced. The key stays in the account's list, and a warning says so.
  @Test(arguments: DesiredKey.Origin.made) func anExpiredKeyIsReported(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = try await reissued(origin)
    stage.server.show(["validBeforeTime": "2027-01-15T08:30:00Z"], of: "key1")
    let row = try await stage.plan()
    #expect(row.key == .reissue(replacing: "key1"))
    #expect(
      row.remarks.map(\.text).joined().contains(
        origin == .google
          ? "keys delete key1 --iam-account=\(Make.email)" : "a later apply deletes it"))
    let result = try await stage.apply().get()
    #expect(result.warnings.joined().contains("keys delete key1 --iam-account=\(Make.email)"))
    #expect(stage.files.contents[kept("key1")] == nil)
    #expect(try stage.file()["private_key_id"] == "key2")
  }

  /// A disabled key can be enabled again, so its file is kept.
  @Test(arguments: DesiredKey.Origin.made) func aDisabledKeysFileIsKept(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = try await reissued(origin)
    stage.server.show(["disabled": true], of: "key1")
    #expect(try await stage.plan().refusals.map(\.code) == [.keyMismatch])
    _ = try await stage.carryOut(.supersede(["key1"]))
    #expect(stage.files.contents[kept("key1")] != nil)
  }

  @Test func reissuingReplacesExactlyTheFileThatThePlanSaw() async throws {
    let stage = KeyStage(origin: .uploaded)
    try await stage.apply()
    func run(_ order: KeyAction) async throws(OperationFailure) -> OperationResult {
      defer { stage.files.releaseLocks() }
      let client: APIClient
      do { client = try stage.client() } catch { throw .stale("test", "\(error)") }
      let operation = Operation(
        id: OperationID("key"), address: stage.key.address, action: .key(order, stage.key),
        covers: [stage.key.address], source: nil)
      return try await CloudRunner(client: client, keys: stage.store()).run(operation)
    }
    for order in [
      KeyAction.reissue(replacing: "key9"), .supersede(["key9"]), .reissue(replacing: "key1"),
      .issue,
    ] {
      await #expect(throws: OperationFailure.self) { try await run(order) }
      #expect(try stage.file()["private_key_id"] == "key1")
    }
    _ = try await run(.supersede(["key1"]))
    #expect(try stage.file()["private_key_id"] == "key2")
  }
}
