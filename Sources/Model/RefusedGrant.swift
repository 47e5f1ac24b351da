public import Diagnostics

/// A change of one grant that a write of a policy did not carry out, although the rest of it was written.
public struct RefusedGrant: Sendable, Hashable {
  /// What the write was to do to the grant.
  public enum Change: String, Sendable, Hashable {
    /// The server refused to add the member.
    case notAdded
    /// The member was not removed, because an addition to the same role was refused.
    case notRemoved
  }
  /// The member, role and condition that the policy has not taken or has kept.
  public var grant: Grant
  /// What was to be done to it.
  public var change: Change
  /// What the server said, or what the removal waits for.
  public var reason: String
  /// Where a manifest asks for it.
  public var source: SourcePosition?

  /// Takes the server's words, or what the removal waits for, as the reason.
  public init(_ grant: Grant, _ change: Change, reason: String, source: SourcePosition?) {
    self.grant = grant
    self.change = change
    self.reason = reason
    self.source = source
  }
}
