import Testing

@testable import SandboxStore

/// Registered record types are stored, and an unregistered one cannot go unnoticed.
@Suite struct TableSetTests {
  private struct Shelf: Record {
    static var table: String { "shelf" }
    static var lag: LagRule { .hidden }
    let id: String
    var key: String { id }
    var parent: String? { nil }
    var names: [String] { ["shelves/\(id)"] }
  }

  private struct Box: Record {
    static var table: String { "box" }
    static var lag: LagRule { .seen }
    let shelf: String
    let id: String
    let size: Int64
    var key: String { "\(shelf)/\(id)" }
    var parent: String? { "shelves/\(shelf)" }
    var names: [String] { ["shelves/\(shelf)/boxes/\(id)"] }
    var bytes: Int64 { size }
  }

  private struct Item: Record {
    static var table: String { "item" }
    static var lag: LagRule { .hidden }
    let box: String
    let id: String
    var key: String { id }
    var parent: String? { box }
    var names: [String] { [] }
  }

  private struct Rival: Record {
    static var table: String { "item" }
    static var lag: LagRule { .hidden }
    var key: String { "only" }
    var parent: String? { nil }
    var names: [String] { [] }
  }

  private static let records: [any Record.Type] = [Shelf.self, Box.self, Item.self]

  private let database: SQLiteDatabase
  private var state: State

  init() throws {
    database = try SQLiteDatabase(path: ":memory:")
    state = try State(records: Self.records)
  }

  private mutating func fill() {
    for shelf in ["a", "b"] {
      state.put(Shelf(id: shelf))
      for box in 1...2 {
        state.put(Box(shelf: shelf, id: "\(box)", size: Int64(box)))
        state.put(Item(box: "shelves/\(shelf)/boxes/\(box)", id: "\(shelf)\(box)"))
      }
    }
  }

  @Test mutating func removingARowRemovesItsDescendants() throws {
    fill()
    try state.commit(to: database)
    #expect(state.bytes(below: "shelves/a") == 3)
    state.remove(Shelf(id: "a"))
    #expect(state[Shelf.self].rows.keys.sorted() == ["b"])
    #expect(state[Box.self].rows.keys.sorted() == ["b/1", "b/2"])
    #expect(state[Item.self].rows.keys.sorted() == ["b1", "b2"])
    #expect(state.bytes(below: "shelves/a") == 0 && state.bytes(below: "shelves/b") == 3)
    state.rollback()
    #expect(state[Item.self].rows.count == 4 && state.bytes(below: "shelves/a") == 3)
    #expect(state[Box.self].children(of: "shelves/a").map(\.id) == ["1", "2"])
  }

  @Test mutating func onlyHiddenRecordsLag() throws {
    fill()
    var lag = Lag()
    lag.hide(state, for: .reads(1), realNow: 0)
    try state.commit(to: database)
    let view = lag.view(of: state)
    #expect(view[Shelf.self].rows.isEmpty && view[Item.self].rows.isEmpty)
    #expect(view[Box.self].rows.count == 4)
    #expect(lag.hidesNew(Shelf.self) { $0.id == "a" })
    #expect(!lag.hidesNew(Shelf.self) { $0.id == "c" } && !lag.hidesNew(Box.self) { _ in true })
  }

  @Test func twoTypesCannotHaveOneTable() {
    let error = #expect(throws: StoreError.self) {
      _ = try State(records: Self.records + [Rival.self])
    }
    #expect(error?.message == "two record types have a table item")
    #expect(throws: StoreError.self) { _ = try State(records: [Item.self, Item.self]) }
  }

  @Test mutating func aTableThatIsNotRegisteredIsNotLoaded() throws {
    fill()
    try state.commit(to: database)
    let error = #expect(throws: StoreError.self) {
      _ = try State(records: [Shelf.self, Box.self], loadingFrom: database)
    }
    #expect(error?.message.contains("a table item") == true)
    _ = try State(records: Self.records, loadingFrom: database)
  }

  @Test func aTypeThatIsNotRegisteredEndsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let state = try State(records: [Shelf.self])
      _ = state[Item.self].rows.count
    }
    await #expect(processExitsWith: .failure) {
      var state = try State(records: [Shelf.self])
      state.put(Item(box: "b", id: "1"))
    }
  }

  @Test(arguments: [
    ("a", #"{"id":"b"}"#, "the store holds the shelf b as a"),
    ("a", #"{"no":"b"}"#, "the store holds a shelf that cannot be read: a"),
  ])
  func aMismatchedRowIsRefused(_ key: String, _ value: String, _ message: String) throws {
    try database.commit([.init(kind: "shelf", key: key, value: value)])
    let error = #expect(throws: StoreError.self) {
      _ = try State(records: Self.records, loadingFrom: database)
    }
    #expect(error?.message == message)
  }
}
