/// One option of a command, for the parser and the help.
public struct Option: Sendable, Hashable {
  /// Whether the option takes a value, and how often it can be given. The text is the value's placeholder in the help.
  public enum Kind: Sendable, Hashable {
    /// `--quiet`; can be repeated.
    case flag
    /// `--out FILE` or `--out=FILE`; once.
    case value(String)
    /// `--sandbox` or `--sandbox=DIR`; once.
    case optionalValue(String)
    /// `--target GLOB`, any number of times.
    case repeated(String)
  }

  /// Whether `PREFIX_NAME` in the environment is used if the option is not given.
  public enum EnvironmentForm: Sendable, Hashable {
    case derived
    /// For options that approve, select or allow a hazard.
    case none
  }

  /// Without the dashes.
  public var name: String
  /// An ASCII letter or digit.
  public var short: Character?
  /// Whether it takes a value, and how often it can be given.
  public var kind: Kind
  /// One sentence without a full stop.
  public var help: String
  /// Whether an environment variable can replace it.
  public var environment: EnvironmentForm
  /// The heading under which the help shows it.
  public var group: String
  /// The values that a shell offers; empty if they are the user's own.
  public var values: [String] = []

  /// A flag without a short form that `PREFIX_NAME` in the environment can replace, by default.
  public init(
    _ name: String, short: Character? = nil, _ kind: Kind = .flag, help: String,
    environment: EnvironmentForm = .derived, group: String = "Options"
  ) {
    self.name = name
    self.short = short
    self.kind = kind
    self.help = help
    self.environment = environment
    self.group = group
  }

  /// The same option with the values that a shell offers.
  public func offering(_ values: [String]) -> Option {
    var option = self
    option.values = values
    return option
  }

  /// `ARCTL_KEY_DIR` for `key-dir` and the prefix `ARCTL_`; nil if it has no environment form.
  public func environmentName(prefix: String) -> String? {
    environment == .derived ? prefix + name.uppercased().replacing("-", with: "_") : nil
  }

  /// `--out FILE`, `--sandbox[=DIR]`.
  var spelling: String {
    switch kind {
    case .flag: "--\(name)"
    case .value(let placeholder): "--\(name) \(placeholder)"
    case .optionalValue(let placeholder): "--\(name)[=\(placeholder)]"
    case .repeated(let placeholder): "--\(name) \(placeholder)..."
    }
  }
}

/// The arguments of a command that are not options.
public struct Operands: Sendable, Hashable {
  /// The name of one operand in the usage line, `FILE`, or the names of all: `REPOSITORY [PATTERN]`.
  public var placeholder: String
  /// One sentence without a full stop.
  public var help: String
  /// How many there must and can be.
  public var count: ClosedRange<Int>
  /// The operands that a shell offers; empty if they are the user's own.
  public var values: [String] = []

  /// The operands that a command takes.
  public init(_ placeholder: String, count: ClosedRange<Int>, help: String) {
    self.placeholder = placeholder
    self.count = count
    self.help = help
  }

  /// The same operands with the words that a shell offers.
  public func offering(_ values: [String]) -> Operands {
    var operands = self
    operands.values = values
    return operands
  }

  /// No operands.
  public static let none = Operands("", count: 0...0, help: "")

  var spelling: String {
    guard count.upperBound > 0 else { return "" }
    let isWhole = placeholder.contains(" ")
    let several = count.upperBound > 1 && !isWhole ? "\(placeholder)..." : placeholder
    return count.lowerBound == 0 ? "[\(several)]" : several
  }
}

/// One command: its name, options and texts, for the parser and the help.
public struct CommandSpec: Sendable, Hashable {
  /// A row of a table in the help.
  public struct Row: Sendable, Hashable {
    /// What the user types, or an exit code.
    public var left: String
    /// What it means, or what to type instead.
    public var right: String
    /// A row of two columns. The right one is wrapped.
    public init(_ left: String, _ right: String) {
      self.left = left
      self.right = right
    }
  }

  /// As the user types it: `plan`, or `keys list`; empty for a program without commands.
  public var name: String
  /// One line without a full stop.
  public var summary: String
  /// Paragraphs after the usage line; can be empty.
  public var discussion: String
  /// The options in the order of the help. `--help` is always the last one.
  public var options: [Option]
  /// The arguments that are not options.
  public var operands: Operands
  /// Codes and their meanings.
  public var exitCodes: [Row]
  /// What the user types, and what it does.
  public var examples: [Row]
  /// Options of other programs, several separated by spaces, and what to type instead. The help does not show them.
  public var foreignHints: [Row]

  /// A command without operands and further texts, by default; `--help` is added.
  public init(
    _ name: String, summary: String, discussion: String = "", options: [Option] = [],
    operands: Operands = .none, exitCodes: [Row] = [], examples: [Row] = [],
    foreignHints: [Row] = []
  ) {
    self.foreignHints = foreignHints
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.options = options + [Self.helpOption]
    self.operands = operands
    self.exitCodes = exitCodes
    self.examples = examples
  }

  /// The option that every command has.
  static let helpOption = Option(
    "help", short: "h", help: "print this help", environment: .none, group: "Other options")
}

/// A program: its name, the prefix of its environment variables, and its commands.
public struct Program: Sendable, Hashable {
  /// As the user types it: `arctl`.
  public var name: String
  /// One line without a full stop.
  public var summary: String
  /// `ARCTL_`.
  public var environmentPrefix: String
  /// The commands in the order of the help.
  public var commands: [CommandSpec]
  /// Paragraphs at the end of the program's help.
  public var footer: String
  /// Commands of other programs, several separated by spaces, and what to type instead. The help does not show them.
  public var foreignHints: [CommandSpec.Row]

  /// A program without a footer or foreignHints, by default.
  public init(
    _ name: String, summary: String, environmentPrefix: String, commands: [CommandSpec],
    footer: String = "", foreignHints: [CommandSpec.Row] = []
  ) {
    self.foreignHints = foreignHints
    self.name = name
    self.summary = summary
    self.environmentPrefix = environmentPrefix
    self.commands = commands
    self.footer = footer
  }
}
