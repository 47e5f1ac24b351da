/// The checksum CRC-32C (Castagnoli; RFC 3720, appendix B.4), with which Secret Manager finds values that were damaged on
/// their way.
///
/// It protects from accidents only: whoever changes bytes can change the checksum with them.
public enum CRC32C {
  /// The checksum of the bytes: 0xE3069283 of `123456789`.
  public static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var remainder = UInt32.max
    for byte in bytes {
      remainder = table[Int((remainder ^ UInt32(byte)) & 0xFF)] ^ (remainder >> 8)
    }
    return ~remainder
  }

  /// The remainders of all single bytes, for the reflected polynomial.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { remainder, _ in
      remainder & 1 == 0 ? remainder >> 1 : (remainder >> 1) ^ 0x82F6_3B78
    }
  }
}
