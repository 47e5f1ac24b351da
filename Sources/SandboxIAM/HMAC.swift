import Crypto

/// HMAC-SHA-256 (RFC 2104), with which the sandbox recognizes what it issued itself.
package enum HMAC {
  /// The code of a message.
  ///
  /// - Parameter secret: at most 64 bytes, so it is padded and never hashed.
  package static func code(_ message: [UInt8], _ secret: [UInt8]) -> [UInt8] {
    let block = secret + [UInt8](repeating: 0, count: max(0, 64 - secret.count))
    let inner = SHA256.hash(block.map { $0 ^ 0x36 } + message)
    return SHA256.hash(block.map { $0 ^ 0x5C } + inner)
  }
}
