import CSodium

/// A message that anyone can encrypt and only the owner of one key can read: libsodium's sealed box, the form of
/// GitHub's secrets.
///
/// A box is an ephemeral public key followed by the encrypted message, 48 bytes longer than the message. Two boxes of
/// one message differ. (https://doc.libsodium.org/public-key_cryptography/sealed_boxes)
public enum SealedBox {
  /// How much longer a box is than its message, in bytes. (crypto_box_sealbytes)
  public static let overhead = crypto_box_sealbytes()

  /// The public key of a recipient.
  public struct Recipient: Sendable, Hashable {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// Nil for bytes that are not 32.
    public init?(_ bytes: [UInt8]) {
      guard bytes.count == SealedBox.keySize else { return nil }
      self.bytes = bytes
    }
  }

  /// The key pair of a recipient, whose private half is wiped at its end. arctl itself has none: it only encrypts.
  package struct KeyPair: ~Copyable, Sendable {
    /// The public half.
    package let recipient: Recipient
    private let secret: SecretBytes

    /// A new pair. (crypto_box_keypair)
    package static func generate() throws(CryptoError) -> KeyPair {
      try SealedBox.start()
      var publicKey = [UInt8](repeating: 0, count: SealedBox.keySize)
      var secret = SecretBytes()
      let result = secret.append(count: SealedBox.keySize) { (output) throws(Never) in
        output.baseAddress.map { crypto_box_keypair(&publicKey, $0) }
      }
      guard result == 0, let recipient = Recipient(publicKey) else {
        throw CryptoError("cannot generate a key pair")
      }
      return KeyPair(recipient: recipient, secret: secret)
    }

    /// The pair of a private half of 32 bytes. (crypto_scalarmult_base)
    package init(secret: consuming SecretBytes) throws(CryptoError) {
      try SealedBox.start()
      let count = secret.count
      guard count == SealedBox.keySize else {
        throw CryptoError("a private key has \(SealedBox.keySize) bytes, not \(count)")
      }
      var publicKey = [UInt8](repeating: 0, count: SealedBox.keySize)
      let result = secret.withUnsafeBytes { (bytes) throws(Never) in
        bytes.bindMemory(to: UInt8.self).baseAddress.map { crypto_scalarmult_base(&publicKey, $0) }
      }
      guard result == 0, let recipient = Recipient(publicKey) else {
        throw CryptoError("the private key cannot be used")
      }
      self.init(recipient: recipient, secret: secret)
    }

    private init(recipient: Recipient, secret: consuming SecretBytes) {
      self.recipient = recipient
      self.secret = secret
    }

    /// Calls `body` with the private half, which is valid only during that call.
    package borrowing func withSecret<Result, Failure: Error>(
      _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
      try secret.withUnsafeBytes(body)
    }
  }

  /// Encrypts a message for a recipient. Throws if no message can be encrypted for that key. (crypto_box_seal)
  public static func seal(
    _ message: borrowing SecretBytes, for recipient: Recipient
  ) throws(CryptoError) -> [UInt8] {
    try start()
    var box = [UInt8](repeating: 0, count: message.count + overhead)
    let result = message.withUnsafeBytes { (bytes) throws(Never) in
      crypto_box_seal(
        &box, bytes.bindMemory(to: UInt8.self).baseAddress, UInt64(bytes.count), recipient.bytes)
    }
    guard result == 0 else { throw CryptoError("the public key cannot be used") }
    return box
  }

  /// Decrypts a box. Throws if it is not complete and unchanged, or is not for this key. (crypto_box_seal_open)
  package static func open(
    _ box: [UInt8], with pair: borrowing KeyPair
  ) throws(CryptoError) -> SecretBytes {
    try start()
    var message = SecretBytes()
    guard box.count >= overhead else { throw unreadable }
    let publicKey = pair.recipient.bytes
    let result = pair.withSecret { (secret) throws(Never) in
      message.append(count: box.count - overhead) { (output) throws(Never) in
        secret.bindMemory(to: UInt8.self).baseAddress.map {
          crypto_box_seal_open(output.baseAddress, box, UInt64(box.count), publicKey, $0)
        }
      }
    }
    guard result == 0 else { throw unreadable }
    return message
  }

  private static let unreadable = CryptoError("the box cannot be opened")

  /// The size of both halves of a key pair. (crypto_box_publickeybytes)
  private static let keySize = crypto_box_publickeybytes()

  /// Whether libsodium can be used. Only the first box starts it, since most commands need none. (sodium_init)
  private static let isStarted = sodium_init() >= 0

  private static func start() throws(CryptoError) {
    guard isStarted else { throw CryptoError("libsodium cannot be started") }
  }
}
