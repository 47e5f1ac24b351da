/// What the user requested: options by name, from the command line or else from the environment.
public struct ParsedArguments: Sendable, Hashable {
  /// Where the value of an option comes from.
  public enum Source: Sendable, Hashable {
    case commandLine
    /// The variable's name.
    case environment(String)
  }

  /// In the order in which they were given.
  public internal(set) var operands: [String] = []
  var given: [String: [String?]] = [:]
  var sources: [String: Source] = [:]
  /// The operand right after an option that takes a value only with `=`, by the option's name.
  public internal(set) var behind: [String: String] = [:]

  /// Whether an option of any kind was given.
  public func has(_ name: String) -> Bool { given[name] != nil }

  /// The value of an option; nil if it was not given, or was given without its optional value.
  public func value(_ name: String) -> String? { given[name]?.last ?? nil }

  /// All the values of a repeated option, in order.
  public func values(_ name: String) -> [String] { given[name, default: []].compactMap { $0 } }

  /// Where an option was given; nil if it was not given.
  public func source(_ name: String) -> Source? { sources[name] }

  /// Whether `--help` or `-h` was given. Nothing else was checked then.
  public var wantsHelp: Bool { has("help") }
}

/// Arguments that cannot be understood. The exit code is 64 (EX_USAGE of sysexits.h).
public struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// EX_USAGE of sysexits.h.
  public static let exitCode: Int32 = 64

  /// One line without a full stop; what the user typed is in backticks.
  public var message: String
  /// What the user probably meant.
  public var suggestion: String?
  /// What to do, in words; printed instead of the suggestion.
  public var advice: String?
  /// The unknown option or command, as the user typed it.
  public var unknown: String?

  /// An error without advice, which `advised(by:)` adds for options and commands of other programs.
  public init(_ message: String, suggestion: String? = nil, unknown: String? = nil) {
    self.message = message
    self.suggestion = suggestion
    self.unknown = unknown
  }

  /// The message with its suggestion: `unknown option --taget; did you mean --target?`
  public var description: String {
    if let advice { return "\(message); \(advice)" }
    return suggestion.map { "\(message); did you mean `\($0)`?" } ?? message
  }

  /// The same error, with advice if the unknown text is a command or option of another program.
  func advised(by foreignHints: [CommandSpec.Row]) -> UsageError {
    var error = self
    error.advice =
      foreignHints.first { $0.left.split(separator: " ").contains { $0 == unknown ?? "" } }?
      .right
    return error
  }
}
