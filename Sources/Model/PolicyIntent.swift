public import Diagnostics

/// The changes of one apply to one policy: members to add and to remove, by role and condition.
///
/// It is applied to the policy as read directly before the write, so that changes of others in between survive.
public struct PolicyIntent: Sendable, Hashable {
  /// The changes to the bindings of one role under one condition.
  public struct Entry: Sendable, Hashable {
    /// The role's name as policies have it: `roles/artifactregistry.reader`.
    public var role: String
    /// Nil for bindings without a condition.
    public var condition: PolicyCondition?
    /// Members to add if they are missing, in normal form.
    public var add: [String]
    /// Members to remove if they are present, in normal form.
    public var remove: [String]
    /// Those of `remove` that do not depend on other grants: members that the Stack revokes.
    public var revoked: Set<String>
    /// Where manifests name the members of `add`.
    public var places: [String: SourcePosition]

    /// By default `remove` has no revoked members and `add` no places.
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
  /// One entry per role and condition.
  public var entries: [Entry]
  /// Whether a write that removes an owner must leave two direct owners.
  public var keepsOwners: Bool

  /// By default an intent that may remove owners.
  public init(entries: [Entry], keepsOwners: Bool = false) {
    self.entries = entries
    self.keepsOwners = keepsOwners
  }

  /// Whether no entry adds or removes a member.
  public var isEmpty: Bool { entries.allSatisfy(\.isEmpty) }

  /// The grants to add, in order.
  public var additions: [Grant] { entries.flatMap { entry in entry.add.map(entry.grant) } }

  /// The grants to remove, in order.
  public var removals: [Grant] { entries.flatMap { entry in entry.remove.map(entry.grant) } }

  /// The place in a manifest that names an added grant.
  public func place(of grant: Grant) -> SourcePosition? {
    entries.first { $0.role == grant.role && $0.condition == grant.condition }?.places[grant.member]
  }

  /// The intent without additions that the server refused.
  ///
  /// A refused addition also holds back the removals of the same role, so that a member that the manifests exchange for
  /// another one keeps its access. Members that the Stack revokes are removed nevertheless, because they are not
  /// exchanged.
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

  /// The same intent with its removals alone, as if the server had refused every addition.
  public var removalsOnly: PolicyIntent { without(Set(additions)) }
}
