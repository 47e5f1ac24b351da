package import SandboxStore

/// A long-running operation.
package struct OperationRecord: Record {
  /// As `operations/...`, or below a parent.
  package let name: String
  /// Microseconds of real time after which it is done.
  package var doneAt: Int64
  /// An Any; nil where the API sends none.
  package let metadata: JSONText?
  /// An Any, shown once it is done.
  package let response: JSONText
  /// What it ends with instead of the response.
  package var error: JSONText?
  /// The project whose rights decide who may look; nil in stores from before there was one for each.
  package let project: String?
  /// The unique id of the account that started it, which may look too.
  package var caller: String?

  /// An operation, and what it ends with.
  package init(
    name: String, doneAt: Int64, metadata: JSONText?, response: JSONText, error: JSONText? = nil,
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
  /// Operations have a delay of their own, and a fault of their own that makes it longer.
  package static var lag: LagRule { .seen }
  /// Its name.
  package var key: String { name }
  /// It outlives what it is about: the operation that deletes a resource may be named below it.
  package var parent: String? { nil }
  /// Nothing is below it.
  package var names: [String] { [] }
}
