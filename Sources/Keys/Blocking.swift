import Platform

/// Runs blocking work (files, key generation) on a thread that runs no tasks. Swift's concurrency pool has one thread
/// per core, so a task that waits for a disk there would stall every request of the run.
func runBlocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await Threads.run(body)
}
