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
      let end = try process.wait(seconds: 20)
      guard end == .exit(0) else { throw StoryFailure("the sandbox ended with \(end)") }
      return
    }
    guard words.take("start") else { throw StoryFailure("`sandbox start` or `sandbox stop`") }
    let process = try start(name, ["--data", path("sandbox")] + words.rest)
    running[name] = process
    let isReady = poll(seconds: 30) { process.output.contains("\n") || process.hasEnded() }
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

  /// `[exit N] [within MS] arctl ARGUMENT...`: the fastest of three counts, as the machine may be busy with others.
  func arctl(_ arguments: [String], _ expectation: Expectation) throws {
    for isLast in [false, false, true] {
      let took = try run(arguments, exit: expectation.exit)
      guard let limit = expectation.milliseconds, took > .milliseconds(limit) else { return }
      if isLast { throw StoryFailure("it took \(took), not \(limit) ms") }
    }
  }

  private func run(_ arguments: [String], exit code: Int32?) throws -> Duration {
    let began = ContinuousClock.now
    let process = try start("arctl", arguments)
    let end = try process.wait(seconds: 100)
    let took = ContinuousClock.now - began
    take(process)
    lastEnd = end
    try check(end, code)
    return took
  }

  func take(_ process: Subprocess) {
    (output, errors) = (process.output, process.errors)
    note(output)
    note(errors)
    printed += output + errors
  }

  /// `start [nohup] arctl ARGUMENT...`: goes on with the story while it runs.
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
    _ = try process.wait(seconds: 10)
    take(process)
  }

  /// `[exit N] wait`: until the started arctl ends by itself.
  func waitForArctl(_ expectation: Expectation) throws {
    let process = try startedArctl()
    running["arctl"] = nil
    let end = try process.wait(seconds: 100)
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
