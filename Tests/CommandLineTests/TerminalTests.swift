import CommandLine
import Diagnostics
import Foundation
import Synchronization
import Testing

struct TerminalTests {
  static func terminal(
    _ environment: [String: String] = [:], color: Terminal.ColorChoice = .auto,
    isTerminal: Bool = true, window: Int = 132
  ) -> Terminal {
    Terminal(
      input: isTerminal, output: isTerminal, error: isTerminal, windowWidth: window,
      environment: environment, color: color)
  }

  @Test func colour() {
    #expect(Self.terminal().outputStyle.isColored)
    #expect(!Self.terminal(isTerminal: false).outputStyle.isColored)
    for variable in [["NO_COLOR": "1"], ["CI": "true"], ["TERM": "dumb"]] {
      #expect(!Self.terminal(variable).outputStyle.isColored)
      #expect(Self.terminal(variable, color: .always).errorStyle.isColored)
    }
    #expect(Self.terminal(["NO_COLOR": "", "CI": ""]).errorStyle.isColored)
    #expect(!Self.terminal(color: .never).errorStyle.isColored)
    #expect(Self.terminal(color: .always, isTerminal: false).outputStyle.isColored)
  }

  @Test func rewriting() {
    #expect(Self.terminal(["NO_COLOR": "1"]).canRewriteErrorLines)
    #expect(!Self.terminal(["CI": "1"]).canRewriteErrorLines)
    #expect(!Self.terminal(["TERM": "dumb"], color: .always).canRewriteErrorLines)
    #expect(!Self.terminal(isTerminal: false).canRewriteErrorLines)
  }

  @Test func width() {
    #expect(Self.terminal().width == 132)
    #expect(Self.terminal(["COLUMNS": "100"]).width == 100)
    #expect(Self.terminal(["COLUMNS": "x"], window: 0).width == 80)
    #expect(Self.terminal(["COLUMNS": "3"]).width == 20)
  }

  /// Collects what is written.
  final class Sink: Sendable {
    private let text = Mutex("")
    func write(_ more: String) { text.withLock { $0 += more } }
    func take() -> String {
      text.withLock { text in
        defer { text = "" }
        return text
      }
    }
  }

  @Test func liveLinesAreRewritten() {
    let sink = Sink()
    let region = LiveRegion(isLive: true, maximumLines: 2, width: { 8 }, write: sink.write)
    region.update(["one", "two"])
    #expect(sink.take() == "one\ntwo\n")
    region.update(["one", "two"])
    #expect(sink.take() == "")
    region.append("done")
    #expect(sink.take() == "\r\u{1B}[2A\u{1B}[Jdone\none\ntwo\n")
    region.update(["a line too long", "b", "c"])
    #expect(sink.take() == "\r\u{1B}[2A\u{1B}[Ja line …\n… and 2…\n")
    region.finish()
    #expect(sink.take() == "\r\u{1B}[2A\u{1B}[J")
    region.finish()
    #expect(sink.take() == "")
  }

  @Test func withoutATerminalOnlyPermanentLinesAreWritten() {
    let sink = Sink()
    let region = LiveRegion(isLive: false, width: { 80 }, write: sink.write)
    region.update(["one"])
    region.append("done")
    region.finish()
    #expect(sink.take() == "done\n")
  }

  @Test func colouredTextIsCutByDisplayWidth() {
    let red = Style(isColored: true)(.removed, "abcdef")
    #expect(truncatedStyled(red, toWidth: 6) == red)
    #expect(truncatedStyled(red, toWidth: 4) == "\u{1B}[31mabc…\u{1B}[0m")
  }

  /// A reader of a pipe, and the pipe.
  static func reader() -> (LineReader, Pipe) {
    let pipe = Pipe()
    return (LineReader(descriptor: pipe.fileHandleForReading.fileDescriptor), pipe)
  }

  @Test func linesAreReadOneByOne() async throws {
    let (reader, pipe) = Self.reader()
    try pipe.fileHandleForWriting.write(contentsOf: Data("one\n\nthrée".utf8))
    try pipe.fileHandleForWriting.close()
    var lines: [String?] = []
    for _ in 0..<4 { lines.append(await reader.line()) }
    #expect(lines == ["one", "", "thrée", nil])
  }

  @Test(
    arguments: [
      ("yes\n", true), (" Y \n", true), ("n\n", false), ("\n", false), ("yes please\n", false),
      ("", nil),
    ] as [(String, Bool?)])
  func confirmation(_ typed: String, _ expected: Bool?) async throws {
    let (reader, pipe) = Self.reader()
    try pipe.fileHandleForWriting.write(contentsOf: Data(typed.utf8))
    try pipe.fileHandleForWriting.close()
    let sink = Sink()
    #expect(await reader.confirms("Apply?", write: sink.write) == expected)
    #expect(sink.take() == "Apply? [y/N] ")
  }

  @Test func cancellationEndsReading() async {
    let (reader, pipe) = Self.reader()
    let task = Task { await reader.line() }
    try? await Task.sleep(for: .milliseconds(20))
    task.cancel()
    #expect(await task.value == nil)
    withExtendedLifetime(pipe) {}
  }

  @Test func writingToAClosedPipeFails() throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = Pipe()
    let stream = OutputStream(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    #expect(stream.write("some text"))
    #expect(pipe.fileHandleForReading.availableData == Data("some text".utf8))
    try pipe.fileHandleForReading.close()
    #expect(!stream.write("more"))
  }
}
