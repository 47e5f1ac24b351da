import JSON
import Model
import TestSupport
import Testing

@testable import Resources

/// One refused member does not prevent the grants of the others.
@Suite struct PartialPolicyWriteTests {
  private let get = "GET /v1/projects/p/locations/us/repositories/r:getIamPolicy"
  private let set = "POST /v1/projects/p/locations/us/repositories/r:setIamPolicy"

  private func policy(_ pairs: (String, [String])..., etag: String = "e1") -> JSONValue {
    [
      "etag": .string(etag), "version": 3,
      "bindings": .array(
        pairs.map { ["role": .string($0.0), "members": .array($0.1.map(JSONValue.string))] }),
    ]
  }

  private func entry(
    _ role: String, add: [String] = [], remove: [String] = [], revoked: Set<String> = []
  ) -> PolicyIntent.Entry {
    .init(
      role: role, condition: nil, add: add, remove: remove, revoked: revoked,
      places: Dictionary(uniqueKeysWithValues: add.map { ($0, Make.place) }))
  }

  private func failure(
    _ stage: LiveStage, _ intent: PolicyIntent, on address: Address = Make.repository
  ) async throws -> OperationFailure {
    do {
      _ = try await stage.run(.setPolicy(intent), on: address.policy)
    } catch {
      return error
    }
    throw Unexpected()
  }
  private struct Unexpected: Error {}

  private func refusal(_ text: String) -> FakeCloud.Answer { .error(400, "INVALID_ARGUMENT", text) }

  @Test func aNamedMemberIsLeftOutAndTheRestIsWritten() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy(("a", ["user:x@x.com"]))))
    stage.cloud.on(
      set, refusal("Group gone@x.com does not exist."),
      .json(policy(("a", ["user:x@x.com", "group:ok@x.com"]))))
    let found = try await failure(
      stage,
      PolicyIntent(entries: [
        entry("a", add: ["group:ok@x.com"]), entry("b", add: ["group:gone@x.com"]),
      ]))
    #expect(
      stage.cloud.bodies(set).last == ["policy": policy(("a", ["user:x@x.com", "group:ok@x.com"]))])
    #expect(found.kind == .other)
    #expect(found.isPartial && found.isFinal)
    #expect(
      found.refusedGrants == [
        RefusedGrant(
          Grant(role: "b", member: "group:gone@x.com"), .notAdded,
          reason: "Group gone@x.com does not exist.", source: Make.place)
      ])
    #expect(found.help.contains("--exclude 'p/iam/repository/us/r role=b member=group:gone@x.com'"))
  }

  @Test func afterThreeRoundsOnlyTheRemovalsAreWritten() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy(("z", ["user:old@x.com"]))))
    let members = (1...5).map { "user:u\($0)@x.com" }
    stage.cloud.on(
      set, refusal("User u1@x.com does not exist."), refusal("User u2@x.com does not exist."),
      refusal("User u3@x.com does not exist."), refusal("User u4@x.com does not exist."),
      .json(policy()))
    let found = try await failure(
      stage,
      PolicyIntent(entries: [entry("a", add: members), entry("z", remove: ["user:old@x.com"])]))
    #expect(stage.cloud.count(set) == 5)
    #expect(stage.cloud.bodies(set).last == ["policy": policy()])
    #expect(found.isPartial)
    #expect(found.refusedGrants.map(\.grant.member) == members)
    #expect(found.refusedGrants[3].reason == "User u4@x.com does not exist.")
    #expect(found.refusedGrants[4].reason.hasPrefix("left out after 3 rounds"))
  }

  @Test func aRefusalWithoutNamesWritesOnlyTheRemovals() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy(("z", ["user:old@x.com"]))))
    stage.cloud.on(
      set, refusal("One or more users named in the policy do not belong to a permitted customer."),
      .json(policy()))
    let found = try await failure(
      stage,
      PolicyIntent(entries: [
        entry("a", add: ["user:n@x.com"]), entry("z", remove: ["user:old@x.com"]),
      ]))
    #expect(stage.cloud.bodies(set).last == ["policy": policy()])
    // It reads the policy again, because others may have changed it meanwhile.
    #expect(stage.cloud.count(get) == 2)
    #expect(found.isPartial)
    #expect(!found.help.contains("--exclude"))
  }

  @Test func inAnExchangeTheOldMemberStaysUntilTheNewOneIsAccepted() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy(("a", ["user:old@x.com"]))))
    stage.cloud.on(set, refusal("User new@x.com does not exist."))
    let intent = PolicyIntent(entries: [
      entry("a", add: ["user:new@x.com"], remove: ["user:old@x.com"])
    ])
    let found = try await failure(stage, intent)
    #expect(stage.cloud.count(set) == 1)
    #expect(!found.isPartial)
    #expect(
      found.refusedGrants.map { "\($0.change) \($0.grant.member)" }
        == ["notAdded user:new@x.com", "notRemoved user:old@x.com"])
  }

  @Test func theExchangeWaitsUnderEveryConditionOfTheRole() async throws {
    let stage = try LiveStage()
    let old = PolicyCondition.until("2027-01-01")
    let new = PolicyCondition.until("2026-01-01")
    let live: JSONValue = [
      "etag": "e1", "version": 3,
      "bindings": [
        [
          "role": "a", "members": ["user:m@x.com"],
          "condition": ["title": .string(old.title), "expression": .string(old.expression)],
        ]
      ],
    ]
    stage.cloud.on(get, .json(live))
    stage.cloud.on(set, refusal("User m@x.com does not exist."))
    let intent = PolicyIntent(entries: [
      .init(role: "a", condition: new, add: ["user:m@x.com"], remove: []),
      .init(role: "a", condition: old, add: [], remove: ["user:m@x.com"]),
    ])
    let found = try await failure(stage, intent)
    #expect(stage.cloud.count(set) == 1)
    #expect(found.refusedGrants.count == 2)
  }

  @Test func revokedMembersAreRemovedNevertheless() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy(("a", ["user:eve@x.com", "user:old@x.com"]))))
    stage.cloud.on(
      set, refusal("User new@x.com does not exist."), .json(policy(("a", ["user:old@x.com"]))))
    let found = try await failure(
      stage,
      PolicyIntent(entries: [
        entry(
          "a", add: ["user:new@x.com"], remove: ["user:eve@x.com", "user:old@x.com"],
          revoked: ["user:eve@x.com"])
      ]))
    #expect(stage.cloud.bodies(set).last == ["policy": policy(("a", ["user:old@x.com"]))])
    #expect(found.isPartial)
  }

  @Test func anExistingMemberIsNotTakenForTheRefusedOne() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy(("a", ["user:there@x.com"]))))
    stage.cloud.on(set, refusal("User there@x.com does not exist."))
    let found = try await failure(
      stage, PolicyIntent(entries: [entry("a", add: ["user:new@x.com"])]))
    #expect(!found.isPartial)
    #expect(stage.cloud.count(set) == 1)
  }

  @Test func theLastOwnersStayWhateverOthersRemovedMeanwhile() async throws {
    let project = "/v1/projects/p"
    for (keeps, owners, isWritten) in [
      (true, ["user:a@x.com", "user:b@x.com", "user:c@x.com"], true),
      (true, ["user:a@x.com", "user:b@x.com"], false),
      (true, ["user:a@x.com", "user:b@x.com", "deleted:user:d@x.com?uid=1"], false),
      (false, ["user:a@x.com", "user:b@x.com"], true),
    ] {
      let stage = try LiveStage()
      let left = owners.filter { $0 != "user:a@x.com" }
      stage.cloud.on("POST \(project):getIamPolicy", .json(policy(("roles/owner", owners))))
      stage.cloud.on("POST \(project):setIamPolicy", .json(policy(("roles/owner", left))))
      let intent = PolicyIntent(
        entries: [entry("roles/owner", remove: ["user:a@x.com"])], keepsOwners: keeps)
      do {
        _ = try await stage.run(.setPolicy(intent), on: Make.project.policy)
        #expect(isWritten, "\(owners)")
      } catch {
        #expect(!isWritten, "\(owners)")
        #expect(error.kind == .stale)
      }
      #expect(stage.cloud.count("POST \(project):setIamPolicy") == (isWritten ? 1 : 0))
    }
  }

  /// Against a server that refuses members with or without their names: only what the intent names changes, no removal
  /// comes before a refused addition of its role, and the accepted part is as shown.
  @Test func aRefusalLosesNothingElse() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = Numbers(state: seed)
    for round in 0..<400 {
      let live = randomPolicy(&random)
      let intent = randomIntent(&random)
      let bad = Set(
        (0..<8).map { "user:m\($0)@x.com" }.filter { _ in Int.random(in: 0..<4, using: &random) == 0
        })
      let isSilent = Int.random(in: 0..<4, using: &random) == 0
      var refusals = PolicyRefusals(of: intent, policy: Make.repository.policy)
      var written: JSONValue?
      while written == nil {
        let wanted = refusals.rest.apply(to: live)
        guard let culprit = refusals.rest.additions.first(where: { bad.contains($0.member) }) else {
          written = wanted
          break
        }
        let name = culprit.member.dropFirst("user:".count)
        let text =
          isSilent ? "Request contains an invalid argument." : "User \(name) does not exist."
        guard refusals.record(.init(.invalidArgument, label: "set", text)) else { break }
      }
      let after = Holders(written ?? live)
      let before = Holders(live)
      let named = Set(intent.additions + intent.removals)
      #expect(
        before.grants.subtracting(named) == after.grants.subtracting(named),
        "seed \(seed), \(round)")
      let refusedRoles = Set(
        intent.additions.filter { !before.grants.contains($0) && !after.grants.contains($0) }
          .map(\.role))
      for grant in intent.removals
      where before.grants.contains(grant) && refusedRoles.contains(grant.role) {
        let isRevoked = intent.entries.contains {
          $0.role == grant.role && $0.revoked.contains(grant.member)
        }
        #expect(after.grants.contains(grant) != isRevoked, "seed \(seed), \(round): \(grant)")
      }
      for grant in intent.removals where !refusedRoles.contains(grant.role) && written != nil {
        #expect(!after.grants.contains(grant), "seed \(seed), \(round): \(grant)")
      }
      #expect(
        after.grants.isSubset(of: before.grants.union(intent.additions)), "seed \(seed), \(round)")
    }
  }

  private struct Holders {
    var grants: Set<Grant> = []
    init(_ policy: JSONValue) {
      for binding in policy["bindings"]?.array ?? [] {
        for member in binding["members"]?.array ?? [] {
          grants.insert(Grant(role: binding["role"]?.string ?? "", member: member.string ?? ""))
        }
      }
    }
  }

  private func randomPolicy(_ random: inout Numbers) -> JSONValue {
    let roles = ["a", "b", "c"]
    return [
      "etag": "e1",
      "bindings": .array(
        roles.map { role in
          let members = (8..<14).filter { _ in Bool.random(using: &random) }
            .map { JSONValue.string("user:m\($0)@x.com") }
          return ["role": .string(role), "members": .array(members + ["group:foreign@x.com"])]
        }),
    ]
  }

  private func randomIntent(_ random: inout Numbers) -> PolicyIntent {
    PolicyIntent(
      entries: ["a", "b", "c"].map { role in
        let add = (0..<8).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
          .map { "user:m\($0)@x.com" }
        let remove = (8..<14).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
          .map { "user:m\($0)@x.com" }
        let revoked = Set(remove.filter { _ in Int.random(in: 0..<4, using: &random) == 0 })
        return .init(role: role, condition: nil, add: add, remove: remove, revoked: revoked)
      }.filter { !$0.add.isEmpty || !$0.remove.isEmpty })
  }

  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }
}
