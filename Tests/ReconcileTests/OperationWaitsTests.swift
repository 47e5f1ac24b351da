import Model
import Synchronization
import TestSupport
import Testing

@testable import Reconcile

/// Operations that only wait for the server do not hold up others.
@Suite struct OperationWaitsTests {
  /// Operations that, once begun, wait until all `operations` have begun or `most` run at one time.
  private final class Waiting: OperationRunner {
    private struct State {
      var running = 0
      var most = 0
      var begun = 0
      var held: [CheckedContinuation<Void, Never>] = []
    }
    private let waits: OperationWaits
    private let release: Int
    private let state = Mutex(State())

    init(_ waits: OperationWaits, release: Int) {
      self.waits = waits
      self.release = release
    }

    var most: Int { state.withLock { $0.most } }

    func run(_ operation: Operation) async throws(OperationFailure) -> OperationResult {
      state.withLock {
        $0.running += 1
        $0.most = max($0.most, $0.running)
      }
      waits.report(true)
      await withCheckedContinuation { continuation in
        let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
          state.begun += 1
          state.held.append(continuation)
          guard state.begun % release == 0 else { return [] }
          defer { state.held = [] }
          return state.held
        }
        for held in released { held.resume() }
      }
      waits.report(false)
      state.withLock { $0.running -= 1 }
      return OperationResult()
    }
  }

  private func operations(_ count: Int) -> [Operation] {
    (0..<count).map { index in
      Operation(
        id: OperationID("o\(index)"), address: Fixture.repository("o\(index)"),
        action: .delete(live: .null), covers: [], dependencies: [], source: nil)
    }
  }

  private func execute(_ count: Int, parallelism: Int, release: Int) async -> (Int, Int) {
    let waits = OperationWaits()
    let runner = Waiting(waits, release: release)
    let executor = Executor(
      runner: runner, parallelism: parallelism, stop: StopSignal(), waits: waits,
      uptime: { .zero })
    let report = await executor.execute(operations(count), events: { _ in })
    // Once more, as a run that repairs does.
    let second = await executor.execute(operations(count), events: { _ in })
    #expect(second.done.count == count)
    return (report.done.count, runner.most)
  }

  /// None of them ends before all have begun, so this hangs if waiting operations took the places of others.
  @Test func othersStartMeanwhile() async {
    let (done, most) = await execute(12, parallelism: 2, release: 12)
    #expect(done == 12)
    #expect(most == 12)
  }

  @Test func theirNumberIsLimited() async {
    let (done, most) = await execute(60, parallelism: 2, release: 20)
    #expect(done == 60)
    #expect(most == 20)
  }

  @Test func withOneAtATimeEachEndsBeforeTheNext() async {
    let (done, most) = await execute(3, parallelism: 1, release: 1)
    #expect(done == 3)
    #expect(most == 1)
  }

  @Test func aStopEndsTheRun() async {
    let waits = OperationWaits()
    let stop = StopSignal()
    stop.request()
    let executor = Executor(
      runner: Waiting(waits, release: 1), parallelism: 2, stop: stop, waits: waits,
      uptime: { .zero })
    let report = await executor.execute(operations(3), events: { _ in })
    #expect(report.notStarted.count == 3)
  }
}
