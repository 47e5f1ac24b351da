/// The time: the seam that lets tests run on a virtual clock.
public protocol Clock: Sendable {
  /// Seconds since 1970-01-01T00:00:00Z, with fraction.
  var now: Double { get }
  /// Monotonic time since an unspecified start.
  var uptime: Duration { get }
  /// Waits. Ends early with a CancellationError if the task is cancelled.
  func sleep(for duration: Duration) async throws(CancellationError)
}

/// Source of random bytes: the operating system's, or a seeded one in tests.
public protocol RandomSource: Sendable {
  /// `count` independent random bytes.
  func bytes(_ count: Int) -> [UInt8]
}
