import Glibc
import Platform

/// Applies manifests to a sandbox before users get it, by running `arctl` against it.
struct SetUp {
  /// Files and folders of manifests.
  let paths: [String]
  let dataDirectory: String

  /// Checks the manifests, and creates the projects that they name but do not create. Runs before the server starts.
  ///
  /// A plan against the same folder does both: arctl starts its own sandbox there, which creates the projects.
  func prepare() throws(SandboxError) {
    try run("plan", ["--quiet", "--sandbox=\(dataDirectory)"], output: .discarded)
  }

  /// Applies the manifests to the running server. Key files go into `DIR/keys`.
  func apply(to baseURL: String) throws(SandboxError) {
    try run(
      "apply",
      ["--auto-approve", "--endpoint=\(baseURL)", "--key-dir=\(dataDirectory)/keys"],
      output: .standardError)
  }

  private func run(
    _ verb: String, _ options: [String], output: ChildProcess.Output
  ) throws(SandboxError) {
    let child: ChildProcess
    do {
      child = try ChildProcess(
        Self.arctl, arguments: [verb] + options + ["--"] + paths, environment: environment,
        input: .untilWeEnd, output: output)
    } catch {
      throw SandboxError(
        "cannot run arctl, which must be next to this program or in PATH: \(error)")
    }
    let result = Workers(extra: 0).run { await child.wait() }
    switch result {
    case .exited(0): return
    case .exited(let code):
      throw SandboxError("`arctl \(verb)` ended with exit code \(code); the sandbox is not set up")
    case .signalled(let signal):
      throw SandboxError("`arctl \(verb)` was ended by signal \(signal); the sandbox is not set up")
    }
  }

  /// This process's environment, without the variables that would direct arctl elsewhere. The owner's credential is the
  /// only one.
  private var environment: ProcessEnvironment {
    var variables = ProcessEnvironment.current.variables.filter { name, _ in
      !["ARCTL_", "GOOGLE_", "CLOUDSDK_"].contains { name.hasPrefix($0) }
        || name.hasPrefix("ARCTL_VAR_")
    }
    variables["GOOGLE_APPLICATION_CREDENTIALS"] = "\(dataDirectory)/owner.json"
    return ProcessEnvironment(variables)
  }

  /// `arctl` next to this executable, or else in PATH.
  private static var arctl: String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else { return "arctl" }
    let folder = LocalFileSystem.split(String(decoding: buffer.prefix(count), as: UTF8.self)).folder
    return access("\(folder)/arctl", X_OK) == 0 ? "\(folder)/arctl" : "arctl"
  }
}
