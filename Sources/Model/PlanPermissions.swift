/// What the user allowed on the command line: the flags that lift a guard or raise a limit.
public struct PlanPermissions: Sendable, Hashable {
  /// Globs over whole addresses, by flag.
  public var allowed: [Hazard.Flag: [AddressGlob]] = [:]
  /// `--max-deletes`, `--max-removals`.
  public var maximumDeletes: Int?
  /// How many members the run may remove, in place of the limits of the Stack and the built-in ones; nil: those hold.
  public var maximumRemovals: Int?
  /// `--reissue`: keys to recreate although they are held elsewhere.
  public var reissue: [AddressGlob] = []
  /// The permissions of a command line without flags: every guard holds.
  public init() {}

  /// Every glob that was given, with the option that it was given to.
  public var globs: [(option: String, glob: AddressGlob)] {
    Hazard.Flag.allCases.flatMap { flag in (allowed[flag] ?? []).map { (flag.rawValue, $0) } }
      + reissue.map { ("reissue", $0) }
  }

  /// The options that say the same, each with its value: `--allow-delete P/role/x`; sorted, each once.
  public var options: [CommandOption] {
    var options = globs.map { CommandOption($0.option, $0.glob.pattern) }
    options += maximumDeletes.map { [CommandOption("max-deletes", String($0))] } ?? []
    options += maximumRemovals.map { [CommandOption("max-removals", String($0))] } ?? []
    return Set(options).sorted()
  }

  /// Whether this flag was given for this address.
  public func allows(_ flag: Hazard.Flag, _ address: Address) -> Bool {
    (allowed[flag] ?? []).contains { $0.matchesWhole(address) }
  }
}

/// One option of a command line with its value.
public struct CommandOption: Sendable, Hashable, Comparable {
  /// Without its dashes: `allow-delete`.
  public var name: String
  /// What follows the option on the command line, not quoted.
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
  /// The options that make it, in the order in which they were given.
  public var options: [CommandOption] {
    targets.map { CommandOption("target", $0.pattern) }
      + excludes.map { CommandOption("exclude", $0.pattern) }
      + excludedGrants.map { CommandOption("exclude", $0.description) }
  }
}
