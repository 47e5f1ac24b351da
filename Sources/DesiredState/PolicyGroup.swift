import Diagnostics
import Model

/// The entries of all documents for one role and condition of a policy.
struct PolicyGroup {
  var members: [String: SourcePosition] = [:]
  var absent: [String: SourcePosition] = [:]
  /// The first place of any entry.
  var source: SourcePosition
  /// The places of `exclusive: true`, `role` and `false`.
  private(set) var exclusive: SourcePosition?
  private(set) var exclusiveRole: SourcePosition?
  private(set) var shared: SourcePosition?
  /// The place of an exclusive entry without members, and of an entry that is not exclusive and adds members.
  private(set) var empty: SourcePosition?
  private(set) var emptyRole: SourcePosition?
  private(set) var additive: SourcePosition?
  /// Entries that are past, and bindings that are `ensure: absent`.
  private(set) var ended: [PolicyEntry.Ended] = []
  /// The `until` of the entries that are not past, in Unix seconds: it is in their condition, so they have the same.
  private(set) var until: Double?

  init(source: SourcePosition) { self.source = source }

  /// Adds an entry. A past one has no members to add and only removes.
  mutating func add(
    _ entry: IAMEntry, members new: [ResolvedMember], absent old: [ResolvedMember]
  ) {
    source = min(source, entry.source)
    for member in new { members.keepFirst(member.name.text, member.place) }
    for member in old { absent.keepFirst(member.name.text, member.place) }
    let isPast = new.isEmpty && !entry.members.isEmpty
    if isPast || entry.isAbsent {
      ended.append(
        PolicyEntry.Ended(
          source: entry.source, members: old.map(\.name.text), isPast: isPast))
    }
    if isPast { return }
    until = entry.until?.time ?? until
    switch entry.exclusive {
    case (.condition, let place)?:
      exclusive = min(exclusive ?? place, place)
      if entry.members.isEmpty { empty = min(empty ?? place, place) }
    case (.role, let place)?:
      exclusiveRole = min(exclusiveRole ?? place, place)
      if entry.members.isEmpty { emptyRole = min(emptyRole ?? place, place) }
    case (.no, let place)?: shared = min(shared ?? place, place)
    case nil: break
    }
    let isAdditive = entry.exclusive.map { $0.0 == .no } ?? true
    if isAdditive, let place = entry.members.first?.source {
      additive = min(additive ?? place, place)
    }
  }
}

/// A member in normal form, with its place in a manifest.
struct ResolvedMember {
  var name: ResolvedName
  var place: SourcePosition
  /// The shorthand in its place; nil if the manifest has the member itself.
  var written: String?
}

extension [String: SourcePosition] {
  /// Adds a text, or moves its place to an earlier one.
  mutating func keepFirst(_ text: String, _ place: SourcePosition) {
    self[text] = Swift.min(self[text] ?? place, place)
  }
}
