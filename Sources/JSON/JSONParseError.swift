/// Why some bytes are not a JSON value that we take.
public struct JSONParseError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, in the words of the parser. Quotes no value of the text, which may be secret.
  public let message: String
  /// The line, from 1; zero where the parser names no place.
  public let line: Int
  /// The column in characters, from 1; zero where the parser names no place.
  public let column: Int
  /// Whether it is a bound that was asked for: what is within it was not looked at.
  public var isTooLarge = false

  public init(message: String, line: Int, column: Int) {
    self.message = message
    self.line = line
    self.column = column
  }

  public var description: String {
    line == 0 ? message : "\(message) (line \(line), column \(column))"
  }
}
