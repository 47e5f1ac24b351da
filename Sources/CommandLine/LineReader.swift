import Glibc
import Synchronization

/// Reads lines that a user types, on its own thread, so that no task's thread is blocked.
public struct LineReader: Sendable {
  /// The lines of the process's standard input.
  public static let standardInput = LineReader(descriptor: STDIN_FILENO)

  /// The descriptor to read from; not owned.
  public let descriptor: Int32

  /// Reads from a descriptor, which stays open afterwards.
  public init(descriptor: Int32) { self.descriptor = descriptor }

  private static let maximumBytes = 4096

  /// The next line without its break; nil at the end of the input, if a line is longer than 4,096 bytes, or if the task
  /// is cancelled.
  public func line() async -> String? {
    guard let wakeup = Wakeup() else { return nil }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isStarted = startThread {
          continuation.resume(returning: read(until: wakeup))
        }
        if !isStarted { continuation.resume(returning: nil) }
      }
    } onCancel: {
      wakeup.signal()
    }
  }

  /// Asks a question that the user answers with `y` or `yes`; nil if there is no answer.
  public func confirms(
    _ question: String, write: @Sendable (String) -> Void
  ) async -> Bool? {
    write(question + " [y/N] ")
    guard let answer = await line() else { return nil }
    let word = answer.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    return word == "y" || word == "yes"
  }

  /// Reads one byte at a time, so that nothing after the line is consumed (`poll`, `read`).
  private func read(until wakeup: Wakeup) -> String? {
    var bytes: [UInt8] = []
    while bytes.count <= Self.maximumBytes {
      var wanted = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&wanted, 2, -1) >= 0 else {
        if errno == EINTR { continue }
        return nil
      }
      if wanted[1].revents != 0 { return nil }
      var byte: UInt8 = 0
      let count = Glibc.read(descriptor, &byte, 1)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count == 1 else { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
      if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }
}

/// An event that one thread waits for and another signals. Owns both ends of a pipe (`pipe`).
private final class Wakeup: Sendable {
  /// Readable after the signal.
  let descriptor: Int32
  private let writer: Int32

  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (descriptor, writer) = (ends[0], ends[1])
  }

  deinit {
    close(descriptor)
    close(writer)
  }

  func signal() {
    var byte: UInt8 = 1
    _ = write(writer, &byte, 1)
  }
}

/// Runs a body on a new detached thread (`pthread_create`). Returns false if there cannot be one.
private func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let box = Unmanaged.passRetained(Box(body))
  var thread = pthread_t()
  let result = pthread_create(
    &thread, nil,
    { argument in
      argument.map { Unmanaged<Box>.fromOpaque($0).takeRetainedValue().body() }
      return nil
    }, box.toOpaque())
  guard result == 0 else {
    box.release()
    return false
  }
  pthread_detach(thread)
  return true
}
