import Platform

/// Runs blocking work (files, key generation) on a thread that runs no tasks: there are as few of those as the machine
/// has cores.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await Threads.run(body)
}
