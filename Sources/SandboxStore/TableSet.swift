/// The tables of the registered record types, each found by its type.
///
/// A record type that is not registered has no table. Asking for one ends the program, since its rows would be neither
/// saved nor undone.
struct TableSet: Sendable {
  private var tables: [ObjectIdentifier: any AnyTable] = [:]

  /// Tables without rows.
  ///
  /// - Throws: if two of the types have a table of the same name, since one would read the other's rows.
  init(_ types: [any Record.Type]) throws(StoreError) {
    var names: Set<String> = []
    for type in types {
      guard names.insert(type.table).inserted else {
        throw StoreError(message: "two record types have a table \(type.table)")
      }
      tables[ObjectIdentifier(type)] = Self.table(of: type)
    }
  }

  private static func table<Row: Record>(of type: Row.Type) -> any AnyTable { Table<Row>() }

  /// Reads the rows of every table.
  ///
  /// - Throws: also if the store has a table that is not registered: its rows would be ignored, and their parents
  ///   removed without them.
  mutating func load(from database: SQLiteDatabase) throws(StoreError) {
    let known = Set(tables.values.map(\.name))
    for name in try database.kinds() where !known.contains(name) {
      throw StoreError(
        message:
          "the store has a table \(name), which this arctl-sandbox does not know: a newer one wrote it"
      )
    }
    for id in tables.keys { try tables[id]?.load(from: database) }
  }

  /// The table of a record type.
  subscript<Row: Record>(type: Row.Type) -> Table<Row> {
    guard let table = tables[ObjectIdentifier(type)] as? Table<Row> else {
      Self.reportUnregistered(type)
    }
    return table
  }

  /// Changes the table of a record type.
  ///
  /// The table is taken out during the change: with a second reference to it, the change would copy every row.
  mutating func change<Row: Record>(_ type: Row.Type, _ body: (inout Table<Row>) -> Void) {
    let id = ObjectIdentifier(type)
    guard var table = tables.removeValue(forKey: id) as? Table<Row> else {
      Self.reportUnregistered(type)
    }
    body(&table)
    tables[id] = table
  }

  private static func reportUnregistered(_ type: any Record.Type) -> Never {
    preconditionFailure("\(type) has no table: name it in `records` of the API that serves it")
  }

  /// The changes since the last `settle` or `rollback`.
  func pending() throws(StoreError) -> [SQLiteDatabase.Change] {
    var changes: [SQLiteDatabase.Change] = []
    for table in tables.values { changes += try table.pending() }
    return changes
  }

  /// Records that the changes are on disk.
  mutating func settle() {
    for id in tables.keys { tables[id]?.settle() }
  }

  /// Undoes the changes.
  mutating func rollback() {
    for id in tables.keys { tables[id]?.rollback() }
  }

  /// Removes everything below some resource names, at any depth.
  mutating func removeAll(below names: [String]) {
    var names = names
    while let name = names.popLast() {
      for id in tables.keys { names += tables[id]?.removeChildren(of: name) ?? [] }
    }
  }

  /// The total size of the direct children of a resource name.
  func bytes(below name: String) -> Int64 {
    tables.values.reduce(0) { $0 + $1.bytes(below: name) }
  }

  /// What the current request changed and fault scripts can hide, as it was before.
  var past: [any TablePast] { tables.values.compactMap(\.past) }
}
