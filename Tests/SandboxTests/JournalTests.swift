import JSON
import Testing

@testable import Sandbox

@Suite struct JournalTests {
  /// Does some work under random faults. Returns the journal without its times, and all answers.
  private func session(seed: Int64) throws -> (journal: JSONValue, answers: [JSONValue]) {
    let sandbox = try TestSandbox("my-project")
    sandbox.call(
      "POST", FaultRoutes.path,
      [
        "faults": [
          ["match": ["method": "POST"], "count": 0, "chance": 200, "fault": ["status": 503]]
        ],
        "seed": .integer(seed),
      ])
    let lib = "/v1/projects/my-project/locations/us-east4/repositories/lib"
    var answers: [JSONValue] = []
    for round in 0..<5 {
      answers.append(sandbox.repository("lib").body)
      let (email, _) = sandbox.account("worker-\(round)")
      let keys = "/v1/projects/-/serviceAccounts/\(email)/keys"
      let key = sandbox.call("POST", keys, [:])["name"]?.string ?? "none"
      answers.append(sandbox.call("GET", "/v1/\(key)")["name"] ?? .null)
      sandbox.grant(
        "roles/artifactregistry.reader", to: "serviceAccount:\(email)",
        on: String(lib.dropFirst("/v1/".count)))
      let policy = sandbox.call("GET", "\(lib):getIamPolicy").body
      answers.append(sandbox.call("POST", "\(lib):setIamPolicy", ["policy": policy]).body)
    }
    let entries = sandbox.call("GET", SandboxRoutes.journal)["requests"]?.array ?? []
    return (
      .array(
        entries.map { entry in
          var object = entry.object ?? [:]
          object["time"] = nil
          return .object(object)
        }), answers
    )
  }

  @Test func theSameRequestsGiveTheSameJournal() throws {
    let first = try session(seed: 3)
    let second = try session(seed: 3)
    #expect(first.journal.text() == second.journal.text())
    #expect(first.journal != (try session(seed: 4)).journal)
    #expect(first.journal.array?.contains { $0["fault"] == "status" } == true)
    // Ids and etags are the same too. Operations contain their start times.
    for (one, other) in zip(first.answers, second.answers) {
      #expect(one["etag"] == other["etag"])
      #expect(one["name"] == other["name"])
      #expect(one.string == other.string)
    }
  }
}
