public import Crypto
import Synchronization

/// Key pairs for tests, created once because that is slow. There are enough for one test before they repeat.
public final class KeyPairs: Sendable {
  public static let shared = KeyPairs()

  private let state = Mutex<(pems: [[UInt8]], next: Int)>(([], 0))
  private static let count = 48

  /// The next one, of 1024 bits.
  public func next() throws(CryptoError) -> RSAPrivateKey {
    let pem = try state.withLock { (state) throws(CryptoError) in
      defer { state.next += 1 }
      if state.pems.count < Self.count {
        let pem = try RSAPrivateKey(generatingBits: 1024).pkcs8PEM()
        state.pems.append(pem.withUnsafeBytes { Array($0) })
      }
      return state.pems[state.next % Self.count]
    }
    return try RSAPrivateKey(pemBytes: pem)
  }
}
