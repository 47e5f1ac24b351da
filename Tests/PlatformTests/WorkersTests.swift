import Glibc
import Synchronization
import Testing

@testable import Platform

@Suite struct WorkersTests {
  /// The system's number of a thread (gettid), which no other thread of the process has.
  static var thread: UInt { UInt(pthread_self()) }

  /// Runs work on a single thread of its own.
  static func alone<Result: Sendable>(
    _ body: @escaping @Sendable () async -> Result
  ) async throws -> (Result, thread: UInt) {
    try await withCheckedThrowingContinuation { continuation in
      do {
        try Threads.start {
          let result = Workers(extra: 0).run(body)
          continuation.resume(returning: (result, thread))
        }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  /// Groups, tasks, sleeps, continuations and actors: no part of a run may need a thread of Swift's pool, which waits
  /// forever if it gets none.
  @Test func oneThreadDoesEverything() async throws {
    actor Counter {
      var threads: Set<UInt> = []
      func note() { threads.insert(WorkersTests.thread) }
    }
    let (threads, own) = try await Self.alone { () -> Set<UInt> in
      let counter = Counter()
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<20 {
          group.addTask {
            await counter.note()
            try? await SystemClock().sleep(for: .milliseconds(index % 3))
            await counter.note()
          }
        }
      }
      let (stream, continuation) = AsyncStream<Int>.makeStream()
      let task = Task(executorPreference: Workers.current) {
        await counter.note()
        for await _ in stream { await counter.note() }
        return Self.thread
      }
      Task(executorPreference: Workers.current) {
        try? await SystemClock().sleep(for: .milliseconds(1))
        continuation.yield(1)
        continuation.finish()
      }
      let last = await task.value
      return await counter.threads.union([last, Self.thread])
    }
    #expect(threads == [own])
  }

  @Test func sleepsEndInTheirOrder() async throws {
    let (order, _) = try await Self.alone { () -> [Int] in
      await withTaskGroup(of: Int.self) { group in
        for wait in [60, 20, 40, 0] {
          group.addTask {
            try? await SystemClock().sleep(for: .milliseconds(wait))
            return wait
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(order == [0, 20, 40, 60])
  }

  @Test func aCancelledSleepEnds() async throws {
    let (wasCancelled, _) = try await Self.alone { () -> [Bool] in
      let running = Task(executorPreference: Workers.current) {
        do { try await SystemClock().sleep(for: .seconds(1 << 30)) } catch { return true }
        return false
      }
      let early = Task(executorPreference: Workers.current) {
        while !Task.isCancelled { await Task.yield() }
        do { try await SystemClock().sleep(for: .seconds(1 << 30)) } catch { return true }
        return false
      }
      await Task.yield()
      running.cancel()
      early.cancel()
      return [await running.value, await early.value]
    }
    #expect(wasCancelled == [true, true])
  }

  @Test func severalThreadsShareTheWork() async throws {
    let (sum, _) = try await Self.alone { () -> Int in
      // Nested workers: what they run is counted once, whichever thread runs it.
      let workers = try? Workers(threads: 3)
      defer { workers?.end() }
      return await withCheckedContinuation { continuation in
        let left = Mutex((count: 10_000, sum: 0))
        for number in 0..<10_000 {
          workers?.call {
            let sum: Int? = left.withLock {
              $0.count -= 1
              $0.sum += number
              return $0.count == 0 ? $0.sum : nil
            }
            if let sum { continuation.resume(returning: sum) }
          }
        }
      }
    }
    #expect(sum == 49_995_000)
  }

  @Test func blockingWorkRunsOnItsOwnThread() async throws {
    let (isElsewhere, _) = try await Self.alone { () -> Bool in
      await Threads.run { Self.thread } != Self.thread
    }
    #expect(isElsewhere)
  }
}
