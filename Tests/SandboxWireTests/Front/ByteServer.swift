import Foundation
import Synchronization

/// A connected socket that blocks, for tests that check bytes. It has no limit of time of its own.
///
/// Owns its descriptor.
final class ByteSocket: Sendable {
  private let descriptor: Mutex<Int32>
  private let sawReset = Mutex(false)

  init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

  /// A connection to a port on loopback.
  init(to port: UInt16) throws {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.address(port)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, length) == 0 }
    }
    guard isConnected else {
      Foundation.close(socket)
      throw POSIXError(.ECONNREFUSED)
    }
    descriptor = Mutex(socket)
  }

  deinit { close() }

  private var handle: Int32 { descriptor.withLock { $0 } }
  var wasReset: Bool { sawReset.withLock { $0 } }

  /// False once the peer is gone.
  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Foundation.send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Up to so many bytes; fewer only at the end.
  func bytes(_ count: Int) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while all.count < count {
      let got = recv(handle, &buffer, min(buffer.count, count - all.count), 0)
      if got < 0, errno == ECONNRESET { sawReset.withLock { $0 = true } }
      guard got > 0 else { break }
      all += buffer[..<got]
    }
    return all
  }

  func allBytes() -> [UInt8] { bytes(.max) }
  func read(count: Int) -> String { String(decoding: bytes(count), as: UTF8.self) }
  func readAll() -> String { String(decoding: allBytes(), as: UTF8.self) }

  func read(until end: String) -> String {
    var text = ""
    while !text.hasSuffix(end) {
      let more = read(count: 1)
      if more.isEmpty { break }
      text += more
    }
    return text
  }

  func echo() {
    while true {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      let got = recv(handle, &buffer, buffer.count, 0)
      guard got > 0, send(Array(buffer[..<got])) else { return }
    }
  }

  func endSending() { shutdown(handle, Int32(SHUT_WR)) }

  /// Closes it so that the peer sees a reset.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(handle, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  func close() {
    let old = descriptor.withLock { descriptor in
      defer { descriptor = -1 }
      return descriptor
    }
    if old >= 0 { Foundation.close(old) }
  }

  static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }
}

/// A server on a loopback port that runs a script for each connection, on a thread of its own, and closes it then.
final class ByteServer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let counts = Mutex((begun: 0, ended: 0))

  init(_ script: @escaping @Sendable (ByteSocket) -> Void) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = ByteSocket.address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 128) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [weak self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return }
        self?.counts.withLock { $0.begun += 1 }
        Thread.detachNewThread { [weak self] in
          let connection = ByteSocket(descriptor)
          script(connection)
          connection.close()
          self?.counts.withLock { $0.ended += 1 }
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// How many connections it had.
  var connections: Int { counts.withLock { $0.begun } }

  /// Waits, without limit, until so many connections have ended.
  func waitUntilServed(_ count: Int) {
    while counts.withLock({ $0.ended }) < count { usleep(2_000) }
  }

  /// Refuses further connections.
  func stopListening() { shutdown(listener, Int32(SHUT_RDWR)) }
}
