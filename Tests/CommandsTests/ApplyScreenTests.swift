import CommandLine
import Diagnostics
import Model
import Platform
import Rendering
import TestSupport
import Testing

@testable import Commands

@Suite struct ApplyScreenTests {
  private func screen(_ context: TestContext, _ arguments: String...) throws -> ApplyScreen {
    let options = try OutputOptions(try CommandTable.apply.parse(arguments))
    return ApplyScreen(
      operationText: OperationText(), reporter: Reporter(context.seams(), options))
  }
  private let operation = PlanFixture.operation("a")

  @Test func aTerminalShowsLiveLinesAndErasesThem() throws {
    let context = TestContext(terminal: true)
    let screen = try screen(context, "--color", "never")
    screen.record(.began(operations: 1))
    screen.record(.started(operation))
    screen.record(.finished(operation, OperationResult(), took: .seconds(1)))
    screen.end()
    #expect(context.console.output == "  + created serviceAccount/a   1.0s\n")
    #expect(context.console.errors.contains("  + create serviceAccount/a   "))
    #expect(shown(context.console.errors).isEmpty)
  }

  /// As in `arctl apply | tee log`: the pipe's reader may print below the live lines.
  @Test func aPipeBesideATerminalGetsNoLiveLines() throws {
    let context = TestContext(terminal: true, pipesOutput: true)
    let screen = try screen(context)
    screen.record(.began(operations: 1))
    screen.record(.started(operation))
    #expect(context.console.errors.isEmpty)
    screen.abandon()
    #expect(
      context.console.errors
        == "\nStopped at once; operations in flight: create serviceAccount/a. Running again is safe.\n"
    )
  }

  @Test func aPipeGetsOneLineForEachFinishedOperation() throws {
    let context = TestContext()
    let screen = try screen(context)
    screen.record(.began(operations: 1))
    screen.record(.started(operation))
    screen.record(.finished(operation, OperationResult(), took: .seconds(1)))
    screen.end()
    #expect(context.console.output == "  + created serviceAccount/a   1.0s\n")
    #expect(!context.console.errors.contains("\u{1B}"))
  }

  /// What a terminal shows after the screen's sequences: line up, erase line, start of line.
  private func shown(_ text: String) -> String {
    var lines = [""]
    var rest = text[...]
    while let character = rest.first {
      if rest.hasPrefix("\u{1B}[A") {
        lines.removeLast()
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("\u{1B}[2K") {
        lines[lines.count - 1] = ""
        rest = rest.dropFirst(4)
      } else {
        rest = rest.dropFirst()
        if character == "\n" {
          lines.append("")
        } else if character != "\r" {
          lines[lines.count - 1].append(character)
        }
      }
    }
    return lines.joined(separator: "\n")
  }
}

@Suite struct ApplyLogTests {
  @Test func isAPrivateFileOfJSONLinesInAFolderThatGitIgnores() throws {
    let context = TestContext()
    let options = try OutputOptions(try CommandTable.apply.parse([]))
    let log = ApplyLog(plan: PlanFixture.page, Reporter(context.seams(), options))
    log.write(.began(operations: 2))
    log.end(.interrupted, isCut: true)
    // A second end is ignored.
    log.end(.success)
    let path = try #require(context.files.contents.keys.first { $0.hasSuffix(".jsonl") })
    #expect(path.hasSuffix("-9c1f4e0b52d07a13.jsonl"))
    #expect(try context.files.status(of: path)?.permissions == 0o600)
    #expect(try context.files.status(of: ".arctl/log")?.permissions == 0o700)
    #expect(try context.files.read(".arctl/.gitignore", maximumBytes: 9) == Array("*\n".utf8))
    let lines = String(decoding: context.files.contents[path] ?? [], as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.last?.hasSuffix(#""event":"ended","exit":130,"stoppedAtOnce":true}"#) == true)
    #expect(lines.allSatisfy { $0.hasPrefix(#"{"time":"2027-01-15T08:00:00.000Z","event":"#) })
  }

  @Test func anUnwritableLogIsReportedOnceAndTheApplyContinues() throws {
    let context = TestContext()
    context.files.inject(.fails(28), atStep: 1)
    let options = try OutputOptions(try CommandTable.apply.parse([]))
    let log = ApplyLog(plan: PlanFixture.page, Reporter(context.seams(), options))
    log.write(.began(operations: 2))
    log.end(.success)
    #expect(context.console.errors.split(separator: "\n").count == 1)
    #expect(context.console.errors.hasPrefix("note: cannot write the log of this apply"))
  }
}
