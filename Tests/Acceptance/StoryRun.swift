import Foundation
import JSON

/// A running story: its folder, its sandbox, and the results of the last step. Used by one thread.
final class StoryRun {
  let story: Story
  /// The working folder of every program; HOME and the like are beside it.
  let folder: URL
  /// The environment of the story's programs, and the values of `$NAME` in its steps.
  var variables: [String: String]
  /// Programs still running, `arctl` and `arctl-sandbox`.
  var running: [String: Subprocess] = [:]
  /// The transcript so far, which a failing test prints.
  private(set) var transcript = ""
  /// Results of the last program or request.
  var (output, errors) = ("", "")
  /// The exit code of the last arctl.
  var lastEnd: Subprocess.End?
  /// Everything that arctl printed in this story.
  var printed = ""
  /// The command before each program, which sets its limits.
  var limit: [String] = []
  /// The folder of the programs, if it is not that of this test's executable.
  var programFolder: String?
  /// Values saved by `json PATH > NAME`.
  var saved: [String: JSONValue] = [:]
  var server: LoopbackHTTP?
  /// The journal's last entry before the mark.
  var journalMark = 0
  private var programs = 0

  /// The folder of this test's executable and of the product's. (readlink)
  static let binaries = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  init(_ story: Story) throws {
    self.story = story
    let files = FileManager.default
    let root = files.temporaryDirectory.appending(path: "arctl-story-\(UUID().uuidString)")
    folder = root.appending(path: "work")
    let home = root.appending(path: "home").path
    variables = [
      "PATH": "\(Self.binaries.path):/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8",
      "TMPDIR": root.path, "XDG_STATE_HOME": "\(home)/state", "XDG_CONFIG_HOME": "\(home)/config",
      "XDG_CACHE_HOME": "\(home)/cache", "CLOUDSDK_CONFIG": "\(home)/gcloud",
    ]
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    try files.createDirectory(atPath: home, withIntermediateDirectories: true)
    for (name, text) in story.files { try write(text, to: name) }
  }

  /// Runs the steps; the first failure ends the story.
  func run() throws {
    for step in story.steps {
      transcript += "[\(story.name):\(step.line)] \(step.text)\n"
      let start = Date.now
      do {
        try perform(step.text)
      } catch {
        let text = "\(error)"
        transcript += "FAILED: \(text)\n"
        throw StoryFailure("line \(step.line): \(text)")
      }
      let took = Date.now.timeIntervalSince(start)
      if took > 1 { transcript += String(format: "(%.1f s)\n", took) }
    }
  }

  /// Ends the programs that still run, and removes the folder.
  func tearDown() {
    for (_, process) in running {
      process.kill(SIGKILL)
      _ = try? process.wait()
    }
    try? FileManager.default.removeItem(at: folder.deletingLastPathComponent())
  }

  func note(_ text: String) {
    let limit = 20_000
    let shown = text.count > limit ? "\(text.prefix(limit))\n... (cut)" : text
    if !shown.isEmpty { transcript += shown.hasSuffix("\n") ? shown : shown + "\n" }
  }

  /// Starts one of the product's programs, or the one at an absolute path, in the working folder.
  func start(
    _ program: String, _ arguments: [String], input: String = "/dev/null"
  ) throws -> Subprocess {
    programs += 1
    let name = URL(filePath: program).lastPathComponent
    let output = folder.deletingLastPathComponent().appending(path: "\(name)-\(programs)")
    let file =
      program.hasPrefix("/")
      ? program
      : programFolder.map { "\($0)/\(program)" } ?? Self.binaries.appending(path: program).path
    let command = limit + [file] + arguments
    return try Subprocess(
      command[0], Array(command.dropFirst()), folder: folder.path, environment: variables,
      input: input, output: output.path)
  }

  /// The path of a file of the story.
  func path(_ name: String) -> String {
    name.hasPrefix("/") ? name : folder.appending(path: name).path
  }

  func read(_ name: String) throws -> String {
    switch name {
    case "stdout": return output
    case "stderr": return errors
    default:
      guard let data = FileManager.default.contents(atPath: path(name)) else {
        throw StoryFailure("there is no file \(name)")
      }
      return String(decoding: data, as: UTF8.self)
    }
  }

  func write(_ text: String, to name: String) throws {
    let url = URL(filePath: path(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }
}
