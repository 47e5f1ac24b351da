import Crypto

/// The sandbox's state in memory, with its uncommitted changes.
///
///     state[RoleRecord.self]["projects/p/roles/r"]
///     state.put(role)
///     state.remove(repository)   // with its policy, its files and its rules
package struct State: Sendable {
  var tables: TableSet

  /// A state without rows.
  ///
  /// - Parameter records: the record types to store, besides `MetaRecord`.
  /// - Throws: if two of them have a table of the same name.
  package init(records: [any Record.Type]) throws(StoreError) {
    tables = try TableSet([MetaRecord.self] + records)
  }

  /// The state in a database.
  ///
  /// - Throws: also if a row cannot be read, or belongs to none of the record types.
  package init(
    records: [any Record.Type], loadingFrom database: SQLiteDatabase
  ) throws(StoreError) {
    try self.init(records: records)
    try tables.load(from: database)
  }

  /// The table of a record type.
  package subscript<Row: Record>(type: Row.Type) -> Table<Row> { tables[type] }

  /// The total size of the direct children of a resource name, in bytes.
  package func bytes(below name: String) -> Int64 { tables.bytes(below: name) }
}

// MARK: - Changes

extension State {
  /// Adds or replaces a row.
  package mutating func put<Row: Record>(_ row: Row) {
    tables.change(Row.self) { $0.put(row) }
  }

  /// Removes a row and everything below it.
  package mutating func remove<Row: Record>(_ row: Row) {
    tables.change(Row.self) { $0.remove(row.key) }
    tables.removeAll(below: row.names)
  }

  /// A project number: twelve digits, unique.
  package mutating func nextNumber() -> String {
    meta.lastNumber += 1
    // A multiplier coprime to 9e11 spreads the numbers, so that a client cannot pass with a number that it guessed by
    // counting.
    return String(100_000_000_000 + (meta.lastNumber &* 48_271_048_271) % 899_999_999_981)
  }

  /// An etag that was never used before: eight bytes in canonical base64, such as `BwYs5mC3y0I=`.
  package mutating func nextEtag() -> String {
    meta.lastEtag += 1
    // An odd multiplier maps each number to another one below 2^56, so etags are unique. They do not depend on the
    // clock, so the same requests get the same etags.
    let spread = UInt64(bitPattern: meta.lastEtag) &* 0x9E37_79B9_7F4A_7C15
    let bits = spread & 0x00FF_FFFF_FFFF_FFFF | 0x0700_0000_0000_0000
    return Base64.encode((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) })
  }
}

// MARK: - Storage

extension State {
  /// Whether the current request changed something.
  package var isChanged: Bool { tables.isChanged }

  /// Undoes the changes of the current request.
  package mutating func rollback() { tables.rollback() }

  /// Ends the current request: its changes wait for a commit, which may be that of several requests.
  package mutating func keep() { tables.keep() }

  /// The rows that wait for the commit.
  package var pending: PendingChanges { PendingChanges(tables: tables.pending) }

  /// Records that what was pending is on disk.
  package mutating func settle() { tables.settle() }

  /// Undoes every change since the last commit: the memory returns to what is on disk.
  package mutating func revert() { tables.revert() }

  /// Writes the changes in one transaction. On failure the memory returns to what is on disk.
  package mutating func commit(to database: SQLiteDatabase) throws(StoreError) {
    keep()
    do throws(StoreError) {
      try pending.commit(to: database)
    } catch {
      revert()
      throw error
    }
    settle()
  }
}

/// Rows that were changed and are to be written, apart from the state: it may be read meanwhile.
package struct PendingChanges: Sendable {
  let tables: [any PendingRows]

  /// Writes them in one transaction, or none. On return they are on disk.
  package func commit(to database: SQLiteDatabase) throws(StoreError) {
    var changes: [SQLiteDatabase.Change] = []
    for table in tables { changes += try table.changes() }
    try database.commit(changes)
  }
}
