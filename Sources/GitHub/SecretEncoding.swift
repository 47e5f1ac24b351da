public import Crypto

/// How a key file is stored as the value of a secret.
public enum SecretEncoding: String, Sendable, Hashable, CaseIterable {
  /// Base64 on one line. Actions mask a value line by line, and do so best if it has no structure: the default.
  case base64
  /// The JSON as it is, without the white space between its parts: one line too.
  case json

  /// The encoded form of a JSON text, in memory that is wiped. Throws if `json` is asked for and it is not one complete
  /// JSON object.
  public func encode(_ file: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
    switch self {
    case .base64: return Base64.encode(file)
    case .json: return try Self.minified(file)
    }
  }

  /// The text without white space outside of strings. JSON allows no line break within one.
  private static func minified(_ file: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
    var result = SecretBytes()
    let isComplete = file.withUnsafeBytes { (bytes) throws(Never) in
      var isString = false
      var isEscaped = false
      var depth = 0
      for byte in bytes {
        if isString {
          guard byte >= 0x20 else { return false }
          if isEscaped {
            isEscaped = false
          } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
          } else if byte == UInt8(ascii: "\"") {
            isString = false
          }
        } else {
          if [0x20, 0x09, 0x0A, 0x0D].contains(byte) { continue }
          // Nothing may follow the object, and nothing may precede it.
          guard depth > 0 || (result.isEmpty && byte == UInt8(ascii: "{")) else { return false }
          switch byte {
          case UInt8(ascii: "\""): isString = true
          case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
          case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
          default: break
          }
        }
        result.append(byte)
      }
      return depth == 0 && !isString && !result.isEmpty
    }
    guard isComplete else { throw CryptoError("the key file is not one JSON object") }
    return result
  }
}
