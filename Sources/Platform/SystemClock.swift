import Glibc

/// The clocks of this computer.
public struct SystemClock: Clock {
  /// The clocks need no setup.
  public init() {}

  /// Seconds since 1970-01-01T00:00:00Z. (CLOCK_REALTIME)
  public var now: Double {
    let time = Self.read(CLOCK_REALTIME)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Monotonic time since the start of the system. (CLOCK_MONOTONIC)
  public var uptime: Duration {
    let time = Self.read(CLOCK_MONOTONIC)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// Waits on the timers of the task's workers, or on those of Swift's pool if it has none. Throws if the task is
  /// cancelled.
  public func sleep(for duration: Duration) async throws(CancellationError) {
    if let workers = Workers.current { return try await workers.sleep(for: duration) }
    do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
  }

  /// clock_gettime, which only fails for unknown clocks.
  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}

/// The random bytes of the operating system (getrandom).
public struct SystemRandom: RandomSource {
  /// The generator needs no seed.
  public init() {}

  /// `count` bytes from the kernel.
  public func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }
}
