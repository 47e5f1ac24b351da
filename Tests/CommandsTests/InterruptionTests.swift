import Platform
import Testing

@testable import Commands

@Suite struct InterruptionTests {
  @Test func theFirstSignalStopsAndTheSecondEndsTheProcess() {
    let interruption = Interruption()
    #expect(interruption.outcome == nil)
    #expect(!interruption.receive(.terminate))
    #expect(interruption.stop.isRequested)
    #expect(interruption.outcome == .terminated)
    #expect(interruption.receive(.interrupt))
    #expect(interruption.outcome == .terminated)
  }

  /// A closed terminal sends it more than once: from its driver, and from the shell.
  @Test func aHangupEndsTheRunOnceAndNeverAtOnce() {
    let interruption = Interruption()
    #expect(!interruption.receive(.hangup))
    #expect(interruption.stop.isRequested)
    #expect(interruption.outcome == .hungUp)
    #expect(interruption.outcome?.code == 129)
    #expect(!interruption.receive(.hangup))
    #expect(interruption.receive(.terminate))
    #expect(interruption.outcome == .hungUp)
    let other = Interruption()
    #expect(!other.receive(.interrupt))
    #expect(!other.receive(.hangup))
    #expect(other.outcome == .interrupted)
  }

  @Test func cancelsWorkThatCanBeCancelled() async {
    let interruption = Interruption()
    await #expect(throws: EarlyExit(.interrupted)) {
      _ = try await interruption.cancelling {
        _ = interruption.receive(.interrupt)
        while !Task.isCancelled { await Task.yield() }
        return 1
      }
    }
  }

  @Test func abandonsWorkThatCannotBeCancelled() async {
    let interruption = Interruption()
    await #expect(throws: EarlyExit(.interrupted)) {
      _ = try await interruption.abandoning {
        _ = interruption.receive(.interrupt)
        try? await Task.sleep(for: .seconds(3600))
        return 1
      }
    }
  }

  @Test func finishedWorkReturnsItsResult() async throws {
    let interruption = Interruption()
    #expect(try await interruption.cancelling { 1 } == 1)
    #expect(try await interruption.abandoning { 2 } == 2)
  }
}
