/// What the user allowed on the command line: the flags that lift a guard or raise a limit.
public struct GuardOverrides: Sendable, Hashable {
  /// Globs over whole addresses, by flag.
  public var allowed: [Hazard.Flag: [AddressGlob]] = [:]
  /// `--max-deletes`, `--max-removals`.
  public var maximumDeletes: Int?
  /// How many members the run may remove, instead of the limits of the Stack and the built-in ones; nil: those apply.
  public var maximumRemovals: Int?
  /// `--reissue`: keys to recreate although another machine holds them.
  public var reissue: [AddressGlob] = []
  /// A command line without flags: every guard applies.
  public init() {}

  /// Whether no flag was given.
  public var isEmpty: Bool { options.isEmpty }

  /// Every glob on the command line, with its option.
  public var globs: [(option: String, glob: AddressGlob)] {
    Hazard.Flag.allCases.flatMap { flag in (allowed[flag] ?? []).map { (flag.rawValue, $0) } }
      + reissue.map { ("reissue", $0) }
  }

  /// The equivalent options, each with its value: `--allow-delete P/role/x`; sorted, without duplicates.
  public var options: [CommandOption] {
    var options = globs.map { CommandOption($0.option, $0.glob.pattern) }
    options += maximumDeletes.map { [CommandOption("max-deletes", String($0))] } ?? []
    options += maximumRemovals.map { [CommandOption("max-removals", String($0))] } ?? []
    return Set(options).sorted()
  }

  /// Whether the user passed this flag for this address.
  public func allows(_ flag: Hazard.Flag, _ address: Address) -> Bool {
    (allowed[flag] ?? []).contains { $0.matchesWhole(address) }
  }
}

/// One option of a command line with its value.
public struct CommandOption: Sendable, Hashable, Comparable {
  /// Without its dashes: `allow-delete`.
  public var name: String
  /// The value after the option, not quoted.
  public var value: String
  /// Takes the option's name without dashes.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
  /// As two words of a command line, not quoted.
  public var arguments: [String] { ["--\(name)", value] }
  public static func < (left: CommandOption, right: CommandOption) -> Bool {
    (left.name, left.value) < (right.name, right.value)
  }
}

extension Selection {
  /// The options on the command line, in order.
  public var options: [CommandOption] {
    targets.map { CommandOption("target", $0.pattern) }
      + excludes.map { CommandOption("exclude", $0.pattern) }
      + excludedGrants.map { CommandOption("exclude", $0.description) }
  }
}
