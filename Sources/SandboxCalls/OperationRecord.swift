package import SandboxStore

/// A long-running operation.
package struct OperationRecord: Record {
  /// `operations/...`, or a name below a parent.
  package let name: String
  /// When it is done, in microseconds of real time.
  package var doneAt: Int64
  /// An Any; nil if the API sends none.
  package let metadata: JSONText?
  /// An Any, shown once it is done; nil if the API sends none.
  package let response: JSONText?
  /// The error that it ends with instead of the response.
  package var error: JSONText?
  /// The project whose policy decides who can read it; nil in stores of older versions.
  package let project: String?
  /// The unique id of the account that started it, which can read it too.
  package var caller: String?

  /// An operation and its outcome.
  package init(
    name: String, doneAt: Int64, metadata: JSONText?, response: JSONText?, error: JSONText? = nil,
    project: String?, caller: String? = nil
  ) {
    self.name = name
    self.doneAt = doneAt
    self.metadata = metadata
    self.response = response
    self.error = error
    self.project = project
    self.caller = caller
  }
}

extension OperationRecord {
  /// The name of its table in the store.
  package static var table: String { "operation" }
  /// Operations have their own delay, and their own fault that extends it.
  package static var lag: LagRule { .seen }
  /// Its name.
  package var key: String { name }
  /// Nil: the operation that deletes a resource may have a name below it, and must survive it.
  package var parent: String? { nil }
  /// Empty: an operation has no children.
  package var names: [String] { [] }
}
