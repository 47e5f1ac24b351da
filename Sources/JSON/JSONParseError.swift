/// Why bytes are not an accepted JSON value.
public struct JSONParseError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, in jansson's words. Quotes no value of the text, since it may be secret.
  public let message: String
  /// The line, from 1; 0 if unknown.
  public let line: Int
  /// The column in characters, from 1; 0 if unknown.
  public let column: Int
  /// Whether the caller's limit on the size or the number of values was exceeded. The text was then not parsed.
  public var isTooLarge = false

  /// An error at a place; 0 for an unknown line or column.
  public init(message: String, line: Int, column: Int) {
    self.message = message
    self.line = line
    self.column = column
  }

  public var description: String {
    line == 0 ? message : "\(message) (line \(line), column \(column))"
  }
}
