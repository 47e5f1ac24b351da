/// Why there is no usable credential: what was searched, where, and what to do.
///
/// Contains nothing from a credential file except its type and the names of its fields.
public struct CredentialError: Error, Sendable, Hashable, CustomStringConvertible {
  /// In one line.
  public let message: String
  /// The places in the order in which they were searched, one line each.
  public let looked: [String]
  /// What the user can type.
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
