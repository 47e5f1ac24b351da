/// The few forms of DER (X.690) that keys and signatures need.
enum DER {
  /// The INTEGER of an unsigned number in big-endian order.
  static func integer(_ number: [UInt8]) -> [UInt8] {
    var digits = Array(number.drop { $0 == 0 })
    // A set first bit would make it negative.
    if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
    return element(0x02, digits)
  }

  /// A SEQUENCE of these elements.
  static func sequence(_ elements: [UInt8]...) -> [UInt8] { element(0x30, elements.flatMap { $0 }) }

  /// A BIT STRING of whole bytes.
  static func bitString(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

  private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    [tag] + length(content.count) + content
  }

  private static func length(_ count: Int) -> [UInt8] {
    if count < 0x80 { return [UInt8(count)] }
    var rest = count
    var bytes: [UInt8] = []
    while rest > 0 {
      bytes.insert(UInt8(truncatingIfNeeded: rest), at: 0)
      rest >>= 8
    }
    return [0x80 | UInt8(bytes.count)] + bytes
  }

  /// The two unsigned numbers of `SEQUENCE { INTEGER, INTEGER }` with short lengths, each in so many bytes; nil for
  /// anything else.
  static func pair(in bytes: [UInt8], size: Int) -> (first: [UInt8], second: [UInt8])? {
    guard bytes.count > 2, bytes[0] == 0x30, Int(bytes[1]) == bytes.count - 2 else { return nil }
    var rest = bytes[2...]
    guard let first = number(&rest, size: size), let second = number(&rest, size: size),
      rest.isEmpty
    else { return nil }
    return (first, second)
  }

  private static func number(_ bytes: inout ArraySlice<UInt8>, size: Int) -> [UInt8]? {
    guard bytes.popFirst() == 0x02, let count = bytes.popFirst(), bytes.count >= Int(count) else {
      return nil
    }
    let digits = bytes.prefix(Int(count)).drop { $0 == 0 }
    bytes = bytes.dropFirst(Int(count))
    guard digits.count <= size else { return nil }
    return [UInt8](repeating: 0, count: size - digits.count) + digits
  }
}
