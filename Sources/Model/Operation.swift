public import Diagnostics
public import JSON

/// One write of an apply, as data: it can be printed, serialised and hashed, and a kind turns it into API calls.
public struct Operation: Sendable {
  /// The write.
  public enum Action: Sendable {
    /// Creates the resource with these fields.
    case create(spec: JSONObject)
    /// Changes fields in place. `live` is what was read; `spec` the written fields.
    case update(spec: JSONObject, fields: [FieldChange], live: JSONValue)
    /// `live` is the value that was read; `replacement` holds the fields of the successor, if there is one.
    case delete(live: JSONValue, replacement: JSONObject? = nil)
    /// Undeletes a resource (`uid` is the old identity of an account), then makes its fields match. `live` is the value
    /// that was read; empty if there is none (accounts).
    case undelete(uid: String?, spec: JSONObject, live: JSONValue)
    /// Writes one policy: applies `PolicyIntent` to the value that is read directly before.
    case setPolicy(PolicyIntent, identities: [Address] = [])
    /// Enables services of the address's project, at most 20.
    case enableServices([String], identities: [String] = [])
    case key(KeyAction, DesiredKey)
  }
  /// Its name in other operations' `dependencies`, in logs and in progress lines.
  public var id: OperationID
  /// The address that it writes; for services, the first of those that one call enables.
  public var address: Address
  /// The write, with everything that it needs from the plan.
  public var action: Action
  /// All addresses whose changes it carries out: more than one for services.
  public var covers: [Address]
  /// The operations of the same plan that must succeed before it starts.
  public var dependencies: Set<OperationID>
  /// The place in a manifest that requests it; nil if no manifest does.
  public var source: SourcePosition?

  /// By default an operation without dependencies, which can start at once.
  public init(
    id: OperationID, address: Address, action: Action, covers: [Address],
    dependencies: Set<OperationID> = [], source: SourcePosition?
  ) {
    self.id = id
    self.address = address
    self.action = action
    self.covers = covers
    self.dependencies = dependencies
    self.source = source
  }
}

/// Names one operation within a plan: `create my-project-id/serviceAccount/uploader`.
public struct OperationID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The verb and the address, as logs print it.
  public let text: String
  /// Takes the verb and the address, unique within the plan.
  public init(_ text: String) { self.text = text }
  public var description: String { text }
  public static func < (left: OperationID, right: OperationID) -> Bool { left.text < right.text }
}
