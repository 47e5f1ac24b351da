import CommandLine
import Glibc
import Platform
import Synchronization

/// The standard streams of this process.
final class SystemConsole: Console {
  private let environment: [String: String]
  /// False once a write to standard output failed: from then on nothing is written there.
  private let outputIsOpen = Atomic<Bool>(true)
  private let hasLost = Atomic<Bool>(false)
  var hasLostOutput: Bool { hasLost.load(ordering: .relaxed) }

  init(environment: [String: String]) { self.environment = environment }

  func terminal(_ color: Terminal.ColorChoice) -> Terminal {
    Terminal(environment: environment, color: color)
  }

  var height: Int {
    var size = winsize()
    let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
    return known ? Int(size.ws_row) : 24
  }

  @discardableResult func out(_ text: String) -> Bool {
    guard outputIsOpen.load(ordering: .relaxed) else { return false }
    if OutputStream.standardOutput.write(text) { return true }
    // A reader that closed the pipe (EPIPE) is not a failure; a full disk is.
    if errno != EPIPE {
      hasLost.store(true, ordering: .relaxed)
      err("arctl: cannot write to standard output: \(String(cString: strerror(errno)))\n")
    }
    outputIsOpen.store(false, ordering: .relaxed)
    return false
  }

  func err(_ text: String) { OutputStream.standardError.write(text) }

  func readLine() async -> String? {
    await withCheckedContinuation { continuation in
      do throws(FileError) {
        try Threads.start { continuation.resume(returning: Self.readBytes()) }
      } catch {
        err("arctl: cannot read the answer: \(error.reason)\n")
        continuation.resume(returning: nil)
      }
    }
  }

  /// Reads one line with `read`: stdio would hold its lock while it waits, and `exit` would wait for that lock.
  private static func readBytes() -> String? {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return line.isEmpty ? nil : String(decoding: line, as: UTF8.self) }
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
  }
}
