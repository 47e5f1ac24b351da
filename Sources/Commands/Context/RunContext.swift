import CommandLine
import Git
import HTTP
import Platform

/// Everything that a command takes from its environment. There is no global state.
struct RunContext: Sendable {
  /// The name by which the program was called, without folders: that of a link may be a command.
  var calledAs = "arctl"
  /// The arguments after the program's name.
  var arguments: [String]
  var environment: ProcessEnvironment
  /// The home folder in the user database, for runs without `HOME`; nil if the user has none.
  var home: @Sendable () -> String?
  var clock: any Clock
  var random: any RandomSource
  var files: any FileSystem
  var console: any Console
  /// Makes the HTTP client.
  var transport: @Sendable (TransportOptions) -> any ClosableTransport
  /// Starts a program; the caller waits for its first line of output.
  var startProgram:
    @Sendable (_ path: String, _ arguments: [String]) throws(FileError) -> any RunningProgram
  /// The next program of a name in PATH, which this one hides, and the environment for it.
  var nextProgram: @Sendable (_ name: String) -> (path: String, environment: ProcessEnvironment)? =
    { _ in nil }
  /// Becomes another program; returns only if that fails.
  var become: @Sendable (_ path: String, _ arguments: [String], ProcessEnvironment) -> FileError = {
    path, _, _ in FileError(path: path, code: 2, call: "execve")
  }
  /// Runs git, without anything that a repository names (`GitRepository.guarded`).
  var git: GitRepository.Run = { (_, _) throws(FileError) in
    throw FileError(path: "git", code: 2, call: "posix_spawn")
  }
  /// Reads standard input to its end. Throws EFBIG if it is longer than so many bytes.
  var readInput: @Sendable (_ maximumBytes: Int) throws(FileError) -> [UInt8] = {
    (_) throws(FileError) in []
  }
  /// The absolute path of a file or folder, without links; the path itself if there is none.
  var resolved: @Sendable (_ path: String) -> String = { $0 }
  /// The path of this executable; nil if it is not known.
  var executable: String?
  /// The signals that ask the run to end, from the creation of the stream on.
  var signals: @Sendable () -> AsyncStream<Signal>
  /// Ends the process at once and writes nothing more.
  var exitNow: @Sendable (Int32) -> Void
  /// Reserves what a command needs of the machine; returns what is missing.
  var shortage: @Sendable (MachineNeeds) -> Shortage? = { _ in nil }
  /// The number of files and connections that can still be opened.
  var freeDescriptors: @Sendable () -> Int = { Int.max }
}

/// What a command needs of threads, descriptors and memory.
enum MachineNeeds: Sendable, Hashable {
  /// It reads files and prints.
  case files
  /// It sends requests.
  case servers
  /// It sends requests and starts a sandbox.
  case sandbox
}

/// How a run reaches its servers.
struct TransportOptions: Sendable, Hashable {
  /// A file of PEM certificates to trust instead of the system's.
  var caFile: String?
  /// The maximum number of connections.
  var connections: Int
  /// Whether a proxy on this machine may be used.
  var permitsLocalProxy: Bool
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

/// The terminal or the pipes of a run.
protocol Console: Sendable {
  /// The properties of the terminal for a choice of colour.
  func terminal(_ color: Terminal.ColorChoice) -> Terminal
  /// Lines of the window; 24 if that is not known.
  var height: Int { get }
  /// Writes to standard output; false once that failed.
  @discardableResult func out(_ text: String) -> Bool
  /// Whether output was lost for another reason than a closed reader.
  var hasLostOutput: Bool { get }
  /// Writes to standard error.
  func err(_ text: String)
  /// The next line of standard input without its newline; nil at the end of the input.
  func readLine() async -> String?
}
