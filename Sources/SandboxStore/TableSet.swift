/// The tables of the registered record types, each found by its type.
///
/// A record type that is not registered has no table. Asking for one ends the program, since its rows would be neither
/// saved nor undone.
struct TableSet: Sendable {
  private var tables: [ObjectIdentifier: any AnyTable] = [:]
  /// Of every table. A loop over `tables.keys` that changes a table would first copy the table.
  private let ids: [ObjectIdentifier]
  /// The tables that the current request changed. Most requests change none.
  private var changed: Set<ObjectIdentifier> = []
  /// The tables with rows that wait for a commit.
  private var kept: Set<ObjectIdentifier> = []
  /// The tables with rows that have a size.
  private var sized: Set<ObjectIdentifier> = []

  /// Tables without rows.
  ///
  /// - Throws: if two of the types have a table of the same name, since one would read the other's rows.
  init(_ types: [any Record.Type]) throws(StoreError) {
    ids = types.map { ObjectIdentifier($0) }
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
    for id in ids {
      try tables[id]?.load(from: database)
      if tables[id]?.hasBytes ?? false { sized.insert(id) }
    }
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
    if table.hasBytes { sized.insert(id) }
    tables[id] = table
    changed.insert(id)
  }

  private static func reportUnregistered(_ type: any Record.Type) -> Never {
    preconditionFailure("\(type) has no table: name it in `records` of the API that serves it")
  }

  /// Whether the current request changed something.
  var isChanged: Bool { !changed.isEmpty }

  /// Ends the current request: its changes wait for the commit.
  mutating func keep() {
    for id in changed { tables[id]?.keep() }
    kept.formUnion(changed)
    changed.removeAll(keepingCapacity: true)
  }

  /// The rows that wait for the commit.
  var pending: [any PendingRows] { kept.compactMap { tables[$0]?.pending } }

  /// Records that what waited for the commit is on disk.
  mutating func settle() {
    for id in kept { tables[id]?.settle() }
    kept.removeAll(keepingCapacity: true)
  }

  /// Undoes the changes of the current request.
  mutating func rollback() {
    for id in changed { tables[id]?.rollback() }
    changed.removeAll(keepingCapacity: true)
  }

  /// Undoes every change since the last commit.
  mutating func revert() {
    rollback()
    for id in kept { tables[id]?.revert() }
    kept.removeAll(keepingCapacity: true)
  }

  /// Removes everything below some resource names, at any depth.
  mutating func removeAll(below names: [String]) {
    var names = names
    while let name = names.popLast() {
      for id in ids {
        guard let further = tables[id]?.removeChildren(of: name) else { continue }
        changed.insert(id)
        names += further
      }
    }
  }

  /// The total size of the direct children of a resource name.
  func bytes(below name: String) -> Int64 {
    sized.reduce(0) { $0 + (tables[$1]?.bytes(below: name) ?? 0) }
  }

  /// What the current request changed and fault scripts can hide, as it was before.
  var past: [any TablePast] { changed.compactMap { tables[$0]?.past } }
}
