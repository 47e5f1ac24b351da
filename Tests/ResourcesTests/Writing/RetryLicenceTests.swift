import GoogleCloud
import HTTP
import JSON
import Model
import TestSupport
import Testing

@testable import CloudResources
@testable import Resources

/// If the plan of a run read a resource and an answer denies it, the run waits: a minute in total.
@Suite struct RetryLicenceTests {
  private let get = "GET /v1/projects/p/locations/us/repositories/r:getIamPolicy"
  private let set = "POST /v1/projects/p/locations/us/repositories/r:setIamPolicy"
  private let member = "serviceAccount:\(Make.email)"
  private let unknown = FakeCloud.Answer.error(
    400, "INVALID_ARGUMENT", "Service account \(Make.email) does not exist.")

  private func policy(_ members: [String]) -> JSONValue {
    [
      "etag": "e1", "version": 3,
      "bindings": [["role": "roles/viewer", "members": .array(members.map(JSONValue.string))]],
    ]
  }

  private func grant(
    _ stage: LiveStage, _ seen: [Address: JSONValue], on address: Address = Make.repository
  ) async throws(OperationFailure) -> OperationResult {
    let intent = PolicyIntent(entries: [
      .init(role: "roles/viewer", condition: nil, add: [member], remove: [])
    ])
    return try await stage.run(
      .setPolicy(intent), on: address.policy,
      runner: CloudRunner(client: stage.client, keys: nil, seen: seen))
  }

  private func created(_ secondsAgo: Double) -> JSONValue {
    // InstantClock begins at 2027-01-15T08:00:00Z.
    let minutes = Int(secondsAgo / 60)
    let time = "2027-01-15T\(minutes == 0 ? "08:00" : "07:\(60 - minutes)"):00Z"
    return Make.live(Make.repository, ["createTime": .string(time)])
  }

  @Test func anAccountThatThePlanReadIsRetried() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy([])))
    stage.cloud.on(set, unknown, unknown, unknown, .json(policy([member])))
    _ = try await grant(stage, [Make.account: Make.live(Make.account)])
    #expect(stage.cloud.count(set) == 4)
  }

  @Test func theWaitEndsAfterAMinute() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy([])))
    stage.cloud.on(set, unknown)
    await #expect(throws: OperationFailure.self) {
      try await grant(stage, [Make.account: Make.live(Make.account)])
    }
    #expect(stage.clock.uptime > .seconds(50))
    #expect(stage.clock.uptime <= .seconds(60))
  }

  /// The minute is shared by all operations of the run.
  @Test func operationsShareTheMinute() async throws {
    let stage = try LiveStage()
    let seen = [Make.account: Make.live(Make.account)]
    let runner = CloudRunner(client: stage.client, keys: nil, seen: seen)
    let intent = PolicyIntent(entries: [
      .init(role: "roles/viewer", condition: nil, add: [member], remove: [])
    ])
    for id in ["a", "b", "c", "d"] {
      let path = "/v1/projects/p/locations/us/repositories/\(id)"
      stage.cloud.on("GET \(path):getIamPolicy", .json(policy([])))
      stage.cloud.on("POST \(path):setIamPolicy", unknown)
    }
    await withTaskGroup(of: Void.self) { group in
      for id in ["a", "b", "c", "d"] {
        group.addTask {
          let address = Address(project: "p", .repository, "us", id)
          await #expect(throws: OperationFailure.self) {
            try await stage.run(.setPolicy(intent), on: address.policy, runner: runner)
          }
        }
      }
    }
    // A pause that has started is completed; this clock adds up simultaneous pauses.
    #expect(stage.clock.uptime <= .seconds(60 + 4 * 5))
  }

  @Test func simultaneousPausesCountOnce() {
    let wait = SharedWait(atMost: .seconds(60))
    #expect(wait.begin(.seconds(40), at: .zero))
    #expect(wait.begin(.seconds(40), at: .seconds(10)))
    wait.end(at: .seconds(40))
    wait.end(at: .seconds(50))
    #expect(!wait.begin(.seconds(11), at: .seconds(500)))
    #expect(wait.begin(.seconds(10), at: .seconds(500)))
    #expect(!wait.begin(.seconds(1), at: .seconds(510)))
    wait.end(at: .seconds(510))
    #expect(!wait.begin(.milliseconds(1), at: .seconds(900)))
  }

  @Test(arguments: [
    "Service account other@p.iam.gserviceaccount.com does not exist.",
    "Service account my-\(Make.email) does not exist.", "User nobody@x.com does not exist.",
    "Service account \(Make.email) is not allowed here.",
  ])
  func anotherRefusalIsFinal(_ message: String) async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy([])))
    stage.cloud.on(set, .error(400, "INVALID_ARGUMENT", message))
    await #expect(throws: OperationFailure.self) {
      try await grant(stage, [Make.account: Make.live(Make.account)])
    }
    #expect(stage.cloud.count(set) == 1)
  }

  @Test func aRefusalAboutAnUnreadResourceIsFinal() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .json(policy([])))
    stage.cloud.on(set, unknown)
    await #expect(throws: OperationFailure.self) { try await grant(stage, [:]) }
    #expect(stage.cloud.count(set) == 1)
  }

  /// Errors name custom roles and upstream repositories as they name accounts.
  @Test func rolesAndRepositoriesAreKnownByTheirNames() {
    let seen = SeenResources([Make.role: Make.live(Make.role), Make.repository: created(7200)])
    for (message, passes) in [
      ("Role projects/p/roles/publisher does not exist.", true),
      ("Role `projects/p/roles/publisher2` does not exist", false),
      ("Upstream 'projects/p/locations/us/repositories/r' does not exist", true),
      ("projects/p/roles/publisher is broken", false),
    ] {
      let error = APIError(.invalidArgument, label: "test", message)
      #expect(
        seen.mayPass(error, on: Make.project, host: .iam, now: InstantClock.start) == passes,
        "\(message)")
    }
  }

  @Test(arguments: [(0.0, true), (540, true), (600, false), (3000, false)])
  func aRefusalForANewResourceIsRetried(secondsAgo: Double, passes: Bool) async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .forbidden, .json(policy([])))
    stage.cloud.on(set, .json(policy([member])))
    let seen = [Make.repository: created(secondsAgo)]
    if passes {
      _ = try await grant(stage, seen)
      #expect(stage.cloud.count(get) == 2)
    } else {
      await #expect(throws: OperationFailure.self) { try await grant(stage, seen) }
      #expect(stage.cloud.count(get) == 1)
    }
  }

  @Test func aNewProjectMakesEverythingInItNew() async throws {
    let stage = try LiveStage()
    stage.cloud.on(get, .forbidden, .json(policy([])))
    stage.cloud.on(set, .json(policy([member])))
    let project = Make.live(Make.project, ["createTime": "2027-01-15T07:58:00.000001Z"])
    _ = try await grant(stage, [Make.project: project])
    #expect(stage.cloud.count(get) == 2)
  }

  @Test func aRefusalForAnotherReasonIsFinal() async throws {
    for reason in ["USER_PROJECT_DENIED", "SECURITY_POLICY_VIOLATED"] {
      let stage = try LiveStage()
      stage.cloud.on(get, .error(403, "PERMISSION_DENIED", "no", reason: reason))
      await #expect(throws: OperationFailure.self) {
        try await grant(stage, [Make.repository: created(0)])
      }
      #expect(stage.cloud.count(get) == 1)
    }
  }

  @Test func aServiceThatThePlanReadAsOnIsRetried() async throws {
    let service = "artifactregistry.googleapis.com"
    for isSeen in [true, false] {
      let stage = try LiveStage()
      stage.cloud.on(get, .disabled(service), .json(policy([])))
      stage.cloud.on(set, .json(policy([member])))
      if isSeen {
        _ = try await grant(stage, [Make.service(service): [:]])
      } else {
        await #expect(throws: OperationFailure.self) { try await grant(stage, [:]) }
      }
      #expect(stage.cloud.count(get) == (isSeen ? 2 : 1))
    }
  }
}
