import COpenSSL

/// A growable sequence of bytes whose memory is wiped when it moves and when the value ends.
///
/// It cannot be copied, printed, compared or encoded, so a private key cannot get into a log or an error. It owns its
/// memory, and wipes every block before leaving it (OPENSSL_cleanse).
public struct SecretBytes: ~Copyable, @unchecked Sendable {
  // Sendable although it contains a pointer: the memory has one owner, and a value without copies is never changed from
  // two places.
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

  /// Appends bytes. If the source is secret, the caller must wipe it.
  public mutating func append(contentsOf bytes: some Sequence<UInt8>) {
    for byte in bytes { append(byte) }
  }

  /// Appends the UTF-8 bytes of a text that is not secret.
  public mutating func append(_ text: String) { append(contentsOf: text.utf8) }

  /// Appends `count` bytes that `body` writes, and returns its result. What it does not write is zero.
  mutating func append<Result, Failure: Error>(
    count more: Int, writing body: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    reserve(more)
    let space = UnsafeMutableRawBufferPointer(rebasing: memory[count..<count + more])
      .bindMemory(to: UInt8.self)
    space.initialize(repeating: 0)
    defer { count += more }
    return try body(space)
  }

  /// Removes and wipes the last byte; there must be one. (OPENSSL_cleanse)
  mutating func removeLast() {
    count -= 1
    OPENSSL_cleanse(memory.baseAddress?.advanced(by: count), 1)
  }

  /// Calls `body` with the bytes, which are valid only during that call.
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
