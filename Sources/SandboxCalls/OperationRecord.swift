package import SandboxStore

/// A long-running operation.
package struct OperationRecord: Record {
  package let name: String
  /// Microseconds of real time after which it is done.
  package var doneAt: Int64
  package let metadata: JSONText?
  package let response: JSONText
  /// What it ends with instead of the response.
  package var error: JSONText?
  /// The project whose rights decide who may look; nil in stores from before there was one for each.
  package let project: String?
  /// The unique id of the account that started it, which may look too.
  package var caller: String?

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
  package static var table: String { "operation" }
  /// Operations have a delay of their own, and a fault of their own that makes it longer.
  package static var lag: LagRule { .seen }
  package var key: String { name }
  /// It outlives what it is about: the operation that deletes a resource may be named below it.
  package var parent: String? { nil }
  package var names: [String] { [] }
}
