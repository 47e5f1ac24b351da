/// Something dangerous that needs its own flag.
public struct Hazard: Sendable, Hashable {
  /// Which flag allows it.
  public enum Flag: String, Sendable, Hashable, CaseIterable {
    case delete = "allow-delete"
    case dataLoss = "allow-data-loss"
    case replace = "allow-replace"
    case cleanup = "allow-cleanup"
    case lockout = "allow-lockout"
    case privileged = "allow-privileged"
    case publicGrant = "allow-public"
  }
  /// The flag that lifts the refusal; its raw value is the option's name without dashes.
  public var flag: Flag
  /// The danger.
  public var statement: Statement
  /// Pairs a danger with the flag that allows it.
  public init(_ flag: Flag, _ statement: Statement) {
    self.flag = flag
    self.statement = statement
  }
  /// The danger, as a reader sees it.
  public var message: String { statement.text }
}
