/// A type of row that the sandbox stores. Each has its own table, which `State` finds by the type.
///
/// `Table`, `TableSet` and `Lag` implement once what happens when a row changes: it is saved, undone with its request,
/// hidden by fault scripts, and removed with its parent. A record answers their questions. No answer that matters has a
/// default, so a record that omits one does not compile.
package protocol Record: Codable, Sendable {
  /// How its table finds rows besides by key and parent.
  associatedtype Index: RecordIndex = NoIndex<Self> where Index.Row == Self

  /// The table's name in the store, such as `repository`. It must not change: existing stores have rows under it.
  static var table: String { get }

  /// What reads show of a change that a fault script delays.
  static var lag: LagRule { get }

  /// The key of its row: unique, and derived from constant members only.
  var key: String { get }

  /// The resource name of its direct parent, such as `projects/p/locations/l`; nil if it has none.
  var parent: String? { get }

  /// The resource names that its children have as their `parent`. Removing it removes them.
  var names: [String] { get }

  /// What it adds to the size of its parent.
  var bytes: Int64 { get }
}

extension Record {
  /// 0: most records are only metadata.
  package var bytes: Int64 { 0 }
}

/// What reads show of a change that a fault script delays, as in Google's eventually consistent services.
package enum LagRule: Sendable {
  /// The row as it was before, or no row if it is new.
  case hidden
  /// The change, at once: its API is consistent, or no read shows it.
  case seen
}

/// A further way to find the rows of a table, kept up to date with each change.
///
/// Changes come in any order. If two rows claim one entry for a moment, `remove` leaves the entry of the other row.
package protocol RecordIndex<Row>: Equatable, Sendable {
  /// The record of the table.
  associatedtype Row

  /// The index of a table without rows.
  init()

  /// Adds a row that is new in the table.
  mutating func insert(_ row: Row)

  /// Removes a row that leaves the table.
  mutating func remove(_ row: Row)
}

/// The index of a table whose rows are found only by key and parent.
package struct NoIndex<Row: Sendable>: RecordIndex {
  /// An index without entries.
  package init() {}
  /// Does nothing.
  package func insert(_ row: Row) {}
  /// Does nothing.
  package func remove(_ row: Row) {}
}

extension CodingUserInfoKey {
  /// The key of the row that is being decoded, a String in `decoder.userInfo`, for records whose values do not repeat
  /// it.
  ///
  /// Optional only because the initializer is: it accepts every text.
  package static let rowKey = CodingUserInfoKey(rawValue: "rowKey")
}
