import Crypto
import Model
import Platform
import Resources
import TestSupport
import Testing

@testable import Keys

/// A key that is declared absent: no part of its private half stays here without a report.
@Suite struct KeyRemovalTests {
  private let final = "/home/ana/keys/uploader-key.json"
  private let lock = ["/home/ana/keys/.lock"]

  /// The files in the key directory.
  private func files(_ stage: KeyStage) -> [String] { stage.files.contents.keys.sorted() }

  private func expectGone(_ stage: KeyStage) async throws {
    #expect(files(stage) == lock)
    #expect(stage.server.keys.isEmpty)
    #expect(try await stage.plan().action == .gone)
  }

  @Test(arguments: DesiredKey.Origin.made) func deletingAKeyRemovesTheFile(
    origin: DesiredKey.Origin
  ) async throws {
    var stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    stage.key.lifecycle.ensure = .absent
    #expect(try await stage.plan().key == .delete(keyID: "key1"))
    _ = try await stage.apply().get()
    try await expectGone(stage)
  }

  /// Leftovers of a crash next to the destination are removed too, and every remaining key is reported.
  @Test(arguments: DesiredKey.Origin.made) func allLeftoversOfAnInterruptedRunAreRemoved(
    origin: DesiredKey.Origin
  ) async throws {
    let whole = KeyStage(origin: origin)
    _ = try await whole.apply().get()
    for step in 1...whole.files.steps.count {
      var stage = KeyStage(origin: origin)
      stage.files.inject(.crashAfter, atStep: step)
      try await stage.apply()
      stage.files.restart()
      stage.key.lifecycle.ensure = .absent
      for _ in 0..<6 {
        let change = try await stage.plan()
        if let refusal = change.refusals.first {
          #expect(refusal.code == .keyOrphan)
          #expect(refusal.remedy?.contains("keys delete key1 ") == true)
          stage.server.remove("key1")
        } else if change.action == .pending {
          try await stage.clock.sleep(for: .seconds(60))
        } else {
          _ = try await stage.apply().get()
          stage.files.restart()
        }
      }
      #expect(files(stage).allSatisfy { $0 == lock[0] }, "step \(step): \(files(stage))")
      #expect(stage.server.keys.isEmpty, "step \(step)")
      #expect(try await stage.plan().action == .gone, "step \(step)")
    }
  }

  @Test func anInterruptedUploadIsRemovedWithItsPrivateHalf() async throws {
    var stage = KeyStage(origin: .uploaded)
    stage.server.inject(.killLater(0), at: 4)
    try await stage.apply()
    stage.server.inject(nil)
    stage.files.restart()
    stage.key.lifecycle.ensure = .absent
    #expect(try await stage.plan().key == .delete(keyID: "key1"))
    _ = try await stage.apply().get()
    try await expectGone(stage)
  }

  @Test func aPrivateHalfIsKeptWhileItsUploadMayArrive() async throws {
    var stage = KeyStage(origin: .uploaded)
    stage.server.inject(.killLater(30), at: 4)
    try await stage.apply()
    stage.server.inject(nil)
    stage.files.restart()
    stage.key.lifecycle.ensure = .absent
    #expect(try await stage.plan().action == .pending)
    try await stage.clock.sleep(for: .seconds(31))
    #expect(try await stage.plan().key == .delete(keyID: "key1"))
    _ = try await stage.apply().get()
    try await expectGone(stage)
  }

  @Test(arguments: DesiredKey.Origin.made) func theFileOfAManuallyRevokedKeyIsRemoved(
    origin: DesiredKey.Origin
  ) async throws {
    var stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    stage.files.restart()
    stage.server.remove("key1")
    stage.key.lifecycle.ensure = .absent
    try await stage.clock.sleep(for: .seconds(60))
    let change = try await stage.plan()
    #expect(change.key == .removeLeftovers)
    // The name and not the path, which differs between machines: the reason is part of the plan's id.
    #expect(change.reason?.text.contains(stage.key.file) == true)
    _ = try await stage.apply().get()
    try await expectGone(stage)
  }

  /// Two keys of one account are deleted in one run: neither operation reads during the other's deletion.
  @Test func twoKeysOfOneAccountAreDeletedAtOnce() async throws {
    var stage = KeyStage(origin: .uploaded)
    _ = try await stage.apply().get()
    stage.files.restart()
    var other = stage
    other.key.address = Address(project: "p", .serviceAccountKey, "uploader", "second-key")
    other.key.file = "second-key.json"
    other.key.commonName = "arctl-second"
    _ = try await other.apply().get()
    stage.files.restart()
    stage.key.lifecycle.ensure = .absent
    other.key.lifecycle.ensure = .absent
    // A private half that was never uploaded makes both operations read the live keys.
    for name in ["uploader-key", "second-key"] {
      let pem = try stage.server.pairs.next().pkcs8PEM()
      stage.files.put(
        "/home/ana/keys/.\(name).json.pending", pem.withUnsafeBytes { Array($0) })
    }
    try await stage.clock.sleep(for: .seconds(61))
    // The first operation reads its list while the other one could finish all of its work.
    stage.server.inject(.slowAnswer, at: 1)
    let runner = CloudRunner(client: try stage.client(), keys: stage.store())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (key, id) in [(stage.key, "key1"), (other.key, "key2")] {
        group.addTask {
          let operation = Operation(
            id: OperationID("\(key.address)"), address: key.address,
            action: .key(.delete(keyID: id), key), covers: [key.address], source: nil)
          _ = try await runner.run(operation)
        }
      }
      try await group.waitForAll()
    }
    try await expectGone(stage)
  }

  @Test func filesOfALiveKeyAreKept() async throws {
    var stage = KeyStage(origin: .uploaded)
    _ = try await stage.apply().get()
    stage.key.lifecycle.ensure = .absent
    do throws(OperationFailure) {
      _ = try await stage.carryOut(.removeLeftovers)
      Issue.record("it succeeded")
    } catch {
      #expect(error.kind == .stale)
    }
    #expect(files(stage).contains(final))
  }
}
