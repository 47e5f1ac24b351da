/// Changes that are on disk but hidden from reads, as in Google's eventually consistent services
/// (docs/google-apis.md#eventual-consistency).
///
/// Reads then show a record as it was before the change, or not at all if it is new: a 404, an older etag. Records
/// whose `lag` is `seen` are not hidden. A hidden account cannot be named in a policy.
package struct Lag: Sendable {
  /// How long a change stays hidden.
  package enum Length: Sendable, Hashable {
    case milliseconds(Int)
    /// For so many reads of anything.
    case reads(Int)
  }

  private struct Entry: Sendable {
    /// What one request changed, as it was before.
    let past: [any TablePast]
    /// In microseconds of real time; nil if reads are counted.
    let until: Int64?
    var reads: Int
  }

  private var entries: [Entry] = []

  /// Hides nothing.
  package init() {}

  /// Whether reads see every change.
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

  /// Removes what is no longer hidden, counts a read, and returns what this call cannot see.
  package mutating func pass(isRead: Bool, realNow: Int64) -> Lag {
    entries.removeAll { entry in entry.until.map { $0 <= realNow } ?? (entry.reads <= 0) }
    let current = self
    if isRead {
      for index in entries.indices { entries[index].reads -= 1 }
    }
    return current
  }

  /// The state as a read sees it.
  package func view(of state: State) -> State {
    var view = state
    // The newest change is undone first, so that the oldest value remains.
    for entry in entries.reversed() {
      for past in entry.past { past.restore(in: &view.tables) }
    }
    return view
  }

  /// Whether a matching record is so new that reads do not show it.
  package func hidesNew<Row: Record>(_ type: Row.Type, where fits: (Row) -> Bool) -> Bool {
    entries.contains { entry in
      entry.past.contains { ($0 as? RowsBefore<Row>)?.new.contains(where: fits) ?? false }
    }
  }
}
