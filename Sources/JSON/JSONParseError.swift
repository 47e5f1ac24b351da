/// Why some bytes are not an acceptable JSON value.
public struct JSONParseError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, in jansson's words. Quotes no value of the text, which may be secret.
  public let message: String
  /// The line, from 1; zero where the parser names no place.
  public let line: Int
  /// The column in characters, from 1; zero where the parser names no place.
  public let column: Int
  /// Whether the caller's bound on size or number of values was exceeded; the text was not parsed then.
  public var isTooLarge = false

  /// An error at a place; 0 for a line or column that is not known.
  public init(message: String, line: Int, column: Int) {
    self.message = message
    self.line = line
    self.column = column
  }

  public var description: String {
    line == 0 ? message : "\(message) (line \(line), column \(column))"
  }
}
