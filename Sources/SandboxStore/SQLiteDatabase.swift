import CSQLite

/// Why SQLite refused something.
package struct StoreError: Error, Sendable, CustomStringConvertible {
  /// SQLite's own text, with the file or the table.
  package let message: String
  package var description: String { message }
}

/// A table of text rows in a SQLite file. No other code knows SQLite.
///
/// Closed in `deinit` (sqlite3_close_v2). Used by one thread at a time: its user takes turns. That makes it safe to
/// declare Sendable.
package final class SQLiteDatabase: @unchecked Sendable {
  /// A row to write (`value` set) or to remove.
  struct Change {
    let kind: String
    let key: String
    let value: String?
  }

  private let handle: OpaquePointer
  private let upsert: OpaquePointer
  private let remove: OpaquePointer
  /// How many transactions it has written.
  private(set) var transactions = 0

  /// Opens or creates the file, in WAL mode with synchronous=FULL: a committed change survives kill -9 and a power cut.
  package init(path: String) throws(StoreError) {
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path, &opened, flags, nil)
    guard code == SQLITE_OK, let opened else {
      sqlite3_close_v2(opened)
      throw StoreError(message: "cannot open \(path): \(String(cString: sqlite3_errstr(code)))")
    }
    do throws(StoreError) {
      for statement in Self.setUp { try Self.execute(opened, statement) }
      upsert = try Self.prepare(opened, "INSERT OR REPLACE INTO rows VALUES (?1, ?2, ?3)")
      remove = try Self.prepare(opened, "DELETE FROM rows WHERE kind = ?1 AND key = ?2")
    } catch {
      sqlite3_close_v2(opened)
      throw StoreError(message: "\(path): \(error.message)")
    }
    handle = opened
  }

  deinit {
    sqlite3_finalize(upsert)
    sqlite3_finalize(remove)
    sqlite3_close_v2(handle)
  }

  private static let setUp = [
    "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
    """
    CREATE TABLE IF NOT EXISTS rows (
      kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)
    ) WITHOUT ROWID
    """,
  ]

  /// The kinds that have rows.
  func kinds() throws(StoreError) -> [String] {
    try texts("SELECT DISTINCT kind, '' FROM rows ORDER BY kind", bound: nil).map(\.0)
  }

  /// Every row of a kind.
  func rows(of kind: String) throws(StoreError) -> [(key: String, value: String)] {
    try texts("SELECT key, value FROM rows WHERE kind = ?1", bound: kind)
      .map { (key: $0.0, value: $0.1) }
  }

  /// The rows of a query with two text columns, and one parameter if `bound` is given.
  private func texts(
    _ sql: String, bound: String?
  ) throws(StoreError) -> [(String, String)] {
    let statement = try Self.prepare(handle, sql)
    defer { sqlite3_finalize(statement) }
    if let bound { bind(statement, at: 1, text: bound) }
    var found: [(String, String)] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: found.append((column(statement, 0), column(statement, 1)))
      case SQLITE_DONE: return found
      default: throw StoreError(message: String(cString: sqlite3_errmsg(handle)))
      }
    }
  }

  /// Writes all changes in one transaction, or none. On return they are on disk.
  func commit(_ changes: [Change]) throws(StoreError) {
    guard !changes.isEmpty else { return }
    try Self.execute(handle, "BEGIN IMMEDIATE")
    do throws(StoreError) {
      for change in changes { try write(change) }
      try Self.execute(handle, "COMMIT")
      transactions += 1
    } catch {
      sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
      throw error
    }
  }

  private func write(_ change: Change) throws(StoreError) {
    let statement = change.value == nil ? remove : upsert
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    bind(statement, at: 1, text: change.kind)
    bind(statement, at: 2, text: change.key)
    if let value = change.value { bind(statement, at: 3, text: value) }
    guard sqlite3_step(statement) == SQLITE_DONE else {
      throw StoreError(message: String(cString: sqlite3_errmsg(handle)))
    }
  }

  private func bind(_ statement: OpaquePointer, at index: Int32, text: String) {
    var text = text
    _ = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        sqlite3_bind_text(
          statement, index, $0.baseAddress, Int32(clamping: $0.count), sandbox_sqlite_transient())
      }
    }
  }

  private func column(_ statement: OpaquePointer, _ index: Int32) -> String {
    guard let text = sqlite3_column_text(statement, index) else { return "" }
    return String(cString: text)
  }

  private static func prepare(
    _ handle: OpaquePointer, _ sql: String
  ) throws(StoreError) -> OpaquePointer {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
      throw StoreError(message: String(cString: sqlite3_errmsg(handle)))
    }
    return statement
  }

  private static func execute(_ handle: OpaquePointer, _ sql: String) throws(StoreError) {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
      throw StoreError(message: String(cString: sqlite3_errmsg(handle)))
    }
  }
}
