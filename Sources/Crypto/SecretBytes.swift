import COpenSSL

/// A growable run of bytes whose memory is wiped when it moves and when the value ends.
///
/// It cannot be copied, printed, compared or encoded, so that a private key reaches no log and no
/// error. It owns its memory; every block that it leaves is wiped first (OPENSSL_cleanse).
public struct SecretBytes: ~Copyable, @unchecked Sendable {
  // Sendable though it holds a pointer: the memory has one owner, and a value without copies is
  // never mutated from two places.
  private var memory: UnsafeMutableRawBufferPointer
  /// The number of bytes.
  public private(set) var count = 0

  /// No bytes yet.
  public init() { memory = .allocate(byteCount: 4096, alignment: 1) }

  deinit { Self.release(memory) }

  /// Whether there are no bytes.
  public var isEmpty: Bool { count == 0 }

  /// Adds one byte at the end.
  public mutating func append(_ byte: UInt8) {
    reserve(1)
    memory[count] = byte
    count += 1
  }

  /// Adds bytes at the end. The source, where it holds something secret, is the caller's to wipe.
  public mutating func append(contentsOf bytes: some Sequence<UInt8>) {
    for byte in bytes { append(byte) }
  }

  /// Adds the UTF-8 bytes of a text that is not itself secret.
  public mutating func append(_ text: String) { append(contentsOf: text.utf8) }

  /// Calls `body` with the bytes, which are valid for that call only.
  public borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
  }

  private mutating func reserve(_ more: Int) {
    guard count + more > memory.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(memory.count * 2, count + more), alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    Self.release(memory)
    memory = larger
  }

  private static func release(_ memory: UnsafeMutableRawBufferPointer) {
    OPENSSL_cleanse(memory.baseAddress, memory.count)
    memory.deallocate()
  }
}
