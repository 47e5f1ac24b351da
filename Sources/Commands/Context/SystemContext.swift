import Git
import Glibc
import HTTP
import Platform

extension RunContext {
  /// The context of this process.
  static func system() -> RunContext {
    let environment = ProcessEnvironment.current
    let executable = executablePath()
    return RunContext(
      calledAs: LocalFileSystem.split(Swift.CommandLine.arguments.first ?? "").name,
      arguments: Array(Swift.CommandLine.arguments.dropFirst()), environment: environment,
      home: homeOfUser, clock: SystemClock(), random: SystemRandom(), files: LocalFileSystem(),
      console: SystemConsole(environment: environment.variables),
      transport: { options in
        var configuration = CurlTransport.Configuration(
          caFile: options.caFile, maximumConnections: options.connections,
          userAgent: "arctl/\(arctlVersion)")
        configuration.permitsLocalProxy = options.permitsLocalProxy
        return CurlTransport(configuration)
      },
      startProgram: { (path, arguments) throws(FileError) in
        try ChildProcess(
          path, arguments: arguments, environment: environment, input: .untilWeEnd,
          output: .lines, ownGroup: true)
      },
      nextProgram: {
        ProgramSearch(executable: executable, environment: environment).next($0)
          .map { ($0.path, $0.environment) }
      },
      become: { becomeProgram($0, arguments: $1, environment: $2) },
      git: { (arguments, input) throws(FileError) in
        try await git(arguments, input, environment)
      },
      readInput: readInput, resolved: resolvedPath, executable: executable,
      signals: { Signal.stream() },
      exitNow: { _exit($0) },
      shortage: shortage, freeDescriptors: { Limits.freeDescriptors })
  }

  @Sendable private static func shortage(of needs: MachineNeeds) -> Shortage? {
    let reservedThreads: Int
    switch needs {
    case .files: return .of(memory: 16 << 20, descriptors: 4)
    // Three threads are reserved for the run: for libcurl, for signals, and for files and keys.
    case .servers: reservedThreads = 3
    // Two more: one reads what the sandbox prints, one waits until it ends.
    case .sandbox: reservedThreads = 5
    }
    // First, since it takes memory; what is left is checked next, and may be why it could not be loaded.
    let missing = CurlTransport.missingLibrary
    let shortage = Shortage.of(
      memory: 96 << 20, threads: reservedThreads, descriptors: ConnectionShare.minimum)
    if let shortage { return shortage }
    if let missing { return .ofLibrary("libcurl", missing, package: "libcurl4") }
    do throws(FileError) {
      try Threads.reserve(reservedThreads)
      return nil
    } catch {
      return .ofThreads(error)
    }
  }

  /// Runs git on a thread that may block.
  private static func git(
    _ arguments: [String], _ input: [UInt8], _ environment: ProcessEnvironment
  ) async throws(FileError) -> ProgramOutput {
    try await Threads.run {
      Result { () throws(FileError) in
        try ProgramOutput.of(
          "git", GitRepository.guarded + arguments,
          environment: GitRepository.environment(environment), input: input,
          maximumBytes: 256 << 20)
      }
    }.get()
  }

  /// Reads standard input to its end (read).
  @Sendable private static func readInput(_ maximumBytes: Int) throws(FileError) -> [UInt8] {
    var input: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw FileError(path: "standard input", code: errno, call: "read")
      }
      if count == 0 { return input }
      guard input.count + count <= maximumBytes else {
        throw FileError(path: "standard input", code: EFBIG, call: "read")
      }
      input += buffer[..<count]
    }
  }

  /// The path without links (realpath).
  @Sendable private static func resolvedPath(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Where /proc/self/exe points to (readlink).
  private static func executablePath() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
  }
}

extension CurlTransport: ClosableTransport {}

extension ChildProcess: RunningProgram {
  func terminate(grace: Duration) async { let _: ExitStatus = await terminate(grace: grace) }
}
