import Glibc

/// What a synchronous call gives, and the processor time that it takes on its thread (clock_gettime).
///
/// Unlike the time on the wall it does not grow when other tests or programs keep the cores busy, so a test
/// may hold a bound against it.
public func withThreadTime<Result>(
  _ body: () throws -> Result
) rethrows -> (result: Result, time: Duration) {
  let start = processorTime()
  let result = try body()
  return (result, processorTime() - start)
}

private func processorTime() -> Duration {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
