import Model

/// The operations of a run that are not over yet, and which of them may start.
struct OperationQueue {
  private var waiting: [OperationID: Operation] = [:]
  /// How many unfinished dependencies each waiting operation has.
  private var blockers: [OperationID: Int] = [:]
  private var dependents: [OperationID: [OperationID]] = [:]
  /// Ready ones, in the order of the plan, next at the end.
  private var ready: [OperationID] = []

  /// Dependencies that name no operation of the list count as done.
  init(_ operations: [Operation]) {
    let known = Set(operations.map(\.id))
    for operation in operations {
      let needed = operation.dependencies.intersection(known)
      waiting[operation.id] = operation
      blockers[operation.id] = needed.count
      for id in needed { dependents[id, default: []].append(operation.id) }
    }
    ready = operations.map(\.id).filter { blockers[$0] == 0 }.reversed()
  }

  mutating func popReady() -> Operation? {
    guard let id = ready.popLast() else { return nil }
    return waiting.removeValue(forKey: id)
  }

  mutating func succeeded(_ id: OperationID) {
    for dependent in (dependents[id] ?? []).sorted() {
      guard waiting[dependent] != nil, let count = blockers[dependent] else { continue }
      blockers[dependent] = count - 1
      if count == 1 { ready.insert(dependent, at: 0) }
    }
  }

  /// Takes out everything that depends on a failed operation, directly or not, each with the one it waited for.
  mutating func failed(_ id: OperationID) -> [(Operation, because: OperationID)] {
    var skipped: [(Operation, because: OperationID)] = []
    var queue = [id]
    while let failed = queue.popLast() {
      for dependent in (dependents[failed] ?? []).sorted() {
        guard let operation = waiting.removeValue(forKey: dependent) else { continue }
        skipped.append((operation, because: failed))
        queue.append(dependent)
      }
    }
    return skipped
  }

  /// What is left when nothing more will start.
  mutating func remaining() -> [Operation] {
    defer { waiting = [:] }
    return waiting.values.sorted { $0.id < $1.id }
  }
}
