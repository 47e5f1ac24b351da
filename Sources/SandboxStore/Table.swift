import FoundationEssentials

/// The rows of one record type in memory, with the changes since the last commit: those of the current request, which
/// `rollback` undoes, and those of earlier ones, which wait for the same commit.
///
/// Reads never touch the disk.
package struct Table<Row: Record>: Sendable {
  /// By row key.
  package private(set) var rows: [String: Row] = [:]
  /// The record's own index.
  package private(set) var index = Row.Index()
  private var children: [String: Children] = [:]
  /// Whether a row had a size since the start.
  private(set) var hasBytes = false
  /// The rows that the current request changed, as they were before it; nil for new ones.
  private var before: [String: Row?] = [:]
  /// The rows that earlier requests changed, as they are on disk.
  private var onDisk: [String: Row?] = [:]

  /// The rows below one parent.
  private struct Children: Sendable {
    /// Sorted: lists are read far more often than their rows come and go.
    var keys: [String] = []
    var bytes: Int64 = 0

    /// Where a key is, or belongs.
    func place(of key: String) -> Int {
      var (low, high) = (0, keys.count)
      while low < high {
        let middle = (low + high) / 2
        if keys[middle] < key { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// A row by its key.
  package subscript(key: String) -> Row? { rows[key] }

  /// The direct children of a resource name, by key.
  package func children(of parent: String) -> [Row] {
    (children[parent]?.keys ?? []).compactMap { rows[$0] }
  }

  /// The first direct children of a resource name after a key, by key.
  ///
  /// - Parameter after: need not be the key of a row; nil for the first ones of all.
  package func children(of parent: String, after: String?, limit: Int) -> [Row] {
    guard let children = children[parent] else { return [] }
    var start = 0
    if let after {
      start = children.place(of: after)
      if start < children.keys.count, children.keys[start] == after { start += 1 }
    }
    return children.keys[start...].prefix(limit).compactMap { rows[$0] }
  }

  /// The rows that the current request removed or replaced, as they were before it.
  package var replaced: [Row] { before.values.compactMap { $0 } }

  /// Adds or replaces a row.
  mutating func put(_ row: Row) { change(row.key, to: row) }

  /// Removes a row but not its children; `State.remove` does both.
  mutating func remove(_ key: String) { change(key, to: nil) }

  private mutating func change(_ key: String, to row: Row?) {
    let old = replace(key, by: row)
    if before[key] == nil { before.updateValue(old, forKey: key) }
  }

  /// Changes a row without recording it for `rollback`. Returns the old one.
  @discardableResult
  private mutating func replace(_ key: String, by row: Row?) -> Row? {
    let old = row.map { rows.updateValue($0, forKey: key) } ?? rows.removeValue(forKey: key)
    if let old { index.remove(old) }
    if let row { index.insert(row) }
    if let parent = old?.parent, let old { leave(parent, old, isMoving: row?.parent != parent) }
    if let parent = row?.parent, let row { join(parent, row, isMoving: old?.parent != parent) }
    return old
  }

  private mutating func join(_ parent: String, _ row: Row, isMoving: Bool) {
    let bytes = row.bytes
    if bytes != 0 { hasBytes = true }
    children[parent, default: Children()].bytes += bytes
    guard isMoving, let place = children[parent]?.place(of: row.key) else { return }
    children[parent]?.keys.insert(row.key, at: place)
  }

  private mutating func leave(_ parent: String, _ row: Row, isMoving: Bool) {
    children[parent]?.bytes -= row.bytes
    guard isMoving, let place = children[parent]?.place(of: row.key) else { return }
    children[parent]?.keys.remove(at: place)
    if children[parent]?.keys.isEmpty ?? false { children[parent] = nil }
  }
}

// MARK: - What State needs from every table

/// A table of any record type.
protocol AnyTable: Sendable {
  /// The table's name in the store.
  var name: String { get }
  /// Ends the current request: its changes wait for the commit.
  mutating func keep()
  /// The rows that wait for the commit.
  var pending: any PendingRows { get }
  /// Records that what waited for the commit is on disk.
  mutating func settle()
  /// Undoes the changes of the current request.
  mutating func rollback()
  /// Undoes what waited for the commit. Comes after `rollback`.
  mutating func revert()
  /// Reads the table's rows.
  mutating func load(from database: SQLiteDatabase) throws(StoreError)
  /// Removes the direct children of a resource name, and returns the names that their own children have as parent; nil
  /// if there are none.
  mutating func removeChildren(of parent: String) -> [String]?
  /// Whether rows have a size.
  var hasBytes: Bool { get }
  /// The total size of the direct children of a resource name.
  func bytes(below parent: String) -> Int64
  /// What the current request changed, as it was before; nil if reads see changes at once, or nothing changed.
  var past: (any TablePast)? { get }
}

extension Table: AnyTable {
  var name: String { Row.table }

  mutating func keep() {
    for (key, row) in before where onDisk[key] == nil { onDisk.updateValue(row, forKey: key) }
    before.removeAll(keepingCapacity: true)
  }

  var pending: any PendingRows {
    RowsToWrite<Row>(rows: onDisk.keys.map { ($0, rows[$0]) })
  }

  mutating func settle() { onDisk.removeAll(keepingCapacity: true) }

  mutating func rollback() {
    for (key, row) in before { replace(key, by: row) }
    before.removeAll(keepingCapacity: true)
  }

  mutating func revert() {
    for (key, row) in onDisk { replace(key, by: row) }
    onDisk.removeAll(keepingCapacity: true)
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

  mutating func removeChildren(of parent: String) -> [String]? {
    guard children[parent] != nil else { return nil }
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

/// Rows of a table that are to be written.
protocol PendingRows: Sendable {
  /// The rows in their stored form. Takes time, so it is asked for without a lock.
  func changes() throws(StoreError) -> [SQLiteDatabase.Change]
}

/// Rows of the table of a record that are to be written; nil for those to remove.
struct RowsToWrite<Row: Record>: PendingRows {
  let rows: [(key: String, row: Row?)]

  func changes() throws(StoreError) -> [SQLiteDatabase.Change] {
    let encoder = JSONEncoder()
    var changes: [SQLiteDatabase.Change] = []
    for (key, row) in rows {
      guard let row else {
        changes.append(.init(kind: Row.table, key: key, value: nil))
        continue
      }
      guard let data = try? encoder.encode(row) else {
        throw StoreError(message: "cannot encode \(Row.table) \(key)")
      }
      changes.append(
        .init(kind: Row.table, key: key, value: String(decoding: data, as: UTF8.self)))
    }
    return changes
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
