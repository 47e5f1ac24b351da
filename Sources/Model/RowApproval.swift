public import Diagnostics

/// An entry of an approvals file: it allows one guard for one row, as long as the row is what it was.
public struct RowApproval: Sendable, Hashable {
  /// The flag whose effect it has for this row.
  public var flag: Hazard.Flag
  /// The row. It is one address and never a glob.
  public var address: Address
  /// The digest that the plan printed beside the refused row.
  public var digest: String
  /// The day or the instant at which it ends, as it is written.
  public var expires: String
  /// The same in Unix seconds.
  public var end: Int64
  /// Why, for the next reader; nil if the file does not say.
  public var reason: String?
  /// Where the entry is.
  public var source: SourcePosition

  /// Allows `flag` for the row with this digest before `end`; `expires` is the same time as people write it.
  public init(
    _ flag: Hazard.Flag, _ address: Address, digest: String, expires: String, end: Int64,
    reason: String? = nil, source: SourcePosition
  ) {
    self.flag = flag
    self.address = address
    self.digest = digest
    self.expires = expires
    self.end = end
    self.reason = reason
    self.source = source
  }

  /// What it allows, in words for messages.
  public var subject: String { "`--\(flag.rawValue)` for `\(address)`" }

  /// Whether it allows the same for the same time, wherever it is written.
  public func allowsSame(as other: RowApproval) -> Bool {
    (flag, address, digest, end) == (other.flag, other.address, other.digest, other.end)
  }
}
