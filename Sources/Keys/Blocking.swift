import Dispatch

/// Runs blocking work (files, key generation) on a thread outside the cooperative pool, which has no more threads than
/// there are cores.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in
    blockingWork.async { continuation.resume(returning: body()) }
  }
}

/// Concurrent: the queue makes threads as they are needed.
private let blockingWork = DispatchQueue(label: "arctl.blocking", attributes: .concurrent)
