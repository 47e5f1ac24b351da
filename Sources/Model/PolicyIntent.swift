public import Diagnostics

/// What one apply wants of one policy: members to add and to remove, by role and condition.
///
/// It is applied to the policy as read directly before the write, so what others changed in between survives.
public struct PolicyIntent: Sendable, Hashable {
  /// The members to add to and to remove from the bindings of one role under one condition.
  public struct Entry: Sendable, Hashable {
    /// The role's name as policies have it: `roles/artifactregistry.reader`.
    public var role: String
    /// Nil for bindings without a condition.
    public var condition: PolicyCondition?
    /// Members to add where they are missing, in normal form.
    public var add: [String]
    /// Members to remove where they are present, in normal form.
    public var remove: [String]
    /// Those of `remove` that go whatever becomes of other grants: members that the Stack revokes.
    public var revoked: Set<String>
    /// Where manifests name the members of `add`.
    public var places: [String: SourcePosition]

    /// Members of `remove` are not revoked and those of `add` have no places, unless given.
    public init(
      role: String, condition: PolicyCondition?, add: [String], remove: [String],
      revoked: Set<String> = [], places: [String: SourcePosition] = [:]
    ) {
      self.role = role
      self.condition = condition
      self.add = add
      self.remove = remove
      self.revoked = revoked
      self.places = places
    }
    var isEmpty: Bool { add.isEmpty && remove.isEmpty }
    fileprivate func grant(_ member: String) -> Grant {
      Grant(role: role, condition: condition, member: member)
    }
  }
  /// One per role and condition.
  public var entries: [Entry]
  /// Whether a write that takes an owner away must leave two direct owners.
  public var keepsOwners: Bool

  /// An intent that may take owners away, unless `keepsOwners` is set.
  public init(entries: [Entry], keepsOwners: Bool = false) {
    self.entries = entries
    self.keepsOwners = keepsOwners
  }

  /// Whether no entry adds or removes a member.
  public var isEmpty: Bool { entries.allSatisfy(\.isEmpty) }

  /// The grants that it adds, in order.
  public var additions: [Grant] { entries.flatMap { entry in entry.add.map(entry.grant) } }

  /// The members that it removes, in order.
  public var removals: [Grant] { entries.flatMap { entry in entry.remove.map(entry.grant) } }

  /// Where a manifest names an added grant.
  public func place(of grant: Grant) -> SourcePosition? {
    entries.first { $0.role == grant.role && $0.condition == grant.condition }?.places[grant.member]
  }

  /// The intent without additions that the server refused.
  ///
  /// With them the removals of the same role wait, so that nobody loses access in an exchange of which half is refused. What
  /// the Stack revokes goes nevertheless: it is not exchanged for anything.
  public func without(_ refused: Set<Grant>) -> PolicyIntent {
    let roles = Set(refused.map(\.role))
    var result = self
    result.entries = entries.map { entry in
      var left = entry
      left.add = entry.add.filter { !refused.contains(entry.grant($0)) }
      if roles.contains(entry.role) { left.remove = entry.remove.filter(entry.revoked.contains) }
      return left
    }.filter { !$0.isEmpty }
    return result
  }

  /// The same intent with its removals alone: every addition counts as refused.
  public var removalsOnly: PolicyIntent { without(Set(additions)) }
}
