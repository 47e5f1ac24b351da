/// Changes that are on the disk but not yet seen by reads, as in Google's eventually consistent services.
///
/// Reads then see a record as it was before the change, or not at all when it is new: a 404, an older etag. Records whose
/// `lag` is `seen` are not hidden. An account that is hidden cannot be named in a policy.
package struct Lag: Sendable {
  /// How long a change stays hidden.
  package enum Length: Sendable, Hashable {
    case milliseconds(Int)
    /// So many reads, of whatever.
    case reads(Int)
  }

  private struct Entry: Sendable {
    /// What one request changed, as it was before.
    let past: [any TablePast]
    /// Microseconds of real time; nil when reads are counted.
    let until: Int64?
    var reads: Int
  }

  private var entries: [Entry] = []

  /// Hides nothing.
  package init() {}

  /// Whether reads see everything.
  package var isEmpty: Bool { entries.isEmpty }

  /// Hides what a request is about to commit.
  package mutating func hide(_ state: State, for length: Length, realNow: Int64) {
    let past = state.tables.past
    switch length {
    case .milliseconds(let time):
      entries.append(Entry(past: past, until: realNow + Int64(time) * 1000, reads: 0))
    case .reads(let count):
      entries.append(Entry(past: past, until: nil, reads: count))
    }
  }

  /// Forgets what every read may see by now; a read counts itself.
  package mutating func pass(isRead: Bool, realNow: Int64) -> Lag {
    entries.removeAll { entry in entry.until.map { $0 <= realNow } ?? (entry.reads <= 0) }
    let current = self
    if isRead {
      for index in entries.indices { entries[index].reads -= 1 }
    }
    return current
  }

  /// What a read sees.
  package func view(of state: State) -> State {
    var view = state
    for entry in entries.reversed() {
      for past in entry.past { past.restore(in: &view.tables) }
    }
    return view
  }

  /// Whether a record that fits is so new that reads do not see it.
  package func hidesNew<Row: Record>(_ type: Row.Type, where fits: (Row) -> Bool) -> Bool {
    entries.contains { entry in
      entry.past.contains { ($0 as? RowsBefore<Row>)?.new.contains(where: fits) ?? false }
    }
  }
}
