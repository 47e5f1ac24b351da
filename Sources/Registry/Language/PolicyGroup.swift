import Diagnostics

/// What all documents together say of one role and condition of a policy.
struct PolicyGroup {
  var members: [String: SourcePosition] = [:]
  var absent: [String: SourcePosition] = [:]
  /// The first place of any kind.
  var source: SourcePosition
  /// Where `exclusive: true` and `exclusive: false` are written.
  private(set) var exclusive: SourcePosition?
  private(set) var shared: SourcePosition?
  /// Where nobody is to hold it, and where members are added by an entry that is not exclusive.
  private(set) var empty: SourcePosition?
  private(set) var additive: SourcePosition?

  init(source: SourcePosition) { self.source = source }

  /// Takes in what an entry says of exclusiveness. One that is past only removes.
  mutating func note(_ entry: EntryReader, isPast: Bool) {
    switch entry.exclusive {
    case (true, let place)?:
      if !isPast {
        exclusive = min(exclusive ?? place, place)
        if entry.members.isEmpty { empty = min(empty ?? place, place) }
      }
    case (false, let place)?: shared = min(shared ?? place, place)
    case nil: break
    }
    if entry.exclusive?.0 != true, !isPast, let place = entry.members.first?.source {
      additive = min(additive ?? place, place)
    }
  }
}

extension [String: SourcePosition] {
  /// Adds a text, or moves its place to an earlier one.
  mutating func keepFirst(_ text: String, _ place: SourcePosition) {
    self[text] = Swift.min(self[text] ?? place, place)
  }
}
