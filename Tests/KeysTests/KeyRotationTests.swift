import CloudResources
import Model
import TestSupport
import Testing

@testable import Keys

/// Rotations from end to end: a new key, the old one disabled after an overlap, and deleted after two.
@Suite struct KeyRotationTests {
  private func stage(_ origin: DesiredKey.Origin) async throws -> KeyStage {
    var stage = KeyStage(origin: origin)
    stage.key.rotateAfter = 60 * 86_400
    _ = try await stage.apply().get()
    stage.files.restart()
    stage.server.inject(nil)
    return stage
  }

  private func sleep(_ stage: KeyStage, days: Int64) async throws {
    try await stage.clock.sleep(for: .seconds(days * 86_400))
  }

  /// The ids of the keys that sign in.
  private func enabled(_ stage: KeyStage) -> [String] {
    stage.server.keys.filter { $0.fields["disabled"] != true }.map(\.id)
  }

  /// Whoever reads the file can sign in with it.
  private func expectUsable(_ stage: KeyStage, _ what: String) throws {
    let id = try stage.file()["private_key_id"]?.string ?? ""
    #expect(enabled(stage).contains(id), "\(what): the file holds \(id)")
    #expect(enabled(stage).count <= 2, "\(what): \(enabled(stage))")
  }

  @Test(arguments: DesiredKey.Origin.made) func aRotationTakesThreeRuns(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = try await stage(origin)
    try await sleep(stage, days: 60)
    _ = try await stage.apply().get()
    #expect(try stage.file()["private_key_id"] == "key2")
    #expect(enabled(stage) == ["key1", "key2"])
    stage.files.restart()
    #expect(try await stage.plan().action == .unchanged)
    try await sleep(stage, days: 1)
    #expect(try await stage.apply().get().detail == "key key1 disabled")
    #expect(enabled(stage) == ["key2"])
    #expect(stage.store().heldIDs(stage.key) == ["key1", "key2"], "the old private half stays")
    #expect(try await stage.plan().action == .unchanged)
    try await sleep(stage, days: 1)
    #expect(try await stage.apply().get().detail == "key key1 deleted")
    try await stage.expectConverged("\(origin)")
  }

  /// A year of daily runs, each of which may be killed at one of its requests or file-system steps.
  @Test(arguments: DesiredKey.Origin.made, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
  func everyRotationSurvivesAKill(origin: DesiredKey.Origin, number: Int) async throws {
    let stage = try await stage(origin)
    for day in 1...130 {
      try await sleep(stage, days: 1)
      stage.server.inject(nil)
      let row = try await stage.plan()
      guard row.key != nil || row.action == .refused else { continue }
      if row.refusals.first?.code == .keyOrphan {
        // Google's keys carry no name: the report names the command, and the user runs it.
        let held = stage.store().heldIDs(stage.key)
        for key in stage.server.keys where !held.contains(key.id) { stage.server.remove(key.id) }
        continue
      }
      #expect(row.action != .refused, "day \(day): \(row.refusals)")
      stage.server.inject(.killBefore, at: stage.server.requests.count + number)
      try await stage.apply()
      stage.files.restart()
      try expectUsable(stage, "\(origin), day \(day), killed at request \(number)")
      stage.server.inject(nil)
      try await stage.apply()
      stage.files.restart()
      try expectUsable(stage, "\(origin), day \(day), after a kill at request \(number)")
    }
    for _ in 0..<3 {
      try await stage.apply()
      stage.files.restart()
    }
    try await stage.expectConverged("\(origin), killed at request \(number)")
  }

  /// A file that cannot sign in licenses nothing.
  @Test func withoutASignInNothingIsDisabled() async throws {
    let stage = try await stage(.uploaded)
    _ = try await stage.apply(reissue: true).get()
    stage.files.restart()
    try await sleep(stage, days: 1)
    stage.server.refuse("POST /token", 503, [:])
    guard case .failure(let failure) = try await stage.apply() else {
      Issue.record("it disabled the old key")
      return
    }
    #expect(failure.message.contains("nothing was disabled or deleted"))
    #expect(enabled(stage) == ["key1", "key2"])
  }

  /// A key that the token endpoint does not know yet never takes the place of one that works.
  @Test(arguments: DesiredKey.Origin.made) func aKeyThatDoesNotSignInIsNotInstalled(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = try await stage(origin)
    try await sleep(stage, days: 60)
    stage.server.refuse("POST /token", 503, [:])
    guard case .failure = try await stage.apply() else {
      Issue.record("it succeeded")
      return
    }
    #expect(try stage.file()["private_key_id"] == "key1")
    stage.server.refuse("none", 503, [:])
    stage.files.restart()
    _ = try await stage.apply().get()
    stage.files.restart()
    #expect(try stage.file()["private_key_id"] != "key1")
    #expect(stage.server.keys.count == 2)
  }

  /// The plan is older than the apply: what was enabled again meanwhile stays.
  @Test func aKeyThatWasEnabledAgainIsNotDeleted() async throws {
    let stage = try await stage(.uploaded)
    _ = try await stage.apply(reissue: true).get()
    stage.files.restart()
    let step = KeyRetirement(current: "key2", delete: ["key1"])
    await #expect(throws: OperationFailure.self) { try await stage.carryOut(.retire(step)) }
    stage.files.releaseLocks()
    let stale = KeyRetirement(current: "key1", disable: ["key2"])
    await #expect(throws: OperationFailure.self) { try await stage.carryOut(.retire(stale)) }
    #expect(enabled(stage) == ["key1", "key2"])
  }
}
