import Glibc
import Synchronization

/// How a process ended.
public enum ExitStatus: Sendable, Hashable {
  /// By itself, with this code.
  case exited(Int32)
  /// By this signal.
  case signalled(Int32)
}

/// A running program that this process started. It outlives this value unless it is terminated.
///
///     let child = try ChildProcess("arctl-sandbox", arguments: ["--port", "0"],
///       environment: .current, output: .lines, ownGroup: true)
///     let address = await child.firstLine(within: .seconds(10))
///     await child.terminate(grace: .seconds(5))
///
/// Standard input is empty or stays open as long as this process lives; standard error is this process's. Every other
/// descriptor that arctl opens is closed (O_CLOEXEC).
public final class ChildProcess: Sendable {
  /// Where the program's standard output goes.
  public enum Output: Sendable, Hashable {
    /// To this process's standard output.
    case inherited
    /// To `firstLine`; the rest is discarded.
    case lines
    /// To this process's standard error.
    case standardError
    case discarded
  }

  /// What the program reads on its standard input.
  public enum Input: Sendable, Hashable {
    case empty
    /// Nothing. It ends only when this process has ended, even if it was killed.
    case untilWeEnd
  }

  private struct State {
    var status: ExitStatus?
    var waiting: [CheckedContinuation<ExitStatus, Never>] = []
  }

  /// The process id.
  public let id: Int32
  private let output: LineReader?
  /// The write end of the pipe. Nothing is ever written to it; the system closes it with this process.
  private let input: Int32?
  private let state = Mutex(State())

  /// Starts a program, which is searched in PATH if its name has no slash. (posix_spawnp)
  ///
  /// With `ownGroup`, a Ctrl-C on the terminal reaches this process only. Throws if the program cannot be started, or
  /// if the system gives no pipe or thread to watch it: a program that was already started is then killed.
  public init(
    _ program: String, arguments: [String], environment: ProcessEnvironment,
    input: Input = .empty, output: Output = .inherited, ownGroup: Bool = false
  ) throws(FileError) {
    let started = try spawning.withLock { (_) throws(FileError) in
      let ends = output == .lines ? try makePipe(program) : nil
      let held = input == .untilWeEnd ? try makePipe(program) : nil
      defer {
        if let ends { close(ends.write) }
        if let held { close(held.read) }
      }
      do throws(FileError) {
        let id = try spawn(
          program, arguments, environment, input: held?.read,
          output: output == .standardError ? STDERR_FILENO : ends?.write,
          discardsOutput: output == .discarded,
          ownGroup: ownGroup)
        return (id: id, input: held?.write, output: ends?.read)
      } catch {
        if let ends { close(ends.read) }
        if let held { close(held.write) }
        throw error
      }
    }
    id = started.id
    self.input = started.input
    do throws(FileError) {
      if let end = started.output {
        self.output = try LineReader(end)
      } else {
        self.output = nil
      }
    } catch {
      killAndReap(started.id)
      throw error
    }
    do throws(FileError) {
      try Threads.start { self.reap() }
    } catch {
      killAndReap(started.id)
      throw error
    }
  }

  deinit { if let input { close(input) } }

  /// The first line of standard output, without its end; nil if the program closed it or the time ran out before.
  public func firstLine(within time: Duration) async -> String? {
    await output?.firstLine(within: time)
  }

  /// The status, if the program has ended.
  public var status: ExitStatus? { state.withLock { $0.status } }

  /// Waits for the program to end. Cancelling the task does not end the wait.
  @discardableResult
  public func wait() async -> ExitStatus {
    await withCheckedContinuation { continuation in
      let status = state.withLock { state in
        if state.status == nil { state.waiting.append(continuation) }
        return state.status
      }
      if let status { continuation.resume(returning: status) }
    }
  }

  /// Asks the program to end (SIGTERM), and kills it (SIGKILL) if it has not ended within `grace`.
  @discardableResult
  public func terminate(grace: Duration) async -> ExitStatus {
    send(SIGTERM)
    let end = Task(executorPreference: Workers.current) {
      do { try await SystemClock().sleep(for: grace) } catch { return }
      self.send(SIGKILL)
    }
    defer { end.cancel() }
    return await wait()
  }

  /// Sends a signal, unless the program has ended. (kill)
  public func send(_ signal: Int32) {
    // Under the lock: once this process is reaped, its id may belong to another one.
    state.withLock { if $0.status == nil { kill(id, signal) } }
  }

  /// Waits for the end on its own thread.
  private func reap() {
    var info = siginfo_t()
    while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) == -1 {
      // Only a signal makes this fail, since the child exists until it is reaped below.
    }
    let waiting = state.withLock { state in
      var code: Int32 = 0
      waitpid(id, &code, 0)
      let signal = code & 0x7f
      let status: ExitStatus = signal == 0 ? .exited(code >> 8 & 0xff) : .signalled(signal)
      state.status = status
      defer { state.waiting = [] }
      return state.waiting.map { ($0, status) }
    }
    for (continuation, status) in waiting { continuation.resume(returning: status) }
  }
}

/// Kills a program that no thread can wait for: its end would never be noticed. (waitpid)
func killAndReap(_ id: Int32) {
  kill(id, SIGKILL)
  waitpid(id, nil, 0)
}

/// Held from the creation of a pipe until its program runs. Another program that started in between would inherit the
/// pipe and keep it open. (pipe2 would not need this, but Swift does not import it.)
let spawning = Mutex(())

/// The two ends of a new pipe, close-on-exec.
func makePipe(_ program: String) throws(FileError) -> (read: Int32, write: Int32) {
  var ends: [Int32] = [-1, -1]
  _ = try check("pipe", program) { pipe(&ends) }
  for end in ends { _ = try check("fcntl", program) { fcntl(end, F_SETFD, FD_CLOEXEC) } }
  return (ends[0], ends[1])
}

/// Starts a program with default signal actions and no blocked signals; without `input` its
/// standard input is empty.
func spawn(
  _ program: String, _ arguments: [String], _ environment: ProcessEnvironment, input: Int32?,
  output: Int32?, errors: Int32? = nil, discardsOutput: Bool, ownGroup: Bool
) throws(FileError) -> Int32 {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  if let input {
    posix_spawn_file_actions_adddup2(&actions, input, 0)
  } else {
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  }
  if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
  if let errors { posix_spawn_file_actions_adddup2(&actions, errors, 2) }
  if discardsOutput { posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) }

  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var (none, all) = (sigset_t(), sigset_t())
  sigemptyset(&none)
  sigfillset(&all)
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setsigdefault(&attributes, &all)
  let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
  posix_spawnattr_setflags(&attributes, Int16(ownGroup ? flags | POSIX_SPAWN_SETPGROUP : flags))

  var id: pid_t = 0
  let code = withCStrings([program] + arguments) { argv in
    withCStrings(environment.variables.map { "\($0.key)=\($0.value)" }) { environ in
      posix_spawnp(&id, program, &actions, &attributes, argv, environ)
    }
  }
  guard code == 0 else { throw FileError(path: program, code: code, call: "posix_spawn") }
  return id
}

/// Calls `body` with copies of strings as a C array that ends with a null.
func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
