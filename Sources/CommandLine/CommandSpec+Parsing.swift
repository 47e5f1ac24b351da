import Diagnostics

extension CommandSpec {
  /// Parses the arguments after the command's name. An option that is not among them is read from the environment,
  /// where commas separate the values of a repeated option.
  ///
  /// Throws if an option is given twice, a value is empty, or there are too many or too few operands.
  public func parse(
    _ arguments: [String], environment: [String: String] = [:], prefix: String = ""
  ) throws(UsageError) -> ParsedArguments {
    var parsed = ParsedArguments()
    let scanned: [ScannedArgument]
    do { scanned = try scan(arguments, for: options) } catch {
      throw error.advised(by: foreignHints)
    }
    var bare: Option?
    for argument in scanned {
      switch argument {
      case .operand(let text):
        if let bare { parsed.behind[bare.name] = text }
        bare = nil
        parsed.operands.append(text)
      case .option(let index, let value):
        let option = options[index]
        bare = if case .optionalValue = option.kind, value == nil { option } else { nil }
        try parsed.add(option, value, source: .commandLine)
      }
    }
    if parsed.wantsHelp { return parsed }
    for option in options where !parsed.has(option.name) {
      guard let variable = option.environmentName(prefix: prefix),
        let text = environment[variable], !text.isEmpty
      else { continue }
      try parsed.add(option, text, from: variable)
    }
    try check(parsed.operands)
    return parsed
  }

  private func check(_ given: [String]) throws(UsageError) {
    if given.count > operands.count.upperBound {
      let surplus = escapedForTerminal(given[operands.count.upperBound])
      throw UsageError("unexpected argument `\(surplus)`")
    }
    if given.count < operands.count.lowerBound {
      throw UsageError("missing argument: \(operands.spelling)")
    }
    if given.contains("") { throw UsageError("an argument is empty") }
  }
}

extension ParsedArguments {
  mutating func add(_ option: Option, _ value: String?, source: Source) throws(UsageError) {
    if value == "" { throw UsageError("the value of `--\(option.name)` is empty") }
    switch option.kind {
    case .flag, .repeated: break
    case .value, .optionalValue:
      if has(option.name) { throw UsageError("option `--\(option.name)` is given twice") }
    }
    given[option.name, default: []].append(value)
    sources[option.name] = source
  }

  mutating func add(_ option: Option, _ text: String, from variable: String) throws(UsageError) {
    let source = Source.environment(variable)
    switch option.kind {
    case .value: try add(option, text, source: source)
    case .repeated:
      for part in text.split(separator: ",") { try add(option, String(part), source: source) }
    case .flag:
      if try isOn(text, variable) { try add(option, nil, source: source) }
    case .optionalValue:
      guard let isOn = Self.switches[text.lowercased()] else {
        return try add(option, text, source: source)
      }
      if isOn { try add(option, nil, source: source) }
    }
  }

  private static let switches = [
    "1": true, "true": true, "yes": true, "0": false, "false": false, "no": false,
  ]

  private func isOn(_ text: String, _ variable: String) throws(UsageError) -> Bool {
    if let value = Self.switches[text.lowercased()] { return value }
    throw UsageError("`\(variable)` is `\(escapedForTerminal(text))`; expected `true` or `false`")
  }
}

extension Program {
  /// The command or the help that the first arguments request.
  public enum Request: Sendable, Hashable {
    /// A command, and the arguments after its name.
    case command(CommandSpec, arguments: [String])
    /// The help of a command, or of the program if nil.
    case help(CommandSpec?)
    case version
  }

  /// Finds the command in the arguments after the program's name; without arguments it is the help. Throws for an
  /// unknown command, and for an option before the command.
  public func request(_ arguments: [String]) throws(UsageError) -> Request {
    guard let first = arguments.first else { return .help(nil) }
    switch first {
    case "--help", "-h": return .help(nil)
    case "--version": return .version
    case "help" where !commands.contains { $0.name == "help" }:
      guard arguments.count > 1 else { return .help(nil) }
      let found = try command(Array(arguments.dropFirst()))
      if !subcommands(of: found.spec).isEmpty, arguments.count > found.words + 1 {
        throw unknown(arguments[found.words + 1], of: found.spec)
      }
      return .help(found.spec)
    default: break
    }
    if first.hasPrefix("-") {
      throw UsageError("the command comes first: `\(name) COMMAND \(escapedForTerminal(first))`")
    }
    let found = try command(arguments)
    if !subcommands(of: found.spec).isEmpty {
      let rest = arguments.dropFirst(found.words)
      guard let next = rest.first, !["--help", "-h"].contains(next) else {
        return .help(found.spec)
      }
      throw unknown(next, of: found.spec)
    }
    return .command(found.spec, arguments: Array(arguments.dropFirst(found.words)))
  }

  /// The commands with a second word after the name of this one: `ls keys` of `ls`. A command that has some does nothing
  /// itself.
  public func subcommands(of spec: CommandSpec) -> [CommandSpec] {
    commands.filter { $0.name.hasPrefix(spec.name + " ") }
  }

  private func unknown(_ word: String, of spec: CommandSpec) -> UsageError {
    guard !word.hasPrefix("-") else {
      return UsageError(
        "the command comes first: `\(name) \(spec.name) COMMAND \(escapedForTerminal(word))`")
    }
    let words = subcommands(of: spec).map { String($0.name.dropFirst(spec.name.count + 1)) }
    return UsageError(
      "unknown command `\(spec.name) \(escapedForTerminal(word))`: expected \(words.sorted().joined(separator: ", "))",
      suggestion: closestMatch(to: word, in: words).map { "\(name) \(spec.name) \($0)" },
      unknown: word)
  }

  /// The command with the longest name that the arguments start with.
  private func command(_ arguments: [String]) throws(UsageError) -> (spec: CommandSpec, words: Int)
  {
    let found = commands.map { (spec: $0, name: $0.name.split(separator: " ").map(String.init)) }
      .filter { arguments.starts(with: $0.name) }
      .max { $0.name.count < $1.name.count }
    if let found { return (found.spec, found.name.count) }
    let group = commands.filter { $0.name.hasPrefix(arguments[0] + " ") }
    guard group.isEmpty else {
      let names = group.map { "`\(name) \($0.name)`" }.joined(separator: ", ")
      throw UsageError("`\(arguments[0])` needs one more word: \(names)")
    }
    throw UsageError(
      "unknown command `\(escapedForTerminal(arguments[0]))`",
      suggestion: closestMatch(to: arguments[0], in: commands.map(\.name)).map { "\(name) \($0)" },
      unknown: arguments[0]
    ).advised(by: foreignHints)
  }
}
