/// A problem with a member or a role name, and what to type instead.
public struct TextProblem: Error, Sendable, Hashable {
  /// One line without a full stop, identifiers in backticks.
  public var message: String
  /// What to type instead; nil if the message says it.
  public var help: String?

  /// By default a problem without help.
  public init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}
