/// What one apply wants of one policy: members to add and to remove, by role and condition.
///
/// It is applied to the policy as read directly before the write, so what others changed in between survives.
public struct PolicyIntent: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    public var role: String
    public var condition: PolicyCondition?
    public var add: [String]
    public var remove: [String]
    public init(role: String, condition: PolicyCondition?, add: [String], remove: [String]) {
      self.role = role
      self.condition = condition
      self.add = add
      self.remove = remove
    }
  }
  public var entries: [Entry]
  public init(entries: [Entry]) { self.entries = entries }

  /// The same intent with its removals alone.
  public var removalsOnly: PolicyIntent {
    PolicyIntent(
      entries: entries.filter { !$0.remove.isEmpty }.map {
        Entry(role: $0.role, condition: $0.condition, add: [], remove: $0.remove)
      })
  }
  public var isEmpty: Bool { entries.allSatisfy { $0.add.isEmpty && $0.remove.isEmpty } }
}
