import JSON
import Model
import TestSupport
import Testing

@testable import Keys

/// `keys.create` cannot be repeated, so it is not sent if its answer may come too late.
@Suite struct KeyDeadlineTests {
  private func failure(_ stage: KeyStage) async throws -> OperationFailure {
    guard case .failure(let failure) = try await stage.apply() else {
      Issue.record("it succeeded")
      throw CancellationError()
    }
    return failure
  }

  @Test(arguments: [1, 5, 19]) func withTooLittleTimeNothingIsSent(seconds: Int) async throws {
    var stage = KeyStage(origin: .google)
    stage.timeout = .seconds(seconds)
    let failure = try await failure(stage)
    #expect(stage.server.count(.post, "/keys") == 0)
    #expect(failure.kind == .other)
    #expect(failure.message.contains("it was not sent"))
    #expect(failure.help.contains("--timeout"))
    #expect(stage.files.contents.keys.sorted() == ["\(stage.directory)/.lock"])
    stage.timeout = .seconds(21)
    _ = try await stage.apply().get()
    try await stage.expectConverged("with time")
  }

  /// The moment right before sending counts, not the start of the operation.
  @Test func timeSpentWaitingCounts() async throws {
    var stage = KeyStage(origin: .google)
    stage.timeout = .seconds(25)
    // After the plan's list, the account and the list, 15 s of the run remain.
    let clock = stage.clock
    stage.server.interleave(before: 3) { try? await clock.sleep(for: .seconds(10)) }
    _ = try await failure(stage)
    #expect(stage.server.count(.post, "/keys") == 0)
    #expect(stage.server.keys.isEmpty)
    let left = stage.files.contents.keys.filter { $0.contains("intent") }
    #expect(left.isEmpty)
  }

  /// Waiting a minute for an interrupted run's key does not help a run that has no more time than that.
  @Test func anIntentStaysIfTheRunHasTooLittleTime() async throws {
    var stage = KeyStage(origin: .google)
    stage.files.putFolder(stage.directory)
    try stage.store().writeIntent(stage.key, keyIDs: [], now: Int64(stage.clock.now))
    stage.timeout = .seconds(60)
    let before = stage.clock.uptime
    let failure = try await failure(stage)
    #expect(stage.clock.uptime == before)
    #expect(failure.kind == .other)
    #expect(failure.help.contains("--timeout"))
    #expect(try stage.store().intent(stage.key) != nil)
    #expect(stage.server.count(.post, "/keys") == 0)
    stage.timeout = .seconds(81)
    _ = try await stage.apply().get()
    try await stage.expectConverged("waited out")
  }
}
