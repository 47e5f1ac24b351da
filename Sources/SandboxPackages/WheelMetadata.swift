import Crypto
import SandboxStore

/// The METADATA file in a wheel, which installers can request without the wheel (PEP 658).
enum WheelMetadata {
  /// Nil if the archive has none that can be read. The wheel is accepted nevertheless.
  static func read(_ content: BlobReader, of name: DistributionName) -> String? {
    guard let entry = ZIPDirectory(content)?.entry(where: { isMetadata($0, of: name) }),
      let bytes = entry.content(content)
    else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  static func hash(_ metadata: String) -> String {
    Hex.encode(SHA256.hash(Array(metadata.utf8)))
  }

  /// Whether a path is `NAME-VERSION.dist-info/METADATA` of this distribution.
  private static func isMetadata(_ path: String, of name: DistributionName) -> Bool {
    let parts = path.split(separator: "/")
    guard parts.count == 2, parts[1] == "METADATA", parts[0].hasSuffix(".dist-info") else {
      return false
    }
    let stem = parts[0].dropLast(".dist-info".count)
    guard let hyphen = stem.lastIndex(of: "-") else { return false }
    return PackageName.normalized(stem[..<hyphen]) == name.package
  }
}

/// The central directory of a ZIP archive (APPNOTE 4.3). The extensions for archives over 4 GB are not supported.
private struct ZIPDirectory {
  private static let maximumSize = 4 << 20
  private let bytes: [UInt8]
  private let count: Int

  init?(_ content: BlobReader) {
    // The end record has 22 bytes and a comment of at most 64 KiB.
    let tailSize = Int(min(content.size, 65_557))
    guard let tail = content.bytes(at: content.size - Int64(tailSize), count: tailSize),
      tailSize >= 22,
      let end = (0...(tailSize - 22)).last(where: { tail[$0...].starts(with: [0x50, 0x4B, 5, 6]) })
    else { return nil }
    let size = Int(tail.number(at: end + 12, bytes: 4))
    guard size <= Self.maximumSize,
      let bytes = content.bytes(at: Int64(tail.number(at: end + 16, bytes: 4)), count: size)
    else { return nil }
    self.bytes = bytes
    count = Int(tail.number(at: end + 10, bytes: 2))
  }

  struct Entry {
    private static let maximumSize = 1 << 20
    fileprivate let method: UInt64
    fileprivate let packedSize: Int
    fileprivate let size: Int
    fileprivate let offset: Int64

    /// The content of the file; nil if it is over 1 MiB, compressed in an unknown way or damaged.
    func content(_ archive: BlobReader) -> [UInt8]? {
      guard max(packedSize, size) <= Self.maximumSize,
        let header = archive.bytes(at: offset, count: 30),
        header.starts(with: [0x50, 0x4B, 3, 4])
      else { return nil }
      let names = header.number(at: 26, bytes: 2) + header.number(at: 28, bytes: 2)
      let start = offset + 30 + Int64(names)
      guard let packed = archive.bytes(at: start, count: packedSize) else { return nil }
      switch method {
      case 0: return packed
      case 8: return Deflate.inflate(packed, size: size)
      default: return nil
      }
    }
  }

  func entry(where fits: (String) -> Bool) -> Entry? {
    var at = 0
    for _ in 0..<count {
      guard at + 46 <= bytes.count, bytes[at...].starts(with: [0x50, 0x4B, 1, 2]) else {
        return nil
      }
      let nameSize = Int(bytes.number(at: at + 28, bytes: 2))
      let next =
        at + 46 + nameSize + Int(bytes.number(at: at + 30, bytes: 2))
        + Int(bytes.number(at: at + 32, bytes: 2))
      guard next <= bytes.count else { return nil }
      if fits(String(decoding: bytes[(at + 46)..<(at + 46 + nameSize)], as: UTF8.self)) {
        return Entry(
          method: bytes.number(at: at + 10, bytes: 2),
          packedSize: Int(bytes.number(at: at + 20, bytes: 4)),
          size: Int(bytes.number(at: at + 24, bytes: 4)),
          offset: Int64(bytes.number(at: at + 42, bytes: 4)))
      }
      at = next
    }
    return nil
  }
}

extension [UInt8] {
  /// A little-endian number.
  fileprivate func number(at start: Int, bytes count: Int) -> UInt64 {
    self[start..<(start + count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
