import JSON
import Model
import TestSupport
import Testing

@testable import Resources

@Suite struct PolicyWriteTests {
  private let get = "GET /v1/projects/p/locations/us/repositories/r:getIamPolicy"
  private let set = "POST /v1/projects/p/locations/us/repositories/r:setIamPolicy"
  private let role = "roles/artifactregistry.reader"

  private func policy(_ members: [String], etag: String = "e1") -> JSONValue {
    [
      "version": 3, "etag": .string(etag), "auditConfigs": [["service": "allServices"]],
      "bindings": [
        ["role": .string(role), "members": .array(members.map(JSONValue.string))],
        [
          "role": "roles/owner", "members": ["user:boss@example.com"],
          "condition": ["title": "t", "expression": "true"],
        ],
      ],
    ]
  }

  private func intent(add: [String] = [], remove: [String] = []) -> PolicyIntent {
    PolicyIntent(entries: [.init(role: role, condition: nil, add: add, remove: remove)])
  }

  private func write(
    _ stage: LiveStage, _ intent: PolicyIntent, runner: CloudRunner? = nil
  ) async throws(OperationFailure) -> OperationResult {
    try await stage.run(.setPolicy(intent), on: Make.repository.policy, runner: runner)
  }

  @Test func oneReadAndOneWriteThatKeepsEverythingElse() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get + "?options.requestedPolicyVersion=3", .json(policy(["user:a@x.com"])))
    stage.cloud.on(set, .json(policy(["user:a@x.com", "user:b@x.com"], etag: "e2")))
    _ = try await write(stage, intent(add: ["user:b@x.com"]))
    #expect(stage.cloud.requests.count == 2)
    #expect(
      stage.cloud.bodies(set) == [["policy": policy(["user:a@x.com", "user:b@x.com"])]])
  }

  @Test func unknownMembersOfABindingSurviveAdditionsAndRemovals() async throws {
    func policy(_ members: [JSONValue]) -> JSONValue {
      [
        "version": 3, "etag": "e1",
        "bindings": [
          [
            "role": .string(role), "members": .array(members), "bindingId": "b7",
            "condition": ["title": "t", "expression": "true", "location": "l", "later": [1]],
          ]
        ],
      ]
    }
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy(["user:a@x.com", "user:c@x.com"])))
    let wanted = policy(["user:c@x.com", "user:b@x.com"])
    stage.cloud.on(set, .json(wanted))
    _ = try await write(
      stage,
      PolicyIntent(entries: [
        .init(
          role: role, condition: PolicyCondition(title: "t", expression: "true"),
          add: ["user:b@x.com"], remove: ["user:a@x.com"])
      ]))
    #expect(stage.cloud.bodies(set) == [["policy": wanted]])
  }

  /// `{}` would look like a policy without members, and so like a completed removal.
  @Test func anAnswerThatIsNotAPolicyIsNotTrusted() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy(["user:a@x.com"])))
    stage.cloud.on(set, .empty)
    await #expect(throws: OperationFailure.self) {
      try await write(stage, intent(remove: ["user:a@x.com"]))
    }
    #expect(stage.cloud.count(get) > 1)
  }

  @Test(arguments: [[:], ["etag": ""], ["etag": "e", "zzz": 1], ["error": [:]]] as [JSONValue])
  func aValueThatIsNotAPolicyIsNotOverwritten(_ answer: JSONValue) async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(answer))
    await #expect(throws: OperationFailure.self) {
      try await write(stage, intent(add: ["user:a@x.com"]))
    }
    await #expect(throws: OperationFailure.self) {
      try await write(stage, intent(remove: ["user:a@x.com"]))
    }
    #expect(stage.cloud.count(set) == 0)
  }

  @Test func noChangesIsNotAWrite() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy(["user:a@x.com"])))
    _ = try await write(stage, intent(add: ["user:a@x.com"]))
    #expect(stage.cloud.requests.count == 1)
  }

  @Test func conflictAppliesTheIntentToTheFreshPolicy() async throws {
    let stage = try LiveStage()
    stage.cloud.on(
      get, .json(policy(["user:a@x.com"])), .json(policy(["user:theirs@x.com"], etag: "e2")))
    stage.cloud.on(
      set, .aborted, .json(policy(["user:theirs@x.com", "user:b@x.com"], etag: "e3")))
    _ = try await write(stage, intent(add: ["user:b@x.com"]))
    #expect(
      stage.cloud.bodies(set).last
        == ["policy": policy(["user:theirs@x.com", "user:b@x.com"], etag: "e2")])
  }

  @Test func repeatedConflictsStopAfterSixRounds() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy([])))
    stage.cloud.on(set, .aborted)
    await #expect(throws: OperationFailure.self) {
      try await write(stage, intent(add: ["user:b@x.com"]))
    }
    #expect(stage.cloud.count(set) == 6)
  }

  @Test func aCarriedOutWriteWithALostAnswerIsNotRepeated() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy([])), .json(policy(["user:b@x.com"], etag: "e2")))
    stage.cloud.on(set, .failure(.ambiguous))
    _ = try await write(stage, intent(add: ["user:b@x.com"]))
    #expect(stage.cloud.count(set) == 1)
  }

  @Test func anUnintendedResultIsReadAndWrittenAgain() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy([])))
    stage.cloud.on(
      set, .json(policy([], etag: "e2")), .json(policy(["user:b@x.com"], etag: "e3")))
    _ = try await write(stage, intent(add: ["user:b@x.com"]))
    #expect(stage.cloud.count(set) == 2)
  }

  @Test func refusedAdditionStillWritesTheRemovals() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy(["user:a@x.com"])))
    stage.cloud.on(
      set, .error(400, "INVALID_ARGUMENT", "User nobody@x.com does not exist."),
      .json(policy([], etag: "e2")))
    do {
      let intent = PolicyIntent(entries: [
        .init(role: role, condition: nil, add: [], remove: ["user:a@x.com"]),
        .init(role: "roles/writer", condition: nil, add: ["user:nobody@x.com"], remove: []),
      ])
      _ = try await write(stage, intent)
      Issue.record("it succeeded")
    } catch {
      #expect(error.kind == .other)
      #expect(error.isPartial)
      #expect(error.message == "User nobody@x.com does not exist.")
    }
    let last = try #require(stage.cloud.bodies(set).last?["policy"])
    #expect(last["bindings"]?.array?.count == 1)
    #expect(stage.cloud.count(set) == 2)
  }

  @Test func refusedAdditionWithoutRemovalsIsNotPartial() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy([])))
    stage.cloud.on(set, .error(400, "INVALID_ARGUMENT", "User x does not exist."))
    do {
      _ = try await write(stage, intent(add: ["user:x@x.com"]))
      Issue.record("it succeeded")
    } catch {
      #expect(!error.isPartial)
    }
    #expect(stage.cloud.count(set) == 1)
  }

  @Test func anUnknownNewAccountOfThisRunIsRetried() async throws {
    let stage = try LiveStage()
    let member = "serviceAccount:\(Make.email)"
    stage.cloud.on("POST /v1/projects/p/serviceAccounts", .json(Make.live(Make.account)))
    stage.cloud.on(
      "GET /v1/projects/p/serviceAccounts/\(Make.email)", .json(Make.live(Make.account)))
    stage.cloud.on(get, .json(policy([])))
    stage.cloud.on(
      set, .error(400, "INVALID_ARGUMENT", "Service account \(Make.email) does not exist."),
      .error(400, "INVALID_ARGUMENT", "Service account \(Make.email) does not exist."),
      .json(policy([member], etag: "e2")))
    let runner = CloudRunner(client: stage.client, keys: nil)
    _ = try await stage.run(.create(spec: [:]), on: Make.account, runner: runner)
    _ = try await write(stage, intent(add: [member]), runner: runner)
    #expect(stage.cloud.count(set) == 3)
  }

  @Test func anUnknownAccountOfAnotherOwnerIsFinal() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy([])))
    stage.cloud.on(
      set, .error(400, "INVALID_ARGUMENT", "Service account \(Make.email) does not exist."))
    await #expect(throws: OperationFailure.self) {
      try await write(stage, intent(add: ["serviceAccount:\(Make.email)"]))
    }
    #expect(stage.cloud.count(set) == 1)
  }

  @Test func projectAndAccountPoliciesHaveFormsOfTheirOwn() async throws {
    let stage = try LiveStage()
    let account = "/v1/projects/p/serviceAccounts/\(Make.email)"
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .json(["etag": "ACAB"]))
    stage.cloud.on(
      "POST \(account):getIamPolicy?options.requestedPolicyVersion=3", .json(["etag": "ACAB"]))
    for (address, path) in [
      (Make.project.policy, "/v1/projects/p"), (Make.account.policy, account),
    ] {
      let written: JSONValue = [
        "etag": "ACAB", "version": 3,
        "bindings": [["role": .string(role), "members": ["user:b@x.com"]]],
      ]
      stage.cloud.on("POST \(path):setIamPolicy", .json(written))
      _ = try await stage.run(.setPolicy(intent(add: ["user:b@x.com"])), on: address)
      #expect(stage.cloud.bodies("POST \(path):setIamPolicy") == [["policy": written]])
    }
    #expect(
      stage.cloud.bodies("POST /v1/projects/p:getIamPolicy")
        == [["options": ["requestedPolicyVersion": 3]]])
    #expect(stage.cloud.bodies("POST \(account):getIamPolicy").isEmpty)
  }

  @Test(arguments: [
    #"{"bindings": []}"#, #"{"etag": "", "bindings": []}"#,
    #"{"etag": "e1", "bindings": {"role": "roles/owner"}}"#,
    #"{"etag": "e1", "bindings": ["roles/owner"]}"#,
    #"{"etag": "e1", "bindings": [{"members": ["user:a@x.com"]}]}"#,
    #"{"etag": "e1", "bindings": [{"role": "roles/owner", "members": "user:a@x.com"}]}"#,
    #"{"etag": "e1", "bindings": [{"role": "roles/owner", "members": [{"email": "a"}]}]}"#,
    #"{"etag": "e1", "bindings": [{"role": "r", "members": ["user:a"], "condition": "x"}]}"#,
    #"{"etag": "e1", "version": 4, "bindings": []}"#,
  ])
  func anUnknownPolicyIsNeverOverwritten(_ text: String) async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(try JSONValue(parsing: Array(text.utf8))))
    stage.cloud.on(set, .json(policy(["user:b@x.com"], etag: "e2")))
    await #expect(throws: OperationFailure.self) {
      try await write(stage, intent(add: ["user:b@x.com"]))
    }
    #expect(stage.cloud.count(set) == 0)
  }
}
