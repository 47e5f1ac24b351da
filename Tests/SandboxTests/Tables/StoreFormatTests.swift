import Foundation
import JSON
import Testing

@testable import Sandbox
@testable import SandboxCalls
@testable import SandboxIAM
@testable import SandboxPackages
@testable import SandboxStore

/// Reads the store of arctl-sandbox 0.1.0, and writes it as that version can read it.
@Suite struct StoreFormatTests {
  private let rows: [SQLiteDatabase.Change]
  private let database: SQLiteDatabase
  private let state: State

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/sandbox-store.tsv")
    rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t").map(String.init)
      try #require(fields.count == 3)
      return SQLiteDatabase.Change(kind: fields[0], key: fields[1], value: fields[2])
    }
    database = try SQLiteDatabase(path: ":memory:")
    try database.commit(rows)
    state = try State(records: ServedAPIs.records, loadingFrom: database)
  }

  @Test func theStoreHasEveryTable() {
    let kinds = Set(rows.map(\.kind))
    #expect(
      kinds == [
        "account", "file", "key", "meta", "operation", "policy", "project", "repository", "role",
      ])
    #expect(kinds.isSubset(of: ServedAPIs.records.map { $0.table } + ["meta"]))
  }

  @Test func everyRowIsWrittenUnchanged() throws {
    var written: [String: JSONValue] = [:]
    for type in ServedAPIs.records + [MetaRecord.self] {
      for change in try changes(type) {
        written["\(change.kind)/\(change.key)"] = try value(change)
      }
    }
    #expect(written.count == rows.count)
    for row in rows {
      #expect(
        try written["\(row.kind)/\(row.key)"] == value(row), "\(row.kind) \(row.key)")
    }
  }

  /// A stored value, with the members of sets in order.
  private func value(_ row: SQLiteDatabase.Change) throws -> JSONValue {
    var object = try #require(try JSONValue(parsing: (row.value ?? "").utf8).object)
    for name in ["services", "formerServices"] where row.kind == "project" {
      guard let items = object[name]?.array else { continue }
      object[name] = .array(items.compactMap(\.string).sorted().map { .string($0) })
    }
    return .object(object)
  }

  /// The changes of a state that has the rows of a type again, all of them changed.
  private func changes<Row: Record>(_ type: Row.Type) throws -> [SQLiteDatabase.Change] {
    var fresh = try State(records: ServedAPIs.records)
    for row in state[type].rows.values { fresh.put(row) }
    fresh.keep()
    return try fresh.pending.tables.flatMap { try $0.changes() }
  }

  @Test func everythingSurvivesARestart() throws {
    let project = try #require(state.project("196542096542"))
    #expect(project.id == "my-project" && project.labels == ["a": "n"])
    #expect(project.hasAgents(ofAny: ["bigquery.googleapis.com"]))
    let account = try #require(state.account(email: "worker@my-project.iam.gserviceaccount.com"))
    #expect(state.keys(of: account).count == 3)
    #expect(state.account(email: "former@my-project.iam.gserviceaccount.com") == nil)
    #expect(state.liveAccounts(of: "my-project").map(\.displayName) == ["Worker"])
    let repository = try #require(state.repositories("my-project", "us-east4").first)
    #expect(repository.id == "lib" && state.bytes(below: repository.name) > 0)
    #expect(state.files(of: "greetings", in: repository.name).map(\.version) == ["0.0.1"])
    #expect(state[PolicyRecord.self][repository.name]?.bindings.first?.condition?.title == "t")
    #expect(
      state[RoleRecord.self].children(of: "projects/my-project").map(\.id) == ["gone", "reader"])
    #expect(state.meta.constraints != nil)
  }

  @Test func deletingARepositoryRemovesEverythingBelowIt() throws {
    var state = state
    let repository = try #require(
      state.repository(project: "my-project", location: "us-east4", id: "lib"))
    state.remove(repository)
    #expect(state[PolicyRecord.self][repository.name] == nil)
    #expect(state[PackageFileRecord.self].rows.isEmpty)
    #expect(state.discardedBlobs.count == 1)
    #expect(state[PolicyRecord.self]["projects/my-project"] != nil)
    try state.commit(to: database)
    #expect(state.discardedBlobs.isEmpty)
  }
}
