import Foundation
import Testing

@testable import Sandbox
@testable import SandboxStore

/// What is true for the table of every registered record type. A new one is tested without a change here.
@Suite struct EveryTableTests {
  /// Two rows of a record type, and one of them with another content.
  private struct Samples<Row: Record> {
    let row: Row
    /// Nil if the table has only one row.
    let other: Row?
    /// Each has the key of `row`.
    let changed: [Row]

    init() throws {
      let (row, count) = try SampleDecoder.sample(Row.self, seed: 1)
      self.row = row
      let other = try SampleDecoder.sample(Row.self, seed: 2).value
      self.other = other.key == row.key ? nil : other
      changed = try (0..<count).map {
        try SampleDecoder.sample(Row.self, seed: 1, altered: $0).value
      }
      .filter { $0.key == row.key }
      try #require(!changed.isEmpty, "no member of \(Row.self) can change")
    }
  }

  private static let names = ServedAPIs.records.map { $0.table } + [MetaRecord.table]

  private static func type(_ name: String) throws -> any Record.Type {
    try #require((ServedAPIs.records + [MetaRecord.self]).first { $0.table == name })
  }

  /// A record type that no API lists has no table. The first call that reads it would end the program.
  @Test func everyRecordTypeIsRegistered() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Sources").standardizedFileURL
    var declared: [String] = []
    for case let file as URL in try #require(
      FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      let types = text.matches(
        of: /(?:struct|extension|class|enum|actor) (\w+): (?:\w+, )*Record\b/)
      declared += types.map { String($0.1) }
    }
    let registered = ServedAPIs.records.map { "\($0)" } + ["\(MetaRecord.self)"]
    #expect(declared.sorted() == registered.sorted())
    #expect(Set(Self.names).count == Self.names.count)
  }

  private let database: SQLiteDatabase

  init() throws { database = try SQLiteDatabase(path: ":memory:") }

  private func text(_ row: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(row), as: UTF8.self)
  }

  /// Checks that two states have the same rows of a type, and find them by the same keys, parents and indices.
  private func expectEqual<Row: Record>(
    _ one: State, _ two: State, _ type: Row.Type, _ comment: Comment,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let (first, second) = (one[type], two[type])
    #expect(
      try first.rows.mapValues(text) == second.rows.mapValues(text), comment,
      sourceLocation: location)
    #expect(first.index == second.index, comment, sourceLocation: location)
    for parent in Set((Array(first.rows.values) + second.rows.values).compactMap(\.parent)) {
      #expect(
        first.children(of: parent).map(\.key) == second.children(of: parent).map(\.key), comment,
        sourceLocation: location)
      #expect(
        one.bytes(below: parent) == two.bytes(below: parent), comment, sourceLocation: location)
    }
  }

  private func empty() throws -> State { try State(records: ServedAPIs.records) }

  private func reloaded() throws -> State {
    try State(records: ServedAPIs.records, loadingFrom: database)
  }

  @Test(arguments: names) func committedRowsAreLoaded(_ name: String) throws {
    try checkLoading(Self.type(name))
  }

  private func checkLoading<Row: Record>(_ type: Row.Type) throws {
    let samples = try Samples<Row>()
    var state = try empty()
    state.put(samples.row)
    if let other = samples.other { state.put(other) }
    try state.commit(to: database)
    try expectEqual(state, try reloaded(), type, "new")
    #expect(try text(try #require(reloaded()[type][samples.row.key])) == text(samples.row))
    for changed in samples.changed {
      state.put(changed)
      try state.commit(to: database)
      #expect(try text(try #require(reloaded()[type][samples.row.key])) == text(changed))
      try expectEqual(state, try reloaded(), type, "changed")
    }
    state.remove(samples.row)
    try state.commit(to: database)
    #expect(try reloaded()[type][samples.row.key] == nil)
    try expectEqual(state, try reloaded(), type, "removed")
  }

  @Test(arguments: names) func uncommittedChangesAreUndone(_ name: String) throws {
    try checkRollback(Self.type(name))
  }

  private func checkRollback<Row: Record>(_ type: Row.Type) throws {
    let samples = try Samples<Row>()
    var state = try empty()
    state.put(samples.row)
    state.rollback()
    #expect(state[type].rows.isEmpty)
    try expectEqual(state, try empty(), type, "new")
    state.put(samples.row)
    try state.commit(to: database)
    for changed in samples.changed {
      state.put(changed)
      if let other = samples.other { state.put(other) }
      state.rollback()
      try expectEqual(state, try reloaded(), type, "changed")
      state.put(changed)
      state.remove(changed)
      state.rollback()
      try expectEqual(state, try reloaded(), type, "changed and removed")
    }
    // What was undone is not committed with the next change.
    if let other = samples.other { state.put(other) }
    try state.commit(to: database)
    try expectEqual(state, try reloaded(), type, "after")
    #expect(try text(try #require(reloaded()[type][samples.row.key])) == text(samples.row))
  }

  @Test(arguments: names) func readsShowAChangeByTheLagRuleOfItsRecord(_ name: String) throws {
    try checkLag(Self.type(name))
  }

  private func checkLag<Row: Record>(_ type: Row.Type) throws {
    let samples = try Samples<Row>()
    let changes: [(Comment, (inout State) -> Void)] =
      [("new", { $0.put(samples.row) })]
      + samples.changed.map { changed in ("changed", { $0.put(changed) }) }
      + [("removed", { $0.remove(samples.row) })]
    var state = try empty()
    for (comment, change) in changes {
      let before = state
      var lag = Lag()
      change(&state)
      lag.hide(state, for: .reads(1), realNow: 0)
      try state.commit(to: database)
      try expectEqual(state, try reloaded(), type, comment)
      let view = lag.pass(isRead: true, realNow: 0).view(of: state)
      try expectEqual(view, Row.lag == .hidden ? before : state, type, comment)
      #expect(lag.pass(isRead: true, realNow: 0).isEmpty)
    }
  }
}
