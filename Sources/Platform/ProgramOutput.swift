import Glibc

/// What a program wrote until it ended.
public struct ProgramOutput: Sendable, Hashable {
  /// How it ended.
  public let status: ExitStatus
  /// Its standard output.
  public let output: [UInt8]
  /// The beginning of its standard error.
  public let errors: [UInt8]

  /// An output, for tests.
  package init(status: ExitStatus, output: [UInt8], errors: [UInt8] = []) {
    self.status = status
    self.output = output
    self.errors = errors
  }

  /// The most of standard error that is kept, in bytes.
  private static let keptErrors = 1 << 14

  /// Runs a program to its end and returns what it wrote. Blocks.
  ///
  /// Throws if it cannot be started, and EFBIG if it writes more than `maximumBytes` to its standard output: it is killed
  /// then.
  public static func of(
    _ program: String, _ arguments: [String], environment: ProcessEnvironment, input: [UInt8] = [],
    maximumBytes: Int
  ) throws(FileError) -> ProgramOutput {
    var pipes = try PipesOfProgram.start(program, arguments, environment)
    defer { pipes.closeAll() }
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var rest = input[...]
    if rest.isEmpty { pipes.closeInput() }
    while pipes.isOpen {
      let ready = pipes.wait()
      if ready.input {
        rest = rest.dropFirst(pipes.write(rest))
        if rest.isEmpty { pipes.closeInput() }
      }
      if ready.output { output += pipes.readOutput() }
      if ready.errors {
        errors += pipes.readErrors().prefix(max(0, keptErrors - errors.count))
      }
      guard output.count <= maximumBytes else {
        killAndReap(pipes.id)
        throw FileError(path: program, code: EFBIG, call: "read")
      }
    }
    return ProgramOutput(status: reap(pipes.id), output: output, errors: errors)
  }

  private static func reap(_ id: Int32) -> ExitStatus {
    var code: Int32 = 0
    while waitpid(id, &code, 0) == -1, errno == EINTR {}
    let signal = code & 0x7f
    return signal == 0 ? .exited(code >> 8 & 0xff) : .signalled(signal)
  }
}

/// A running program and this process's ends of its three pipes; -1 for one that is closed.
private struct PipesOfProgram {
  let id: Int32
  private var input: Int32
  private var output: Int32
  private var errors: Int32

  static func start(
    _ program: String, _ arguments: [String], _ environment: ProcessEnvironment
  ) throws(FileError) -> PipesOfProgram {
    try spawning.withLock { (_) throws(FileError) in
      var open: [Int32] = []
      do throws(FileError) {
        let input = try makePipe(program)
        open += [input.read, input.write]
        let output = try makePipe(program)
        open += [output.read, output.write]
        let errors = try makePipe(program)
        open += [errors.read, errors.write]
        let id = try spawn(
          program, arguments, environment, input: input.read, output: output.write,
          errors: errors.write, discardsOutput: false, ownGroup: false)
        for end in [input.read, output.write, errors.write] { Glibc.close(end) }
        // A program that reads slowly must not stop this one from reading.
        _ = fcntl(input.write, F_SETFL, O_NONBLOCK)
        return PipesOfProgram(
          id: id, input: input.write, output: output.read, errors: errors.read)
      } catch {
        for end in open { Glibc.close(end) }
        throw error
      }
    }
  }

  /// Whether the program can still write.
  var isOpen: Bool { output >= 0 || errors >= 0 }

  /// Waits until a pipe can be used. (poll)
  func wait() -> (input: Bool, output: Bool, errors: Bool) {
    var ends = [
      pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&ends, 3, -1) == -1, errno == EINTR {}
    return (ends[0].revents != 0, ends[1].revents != 0, ends[2].revents != 0)
  }

  /// Writes what fits. Returns the number of bytes that need no further attempt: all if the program reads no more.
  func write(_ bytes: ArraySlice<UInt8>) -> Int {
    let count = bytes.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : bytes.count
  }

  mutating func readOutput() -> [UInt8] { Self.read(&output) }
  mutating func readErrors() -> [UInt8] { Self.read(&errors) }

  mutating func closeInput() { Self.close(&input) }

  mutating func closeAll() {
    Self.close(&input)
    Self.close(&output)
    Self.close(&errors)
  }

  /// Closes the end when the other one is closed.
  private static func read(_ end: inout Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(end, &bytes, bytes.count)
    if count == 0 || count < 0 && errno != EINTR { close(&end) }
    return Array(bytes.prefix(max(0, count)))
  }

  private static func close(_ end: inout Int32) {
    if end >= 0 { Glibc.close(end) }
    end = -1
  }
}
