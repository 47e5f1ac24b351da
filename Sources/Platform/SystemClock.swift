import Glibc

/// The clocks of this computer.
public struct SystemClock: Clock {
  public init() {}

  public var now: Double {
    let time = Self.read(CLOCK_REALTIME)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  public var uptime: Duration {
    let time = Self.read(CLOCK_MONOTONIC)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  public func sleep(for duration: Duration) async throws(CancellationError) {
    if let workers = Workers.current { return try await workers.sleep(for: duration) }
    do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
  }

  /// clock_gettime, which fails for unknown clocks only.
  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    clock_gettime(clock, &time)
    return time
  }
}

/// The random bytes of the operating system (getrandom).
public struct SystemRandom: RandomSource {
  public init() {}

  public func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }
}
