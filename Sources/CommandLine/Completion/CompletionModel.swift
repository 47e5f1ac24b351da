/// What can follow in a command line, for the scripts of all shells.
struct CompletionModel: Sendable {
  /// What a shell offers for a value.
  enum Values: Sendable, Hashable {
    /// Nothing: the value is the user's own.
    case none
    case files
    case folders
    /// One of these words.
    case words([String])
  }

  /// An option of a command.
  struct Entry: Sendable, Hashable {
    /// With its dashes: `--out`.
    let name: String
    /// With its dash: `-q`.
    let short: String?
    let help: String
    /// Nil for a flag.
    let values: Values?
    /// Whether the value follows after `=` only.
    let needsEqualsSign: Bool
    let isRepeated: Bool
  }

  struct Command: Sendable, Hashable {
    /// The words that name it: `["keys", "list"]`.
    let words: [String]
    let summary: String
    let options: [Entry]
    let operands: Values
    /// The next words of longer names.
    let next: [Next]

    /// The words with spaces between them.
    var name: String { words.joined(separator: " ") }
  }

  /// A word that continues the name of a command.
  struct Next: Sendable, Hashable {
    let word: String
    let summary: String
  }

  let program: String
  /// The first words of commands.
  let first: [Next]
  let commands: [Command]

  init(_ program: Program) {
    self.program = program.name
    let all = program.commands
    first = Self.next(after: [], in: all)
    commands = all.map { spec in
      let words = Self.words(spec)
      return Command(
        words: words, summary: spec.summary, options: spec.options.map(Self.option),
        operands: spec.operands.count.upperBound == 0
          ? .none : Self.values(spec.operands.values, spec.operands.placeholder),
        next: Self.next(after: words, in: all))
    }
  }

  private static func words(_ spec: CommandSpec) -> [String] {
    spec.name.split(separator: " ").map(String.init)
  }

  private static func next(after words: [String], in commands: [CommandSpec]) -> [Next] {
    commands.compactMap { spec in
      let own = Self.words(spec)
      guard own.count == words.count + 1, own.starts(with: words), let last = own.last else {
        return nil
      }
      return Next(word: last, summary: spec.summary)
    }
  }

  private static func option(_ option: Option) -> Entry {
    let values: Values? =
      switch option.kind {
      case .flag: nil
      case .value(let placeholder), .optionalValue(let placeholder), .repeated(let placeholder):
        Self.values(option.values, placeholder)
      }
    var needsEqualsSign = false
    var isRepeated = false
    switch option.kind {
    case .optionalValue: needsEqualsSign = true
    case .repeated: isRepeated = true
    case .flag, .value: break
    }
    return Entry(
      name: "--\(option.name)", short: option.short.map { "-\($0)" }, help: option.help,
      values: values, needsEqualsSign: needsEqualsSign, isRepeated: isRepeated)
  }

  private static func values(_ words: [String], _ placeholder: String) -> Values {
    guard words.isEmpty else { return .words(words) }
    switch placeholder {
    case "DIR": return .folders
    case "FILE", "PATH": return .files
    default: return .none
    }
  }
}

/// A shell for which a completion script can be printed.
public enum CompletedShell: String, Sendable, Hashable, CaseIterable {
  case bash, zsh, fish
}

extension Program {
  /// The completion script for a shell, made from the tables of commands and options.
  public func completion(for shell: CompletedShell) -> String {
    let model = CompletionModel(self)
    return switch shell {
    case .bash: bashCompletion(model)
    case .zsh: zshCompletion(model)
    case .fish: fishCompletion(model)
    }
  }
}

/// A text in single quotes for a shell of the POSIX family.
func quotedForShell(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }
