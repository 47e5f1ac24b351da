/// A place in a manifest file.
///
/// Every node of every manifest holds two positions, so they are small: 20 bytes, with one shared reference for the
/// names.
public struct SourcePosition: Sendable {
  private var origin: Origin
  private var storedLine: Int32
  private var storedColumn: Int32
  private var storedLength: Int32

  private final class Origin: Sendable {
    let file: String
    let instance: String
    init(file: String, instance: String) {
      self.file = file
      self.instance = instance
    }
  }

  /// A place with line and column, which count from 1. Unless given, it is one code point long and outside of `each`.
  /// Numbers beyond 32 bits are clamped.
  public init(file: String, line: Int, column: Int, length: Int = 1, instance: String = "") {
    origin = Origin(file: file, instance: instance)
    storedLine = Int32(clamping: line)
    storedColumn = Int32(clamping: column)
    storedLength = Int32(clamping: length)
  }

  /// Another place in the same file and instance; it shares their names.
  public func moved(toLine line: Int, column: Int, length: Int = 1) -> SourcePosition {
    var place = self
    place.storedLine = Int32(clamping: line)
    place.storedColumn = Int32(clamping: column)
    place.storedLength = Int32(clamping: length)
    return place
  }

  /// The path as the user wrote it, or relative to the working directory.
  public var file: String {
    get { origin.file }
    set { origin = Origin(file: newValue, instance: instance) }
  }

  /// The line, counted from 1.
  public var line: Int {
    get { Int(storedLine) }
    set { storedLine = Int32(clamping: newValue) }
  }

  /// The column in Unicode code points, counted from 1.
  public var column: Int {
    get { Int(storedColumn) }
    set { storedColumn = Int32(clamping: newValue) }
  }

  /// The length of the marked text in code points; at least 1.
  public var length: Int {
    get { Int(storedLength) }
    set { storedLength = Int32(clamping: newValue) }
  }

  /// The variables of the place's `each` instance: `team=payments, env=prod`; empty outside of `each`.
  public var instance: String {
    get { origin.instance }
    set { origin = Origin(file: file, instance: newValue) }
  }

  private static func sameOrigin(_ left: SourcePosition, _ right: SourcePosition) -> Bool {
    left.origin === right.origin || (left.file == right.file && left.instance == right.instance)
  }
}

extension SourcePosition: Hashable {
  public static func == (left: SourcePosition, right: SourcePosition) -> Bool {
    left.storedLine == right.storedLine && left.storedColumn == right.storedColumn
      && left.storedLength == right.storedLength && sameOrigin(left, right)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(file)
    hasher.combine(storedLine)
    hasher.combine(storedColumn)
  }
}

extension SourcePosition: Comparable {
  public static func < (left: SourcePosition, right: SourcePosition) -> Bool {
    (left.file, left.line, left.column, left.instance, left.length)
      < (right.file, right.line, right.column, right.instance, right.length)
  }
}

extension SourcePosition: CustomStringConvertible {
  /// `file:line:column`, and the instance of `each` in brackets.
  public var description: String {
    let place = "\(file):\(line):\(column)"
    return instance.isEmpty ? place : "\(place) [\(instance)]"
  }
}
