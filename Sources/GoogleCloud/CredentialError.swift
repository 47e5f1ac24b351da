/// Why there is no usable credential: what was looked for, where, and what to do.
///
/// Never holds anything out of a credential file but its type and the names of its fields.
public struct CredentialError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One line.
  public let message: String
  /// One line for each place, in the order in which they were tried.
  public let looked: [String]
  /// What to type.
  public let help: [String]

  init(_ message: String, looked: [String] = [], help: [String] = []) {
    self.message = message
    self.looked = looked
    self.help = help
  }

  public var description: String {
    ([message] + looked.map { "  looked at \($0)" } + help.map { "  \($0)" })
      .joined(separator: "\n")
  }
}
