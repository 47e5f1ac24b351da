import CJansson
import Glibc

/// The limit on nested arrays and objects. Google's answers have less than 20 levels, and every later walk over the
/// value can recurse without exhausting the stack.
private let maximumDepth = 200

extension JSONValue {
  /// Parses exactly one JSON value (of any kind) that fills all of `bytes`. (json_loadb)
  ///
  /// Refuses duplicate keys, anything after the value, integers over 64 bits, text that is not UTF-8, depth over 200
  /// and, if they are given, more than `maximumBytes` or about `maximumValues`: a value takes up to a hundred times the
  /// memory of its text.
  public init(
    parsing bytes: some Sequence<UInt8>, maximumBytes: Int? = nil, maximumValues: Int? = nil
  ) throws(JSONParseError) {
    let parsed = bytes.withContiguousStorageIfAvailable { buffer in
      Result { () throws(JSONParseError) in try Self.parse(buffer, maximumBytes, maximumValues) }
    }
    if let parsed {
      self = try parsed.get()
    } else {
      self = try JSONValue(
        parsing: ContiguousArray(bytes), maximumBytes: maximumBytes, maximumValues: maximumValues)
    }
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, _ maximumBytes: Int?, _ maximumValues: Int?
  ) throws(JSONParseError) -> JSONValue {
    if let maximumBytes, bytes.count > maximumBytes {
      throw .tooLarge("longer than \(maximumBytes) bytes")
    }
    guard let start = bytes.baseAddress, !bytes.isEmpty else { throw .unplaced("empty") }
    let (depth, values) = extent(of: bytes)
    guard depth <= maximumDepth else {
      throw .unplaced("nested more than \(maximumDepth) levels deep")
    }
    if let maximumValues, values > maximumValues {
      throw .tooLarge("more than \(maximumValues) values")
    }
    var error = json_error_t()
    let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL
    guard let tree = json_loadb(start, bytes.count, Int(flags), &error) else {
      throw JSONParseError(&error)
    }
    defer { json_decref(tree) }
    return try JSONValue(tree)
  }

  /// An upper estimate of the number of values in a text, without parsing it.
  public static func valueCount(of bytes: [UInt8]) -> Int {
    bytes.withUnsafeBufferPointer { extent(of: $0).values }
  }

  /// The depth of the brackets, found before the parser recurses over them, and an upper estimate of the number of
  /// values. They may be wrong for text that is not JSON, which the parser then refuses.
  private static func extent(
    of bytes: UnsafeBufferPointer<UInt8>
  ) -> (depth: Int, values: Int) {
    var (depth, deepest, values) = (0, 0, 1)
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        values += 1
        deepest = max(deepest, depth)
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "\""):
        index = endOfString(in: bytes, from: index + 1)
      case UInt8(ascii: ","): values += 1
      default: break
      }
      index += 1
    }
    return (deepest, values)
  }

  /// The index of the quote that ends a string, or the end of the text. Most of an answer is inside strings, and most
  /// strings hold no escape. (memchr)
  private static func endOfString(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var next = start
    // A quote is looked for once, however many escapes are before it: else a long text of escapes would take quadratic
    // time.
    var quote = place(of: UInt8(ascii: "\""), in: bytes, start..<bytes.count) ?? bytes.count
    while let escape = place(of: UInt8(ascii: "\\"), in: bytes, next..<quote) {
      next = escape + 2
      // The escape is the one of this quote, or the last byte.
      if next > quote {
        guard next < bytes.count else { return bytes.count }
        quote = place(of: UInt8(ascii: "\""), in: bytes, next..<bytes.count) ?? bytes.count
      }
    }
    return quote
  }

  /// The first place of a byte in a part of the text.
  private static func place(
    of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, _ part: Range<Int>
  ) -> Int? {
    guard let base = bytes.baseAddress, !part.isEmpty,
      let found = memchr(base + part.lowerBound, Int32(byte), part.count)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  /// Recurses at most `maximumDepth` times.
  fileprivate init(_ tree: UnsafeMutablePointer<json_t>) throws(JSONParseError) {
    switch tree.pointee.type {
    case JSON_OBJECT: self = .object(try JSONObject(tree))
    case JSON_ARRAY:
      let count = json_array_size(tree)
      var elements: [JSONValue] = []
      elements.reserveCapacity(count)
      for index in 0..<count {
        if let element = json_array_get(tree, index) { elements.append(try JSONValue(element)) }
      }
      self = .array(elements)
    case JSON_STRING:
      self = .string(String(json_string_value(tree), json_string_length(tree)))
    case JSON_INTEGER: self = .integer(Int64(json_integer_value(tree)))
    case JSON_REAL: self = .real(json_real_value(tree))
    case JSON_TRUE: self = .bool(true)
    case JSON_FALSE: self = .bool(false)
    default: self = .null
    }
  }
}

extension JSONObject {
  fileprivate init(_ tree: UnsafeMutablePointer<json_t>) throws(JSONParseError) {
    self.init()
    let size = json_object_size(tree)
    reserveCapacity(size)
    // jansson refuses equal keys. Only keys outside of ASCII can be equal in another way (a Kelvin sign is a K).
    var isPlain = true
    var member = json_object_iter(tree)
    while let current = member {
      let key = String(json_object_iter_key(current), json_object_iter_key_len(current))
      isPlain = isPlain && key.utf8.allSatisfy { $0 < 0x80 }
      if let tree = json_object_iter_value(current) {
        let value = try JSONValue(tree)
        if isPlain { append(key, value) } else { self[key] = value }
      }
      member = json_object_iter_next(tree, current)
    }
    // Swift's strings are equal if they are canonically equivalent, jansson's if their bytes are. Two such keys must
    // not silently become one.
    guard count == size else { throw .unplaced("two object keys are canonically equivalent") }
  }
}

extension String {
  fileprivate init(_ start: UnsafePointer<CChar>?, _ count: Int) {
    let bytes = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    self.init(decoding: bytes, as: UTF8.self)
  }
}

extension JSONParseError {
  fileprivate static func tooLarge(_ message: String) -> JSONParseError {
    var error = unplaced(message)
    error.isTooLarge = true
    return error
  }

  fileprivate static func unplaced(_ message: String) -> JSONParseError {
    JSONParseError(message: message, line: 0, column: 0)
  }

  /// jansson ends its messages with up to 20 characters of the text ("near '...'"), which are removed, except for the
  /// name of a duplicate key.
  fileprivate init(_ error: inout json_error_t) {
    let text = String(cString: shim_error_text(&error))
    let known = text.firstRange(ofBytes: " near '").map { String(text[..<$0]) }
    self.init(
      message: text.hasPrefix("duplicate") ? text : known ?? text,
      line: Int(max(0, error.line)), column: Int(max(0, error.column)))
  }
}

extension String {
  /// The start of the first occurrence of `text`.
  fileprivate func firstRange(ofBytes text: String) -> Index? {
    indices.first { self[$0...].hasPrefix(text) }
  }
}
