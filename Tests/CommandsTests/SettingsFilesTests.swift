import Platform
import Synchronization
import TestSupport
import Testing

@testable import Commands

/// `arctl settings --write DIR`: it replaces only what arctl wrote, follows no link, and asks git.
@Suite struct SettingsFilesTests {
  private static let arguments = [
    "settings", "projects/p-12345/locations/us/repositories/own", "--repository-format", "python",
    "--tool", "twine", "--write", "out",
  ]
  private static let path = "out/.pypirc"

  private func content(_ context: TestContext, _ path: String = path) throws -> String {
    String(decoding: try context.files.read(path, maximumBytes: 1 << 16), as: UTF8.self)
  }

  @Test func writesTheFileAndPrintsTheRest() async throws {
    let context = TestContext()
    #expect(await context.run(Self.arguments) == .success)
    let text = try content(context)
    #expect(text.hasPrefix("# Written by arctl settings, sha256:"))
    #expect(text.contains("\n[own]\nrepository: https://us-python.pkg.dev/p-12345/own/\n"))
    #expect(try context.files.status(of: Self.path)?.permissions == 0o600)
    #expect(
      context.console.output.hasPrefix("# wrote out/.pypirc; its usual place is ~/.pypirc\n\n"))
    #expect(context.console.output.contains("twine upload"))
    #expect(!context.console.output.contains("[own]"))
  }

  @Test func replacesWhatItWrote() async throws {
    let context = TestContext()
    #expect(await context.run(Self.arguments) == .success)
    let first = try content(context)
    #expect(await context.run(Self.arguments + ["--auth", "key"]) == .success)
    #expect(try content(context) != first)
    #expect(context.files.contents.keys.filter { $0.contains("pypirc") }.count == 1)
  }

  @Test(arguments: ["[distutils]\n", "# Written by arctl settings, sha256:00\n[own]\n", ""])
  func keepsAForeignFile(_ foreign: String) async throws {
    let context = TestContext()
    try context.write(Self.path, foreign)
    #expect(await context.run(Self.arguments) == .refused)
    #expect(try content(context) == foreign)
    #expect(context.console.errors.contains("--overwrite"))
    for number in 1...2 {
      #expect(await context.run(Self.arguments + ["--overwrite"]) == .success)
      let backup = number == 1 ? ".backup" : ".backup2"
      #expect(try content(context, Self.path + backup) == foreign)
      #expect(try context.files.status(of: Self.path + backup)?.permissions == 0o600)
      try context.write(Self.path, foreign)
    }
  }

  @Test func keepsAnEditedFile() async throws {
    let context = TestContext()
    #expect(await context.run(Self.arguments) == .success)
    let edited = try content(context) + "password: mine\n"
    try context.write(Self.path, edited)
    #expect(await context.run(Self.arguments) == .refused)
    #expect(try content(context) == edited)
  }

  @Test func followsNoLink() async throws {
    let context = TestContext()
    try context.write("elsewhere", "x")
    try context.files.makeFolders("out")
    context.files.putLink(Self.path, to: "elsewhere")
    #expect(await context.run(Self.arguments + ["--overwrite"]) == .refused)
    #expect(try content(context, "elsewhere") == "x")
  }

  /// The backup of a file could be committed as well.
  @Test func asksGitForTheBackup() async throws {
    let context = TestContext()
    context.files.putFolder("/work")
    context.files.putFolder("/work/.git")
    try context.write("/work/out/.pypirc", "mine")
    var seams = context.seams(Self.arguments.dropLast() + ["/work/out", "--overwrite"])
    seams.git = { (arguments, _) throws(FileError) in
      ProgramOutput(status: .exited(arguments.last == "./.pypirc" ? 0 : 1), output: [])
    }
    #expect(await Arctl.run(seams) == .refused)
    #expect(context.files.contents.keys.filter { $0.contains("pypirc") } == ["/work/out/.pypirc"])
  }

  /// A folder that does not exist yet is below the work tree, too.
  @Test func asksGitForAMissingFolder() async throws {
    let context = TestContext()
    context.files.putFolder("/work")
    context.files.putFolder("/work/.git")
    #expect(await context.run(Self.arguments.dropLast() + ["/work/a/b"]) == .refused)
    #expect(context.files.contents.isEmpty)
    #expect(try context.files.status(of: "/work/a") == nil)
  }

  @Test func aLinkedFolderIsRefused() async throws {
    let context = TestContext()
    context.files.putFolder("real")
    context.files.putLink("out", to: "real")
    #expect(await context.run(Self.arguments) == .refused)
    #expect(context.files.contents.isEmpty)
  }

  /// The project's and the user's file have one name.
  @Test func twoPlacesAreTwoFiles() async throws {
    let context = TestContext()
    #expect(
      await context.run(
        Self.arguments.map { ["python": "npm", "twine": "npm"][$0] ?? $0 } + ["--output", "json"])
        == .success)
    #expect(try content(context, "out/.npmrc").contains("registry="))
    #expect(try content(context, "out/user.npmrc").contains("_authToken"))
    #expect(context.console.output.contains(#""written": "out/user.npmrc""#))
  }

  /// git's answers for a file: ignored, not ignored, failed, not to be run.
  @Test(arguments: [0, 1, 128, nil] as [Int32?])
  func asksGitInAWorkTree(_ code: Int32?) async throws {
    let context = TestContext()
    context.files.putFolder("/work")
    context.files.putFolder("/work/.git")
    context.files.putFolder("/work/out")
    var seams = context.seams(Self.arguments.dropLast() + ["/work/out"])
    let asked = Asked()
    seams.git = { (arguments, _) throws(FileError) in
      asked.note(arguments)
      guard let code else { throw FileError(path: "git", code: 2, call: "posix_spawn") }
      return ProgramOutput(status: .exited(code), output: [])
    }
    #expect(await Arctl.run(seams) == (code == 0 ? .success : .refused))
    #expect(context.files.contents.keys.contains("/work/out/.pypirc") == (code == 0))
    #expect(asked.commands.count == 1)
    #expect(asked.commands.first?.contains("check-ignore") == true)
  }

  @Test func aToolWithoutFilesHasNothingToWrite() async throws {
    let context = TestContext()
    #expect(
      await context.run(
        Self.arguments.map { $0 == "twine" ? "hatch" : $0 }) == .usage)
    #expect(context.files.contents.isEmpty)
  }

  /// A line that must be first stays first, and formats without comments get none.
  @Test(arguments: [
    ("Dockerfile", "# syntax=docker/dockerfile:1\nFROM x\n", 1), ("a.json", "{}\n", nil),
    ("pom.xml", "<x/>\n", 0), ("build.gradle", "x\n", 0),
  ])
  func theHeaderFitsTheFormat(_ name: String, _ text: String, _ line: Int?) throws {
    let file = WrittenFile(place: name, name: name, parts: [text])
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.firstIndex { $0.contains("Written by arctl settings") } == line)
    if line != nil { #expect(WrittenFile.isOwn(Array(file.text.utf8), name: name)) }
    #expect(!WrittenFile.isOwn(Array((file.text + "x").utf8), name: name))
  }
}

private final class Asked: Sendable {
  private let list = Mutex<[[String]]>([])
  var commands: [[String]] { list.withLock { $0 } }
  func note(_ command: [String]) { list.withLock { $0.append(command) } }
}
