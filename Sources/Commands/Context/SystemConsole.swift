import CommandLine
import Dispatch
import Glibc
import Synchronization

/// The standard streams of this process.
final class SystemConsole: Console {
  private let environment: [String: String]
  /// False once a write to standard output failed: from then on nothing is written there.
  private let outputIsOpen = Atomic<Bool>(true)

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
    outputIsOpen.store(false, ordering: .relaxed)
    return false
  }

  func err(_ text: String) { OutputStream.standardError.write(text) }

  func readLine() async -> String? {
    await withCheckedContinuation { continuation in
      // A queue of its own has a thread of its own, which may block.
      DispatchQueue(label: "arctl.input").async {
        continuation.resume(returning: Swift.readLine(strippingNewline: true))
      }
    }
  }
}
