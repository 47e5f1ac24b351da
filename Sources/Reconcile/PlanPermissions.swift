public import Model

/// What the user allowed on the command line.
public struct PlanPermissions: Sendable {
  /// Globs over whole addresses, by flag.
  public var allowed: [Hazard.Flag: [AddressGlob]] = [:]
  /// `--max-deletes`, `--max-removals`.
  public var maximumDeletes: Int?
  public var maximumRemovals: Int?
  /// `--reissue`: keys to be made anew although they are held elsewhere.
  public var reissue: [AddressGlob] = []
  public init() {}

  /// Every glob that was given, with the option that it was given to.
  public var globs: [(option: String, glob: AddressGlob)] {
    Hazard.Flag.allCases.flatMap { flag in (allowed[flag] ?? []).map { (flag.rawValue, $0) } }
      + reissue.map { ("reissue", $0) }
  }

  func allows(_ flag: Hazard.Flag, _ address: Address) -> Bool {
    (allowed[flag] ?? []).contains { $0.matchesWhole(address) }
  }
}
