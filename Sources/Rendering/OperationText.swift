package import Model

/// The text of one operation: `create serviceAccount/uploader`, `created ...` once it is done.
package struct OperationText: Sendable {
  /// Whether addresses begin with their project: needed if there are several projects.
  var showsProject = false
  private var operations: [OperationID: Operation] = [:]

  /// For single operations; an operation that blocks another one is named by its id.
  package init(showsProject: Bool = false) { self.showsProject = showsProject }
  /// For all operations of an apply; addresses begin with the project if there are several.
  package init(for operations: [Operation]) {
    showsProject = Set(operations.map(\.address.project)).count > 1
    for operation in operations { self.operations[operation.id] = operation }
  }

  func address(_ address: Address) -> String {
    (showsProject ? address.description : address.local).escapedForTerminal
  }

  /// What the operation will do: `create repository/us-east4/x`.
  func intent(_ operation: Operation) -> String {
    "\(operation.verbs.intent) \(subject(operation))"
  }

  /// The operation that blocks another one: `create serviceAccount/uploader`.
  func intent(_ id: OperationID) -> String {
    operations[id].map { intent($0) } ?? id.text.escapedForTerminal
  }

  /// What the operation did: `created repository/us-east4/x`.
  func done(_ operation: Operation) -> String {
    "\(operation.verbs.done) \(subject(operation))"
  }

  private func subject(_ operation: Operation) -> String {
    if case .enableServices(let names, _) = operation.action {
      let list = names.map(\.escapedForTerminal).joined(separator: ", ")
      return showsProject ? "\(list) in \(operation.address.project.escapedForTerminal)" : list
    }
    return address(operation.address)
  }
}

/// The verbs and the sign of an operation.
struct OperationVerbs: Sendable, Hashable {
  let intent: String
  let done: String
  let sign: Change.Action
}

extension Operation {
  /// A service is switched off, not deleted.
  var verbs: OperationVerbs {
    if case .delete = action, address.resource?.place.isSetting == true {
      return OperationVerbs(intent: "disable", done: "disabled", sign: .delete)
    }
    return action.verbs
  }
}

extension Operation.Action {
  fileprivate var verbs: OperationVerbs {
    switch self {
    case .create: OperationVerbs(intent: "create", done: "created", sign: .create)
    case .update: OperationVerbs(intent: "change", done: "changed", sign: .update)
    case .delete: OperationVerbs(intent: "delete", done: "deleted", sign: .delete)
    case .undelete: OperationVerbs(intent: "undelete", done: "undeleted", sign: .undelete)
    case .setPolicy: OperationVerbs(intent: "write", done: "wrote", sign: .update)
    case .enableServices: OperationVerbs(intent: "enable", done: "enabled", sign: .create)
    case .key(let order, _): order.verbs
    }
  }
}

extension KeyAction {
  fileprivate var verbs: OperationVerbs {
    switch self {
    case .issue, .reissue, .supersede, .reclaim:
      OperationVerbs(intent: "create", done: "created", sign: .create)
    case .resume: OperationVerbs(intent: "finish", done: "finished", sign: .create)
    case .importExisting: OperationVerbs(intent: "install", done: "installed", sign: .create)
    case .removeLeftovers: OperationVerbs(intent: "clean up", done: "cleaned up", sign: .update)
    case .retire: OperationVerbs(intent: "retire", done: "retired", sign: .update)
    case .delete: OperationVerbs(intent: "delete", done: "deleted", sign: .delete)
    }
  }
}

/// A duration in a short form: `0.4s`, `12s`, `3m05s`.
package func spoken(_ duration: Duration) -> String {
  let milliseconds =
    duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
  if milliseconds < 9_950 {
    let tenths = (milliseconds + 50) / 100
    return "\(tenths / 10).\(tenths % 10)s"
  }
  let seconds = (milliseconds + 500) / 1000
  if seconds < 60 { return "\(seconds)s" }
  let rest = seconds % 60
  return "\(seconds / 60)m\(rest < 10 ? "0" : "")\(rest)s"
}
