public import Diagnostics
public import JSON

/// One write of an apply, as data: it prints, serialises and hashes, and a kind turns it into API calls.
public struct Operation: Sendable {
  /// What it does to its address.
  public enum Action: Sendable {
    /// Creates the resource with these fields.
    case create(spec: JSONObject)
    /// Changes fields in place. `live` is what was read; `spec` the written fields.
    case update(spec: JSONObject, fields: [FieldChange], live: JSONValue)
    /// `live` is what was read; `replacement` holds the fields of what takes its place, where something does.
    case delete(live: JSONValue, replacement: JSONObject? = nil)
    /// Brings back what was soft-deleted (`uid` names an account's old identity), then makes its fields match. `live` is
    /// what was read of it; empty where nothing can be (accounts).
    case undelete(uid: String?, spec: JSONObject, live: JSONValue)
    /// Writes one policy: `PolicyIntent` applied to what is read directly before.
    case setPolicy(PolicyIntent)
    /// Enables services of the address's project, at most 20.
    case enableServices([String])
    case key(KeyOrder, DesiredKey)
  }
  /// What names it in other operations' `dependencies`, in logs and in progress lines.
  public var id: OperationID
  /// What it writes; for services, the first of those that one call enables.
  public var address: Address
  /// The write, with everything that it needs from the plan.
  public var action: Action
  /// All addresses whose changes it carries out: more than one for services.
  public var covers: [Address]
  /// The operations of the same plan that must succeed before it starts.
  public var dependencies: Set<OperationID>
  /// The place in a manifest that asks for it; nil where no manifest does.
  public var source: SourcePosition?

  /// An operation that can start at once, unless it has dependencies.
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
  /// Takes the verb and the address, which no other operation of the plan has.
  public init(_ text: String) { self.text = text }
  public var description: String { text }
  public static func < (left: OperationID, right: OperationID) -> Bool { left.text < right.text }
}
