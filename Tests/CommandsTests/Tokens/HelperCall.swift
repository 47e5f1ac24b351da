import Platform
import Synchronization

@testable import Commands

/// A call of arctl under a name, and what came of it.
struct HelperCall: Sendable {
  let outcome: Outcome
  let output: String
  let errors: String
  /// The URLs of all requests.
  let requests: [String]
  /// The program that arctl became, with its arguments; nil if it became none.
  let passedOn: [String]?

  /// A token of Google's, and one of a sandbox.
  static let googleToken = "ya29.CANARY-7f3a9c51e8d24b60-of-google"
  static let sandboxToken = "arctlsbx.CANARY-41d0b7e2c9835fa6-of-a-sandbox"
  static let sandbox = "http://127.0.0.1:8085"

  /// Settings that lead to Google, and to the sandbox.
  static let google: ProcessEnvironment = ["ARCTL_ACCESS_TOKEN": googleToken]
  static let local: ProcessEnvironment = [
    "ARCTL_ACCESS_TOKEN": sandboxToken, "ARCTL_ENDPOINT": sandbox,
  ]

  /// - Parameter next: the program of the same name that comes later in PATH.
  init(
    _ program: String, _ arguments: [String], input: String? = nil,
    in environment: ProcessEnvironment = google, next: String? = "/usr/bin/keyring"
  ) async {
    let context = TestContext(
      environment: environment, answers: input.map(Self.lines) ?? [])
    let became = Mutex<[String]?>(nil)
    var seams = context.seams(arguments)
    seams.calledAs = program
    seams.nextProgram = { _ in
      next.map { ($0, environment) }
    }
    let record = { @Sendable (words: [String]) in became.withLock { $0 = words } }
    seams.become = { path, arguments, _ in
      record([path] + arguments)
      return FileError(path: path, code: 2, call: "execve")
    }
    outcome = await Arctl.run(seams)
    output = context.console.output
    errors = context.console.errors
    requests = context.transport.requests.map(\.url)
    passedOn = became.withLock { $0 }
  }

  /// As the console reads them: nothing follows the last line break.
  private static func lines(_ input: String) -> [String] {
    var lines = input.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// Whether anything printed has a part of one of the tokens.
  var printsAToken: Bool { (output + errors + (passedOn ?? []).joined()).contains("CANARY") }

  static func keyring(
    _ url: String, in environment: ProcessEnvironment = google
  ) async -> HelperCall {
    await HelperCall("keyring", ["get", url, "oauth2accesstoken"], in: environment)
  }

  static func docker(
    _ url: String, in environment: ProcessEnvironment = google
  ) async -> HelperCall {
    await HelperCall("docker-credential-arctl", ["get"], input: url, in: environment)
  }
}
