public import Diagnostics
public import JSON

/// What a plan says of an earlier commit: the declarations that left the manifests since then and still have an effect.
public struct SinceReport: Sendable {
  /// The commit, in full.
  public var commit: String
  /// Whether the plan removes them: then `rows` has only those that are never removed.
  public var isPruned: Bool
  /// In order of their addresses.
  public var rows: [SinceRow]

  /// The rows of a comparison with a commit.
  public init(commit: String, isPruned: Bool, rows: [SinceRow]) {
    self.commit = commit
    self.isPruned = isPruned
    self.rows = rows
  }

  /// Whether some of them could not be read, so that they may be live or not.
  public var isComplete: Bool {
    !rows.contains { if case .unreadable = $0.state { true } else { false } }
  }

  /// The form of a commit in rows and messages: its first 12 digits.
  public static func short(_ commit: String) -> String { String(commit.prefix(12)) }
}

/// One declaration that left the manifests.
public struct SinceRow: Sendable, Hashable {
  /// What of an address it is.
  public enum Part: Sendable, Hashable {
    /// The resource, the key or the service.
    case whole
    /// A grant of the policy at the address.
    case grant(Grant)
    /// A label, with its live value.
    case label(String, JSONValue?)
  }
  /// What is known of it.
  public enum State: Sendable, Hashable {
    /// It is live, and `--prune` removes it.
    case live
    /// It is live, and `--prune` does not remove it, for this reason.
    case kept(String)
    /// It could not be read, for this reason.
    case unreadable(String)
  }
  /// The resource, the key or the policy.
  public var address: Address
  /// What of it.
  public var part: Part
  /// What is known of it.
  public var state: State
  /// The place in the earlier commit, whose file is `COMMIT:PATH`.
  public var source: SourcePosition
  /// The shorthand by which the earlier manifests name the member of a grant; nil if they have the member itself.
  public var written: String?

  /// Names a declaration that left the manifests.
  public init(
    address: Address, part: Part, state: State, source: SourcePosition, written: String? = nil
  ) {
    self.written = written
    self.address = address
    self.part = part
    self.state = state
    self.source = source
  }
}
