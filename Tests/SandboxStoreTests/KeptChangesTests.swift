import Testing

@testable import SandboxStore

/// The changes of several requests that wait for one commit.
@Suite struct KeptChangesTests {
  private struct Shelf: Record {
    static var table: String { "shelf" }
    static var lag: LagRule { .hidden }
    let id: String
    var text = ""
    var room = "a"
    var key: String { id }
    var parent: String? { "rooms/\(room)" }
    var names: [String] { ["shelves/\(id)"] }
    var bytes: Int64 { Int64(text.utf8.count) }
  }

  private let database: SQLiteDatabase
  private var state: State

  init() throws {
    database = try SQLiteDatabase(path: ":memory:")
    state = try State(records: [Shelf.self])
    for id in ["c", "a", "b"] { state.put(Shelf(id: id)) }
    try state.commit(to: database)
  }

  private func texts(_ state: State) -> [String: String] {
    state[Shelf.self].rows.mapValues(\.text)
  }

  private func onDisk() throws -> [String: String] {
    texts(try State(records: [Shelf.self], loadingFrom: database))
  }

  @Test mutating func aRequestUndoesOnlyItsOwnChanges() throws {
    state.put(Shelf(id: "a", text: "first"))
    state.remove(Shelf(id: "b"))
    state.keep()
    state.put(Shelf(id: "a", text: "second"))
    state.put(Shelf(id: "b", text: "again"))
    state.put(Shelf(id: "d"))
    #expect(state.isChanged)
    state.rollback()
    #expect(!state.isChanged && texts(state) == ["a": "first", "c": ""])
    try state.commit(to: database)
    #expect(try onDisk() == ["a": "first", "c": ""])
  }

  @Test mutating func allOfThemReturnToWhatIsOnDisk() throws {
    for text in ["first", "second"] {
      state.put(Shelf(id: "a", text: text))
      state.put(Shelf(id: "new", text: text, room: text))
      state.keep()
    }
    state.remove(Shelf(id: "new"))
    state.remove(Shelf(id: "c"))
    state.revert()
    #expect(texts(state) == ["a": "", "b": "", "c": ""])
    #expect(state[Shelf.self].children(of: "rooms/a").map(\.id) == ["a", "b", "c"])
    #expect(state[Shelf.self].children(of: "rooms/second").isEmpty)
    #expect(state.bytes(below: "rooms/a") == 0 && !state.isChanged)
    try state.commit(to: database)
    #expect(try onDisk() == ["a": "", "b": "", "c": ""])
  }

  @Test mutating func whatIsWrittenIsTheLastOfEach() throws {
    let before = database.transactions
    for text in ["first", "second"] {
      state.put(Shelf(id: "a", text: text))
      state.keep()
    }
    let pending = state.pending
    // A change that comes while the others are written is not among them.
    state.put(Shelf(id: "b", text: "later"))
    try pending.commit(to: database)
    state.settle()
    #expect(try onDisk() == ["a": "second", "b": "", "c": ""])
    state.revert()
    #expect(texts(state) == ["a": "second", "b": "", "c": ""])
    #expect(database.transactions == before + 1)
  }

  @Test mutating func childrenStayInOrder() {
    let ids = (0..<300).map { "\(($0 * 7919) % 1000)" }
    for id in ids { state.put(Shelf(id: id, text: id)) }
    for id in ids.prefix(100) { state.remove(Shelf(id: id)) }
    // A row that moves, and one that only changes.
    state.put(Shelf(id: ids[150], room: "b"))
    state.put(Shelf(id: ids[151], text: "changed"))
    let expected = Set(ids.dropFirst(100)).subtracting([ids[150]]).union(["a", "b", "c"]).sorted()
    #expect(state[Shelf.self].children(of: "rooms/a").map(\.id) == expected)
    #expect(state[Shelf.self].children(of: "rooms/b").map(\.id) == [ids[150]])
    let bytes = expected.reduce(0) {
      $0 + ($1 == ids[151] ? 7 : "abc".contains($1) ? 0 : $1.utf8.count)
    }
    #expect(state.bytes(below: "rooms/a") == Int64(bytes))
  }

  @Test mutating func partsOfTheChildren() {
    for id in ["b", "d", "f"] { state.put(Shelf(id: id, room: "b")) }
    func ids(after: String?, _ limit: Int) -> [String] {
      state[Shelf.self].children(of: "rooms/b", after: after, limit: limit).map(\.id)
    }
    #expect(ids(after: nil, 2) == ["b", "d"] && ids(after: nil, 9) == ["b", "d", "f"])
    #expect(ids(after: "b", 1) == ["d"] && ids(after: "c", 9) == ["d", "f"])
    #expect(ids(after: "f", 9) == [] && ids(after: "z", 9) == [] && ids(after: "a", 0) == [])
    #expect(state[Shelf.self].children(of: "rooms/none", after: "a", limit: 9).isEmpty)
  }
}
