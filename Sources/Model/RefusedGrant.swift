public import Diagnostics

/// A change of one grant that a write of a policy left out, although it wrote the rest.
public struct RefusedGrant: Sendable, Hashable {
  /// The change to the grant.
  public enum Change: String, Sendable, Hashable {
    /// The server refused to add the member.
    case notAdded
    /// The member was not removed, because an addition to the same role was refused.
    case notRemoved
  }
  /// The member, role and condition that the policy has not taken or has kept.
  public var grant: Grant
  /// The change that was left out.
  public var change: Change
  /// The server's message, or what the removal depends on.
  public var reason: String
  /// Where a manifest requests it.
  public var source: SourcePosition?

  /// Takes the server's message, or what the removal depends on, as the reason.
  public init(_ grant: Grant, _ change: Change, reason: String, source: SourcePosition?) {
    self.grant = grant
    self.change = change
    self.reason = reason
    self.source = source
  }
}
