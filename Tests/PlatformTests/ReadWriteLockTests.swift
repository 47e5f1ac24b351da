import Foundation
import Testing

@testable import Platform

/// A value that threads read together and change alone.
@Suite struct ReadWriteLockTests {
  private struct Pair {
    var left = 0
    var right = 0
  }

  @Test func noThreadSeesHalfAChange() {
    let lock = ReadWriteLock(Pair())
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for _ in 0..<2_000 {
        if thread % 2 == 0 {
          lock.withLock { pair in
            pair.left += 1
            pair.right += 1
          }
        } else {
          #expect(lock.read { $0.left == $0.right })
        }
      }
    }
    #expect(lock.read { $0.left } == 8_000)
    #expect(lock.read { $0.right } == 8_000)
  }
}
