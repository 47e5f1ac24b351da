import CZlib

/// Deflate streams (RFC 1951), without a header.
package enum Deflate {
  /// The content of a stream; nil if it is malformed or its content does not have `size` bytes. (inflate)
  package static func inflate(_ packed: [UInt8], size: Int) -> [UInt8]? {
    guard let input = UInt32(exactly: packed.count), let limit = UInt32(exactly: size) else {
      return nil
    }
    var output = [UInt8](repeating: 0, count: size)
    return compression_inflate_raw(packed, input, &output, limit) == size ? output : nil
  }
}
