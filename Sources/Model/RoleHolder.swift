/// A member that has a custom role, in a policy that was read.
public struct RoleHolder: Sendable, Hashable, Comparable {
  /// The address of the policy.
  public var policy: Address
  /// The condition of the grant; nil if it always holds.
  public var condition: PolicyCondition?
  /// In normal form.
  public var member: String

  /// One grant of the role.
  public init(policy: Address, condition: PolicyCondition? = nil, member: String) {
    self.policy = policy
    self.condition = condition
    self.member = member
  }

  public static func < (left: RoleHolder, right: RoleHolder) -> Bool {
    if left.member != right.member { return left.member < right.member }
    return left.policy < right.policy
  }
}
