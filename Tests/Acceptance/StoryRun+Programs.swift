import Foundation

extension StoryRun {
  /// `sandbox start [OPTION...]`, `sandbox stop`: one sandbox with its data in `sandbox/`.
  func sandbox(_ words: inout Words) throws {
    let name = "arctl-sandbox"
    if words.take("stop") {
      guard let process = running.removeValue(forKey: name) else {
        throw StoryFailure("no sandbox runs")
      }
      process.kill(SIGTERM)
      let end = try process.wait()
      guard end == .exit(0) else { throw StoryFailure("the sandbox ended with \(end)") }
      return
    }
    guard words.take("start") else { throw StoryFailure("`sandbox start` or `sandbox stop`") }
    // A sandbox that starts with no data in the same story is a new one, with its own keys.
    if server == nil, !FileManager.default.fileExists(atPath: path("sandbox")) {
      try PreparedData.copy(to: path("sandbox"))
    }
    let process = try start(name, ["--data", path("sandbox")] + words.rest)
    running[name] = process
    let isReady = poll { process.output.contains("\n") || process.hasEnded() }
    let url = process.output.prefix { $0 != "\n" }
    guard isReady, url.hasPrefix("http://") else {
      throw StoryFailure("the sandbox did not start\n\(process.output)\(process.errors)")
    }
    server = try LoopbackHTTP(url: String(url))
    journalMark = 0
    variables["ARCTL_ENDPOINT"] = String(url)
    variables["SERVER"] = String(url.dropFirst("http://".count)).replacing(":", with: "_")
    variables["GOOGLE_APPLICATION_CREDENTIALS"] = path("sandbox/owner.json")
  }

  /// `[exit N] arctl ARGUMENT...`
  func arctl(_ arguments: [String], _ expectation: Expectation) throws {
    let process = try start("arctl", arguments)
    let end = try process.wait()
    take(process)
    lastEnd = end
    try check(end, expectation.exit)
  }

  /// `[exit N] linked [FILE <] NAME ARGUMENT...`: runs arctl by a link of this name, which is found first in PATH. FILE is
  /// its standard input.
  func linked(_ words: inout Words, _ expectation: Expectation) throws {
    var name = try words.next("the name of a link")
    var input: String?
    if words.take("<") {
      input = path(name)
      name = try words.next("the name of a link")
    }
    let links = path("links")
    let link = "\(links)/\(name)"
    try FileManager.default.createDirectory(atPath: links, withIntermediateDirectories: true)
    if !FileManager.default.fileExists(atPath: link) {
      try FileManager.default.createSymbolicLink(
        atPath: link, withDestinationPath: Self.binaries.appending(path: "arctl").path)
    }
    let search = variables["PATH"]
    variables["PATH"] = "\(links):\(search ?? "")"
    defer { variables["PATH"] = search }
    let process = try start(link, words.rest, input: input ?? "/dev/null")
    let end = try process.wait()
    take(process)
    try check(end, expectation.exit)
  }

  /// `[exit N] git ARGUMENT...`: git itself, with an author and without the settings of the machine.
  func git(_ arguments: [String], _ expectation: Expectation) throws {
    let settings = [
      "user.name=a", "user.email=a@example.com", "commit.gpgsign=false", "init.defaultBranch=main",
      "advice.detachedHead=false", "protocol.file.allow=always",
    ]
    let process = try start("/usr/bin/git", settings.flatMap { ["-c", $0] } + arguments)
    let end = try process.wait()
    take(process)
    try check(end, expectation.exit)
  }

  func take(_ process: Subprocess) {
    (output, errors) = (process.output, process.errors)
    note(output)
    note(errors)
    printed += output + errors
  }

  /// `start [nohup] arctl ARGUMENT...`: continues the story while it runs.
  func startArctl(_ words: inout Words) throws {
    let ignoresHangup = words.take("nohup")
    guard words.take("arctl") else { throw StoryFailure("`start [nohup] arctl ...`") }
    running["arctl"] =
      ignoresHangup
      ? try start("/usr/bin/nohup", [Self.binaries.appending(path: "arctl").path] + words.rest)
      : try start("arctl", words.rest)
  }

  /// The arctl that `start` left running; `interrupt` is Ctrl-C to it.
  func startedArctl() throws -> Subprocess {
    guard let process = running["arctl"] else { throw StoryFailure("no arctl was started") }
    return process
  }

  /// `kill`: ends the started arctl with SIGKILL.
  func killArctl() throws {
    let process = try startedArctl()
    running["arctl"] = nil
    guard !process.hasEnded() else {
      throw StoryFailure("it had ended already\n\(process.output)\(process.errors)")
    }
    process.kill(SIGKILL)
    _ = try process.wait()
    take(process)
  }

  /// `[exit N] wait`: until the started arctl ends by itself.
  func waitForArctl(_ expectation: Expectation) throws {
    let process = try startedArctl()
    running["arctl"] = nil
    let end = try process.wait()
    take(process)
    try check(end, expectation.exit)
  }

  func check(_ end: Subprocess.End, _ code: Int32?) throws {
    switch (end, code) {
    case (.exit, nil): break
    case (let end, let code?) where end == .exit(code): break
    default: throw StoryFailure("\(end), not exit \(code.map(String.init) ?? "by itself")")
    }
  }
}
