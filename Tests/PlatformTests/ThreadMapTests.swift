import Synchronization
import Testing

@testable import Platform

/// Work that several threads share.
@Suite struct ThreadMapTests {
  @Test(arguments: [0, 1, 2, 7, 1_000]) func valuesAreInTheOrderOfTheElements(_ count: Int) {
    let numbers = Array(0..<count)
    #expect(Threads.map(numbers) { $0 * 3 } == numbers.map { $0 * 3 })
  }

  @Test func eachElementIsTakenOnce() {
    let calls = Atomic<Int>(0)
    let values = Threads.map(Array(0..<500)) { number in
      calls.add(1, ordering: .relaxed)
      // Of different length, so that threads do not keep in step.
      return (0..<(number % 7) * 100).reduce(number) { $0 &+ $1 &* 0 }
    }
    #expect(values == Array(0..<500))
    #expect(calls.load(ordering: .sequentiallyConsistent) == 500)
  }

  /// A run inside another one waits for no thread that the outer one holds.
  @Test func itMayBeUsedInsideItself() {
    let sums = Threads.map(Array(0..<20)) { outer in
      Threads.map(Array(0..<20)) { inner in outer * inner }.reduce(0, +)
    }
    #expect(sums == (0..<20).map { $0 * 190 })
  }
}
