public import Diagnostics
import Glibc

/// The terminal's properties, which decide widths, colour and progress lines.
public struct Terminal: Sendable, Hashable {
  /// The values of `--color`.
  public enum ColorChoice: String, Sendable, Hashable, CaseIterable { case auto, always, never }

  /// Whether standard input is a terminal.
  public var inputIsTerminal: Bool
  /// Whether standard output is a terminal.
  public var outputIsTerminal: Bool
  /// Whether standard error is a terminal.
  public var errorIsTerminal: Bool
  /// In columns; 80 without a terminal.
  public var width: Int
  /// The style of texts on standard output.
  public var outputStyle: Style
  /// The style of texts on standard error.
  public var errorStyle: Style
  /// Whether lines on standard error can be rewritten.
  public var canRewriteErrorLines: Bool

  /// The number of columns if neither `COLUMNS` nor a window defines it.
  public static let defaultWidth = 80

  /// Decides from the arguments alone. `windowWidth` is the window's; 0 if unknown.
  ///
  /// `COLUMNS` takes precedence over the window. For colour, `--color always` and `never` come first; then `NO_COLOR`
  /// (not empty, no-color.org), `CI` and `TERM=dumb` switch it off; otherwise only terminals have it.
  public init(
    input: Bool, output: Bool, error: Bool, windowWidth: Int, environment: [String: String],
    color: ColorChoice = .auto
  ) {
    inputIsTerminal = input
    outputIsTerminal = output
    errorIsTerminal = error
    let isDumb = environment["TERM"] == "dumb" || !environment["CI", default: ""].isEmpty
    let isColorless = isDumb || !environment["NO_COLOR", default: ""].isEmpty
    func style(_ isTerminal: Bool) -> Style {
      switch color {
      case .always: Style(isColored: true)
      case .never: .plain
      case .auto: Style(isColored: isTerminal && !isColorless)
      }
    }
    outputStyle = style(output)
    errorStyle = style(error)
    canRewriteErrorLines = error && !isDumb
    let columns = environment["COLUMNS"].flatMap(Int.init) ?? 0
    let known = columns > 0 ? columns : windowWidth
    width = known > 0 ? min(max(known, 20), 1000) : Self.defaultWidth
  }

  /// The terminal of this process (`isatty`, `ioctl` TIOCGWINSZ).
  public init(environment: [String: String], color: ColorChoice = .auto) {
    self.init(
      input: isatty(STDIN_FILENO) == 1, output: isatty(STDOUT_FILENO) == 1,
      error: isatty(STDERR_FILENO) == 1, windowWidth: Self.windowWidth, environment: environment,
      color: color)
  }

  /// The columns of the window of standard output or standard error; 0 without one.
  public static var windowWidth: Int {
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
      var size = winsize()
      if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
        return Int(size.ws_col)
      }
    }
    return 0
  }
}

/// A standard stream of the process, without a buffer of ours. Does not own the descriptor.
public struct OutputStream: Sendable, Hashable {
  /// Descriptor 1.
  public static let standardOutput = OutputStream(descriptor: STDOUT_FILENO)
  /// Descriptor 2.
  public static let standardError = OutputStream(descriptor: STDERR_FILENO)

  /// The descriptor that is written to.
  public let descriptor: Int32

  /// A stream that writes to an open descriptor.
  public init(descriptor: Int32) { self.descriptor = descriptor }

  /// Writes a whole text. Returns false if the reader is gone or the disk is full (`write`).
  @discardableResult public func write(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
        if count > 0 { done += count }
        if count < 0 {
          var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          switch errno {
          case EINTR: continue
          case EAGAIN: _ = poll(&wanted, 1, -1)
          default: return false
          }
        }
      }
      return true
    }
  }
}
