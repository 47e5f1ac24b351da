import FoundationEssentials

/// The rows of one record type in memory, with the changes of the current request.
///
/// Reads never touch the disk. `pending` returns the changes to commit; `rollback` undoes them.
package struct Table<Row: Record>: Sendable {
  /// By row key.
  package private(set) var rows: [String: Row] = [:]
  /// The record's own index.
  package private(set) var index = Row.Index()
  private var children: [String: Children] = [:]
  private var before: [String: Row?] = [:]

  /// The rows below one parent.
  private struct Children: Sendable {
    var keys: Set<String> = []
    var bytes: Int64 = 0
  }

  /// A row by its key.
  package subscript(key: String) -> Row? { rows[key] }

  /// The direct children of a resource name, by key.
  package func children(of parent: String) -> [Row] {
    (children[parent]?.keys ?? []).sorted().compactMap { rows[$0] }
  }

  /// The rows that the current request removed or replaced, as they were at the last commit.
  package var replaced: [Row] { before.values.compactMap { $0 } }

  /// Adds or replaces a row.
  mutating func put(_ row: Row) { change(row.key, to: row) }

  /// Removes a row but not its children; `State.remove` does both.
  mutating func remove(_ key: String) { change(key, to: nil) }

  private mutating func change(_ key: String, to row: Row?) {
    if before[key] == nil { before.updateValue(rows[key], forKey: key) }
    replace(key, by: row)
  }

  /// Changes a row without recording it for `rollback`.
  private mutating func replace(_ key: String, by row: Row?) {
    if let old = rows.removeValue(forKey: key) {
      index.remove(old)
      if let parent = old.parent { leave(parent, key: key, bytes: old.bytes) }
    }
    guard let row else { return }
    rows[key] = row
    index.insert(row)
    if let parent = row.parent {
      children[parent, default: Children()].keys.insert(key)
      children[parent, default: Children()].bytes += row.bytes
    }
  }

  private mutating func leave(_ parent: String, key: String, bytes: Int64) {
    children[parent]?.keys.remove(key)
    children[parent]?.bytes -= bytes
    if children[parent]?.keys.isEmpty ?? false { children[parent] = nil }
  }
}

// MARK: - What State needs from every table

/// A table of any record type.
protocol AnyTable: Sendable {
  /// The table's name in the store.
  var name: String { get }
  /// The changes since the last `settle` or `rollback`.
  func pending() throws(StoreError) -> [SQLiteDatabase.Change]
  /// Records that the changes are on disk.
  mutating func settle()
  /// Undoes the changes.
  mutating func rollback()
  /// Reads the table's rows.
  mutating func load(from database: SQLiteDatabase) throws(StoreError)
  /// Removes the direct children of a resource name, and returns the names that their own children have as parent.
  mutating func removeChildren(of parent: String) -> [String]
  /// The total size of the direct children of a resource name.
  func bytes(below parent: String) -> Int64
  /// What the current request changed, as it was before; nil if reads see changes at once, or nothing changed.
  var past: (any TablePast)? { get }
}

extension Table: AnyTable {
  var name: String { Row.table }

  func pending() throws(StoreError) -> [SQLiteDatabase.Change] {
    let encoder = JSONEncoder()
    var changes: [SQLiteDatabase.Change] = []
    for key in before.keys {
      guard let row = rows[key] else {
        changes.append(.init(kind: name, key: key, value: nil))
        continue
      }
      guard let data = try? encoder.encode(row) else {
        throw StoreError(message: "cannot encode \(name) \(key)")
      }
      changes.append(.init(kind: name, key: key, value: String(decoding: data, as: UTF8.self)))
    }
    return changes
  }

  mutating func settle() { before.removeAll(keepingCapacity: true) }

  mutating func rollback() {
    for (key, row) in before { replace(key, by: row) }
    before.removeAll(keepingCapacity: true)
  }

  mutating func load(from database: SQLiteDatabase) throws(StoreError) {
    let decoder = JSONDecoder()
    for stored in try database.rows(of: name) {
      if let key = CodingUserInfoKey.rowKey { decoder.userInfo[key] = stored.key }
      guard let row = try? decoder.decode(Row.self, from: Data(stored.value.utf8)) else {
        throw StoreError(message: "the store holds a \(name) that cannot be read: \(stored.key)")
      }
      guard row.key == stored.key else {
        throw StoreError(message: "the store holds the \(name) \(row.key) as \(stored.key)")
      }
      replace(row.key, by: row)
    }
  }

  mutating func removeChildren(of parent: String) -> [String] {
    let removed = children(of: parent)
    for row in removed { remove(row.key) }
    return removed.flatMap(\.names)
  }

  func bytes(below parent: String) -> Int64 { children[parent]?.bytes ?? 0 }

  var past: (any TablePast)? {
    guard Row.lag == .hidden, !before.isEmpty else { return nil }
    let new = before.filter { $0.value == nil }.keys.compactMap { rows[$0] }
    return RowsBefore(rows: before, new: new)
  }
}

/// What one request changed in a table, as it was before.
protocol TablePast: Sendable {
  /// Undoes the changes in a copy of the state that a read sees.
  func restore(in tables: inout TableSet)
}

/// What one request changed in the table of a record.
struct RowsBefore<Row: Record>: TablePast {
  /// By row key; nil for new rows.
  let rows: [String: Row?]
  /// The new rows.
  let new: [Row]

  func restore(in tables: inout TableSet) {
    tables.change(Row.self) { table in
      for (key, row) in rows {
        if let row { table.put(row) } else { table.remove(key) }
      }
    }
  }
}
