import Model

/// The unfinished operations of a run, and which of them can start.
struct OperationQueue {
  /// An operation stays here until it starts, also when it is ready, so that `remaining` reports it.
  private var waiting: [OperationID: Operation] = [:]
  /// The number of unfinished dependencies of each waiting operation.
  private var blockers: [OperationID: Int] = [:]
  /// By the operation that they depend on.
  private var dependents: [OperationID: [OperationID]] = [:]
  /// Ready operations in reverse plan order, so that the next one is at the end and removal is cheap.
  private var ready: [OperationID] = []

  /// Dependencies outside the list count as done: a part of a plan can run alone.
  init(_ operations: [Operation]) {
    let known = Set(operations.map(\.id))
    for operation in operations {
      let needed = operation.dependencies.intersection(known)
      waiting[operation.id] = operation
      blockers[operation.id] = needed.count
      for id in needed { dependents[id, default: []].append(operation.id) }
    }
    // An operation in a cycle would never be ready. The run would still end, and `remaining` would report it.
    ready = operations.map(\.id).filter { blockers[$0] == 0 }.reversed()
  }

  /// The next operation to start; nil if every remaining one is blocked, or none remains.
  mutating func popReady() -> Operation? {
    guard let id = ready.popLast() else { return nil }
    return waiting.removeValue(forKey: id)
  }

  mutating func succeeded(_ id: OperationID) {
    // Sorted, because `dependents` has the arbitrary order of a set and a run must be reproducible.
    for dependent in (dependents[id] ?? []).sorted() {
      // It is gone if another of its dependencies failed before.
      guard waiting[dependent] != nil, let count = blockers[dependent] else { continue }
      blockers[dependent] = count - 1
      // New ready operations go behind those that were ready earlier, which keeps the run close to plan order.
      if count == 1 { ready.insert(dependent, at: 0) }
    }
  }

  /// Removes all direct and indirect dependents of a failed operation; returns each with the dependency that blocks it.
  mutating func failed(_ id: OperationID) -> [(Operation, because: OperationID)] {
    var skipped: [(Operation, because: OperationID)] = []
    var queue = [id]
    // A list and no recursion: a chain of dependents can be as long as the plan.
    while let failed = queue.popLast() {
      for dependent in (dependents[failed] ?? []).sorted() {
        // An operation with two failed dependencies is skipped once, by the first of them.
        guard let operation = waiting.removeValue(forKey: dependent) else { continue }
        // The operation right before it, so that a reader can follow the chain down to the failure.
        skipped.append((operation, because: failed))
        queue.append(dependent)
      }
    }
    return skipped
  }

  /// Empties the queue and returns its operations, for the end of a run.
  mutating func remaining() -> [Operation] {
    defer { waiting = [:] }
    // Sorted, since a dictionary has no order and reports must be reproducible.
    return waiting.values.sorted { $0.id < $1.id }
  }
}
