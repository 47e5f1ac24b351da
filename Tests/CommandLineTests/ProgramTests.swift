import CommandLine
import Diagnostics
import Testing

struct ProgramTests {
  static let program = Program(
    "arctl", summary: "Artifact Registry setup as code", environmentPrefix: "ARCTL_",
    commands: [
      ParsingTests.spec, CommandSpec("apply", summary: "make it so"),
      CommandSpec("keys list", summary: "show keys"), CommandSpec("keys pin", summary: "pin"),
    ])

  @Test func requests() throws {
    let program = Self.program
    #expect(try program.request([]) == .help(nil))
    #expect(try program.request(["-h"]) == .help(nil))
    #expect(try program.request(["--version"]) == .version)
    #expect(
      try program.request(["plan", "-q", "x"])
        == .command(ParsingTests.spec, arguments: ["-q", "x"]))
    #expect(
      try program.request(["keys", "list", "a"])
        == .command(program.commands[2], arguments: ["a"]))
    #expect(try program.request(["help", "keys", "pin"]) == .help(program.commands[3]))
  }

  @Test(arguments: [
    (["aply"], "unknown command `aply`; did you mean `arctl apply`?"),
    (["xyzzy"], "unknown command `xyzzy`"),
    (["keys"], "`keys` needs one more word: `arctl keys list`, `arctl keys pin`"),
    (["-q", "plan"], "the command comes first: `arctl COMMAND -q`"),
    (["help", "aply"], "unknown command `aply`; did you mean `arctl apply`?"),
  ])
  func faults(_ arguments: [String], _ message: String) {
    do throws(UsageError) {
      _ = try Self.program.request(arguments)
      Issue.record("accepted")
    } catch {
      #expect(error.description == message)
    }
  }

  /// A command with second words of its own.
  static let group = Program(
    "arctl", summary: "Artifact Registry setup as code", environmentPrefix: "ARCTL_",
    commands: [
      ParsingTests.spec, CommandSpec("keys", summary: "the keys"),
      CommandSpec("keys list", summary: "show keys"), CommandSpec("keys pin", summary: "pin"),
    ])

  @Test(arguments: [["keys"], ["keys", "--help"], ["keys", "-h"], ["help", "keys"]])
  func aGroupPrintsItsHelp(arguments: [String]) throws {
    #expect(try Self.group.request(arguments) == .help(Self.group.commands[1]))
  }

  @Test func theSecondWordIsFound() throws {
    #expect(
      try Self.group.request(["keys", "list", "--help"])
        == .command(Self.group.commands[2], arguments: ["--help"]))
    #expect(try Self.group.request(["help", "keys", "pin"]) == .help(Self.group.commands[3]))
  }

  @Test(arguments: [
    (
      ["keys", "lst"],
      "unknown command `keys lst`: expected list, pin; did you mean `arctl keys list`?"
    ),
    (["keys", "xyzzy"], "unknown command `keys xyzzy`: expected list, pin"),
    (
      ["help", "keys", "lst"],
      "unknown command `keys lst`: expected list, pin; did you mean `arctl keys list`?"
    ),
    (["keys", "\u{1B}[2J"], #"unknown command `keys \u{1B}[2J`: expected list, pin"#),
    (["keys", "-q", "list"], "the command comes first: `arctl keys COMMAND -q`"),
  ])
  func unknownSecondWords(_ arguments: [String], _ message: String) {
    do throws(UsageError) {
      _ = try Self.group.request(arguments)
      Issue.record("accepted")
    } catch {
      #expect(error.description == message)
    }
  }

  @Test func helpOfBothLevels() {
    let program = Self.group
    #expect(
      program.help() == """
        arctl: Artifact Registry setup as code

        Usage: arctl COMMAND [OPTION...] [ARGUMENT...]

        Commands:
          plan  compare
          keys  the keys

        `arctl COMMAND --help` shows more about a command.

        """)
    #expect(
      program.commands[1].help(
        program: "arctl", prefix: "ARCTL_",
        subcommands: program.subcommands(of: program.commands[1]))
          == """
          arctl keys: the keys

          Usage: arctl keys COMMAND [OPTION...] [ARGUMENT...]

          Commands:
            list  show keys
            pin   pin

          Other options:
            -h, --help  print this help

          """)
  }

  @Test func programHelp() {
    #expect(
      Self.program.help() == """
        arctl: Artifact Registry setup as code

        Usage: arctl COMMAND [OPTION...] [ARGUMENT...]

        Commands:
          plan       compare
          apply      make it so
          keys list  show keys
          keys pin   pin

        `arctl COMMAND --help` shows more about a command.

        """)
  }

  static let show = CommandSpec(
    "show", summary: "render a saved plan", discussion: "One.\n\nTwo.",
    options: [
      Option("output", short: "o", .value("FORMAT"), help: "text, json or markdown"),
      Option(
        "allow-data-loss", .repeated("ADDRESS"),
        help:
          "delete this repository although it holds packages, and whatever else a long text says",
        environment: .none, group: "Hazards"),
    ],
    operands: Operands("FILE", count: 1...1, help: "a saved plan"),
    exitCodes: [.init("0", "success"), .init("64", "usage")],
    examples: [.init("arctl show plan.json", "look at it again")])

  @Test func commandHelp() {
    #expect(
      Self.show.help(program: "arctl", prefix: "ARCTL_") == """
        arctl show: render a saved plan

        Usage: arctl show [OPTION...] FILE

        One.

        Two.

        Arguments:
          FILE  a saved plan

        Options:
          -o, --output FORMAT  text, json or markdown [ARCTL_OUTPUT]

        Hazards:
              --allow-data-loss ADDRESS...
                                          delete this repository although it holds
                                          packages, and whatever else a long text says

        Other options:
          -h, --help  print this help

        Exit codes:
          0   success
          64  usage

        Examples:
          # look at it again
          arctl show plan.json

        """)
  }

  @Test(arguments: [50, 80, 120])
  func helpFitsTheWidth(_ width: Int) {
    for text in [
      Self.show.help(program: "arctl", prefix: "ARCTL_", width: width),
      ParsingTests.spec.help(program: "arctl", prefix: "ARCTL_", width: width),
    ] {
      for line in text.split(separator: "\n") { #expect(displayWidth(String(line)) <= width) }
    }
  }

  @Test func wrapping() {
    #expect(wrapped("", toWidth: 10) == [""])
    #expect(wrapped("aaa bbb cc", toWidth: 7) == ["aaa bbb", "cc"])
    #expect(wrapped("aaaaaaaa b\nc", toWidth: 4) == ["aaaaaaaa", "b", "c"])
  }
}
