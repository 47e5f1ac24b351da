import Diagnostics

extension JSONValue {
  /// How a value is written.
  public enum Layout: Sendable {
    /// No spaces, members in their order.
    case compact
    /// No spaces, keys sorted by their UTF-8 bytes: the only form that is hashed. It escapes only control characters
    /// and U+2028/9, and that must not change: hashes are compared with those of other versions.
    case canonical
    /// Two spaces per level, members in their order, `"key": value`.
    case pretty
  }

  /// The value as UTF-8 JSON text, without a newline at the end. A real that is not a number becomes null, since JSON
  /// cannot express it.
  ///
  /// Characters that must not reach a terminal are escaped (`\u202e`): the text is safe to print, and parses to the
  /// same value.
  public func serialized(_ layout: Layout = .compact) -> [UInt8] {
    var writer = JSONWriter(layout: layout)
    writer.write(self)
    return writer.bytes
  }

  /// `serialized` as a string.
  public func text(_ layout: Layout = .compact) -> String {
    String(decoding: serialized(layout), as: UTF8.self)
  }
}

/// Appends the text of a value.
private struct JSONWriter {
  let layout: JSONValue.Layout
  var bytes: [UInt8] = []
  var depth = 0

  init(layout: JSONValue.Layout) { self.layout = layout }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: write(plain: "null")
    case .bool(let value): write(plain: value ? "true" : "false")
    case .integer(let value): write(plain: String(value))
    case .real(let value): write(plain: value.isFinite ? String(value) : "null")
    case .string(let value): write(string: value)
    case .array(let elements):
      writeContainer("[", elements, "]") { writer, element in writer.write(element) }
    case .object(let object) where layout == .canonical:
      let sorted = object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      writeContainer("{", sorted, "}") { writer, member in writer.write(member) }
    case .object(let object):
      writeContainer("{", object, "}") { writer, member in writer.write(member) }
    }
  }

  private mutating func write(_ member: JSONObject.Member) {
    write(string: member.key)
    write(plain: layout == .pretty ? ": " : ":")
    write(member.value)
  }

  private mutating func writeContainer<Element>(
    _ open: StaticString, _ elements: some Sequence<Element>, _ close: StaticString,
    _ writeElement: (inout JSONWriter, Element) -> Void
  ) {
    write(plain: open)
    depth += 1
    var isEmpty = true
    for element in elements {
      if !isEmpty { bytes.append(UInt8(ascii: ",")) }
      isEmpty = false
      writeLineBreak()
      writeElement(&self, element)
    }
    depth -= 1
    if !isEmpty { writeLineBreak() }
    write(plain: close)
  }

  private mutating func writeLineBreak() {
    guard layout == .pretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
  }

  private mutating func write(plain text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func write(plain text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func write(string: String) {
    bytes.append(UInt8(ascii: "\""))
    var string = string
    let isWritten = string.withUTF8 { text in
      guard text.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }) else {
        return false
      }
      bytes.append(contentsOf: text)
      return true
    }
    if !isWritten { for scalar in string.unicodeScalars { write(scalar: scalar) } }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func write(scalar: Unicode.Scalar) {
    switch scalar {
    case "\"": write(plain: "\\\"")
    case "\\": write(plain: "\\\\")
    case "\n": write(plain: "\\n")
    case "\r": write(plain: "\\r")
    case "\t": write(plain: "\\t")
    case "\0"..<" ", "\u{7f}"..."\u{9f}", "\u{2028}", "\u{2029}": write(escaped: scalar)
    case _ where layout != .canonical && scalar.isHidden: write(escaped: scalar)
    default: bytes.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
    }
  }

  /// Escapes a character; above U+FFFF as two units, a surrogate pair.
  private mutating func write(escaped scalar: Unicode.Scalar) {
    for unit in UTF16.encode(scalar).map(Array.init) ?? [] {
      let digits = String(unit, radix: 16)
      write(plain: "\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }
  }
}
