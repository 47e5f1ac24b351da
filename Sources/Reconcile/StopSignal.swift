import Synchronization

/// A request to start no further operations, shared by its source (a signal, a deadline) and the executor.
public final class StopSignal: Sendable {
  // Releasing and acquiring: an executor that sees the request also sees what its source wrote before it.
  private let isSet = Atomic<Bool>(false)
  /// A signal that is not set yet.
  public init() {}
  /// Requests the stop; safe to call from any thread, any number of times.
  public func request() { isSet.store(true, ordering: .releasing) }
  /// Whether `request()` was called; stays true from then on.
  public var isRequested: Bool { isSet.load(ordering: .acquiring) }
}
