import COpenSSL

/// Bytes as base64 text (RFC 4648), in its standard and its URL alphabet.
///
/// Decoding is strict: it accepts only what encoding produces, so that two different texts never decode to the same
/// bytes.
public enum Base64 {
  /// Standard alphabet, padded, on one line. (EVP_EncodeBlock)
  public static func encode(_ bytes: [UInt8]) -> String {
    String(decoding: encoded(bytes), as: UTF8.self)
  }

  /// The same for a secret: the text is wiped like the bytes. (EVP_EncodeBlock)
  public static func encode(_ secret: borrowing SecretBytes) -> SecretBytes {
    var text = SecretBytes()
    let length = (secret.count + 2) / 3 * 4
    secret.withUnsafeBytes { bytes in
      // The NUL that EVP_EncodeBlock adds needs room of its own.
      text.append(count: length + 1) { output in
        _ = EVP_EncodeBlock(
          output.baseAddress, bytes.bindMemory(to: UInt8.self).baseAddress,
          Int32(clamping: bytes.count))
      }
    }
    text.removeLast()
    return text
  }

  /// The bytes of padded standard base64 without white space; nil for anything else.
  public static func decode(_ text: String) -> [UInt8]? { decoded(Array(text.utf8)) }

  /// URL alphabet (`-` and `_`), no padding: the form of JWTs.
  public static func urlEncode(_ bytes: [UInt8]) -> String {
    let padded = encoded(bytes).prefix { $0 != UInt8(ascii: "=") }
    return String(decoding: padded.map { toURL($0) }, as: UTF8.self)
  }

  /// The bytes of unpadded base64 in the URL alphabet; nil for anything else.
  public static func urlDecode(_ text: String) -> [UInt8]? {
    var standard: [UInt8] = []
    standard.reserveCapacity(text.utf8.count + 3)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
      default: standard.append(byte)
      }
    }
    while !standard.count.isMultiple(of: 4) { standard.append(UInt8(ascii: "=")) }
    return decoded(standard)
  }

  private static func toURL(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "+"): UInt8(ascii: "-")
    case UInt8(ascii: "/"): UInt8(ascii: "_")
    default: byte
    }
  }

  /// EVP_EncodeBlock adds a NUL to its output, which the capacity includes.
  private static func encoded(_ bytes: [UInt8]) -> [UInt8] {
    let length = (bytes.count + 2) / 3 * 4
    return [UInt8](unsafeUninitializedCapacity: length + 1) { output, count in
      count = Int(EVP_EncodeBlock(output.baseAddress, bytes, Int32(clamping: bytes.count)))
    }
  }

  /// EVP_DecodeBlock skips white space and ignores stray bits, so the result is encoded again and compared.
  private static func decoded(_ text: [UInt8]) -> [UInt8]? {
    guard text.count.isMultiple(of: 4), text.count <= Int(Int32.max) else { return nil }
    let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
    let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { output, count in
      let length = Int(EVP_DecodeBlock(output.baseAddress, text, Int32(text.count)))
      count = max(0, length - padding)
    }
    return encoded(bytes) == text ? bytes : nil
  }
}
