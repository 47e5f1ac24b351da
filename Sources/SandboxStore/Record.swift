/// A type of row that the sandbox keeps. Each has a table of its own, which `State` finds by the type.
///
/// What follows from a change of a row (that it is saved, undone with its request, hidden by a fault script, and removed with
/// what it is below) is written once, in `Table`, `TableSet` and `Lag`. A record answers what they ask about it; no answer
/// that matters has a default, so that a record which leaves one out does not compile.
package protocol Record: Codable, Sendable {
  /// What its table finds rows by, beside their keys and parents.
  associatedtype Index: RecordIndex = NoIndex<Self> where Index.Row == Self

  /// The table's name in the store, such as `repository`. A store that has rows of it is not read under another name.
  static var table: String { get }

  /// What reads see of a change that a fault script delays.
  static var lag: LagRule { get }

  /// The key of its row. It follows from constant members alone, and each row has its own.
  var key: String { get }

  /// The resource name of what it is directly below, such as `projects/p/locations/l`; nil where it is below nothing.
  var parent: String? { get }

  /// The resource names that the records below it have as their `parent`. They are removed with it.
  var names: [String] { get }

  /// What it adds to the size of its parent.
  var bytes: Int64 { get }
}

extension Record {
  /// Nothing: most records are only metadata.
  package var bytes: Int64 { 0 }
}

/// What reads see of a change that a fault script delays, as in Google's eventually consistent services.
package enum LagRule: Sendable {
  /// The row as it was before, or none where the row is new.
  case hidden
  /// The change, at once: its API is consistent, or no read shows it.
  case seen
}

/// A further way to find the rows of a table, kept up to date with each change.
///
/// Changes come in any order: where two rows claim the same entry for a moment, `remove` leaves the entry of the other one.
package protocol RecordIndex<Row>: Equatable, Sendable {
  /// The record of the table.
  associatedtype Row

  /// The index of a table without rows.
  init()

  /// Notes a row that is new in the table.
  mutating func insert(_ row: Row)

  /// Forgets a row that leaves the table.
  mutating func remove(_ row: Row)
}

/// The index of a table whose rows are found by their keys and parents alone.
package struct NoIndex<Row: Sendable>: RecordIndex {
  /// The index of any table.
  package init() {}
  /// Keeps nothing.
  package func insert(_ row: Row) {}
  /// Keeps nothing.
  package func remove(_ row: Row) {}
}

extension CodingUserInfoKey {
  /// The key of the row that is being decoded, for records whose values do not repeat it. `decoder.userInfo` has a String.
  ///
  /// The initialiser takes every text, as its documentation says, though its result is optional.
  package static let rowKey = CodingUserInfoKey(rawValue: "rowKey")
}
