import CommandLine
import HTTP
import Platform
import Synchronization
import TestSupport

@testable import Commands

/// A run in memory: files, a terminal, a clock that never waits, a network with scripted responses.
final class TestContext: Sendable {
  let console: ScriptedConsole
  let files = MemoryFileSystem()
  let clock = ImpatientClock()
  let transport: ScriptedTransport
  private let environment: ProcessEnvironment
  private let home: String?

  init(
    environment: ProcessEnvironment = [:], home: String? = nil, terminal: Bool = false,
    pipesOutput: Bool = false,
    answers: [String] = [],
    respond: @escaping @Sendable (HTTPRequest) throws(HTTPFailure) -> HTTPResponse = {
      (request) throws(HTTPFailure) in
      throw HTTPFailure(.notSent, "no server listens at \(request.url)")
    }
  ) {
    self.environment = environment
    self.home = home
    console = ScriptedConsole(
      isTerminal: terminal, pipesOutput: pipesOutput, answers: answers)
    transport = ScriptedTransport(respond: respond)
    files.putFolder(".")
  }

  func write(_ path: String, _ text: String) throws {
    let (folder, _) = MemoryFileSystem.split(path)
    try files.makeFolders(folder)
    try files.writeAtomically(Array(text.utf8), to: path)
  }

  func run(_ arguments: String...) async -> Outcome { await Arctl.run(seams(arguments)) }
  func run(_ arguments: [String]) async -> Outcome { await Arctl.run(seams(arguments)) }

  func seams(_ arguments: [String] = []) -> RunContext {
    RunContext(
      arguments: arguments, environment: environment, home: { [home] in home }, clock: clock,
      random: SystemRandom(),
      files: files, console: console, transport: { [transport] _ in transport },
      startProgram: { (path, _) throws(FileError) in
        throw FileError(path: path, code: 2, call: "posix_spawn")
      },
      executable: nil, signals: { AsyncStream { _ in } }, exitNow: { _ in })
  }
}

/// Collects the output, and answers questions with prepared answers.
final class ScriptedConsole: Console {
  private struct State {
    var out = ""
    var err = ""
    var answers: [String]
  }
  private let state: Mutex<State>
  private let isTerminal: Bool
  private let pipesOutput: Bool

  init(isTerminal: Bool = false, pipesOutput: Bool = false, answers: [String] = []) {
    self.isTerminal = isTerminal
    self.pipesOutput = pipesOutput
    state = Mutex(State(answers: answers))
  }

  var output: String { state.withLock { $0.out } }
  var errors: String { state.withLock { $0.err } }
  let height = 24
  let hasLostOutput = false

  func terminal(_ color: Terminal.ColorChoice) -> Terminal {
    Terminal(
      input: isTerminal, output: isTerminal && !pipesOutput, error: isTerminal,
      windowWidth: 80, environment: [:], color: color)
  }
  @discardableResult func out(_ text: String) -> Bool {
    state.withLock { $0.out += text }
    return true
  }
  func err(_ text: String) { state.withLock { $0.err += text } }
  func readLine() async -> String? {
    state.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() }
  }
}

/// Time passes only during sleeps; a deadline many minutes away is never reached.
final class ImpatientClock: Clock {
  private let slept = Mutex(Duration.zero)
  var now: Double { 1_800_000_000 + uptime / .seconds(1) }
  var uptime: Duration { slept.withLock { $0 } }
  func sleep(for duration: Duration) async throws(CancellationError) {
    if Task.isCancelled { throw CancellationError() }
    if duration > .seconds(600) {
      do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
      return
    }
    slept.withLock { $0 += duration }
    // A ticker must not outrun the work that it shows: on a busy machine its pauses of 100 ms would add up to the time
    // limit of the run before the first operation starts.
    do { try await Task.sleep(for: .milliseconds(5)) } catch { throw CancellationError() }
  }
}

/// Answers requests with a function and records them.
final class ScriptedTransport: ClosableTransport {
  private let respond: @Sendable (HTTPRequest) throws(HTTPFailure) -> HTTPResponse
  private let seen = Mutex<[HTTPRequest]>([])

  init(respond: @escaping @Sendable (HTTPRequest) throws(HTTPFailure) -> HTTPResponse) {
    self.respond = respond
  }
  var requests: [HTTPRequest] { seen.withLock { $0 } }

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    seen.withLock { $0.append(request) }
    return try respond(request)
  }
  func shutdown() {}
}
