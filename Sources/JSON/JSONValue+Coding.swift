/// Why some bytes are not a JSON value that we take.
public struct JSONParseError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, in the words of the parser.
  public let message: String
  /// Both count from 1; zero where the parser names no place.
  public let line: Int
  public let column: Int
  public init(message: String, line: Int, column: Int) {
    self.message = message
    self.line = line
    self.column = column
  }
  public var description: String { "\(message) (line \(line), column \(column))" }
}

extension JSONValue {
  /// Parses exactly one JSON value (any kind) that takes up all of `bytes`.
  ///
  /// Refused: duplicate keys, anything behind the value, depth over 200 and, where given, more than `maximumBytes`.
  public init(parsing bytes: some Sequence<UInt8>, maximumBytes: Int? = nil) throws(JSONParseError) {
    throw JSONParseError(message: "unimplemented", line: 0, column: 0)
  }

  public enum Layout: Sendable {
    /// No spaces, members in their order.
    case compact
    /// No spaces, keys sorted by their UTF-8 bytes: the form that is hashed.
    case canonical
    /// Two spaces a level, members in their order, `"key": value`.
    case pretty
  }

  /// The value as UTF-8 JSON text (control characters, and U+2028/9, escaped), without a newline at the end.
  public func serialized(_ layout: Layout = .compact) -> [UInt8] { [] }

  /// `serialized` as a string.
  public func text(_ layout: Layout = .compact) -> String {
    String(decoding: serialized(layout), as: UTF8.self)
  }
}
