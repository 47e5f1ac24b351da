/// What the user asked for: options by name, from the command line or else the environment.
public struct ParsedArguments: Sendable, Hashable {
  /// Where an option's value comes from.
  public enum Source: Sendable, Hashable {
    case commandLine
    /// The variable's name.
    case environment(String)
  }

  /// In the order given.
  public internal(set) var operands: [String] = []
  var given: [String: [String?]] = [:]
  var sources: [String: Source] = [:]
  /// The operand right after an option that takes a value only with `=`, by the option's name.
  public internal(set) var behind: [String: String] = [:]

  /// A flag, or an option of any kind, was given.
  public func has(_ name: String) -> Bool { given[name] != nil }

  /// The value of an option; nil when it was not given, or given without its optional value.
  public func value(_ name: String) -> String? { given[name]?.last ?? nil }

  /// All the values of a repeated option, in order.
  public func values(_ name: String) -> [String] { given[name, default: []].compactMap { $0 } }

  /// Where an option was given; nil when it was not.
  public func source(_ name: String) -> Source? { sources[name] }

  /// `--help` or `-h` was given; nothing else was checked then.
  public var wantsHelp: Bool { has("help") }
}

/// Arguments that cannot be understood; the exit code is 64 (EX_USAGE of sysexits.h).
public struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// EX_USAGE of sysexits.h.
  public static let exitCode: Int32 = 64

  /// One line, no full stop; what was typed in backticks.
  public var message: String
  /// What was probably meant.
  public var suggestion: String?
  /// What to type, in words; printed in place of the suggestion.
  public var advice: String?
  /// The option or command that is unknown, as it was typed.
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

  /// The same error, with advice if what was typed is a command or option of another program.
  func advised(by habits: [CommandSpec.Row]) -> UsageError {
    var error = self
    error.advice =
      habits.first { $0.left.split(separator: " ").contains { $0 == unknown ?? "" } }?
      .right
    return error
  }
}
