import CommandLine
import Testing

struct ParsingTests {
  static let spec = CommandSpec(
    "plan", summary: "compare",
    options: [
      Option("quiet", short: "q", help: "less"),
      Option("verbose", short: "v", help: "more"),
      Option("out", short: "o", .value("FILE"), help: "write the plan"),
      Option("target", .repeated("GLOB"), help: "only these", environment: .none),
      Option("projects", .repeated("GLOB"), help: "confine"),
      Option("sandbox", .optionalValue("DIR"), help: "start a sandbox"),
      Option("allow-delete", .repeated("ADDRESS"), help: "hazard", environment: .none),
      Option("auto-approve", help: "hazard", environment: .none),
    ],
    operands: Operands("PATH", count: 0...3, help: "files"))

  static func parse(_ arguments: [String], _ environment: [String: String] = [:])
    throws(UsageError) -> ParsedArguments
  {
    try spec.parse(arguments, environment: environment, prefix: "ARCTL_")
  }

  /// The message, or "fine".
  static func fault(_ arguments: [String], _ environment: [String: String] = [:]) -> String {
    do throws(UsageError) {
      _ = try parse(arguments, environment)
      return "fine"
    } catch {
      return error.description
    }
  }

  @Test func everyForm() throws {
    let parsed = try Self.parse([
      "a", "-qv", "-o", "x", "b", "--target", "--out", "--target=t2", "--sandbox", "c",
    ])
    #expect(parsed.operands == ["a", "b", "c"])
    #expect(parsed.has("quiet") && parsed.has("verbose") && !parsed.has("auto-approve"))
    #expect(parsed.value("out") == "x")
    #expect(parsed.values("target") == ["--out", "t2"])
    #expect(parsed.has("sandbox") && parsed.value("sandbox") == nil)
    #expect(parsed.source("out") == .commandLine && parsed.source("projects") == nil)
  }

  @Test func inlineValues() throws {
    let parsed = try Self.parse(["-ofile", "--sandbox=dir", "--target=a=b"])
    #expect(parsed.value("out") == "file")
    #expect(parsed.value("sandbox") == "dir")
    #expect(parsed.values("target") == ["a=b"])
  }

  @Test func afterTwoDashesAllAreOperands() throws {
    let parsed = try Self.parse(["a", "--", "--out", "-q"])
    #expect(parsed.operands == ["a", "--out", "-q"] && !parsed.has("quiet"))
    #expect(try Self.parse(["-", "--", "--"]).operands == ["-", "--"])
  }

  @Test(arguments: [
    (["--taget", "x"], "unknown option `--taget`; did you mean `--target`?"),
    (["--tar", "x"], "unknown option `--tar`; did you mean `--target`?"),
    (["--auto"], "unknown option `--auto`; did you mean `--auto-approve`?"),
    (["--ou=x"], "unknown option `--ou`; did you mean `--out`?"),
    (["a", "--zzzzzz"], "unknown option `--zzzzzz`"), (["-x"], "unknown option `-x`"),
    (["-target", "x"], "unknown option `-t`; did you mean `--target`?"),
    (["-qx"], "unknown option `-x`"), (["--out"], "option `--out` needs a value"),
    (["-o"], "option `--out` needs a value"),
    (["--quiet=yes"], "option `--quiet` takes no value"),
    (["--out", "a", "-o", "b"], "option `--out` is given twice"),
    (["--sandbox", "--sandbox=x"], "option `--sandbox` is given twice"),
    (["--out="], "the value of `--out` is empty"),
    (["--target", ""], "the value of `--target` is empty"),
    (["1", "2", "3", "4"], "unexpected argument `4`"), ([""], "an argument is empty"),
    (["-q", "-q", "--quiet"], "fine"), (["--help", "--out"], "option `--out` needs a value"),
    (["--é"], "unknown option `--é`"), (["-é"], "unknown option `-é`"),
    (["--\u{1B}[2J"], "unknown option `--\\u{1B}[2J`"),
  ])
  func faults(_ arguments: [String], _ expected: String) {
    #expect(Self.fault(arguments) == expected)
  }

  @Test func helpCanBeRequested() throws {
    #expect(try Self.parse(["-h", "1", "2", "3", "4"]).wantsHelp)
    #expect(try Self.parse(["--help"]).wantsHelp)
  }

  @Test func theEnvironmentIsUsedIfAnOptionIsMissing() throws {
    let parsed = try Self.parse(
      ["--out", "cli"],
      [
        "ARCTL_OUT": "env", "ARCTL_QUIET": "true", "ARCTL_VERBOSE": "0", "ARCTL_PROJECTS": "a,b",
        "ARCTL_SANDBOX": "1", "ARCTL_TARGET": "x", "ARCTL_AUTO_APPROVE": "1",
        "ARCTL_ALLOW_DELETE": "x", "ARCTL_HELP": "1",
      ])
    #expect(parsed.value("out") == "cli" && parsed.source("out") == .commandLine)
    #expect(parsed.has("quiet") && parsed.source("quiet") == .environment("ARCTL_QUIET"))
    #expect(!parsed.has("verbose"))
    #expect(parsed.values("projects") == ["a", "b"])
    #expect(parsed.has("sandbox") && parsed.value("sandbox") == nil)
    for hazard in ["target", "auto-approve", "allow-delete", "help"] {
      #expect(!parsed.has(hazard))
    }
    #expect(try Self.parse([], ["ARCTL_SANDBOX": "dir"]).value("sandbox") == "dir")
    #expect(
      Self.fault([], ["ARCTL_QUIET": "maybe"])
        == "`ARCTL_QUIET` is `maybe`; expected `true` or `false`")
  }

  @Test func tooFewOperands() {
    let spec = CommandSpec(
      "show", summary: "s", operands: Operands("FILE", count: 1...1, help: "a plan"))
    #expect(throws: UsageError("missing argument: FILE")) { try spec.parse([]) }
  }

  @Test func manyAtOnce() async {
    await withTaskGroup(of: Bool.self) { group in
      for index in 0..<64 {
        group.addTask {
          let parsed = try? Self.parse(["p\(index)", "--out", "o\(index)", "-q"])
          return parsed?.value("out") == "o\(index)" && parsed?.operands == ["p\(index)"]
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }
}
