import Model
import Synchronization
import TestSupport
import Testing

@testable import Reconcile

@Suite struct ExecutorTests {
  final class Recorder: OperationRunner {
    let started = Mutex<[String]>([])
    let failing: Set<String>
    let atStart: @Sendable (String) -> Void
    init(failing: Set<String> = [], atStart: @escaping @Sendable (String) -> Void = { _ in }) {
      self.failing = failing
      self.atStart = atStart
    }
    func run(_ operation: Operation) async throws(OperationFailure) -> OperationResult {
      started.withLock { $0.append(operation.id.text) }
      atStart(operation.id.text)
      await Task.yield()
      if failing.contains(operation.id.text) {
        throw OperationFailure(.other, call: "c", message: "m")
      }
      return OperationResult()
    }
  }

  func operation(_ id: String, on dependencies: [String] = []) -> Operation {
    Operation(
      id: OperationID(id), address: Fixture.repository(id), action: .delete(live: .null),
      covers: [Fixture.repository(id)], dependencies: Set(dependencies.map(OperationID.init)),
      source: nil)
  }

  func execute(
    _ operations: [Operation], _ runner: Recorder, parallelism: Int = 4,
    stop: StopSignal = StopSignal()
  ) async -> ExecutionReport {
    await Executor(runner: runner, parallelism: parallelism, stop: stop, uptime: { .zero })
      .execute(operations, events: { _ in })
  }

  @Test func dependenciesComeFirst() async {
    let runner = Recorder()
    let report = await execute(
      [operation("c", on: ["b"]), operation("b", on: ["a"]), operation("a")], runner)
    #expect(runner.started.withLock { $0 } == ["a", "b", "c"])
    #expect(report.isComplete)
    #expect(report.done.count == 3)
  }

  @Test func aFailureSkipsOnlyItsDependents() async {
    let runner = Recorder(failing: ["a"])
    let report = await execute(
      [operation("a"), operation("b", on: ["a"]), operation("c", on: ["b"]), operation("d")], runner
    )
    #expect(report.failed.map(\.operation.id.text) == ["a"])
    #expect(report.skipped.map(\.operation.id.text).sorted() == ["b", "c"])
    #expect(report.done.map(\.operation.id.text) == ["d"])
    #expect(!runner.started.withLock { $0 }.contains("c"))
  }

  @Test func afterAStopNothingStartsAndTheRestIsReported() async {
    let stop = StopSignal()
    let runner = Recorder(atStart: { _ in stop.request() })
    let report = await execute(
      [operation("a"), operation("b"), operation("c", on: ["a"])], runner, parallelism: 1,
      stop: stop)
    #expect(report.done.map(\.operation.id.text) == ["a"])
    #expect(report.notStarted.map(\.id.text) == ["b", "c"])
  }

  @Test func independentWorkRunsInParallelUpToTheLimit() async {
    let counts = Mutex((now: 0, most: 0))
    struct Slow: OperationRunner {
      let enter: @Sendable () -> Void
      let leave: @Sendable () -> Void
      func run(_ operation: Operation) async throws(OperationFailure) -> OperationResult {
        enter()
        try? await Task.sleep(for: .milliseconds(5))
        leave()
        return OperationResult()
      }
    }
    final class Box: Sendable { let counts = Mutex((now: 0, most: 0)) }
    _ = counts
    let box = Box()
    let runner = Slow(
      enter: {
        box.counts.withLock {
          $0.now += 1; $0.most = max($0.most, $0.now)
        }
      },
      leave: { box.counts.withLock { $0.now -= 1 } })
    let report = await Executor(
      runner: runner, parallelism: 3, stop: StopSignal(), uptime: { .zero }
    )
    .execute((0..<12).map { operation("o\($0)") }, events: { _ in })
    #expect(report.done.count == 12)
    #expect(box.counts.withLock { $0.most } == 3)
  }

  @Test func everyOperationOfARandomGraphIsReportedOnceAndInOrder() async {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededRandom(state: seed)
    for _ in 0..<50 {
      let count = Int.random(in: 1...20, using: &random)
      let operations = (0..<count).map { index in
        operation(
          "o\(index)",
          on: (0..<index).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }.map {
            "o\($0)"
          })
      }.shuffled(using: &random)
      let failing = Set(
        (0..<count).filter { _ in Int.random(in: 0..<6, using: &random) == 0 }.map { "o\($0)" })
      let runner = Recorder(failing: failing)
      let report = await execute(operations, runner)
      let started = runner.started.withLock { $0 }
      for operation in operations {
        guard let place = started.firstIndex(of: operation.id.text) else { continue }
        for dependency in operation.dependencies {
          #expect(started[..<place].contains(dependency.text))
        }
      }
      #expect(report.done.count + report.failed.count + report.skipped.count == count)
      #expect(report.notStarted.isEmpty)
    }
  }
}
