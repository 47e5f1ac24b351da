import JSON
import Testing

@testable import Sandbox
@testable import SandboxAPIs
@testable import SandboxCalls
@testable import SandboxIAM
@testable import SandboxStore

@Suite struct StoreTests {
  @Test func rollbackRestoresEverything() throws {
    let database = try SQLiteDatabase(path: ":memory:")
    var state = try State(records: ServedAPIs.records)
    let project = ProjectRules.create(
      id: "my-project", displayName: "P", parent: nil, labels: [:], owner: "o@x.co", now: 1,
      in: &state)
    let account = ServiceAccounts.make(
      "worker", project: "my-project", displayName: "", description: "", in: &state)
    try state.commit(to: database)
    var changed = account
    changed.deleteTime = 1
    state.put(changed)
    _ = ProjectRules.create(
      id: "other-project", displayName: "P", parent: nil, labels: [:], owner: "o@x.co", now: 1,
      in: &state)
    #expect(state.account(email: account.email) == nil)
    state.rollback()
    #expect(state.account(email: account.email)?.uniqueID == account.uniqueID)
    #expect(state.project("other-project") == nil)
    #expect(state.project(project.number)?.id == "my-project")
  }

  @Test func committedRowsAreLoaded() throws {
    let database = try SQLiteDatabase(path: ":memory:")
    var state = try State(records: ServedAPIs.records)
    _ = ProjectRules.create(
      id: "my-project", displayName: "Ñ", parent: "folders/1", labels: ["a": "b"], owner: "o@x.co",
      now: 7, in: &state)
    state.put(
      RepositoryRecord(
        project: "my-project", location: "us", id: "lib",
        fields: JSONText(["format": "PYTHON", "labels": ["ñ": ""]]), createTime: 1, updateTime: 2,
        lastScanEnableTime: 3))
    let account = ServiceAccounts.make(
      "worker", project: "my-project", displayName: "", description: "", in: &state)
    try state.commit(to: database)
    let loaded = try State(records: ServedAPIs.records, loadingFrom: database)
    #expect(loaded.project("my-project")?.displayName == "Ñ")
    #expect(loaded.project("my-project")?.labels == ["a": "b"])
    #expect(
      loaded.repository(project: "my-project", location: "us", id: "lib")?.fields.value
        == ["format": "PYTHON", "labels": ["ñ": ""]])
    #expect(loaded.keys(of: account).count == 1)
    #expect(loaded[PolicyRecord.self]["projects/my-project"]?.bindings.first?.role == "roles/owner")
    #expect(loaded.meta.lastEtag == state.meta.lastEtag)
  }

  @Test func numbersAreUnique() throws {
    var state = try State(records: ServedAPIs.records)
    var seen: Set<String> = []
    for _ in 0..<2000 {
      let number = state.nextNumber()
      #expect(number.count == 12)
      #expect(seen.insert(number).inserted)
    }
  }
}
