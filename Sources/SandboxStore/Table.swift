import FoundationEssentials

/// Rows of one kind, in memory, that remember what a request changed.
///
/// Reads never touch the disk. `pending` gives the changes to commit; `rollback` puts back what was there.
package struct Table<Record: Codable & Sendable>: Sendable {
  /// By row key.
  package private(set) var rows: [String: Record] = [:]
  private var before: [String: Record?] = [:]
  let kind: String

  init(_ kind: String) { self.kind = kind }

  /// The rows that changed since the last commit, as they were; nil for those that were not there.
  var uncommitted: [String: Record?] { before }

  /// Whether there is something to commit.
  var isChanged: Bool { !before.isEmpty }

  /// Reads, writes or (set to nil) removes a row.
  package subscript(key: String) -> Record? {
    get { rows[key] }
    set {
      if before[key] == nil { before.updateValue(rows[key], forKey: key) }
      rows[key] = newValue
    }
  }

  /// Changes a row in place; nothing happens when it is absent.
  package mutating func update(_ key: String, _ change: (inout Record) -> Void) {
    guard var record = rows[key] else { return }
    change(&record)
    self[key] = record
  }

  /// The changes since the last `settle` or `rollback`.
  func pending() throws(StoreError) -> [SQLiteDatabase.Change] {
    var changes: [SQLiteDatabase.Change] = []
    for key in before.keys {
      guard let record = rows[key] else {
        changes.append(.init(kind: kind, key: key, value: nil))
        continue
      }
      guard let data = try? JSONEncoder().encode(record) else {
        throw StoreError(message: "cannot encode \(kind) \(key)")
      }
      changes.append(.init(kind: kind, key: key, value: String(decoding: data, as: UTF8.self)))
    }
    return changes
  }

  /// The changes are on the disk.
  mutating func settle() { before.removeAll(keepingCapacity: true) }

  /// The changes are not wanted.
  mutating func rollback() {
    for (key, record) in before { rows[key] = record }
    before.removeAll(keepingCapacity: true)
  }

  mutating func load(from database: SQLiteDatabase) throws(StoreError) {
    for row in try database.rows(of: kind) {
      guard let record = try? JSONDecoder().decode(Record.self, from: Data(row.value.utf8)) else {
        throw StoreError(message: "the store holds a \(kind) that cannot be read: \(row.key)")
      }
      rows[row.key] = record
    }
  }
}
