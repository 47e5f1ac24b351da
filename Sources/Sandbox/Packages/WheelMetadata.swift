import Crypto

/// The METADATA file inside a wheel, which installers may ask for without the wheel (PEP 658).
enum WheelMetadata {
  static func read(_ content: BlobReader, of name: DistributionName) -> String? { nil }

  static func hash(_ metadata: String) -> String {
    Hex.encode(SHA256.hash(Array(metadata.utf8)))
  }
}
