public import Crypto
import Synchronization

/// A sequence of key pairs for a test, no two of which are equal, whatever other tests take meanwhile. All sequences
/// have the same pairs, each created once, because that is slow.
public final class KeyPairs: Sendable {
  private static let made = Mutex<[[UInt8]]>([])
  private let taken = Mutex(0)

  /// A sequence from its beginning.
  public init() {}

  /// The next one, of 1024 bits.
  public func next() throws(CryptoError) -> RSAPrivateKey {
    let index = taken.withLock { taken in
      defer { taken += 1 }
      return taken
    }
    let pem = try Self.made.withLock { (made) throws(CryptoError) in
      while made.count <= index {
        let pem = try RSAPrivateKey(generatingBits: 1024).pkcs8PEM()
        made.append(pem.withUnsafeBytes { Array($0) })
      }
      return made[index]
    }
    return try RSAPrivateKey(pemBytes: pem)
  }
}
