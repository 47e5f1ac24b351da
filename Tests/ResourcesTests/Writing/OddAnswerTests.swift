import HTTP
import JSON
import Model
import TestSupport
import Testing

@testable import Resources

/// Answers that are about something else, or cannot be understood, for every request of a write.
@Suite struct OddAnswerTests {
  private static let odd: [JSONValue] = [
    [:], ["error": ["code": 5, "message": "no"]], ["message": "please log in"], ["name": 7],
    ["name": "projects/q/locations/us/repositories/r"], ["name": "projects/p/roles/other"],
    ["name": "projects/p/serviceAccounts/other@p.iam.gserviceaccount.com", "uniqueId": "2"],
    ["name": "projects/9", "projectId": "other"], ["projectId": "other"],
    ["name": "operations/op.1", "done": "true"],
    ["name": "operations/op.1", "done": true, "error": "broken"],
    ["name": "operations/op.1", "done": true, "response": []],
    ["etag": "E", "bindings": 7], ["services": []],
  ]

  /// Nothing is written after a read with an unusable answer: neither after the read for the precondition, nor after
  /// a repeated read.
  @Test func nothingIsWrittenAfterAnUnusableRead() async throws {
    for test in WriteCase.all {
      let reads = test.answers.filter { Self.isRead($0.0) }
      guard let read = reads.first?.0 else { continue }
      for answer in Self.odd {
        let stage = try LiveStage()
        stage.cloud.on(read, .json(answer))
        for (key, other) in test.answers where key != read { stage.cloud.on(key, other) }
        let succeeded = await succeeds(stage, test)
        // A create has already written when it reads for the first time.
        if case .create = test.action {
          #expect(!succeeded, "\(test.name): \(answer.text())")
          continue
        }
        #expect(!succeeded, "\(test.name): \(answer.text())")
        #expect(
          stage.cloud.requests.allSatisfy(Self.isRead),
          "\(test.name): \(answer.text()): \(stage.cloud.requests)")
      }
    }
  }

  /// An answer to a write that is about something else is not success: the resource is read again, and the write fails
  /// because the read does not show its result.
  @Test func anAnswerAboutSomethingElseIsNotSuccess() async throws {
    // Google answers the first two with an empty object; the undeleted resource is read after the others.
    let others = ["account switch", "account deletion", "account return", "role return"]
    for test in WriteCase.all where !others.contains(test.name) {
      guard let write = test.answers.last(where: { !Self.isRead($0.0) })?.0 else { continue }
      for answer in Self.odd {
        let stage = try LiveStage()
        stage.cloud.on(write, .json(answer))
        if case .create = test.action {
          // The deciding read finds nothing.
          stage.cloud.on(
            Self.get(test.address), test.address.kind == .project ? .forbidden : .notFound)
        } else {
          for (key, other) in test.answers where key != write { stage.cloud.on(key, other) }
        }
        let succeeded = await succeeds(stage, test)
        #expect(!succeeded, "\(test.name): \(answer.text())")
      }
    }
  }

  private func succeeds(_ stage: LiveStage, _ test: WriteCase) async -> Bool {
    do {
      _ = try await stage.run(test.action, on: test.address)
      return true
    } catch {
      return false
    }
  }

  private static func isRead(_ key: String) -> Bool {
    key.hasPrefix("GET") || key.contains(":getIamPolicy")
  }

  private static func get(_ address: Address) -> String {
    switch address.kind {
    case .repository: "GET /v1/projects/p/locations/us/repositories/r"
    case .serviceAccount: "GET /v1/projects/p/serviceAccounts/\(Make.email)"
    case .role: "GET /v1/projects/p/roles/publisher"
    default: "GET /v3/projects/p"
    }
  }

  // MARK: what a replacement is for

  private let repository = "/v1/projects/p/locations/us/repositories/r"

  private func replaces(_ live: JSONValue, shown: JSONValue, _ spec: JSONObject) async throws
    -> String
  {
    let stage = try LiveStage()
    stage.cloud.on("GET \(repository)", .json(live))
    stage.cloud.on("DELETE \(repository)", .done)
    do {
      _ = try await stage.run(.delete(live: shown, replacement: spec), on: Make.repository)
      return "deleted \(stage.cloud.count("DELETE \(repository)"))"
    } catch {
      return "\(error.kind) \(stage.cloud.count("DELETE \(repository)"))"
    }
  }

  @Test func aReplacementNeedsItsReasonUntilTheEnd() async throws {
    let spec: JSONObject = ["format": "PYTHON", "description": "ours"]
    let shown = Make.live(Make.repository, ["format": "PYTHON", "kmsKeyName": "k"])
    let reasoned: JSONObject = spec.merged(["kmsKeyName": "other"])
    let same = try await replaces(shown, shown: shown, reasoned)
    #expect(same == "deleted 1")
    // The difference in the plan has disappeared or changed.
    for live in [
      Make.live(Make.repository, ["kmsKeyName": "other"]),
      Make.live(Make.repository, ["kmsKeyName": "third"]),
      Make.live(
        Make.repository, ["kmsKeyName": "k", "mavenConfig": ["allowSnapshotOverwrites": true]]),
    ] {
      let outcome = try await replaces(live, shown: shown, reasoned)
      #expect(outcome == "stale 0", "\(live.text())")
    }
    // The plan did not show the additional loss.
    let richer = Make.live(
      Make.repository, ["kmsKeyName": "k", "dockerConfig": ["immutableTags": true]])
    let poorer = try await replaces(richer, shown: shown, reasoned)
    #expect(poorer == "stale 0")
  }
}

extension JSONObject {
  fileprivate func merged(_ other: JSONObject) -> JSONObject {
    var result = self
    for (name, value) in other { result[name] = value }
    return result
  }
}
