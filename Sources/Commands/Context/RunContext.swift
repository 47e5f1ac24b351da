import CommandLine
import HTTP
import Platform

/// Every seam of a run: what a verb knows of the world comes in through here, and nothing is global.
struct RunContext: Sendable {
  /// The arguments behind the program's name.
  var arguments: [String]
  var environment: ProcessEnvironment
  /// The user's home folder where `HOME` names none; nil where the user has none.
  var home: @Sendable () -> String?
  var clock: any Clock
  var random: any RandomSource
  var files: any FileSystem
  var console: any Console
  /// Makes the client that carries requests, with this many connections and this file of trusted authorities.
  var transport: @Sendable (_ caFile: String?, _ connections: Int) -> any ClosableTransport
  /// Starts a program whose first line of output is waited for.
  var startProgram:
    @Sendable (_ path: String, _ arguments: [String]) throws(FileError) -> any RunningProgram
  /// Where this executable stands; nil where it is not known.
  var executable: String?
  /// The signals that ask the run to end, from when the stream is made.
  var signals: @Sendable () -> AsyncStream<Signal>
  /// Ends the process at once, with nothing more written.
  var exitNow: @Sendable (Int32) -> Void
  /// Gets what a verb needs of the machine; returns what is not to be had.
  var shortage: @Sendable (MachineNeeds) -> Shortage? = { _ in nil }
  /// How many more files and connections can be open.
  var freeDescriptors: @Sendable () -> Int = { Int.max }
}

/// What a verb takes of threads, descriptors and memory.
enum MachineNeeds: Sendable, Hashable {
  /// It reads files and prints.
  case files
  /// It sends requests.
  case servers
  /// It starts a sandbox besides.
  case sandbox
}

/// A transport whose connections can be closed.
protocol ClosableTransport: HTTPTransport {
  func shutdown()
}

/// A program that this run started.
protocol RunningProgram: Sendable {
  func firstLine(within time: Duration) async -> String?
  func terminate(grace: Duration) async
}

/// The terminal or the pipes that a run talks to.
protocol Console: Sendable {
  /// What is known of the terminal, under a choice of colour.
  func terminal(_ color: Terminal.ColorChoice) -> Terminal
  /// Lines of the window; 24 where there is none.
  var height: Int { get }
  /// Writes to standard output; false when its reader has gone.
  @discardableResult func out(_ text: String) -> Bool
  /// Whether something that was to be written to standard output is lost, though its reader is there.
  var hasLostOutput: Bool { get }
  /// Writes to standard error.
  func err(_ text: String)
  /// The next line of standard input without its end; nil at its end.
  func readLine() async -> String?
}
