import Crypto
import Foundation
import HTTP
import JSON
import TestSupport
import Testing

@testable import CloudResources
@testable import GoogleCloud
@testable import Keys

/// The calls about a secret and its versions, and what their answers mean.
@Suite struct SecretVersionsTests {
  private static let path = "/v1/projects/p/secrets/s"
  private let stage: LiveStage
  private let secret: SecretVersions

  init() throws {
    stage = try LiveStage()
    secret = SecretVersions(
      calls: CloudCalls(client: stage.client, memory: RecentWrites()), project: "p", secret: "s")
  }

  private static func live(_ etag: String, _ more: JSONObject = [:]) -> JSONValue {
    var object: JSONObject = ["name": "projects/123/secrets/s", "etag": .string(etag)]
    for (key, value) in more { object[key] = value }
    return .object(object)
  }

  private static func version(
    _ number: Int, _ state: String = "ENABLED", etag: String = "\"v\"", more: JSONObject = [:]
  ) -> JSONValue {
    var object: JSONObject = [
      "name": .string("projects/123/secrets/s/versions/\(number)"), "state": .string(state),
      "createTime": "2027-01-15T08:00:00.5Z", "etag": .string(etag),
      "clientSpecifiedPayloadChecksum": true,
    ]
    for (key, value) in more { object[key] = value }
    return .object(object)
  }

  private func bytes(_ text: String) -> SecretBytes {
    var bytes = SecretBytes()
    bytes.append(text)
    return bytes
  }

  /// The error of a call that must fail.
  private func error<Value>(
    _ body: () async throws(APIError) -> Value
  ) async throws -> APIError {
    do {
      let value = try await body()
      Issue.record("it did not fail: \(value)")
    } catch {
      return error
    }
    throw CancellationError()
  }

  // MARK: Reading

  @Test func aSecretWithItsNotes() async throws {
    stage.cloud.on(
      "GET \(Self.path)",
      .json(
        Self.live(
          "\"e\"", ["annotations": ["arctl-a": "1", "x": "y"], "versionAliases": ["k-1": "12"]])))
    let read = try #require(try await secret.read())
    #expect(read.etag == "\"e\"" && read.annotations == ["arctl-a": "1", "x": "y"])
    #expect(read.aliases == ["k-1": 12])
  }

  @Test func anAbsentSecretIsNoError() async throws {
    stage.cloud.on("GET \(Self.path)", .notFound)
    #expect(try await secret.read() == nil)
  }

  @Test func aRefusalStaysOne() async throws {
    stage.cloud.on(
      "GET \(Self.path)", .disabled("secretmanager.googleapis.com"), .forbidden)
    guard
      case .serviceDisabled = try await error({ () throws(APIError) in try await secret.read() })
        .kind
    else { Issue.record("another kind"); return }
    let refused = try await error { () throws(APIError) in try await secret.read() }
    #expect(refused.advice?.permission == "secretmanager.secrets.get")
    #expect(refused.advice?.role == "roles/secretmanager.viewer")
  }

  @Test(
    arguments: [
      ["name": "projects/123/secrets/other", "etag": "\"e\""], ["name": "projects/123/secrets/s"],
      ["name": "projects/123/secrets/s", "etag": "\"e\"", "versionAliases": ["k": "x"]],
      ["name": "projects/123/secrets/s", "etag": "\"e\"", "versionAliases": []],
      ["name": "projects/123/secrets/s", "etag": "\"e\"", "annotations": ["a": 1]],
    ] as [JSONValue])
  func anOddSecretIsNotEvidence(_ answer: JSONValue) async throws {
    stage.cloud.on("GET \(Self.path)", .json(answer))
    #expect(try await error { () throws(APIError) in try await secret.read() }.kind == .malformed)
  }

  @Test func versionsAreListed() async throws {
    stage.cloud.on(
      "GET \(Self.path)/versions",
      .json(["versions": [Self.version(2, "DISABLED")], "nextPageToken": "t"]),
      .json([
        "versions": [
          Self.version(3, "NEWER", more: ["clientSpecifiedPayloadChecksum": false]),
          Self.version(1, "DESTROYED"),
        ]
      ]))
    let found = try await secret.list()
    #expect(found.map(\.number) == [3, 2, 1])
    #expect(found.map(\.state) == [.unknown, .disabled, .destroyed])
    #expect(found.map(\.isChecksumConfirmed) == [false, true, true])
    #expect(found[0].createTime == 1_800_000_000)
  }

  @Test(
    arguments: [
      version(0), ["name": "projects/123/secrets/s/versions/01"],
      [
        "name": "projects/123/secrets/t/versions/1", "etag": "x",
        "createTime": "2027-01-15T08:00:00Z",
      ],
      version(1, etag: ""), version(1, more: ["createTime": "today"]),
    ] as [JSONValue])
  func anOddVersionIsNotEvidence(_ item: JSONValue) async throws {
    stage.cloud.on("GET \(Self.path)/versions", .json(["versions": [item]]))
    #expect(try await error { () throws(APIError) in try await secret.list() }.kind == .malformed)
  }

  // MARK: Adding

  @Test func aValueIsAddedWithItsChecksum() async throws {
    stage.cloud.on("POST \(Self.path):addVersion", .json(Self.version(4)))
    #expect(try await secret.add(bytes("hi")).number == 4)
    #expect(
      stage.cloud.bodies("POST \(Self.path):addVersion") == [
        ["payload": ["data": "aGk=", "dataCrc32c": "4120762818"]]
      ])
    let request = try #require(stage.cloud.raw.first)
    #expect(request.headers["Content-Type"] == "application/json")
    #expect(request.connection == .fresh)
  }

  @Test(
    arguments: [
      version(4, more: ["clientSpecifiedPayloadChecksum": false]), [:],
      ["name": "projects/123/secrets/other/versions/4"],
    ] as [JSONValue])
  func anAnswerThatConfirmsNothingIsAmbiguous(_ answer: JSONValue) async throws {
    stage.cloud.on("POST \(Self.path):addVersion", .json(answer))
    let failure = try await error { () throws(APIError) in try await secret.add(bytes("hi")) }
    #expect(failure.kind == .ambiguous)
    #expect(stage.cloud.count("POST \(Self.path):addVersion") == 1)
  }

  @Test func aLostAnswerIsNotRepeated() async throws {
    stage.cloud.on("POST \(Self.path):addVersion", .failure(.ambiguous), .json(Self.version(1)))
    let failure = try await error { () throws(APIError) in try await secret.add(bytes("hi")) }
    #expect(failure.kind == .ambiguous)
    #expect(stage.cloud.count("POST \(Self.path):addVersion") == 1)
  }

  @Test func noErrorRepeatsTheValue() async throws {
    let value = "a private key of some length"
    let encoded = Base64.encode(Array(value.utf8))
    stage.cloud.on(
      "POST \(Self.path):addVersion", .error(400, "INVALID_ARGUMENT", "bad \(encoded)"))
    let failure = try await error { () throws(APIError) in try await secret.add(bytes(value)) }
    #expect(failure.kind == .invalidArgument && failure.message.hasPrefix("bad "))
    #expect(!failure.message.contains(encoded.prefix(16)))
  }

  @Test func aValueOfAnotherSizeIsNotSent() async throws {
    for count in [0, (64 << 10) + 1] {
      let failure = try await error { () throws(APIError) in
        try await secret.add(bytes(String(repeating: "x", count: count)))
      }
      #expect(failure.kind == .invalidArgument)
    }
    #expect(stage.cloud.requests.isEmpty)
  }

  // MARK: Compare and set

  private func patch() async throws(APIError) -> Compared<StoredSecret> {
    try await secret.patch(annotations: ["a": "1"], aliases: ["k": 2], etag: "\"e\"")
  }
  private static let ours: JSONObject = ["annotations": ["a": "1"], "versionAliases": ["k": "2"]]

  @Test func aChangeSendsTheEtag() async throws {
    stage.cloud.on("PATCH \(Self.path)", .json(Self.live("\"f\"", Self.ours)))
    guard case .done(let now) = try await patch() else { Issue.record("not done"); return }
    #expect(now.etag == "\"f\"")
    #expect(
      stage.cloud.requests == ["PATCH \(Self.path)?updateMask=annotations%2CversionAliases"])
    #expect(
      stage.cloud.bodies("PATCH \(Self.path)") == [
        ["annotations": ["a": "1"], "versionAliases": ["k": "2"], "etag": "\"e\""]
      ])
  }

  /// Google's status for a stale etag is not verified.
  @Test(arguments: [(400, "FAILED_PRECONDITION"), (409, "ABORTED")])
  func anotherProcessWasFirst(_ code: Int, _ status: String) async throws {
    stage.cloud.on("PATCH \(Self.path)", .error(code, status))
    stage.cloud.on("GET \(Self.path)", .json(Self.live("\"other\"")))
    guard case .overtaken(let now) = try await patch() else {
      Issue.record("not overtaken"); return
    }
    #expect(now?.etag == "\"other\"")
    #expect(stage.cloud.count("PATCH \(Self.path)") == 1)
  }

  @Test func anotherPreconditionIsAFailure() async throws {
    stage.cloud.on("PATCH \(Self.path)", .error(400, "FAILED_PRECONDITION", "no quota"))
    stage.cloud.on("GET \(Self.path)", .json(Self.live("\"e\"")))
    let failure = try await error { () throws(APIError) in try await patch() }
    #expect(failure.kind == .failedPrecondition && failure.message == "no quota")
    #expect(stage.cloud.count("PATCH \(Self.path)") == 1)
  }

  /// The read may be late, and the words of the refusal are about the etag.
  @Test func aRefusedEtagIsNotSentAgain() async throws {
    stage.cloud.on(
      "PATCH \(Self.path)", .error(400, "FAILED_PRECONDITION", "The etag does not match."))
    stage.cloud.on("GET \(Self.path)", .json(Self.live("\"e\"")))
    #expect(try await patch() == .overtaken(secretWith("\"e\"")))
    #expect(stage.cloud.count("PATCH \(Self.path)") == 1)
  }

  private func secretWith(_ etag: String) throws -> StoredSecret {
    try StoredSecret(
      Self.live(etag), of: secret, APICall(.secretManager, Self.path, label: "test"))
  }

  @Test func aLostAnswerIsDecidedByARead() async throws {
    stage.cloud.on("PATCH \(Self.path)", .failure(.ambiguous))
    stage.cloud.on("GET \(Self.path)", .json(Self.live("\"f\"", Self.ours)))
    guard case .done(let now) = try await patch() else { Issue.record("not done"); return }
    #expect(now.etag == "\"f\"")
    #expect(stage.cloud.count("PATCH \(Self.path)") == 1)
  }

  @Test func aChangeThatWasNotMadeIsRepeated() async throws {
    stage.cloud.on(
      "PATCH \(Self.path)", .failure(.ambiguous), .json(Self.live("\"f\"", Self.ours)))
    stage.cloud.on("GET \(Self.path)", .json(Self.live("\"e\"")))
    guard case .done = try await patch() else { Issue.record("not done"); return }
    #expect(stage.cloud.count("PATCH \(Self.path)") == 2)
  }

  @Test func aRefusalOfAChangeStaysOne() async throws {
    stage.cloud.on("PATCH \(Self.path)", .forbidden)
    let failure = try await error { () throws(APIError) in try await patch() }
    #expect(failure.advice?.permission == "secretmanager.secrets.update")
  }

  // MARK: Versions

  @Test func aVersionIsDestroyed() async throws {
    stage.cloud.on("POST \(Self.path)/versions/2:destroy", .json(Self.version(2, "DESTROYED")))
    guard case .done(let destroyed) = try await secret.destroy(2, etag: "\"v\"") else {
      Issue.record("not done"); return
    }
    #expect(destroyed.state == .destroyed)
    #expect(stage.cloud.bodies("POST \(Self.path)/versions/2:destroy") == [["etag": "\"v\""]])
  }

  @Test func aDelayedDestructionIsDone() async throws {
    stage.cloud.on(
      "POST \(Self.path)/versions/2:destroy",
      .json(Self.version(2, "DISABLED", more: ["scheduledDestroyTime": "2027-02-01T00:00:00Z"])))
    guard case .done = try await secret.destroy(2, etag: "\"v\"") else {
      Issue.record("not done"); return
    }
  }

  @Test func whatIsDestroyedAlreadyIsDone() async throws {
    stage.cloud.on(
      "POST \(Self.path)/versions/2:destroy",
      .error(400, "FAILED_PRECONDITION", "Secret Version [x] is in DESTROYED state."))
    stage.cloud.on("GET \(Self.path)/versions/2", .json(Self.version(2, "DESTROYED")))
    guard case .done(let now) = try await secret.destroy(2, etag: "\"v\"") else {
      Issue.record("not done"); return
    }
    #expect(now.state == .destroyed)
  }

  @Test func aVersionThatWasEnabledAgainIsNotDestroyed() async throws {
    stage.cloud.on("POST \(Self.path)/versions/2:destroy", .aborted)
    stage.cloud.on(
      "GET \(Self.path)/versions/2", .json(Self.version(2, "ENABLED", etag: "\"other\"")))
    guard case .overtaken(let now) = try await secret.destroy(2, etag: "\"v\"") else {
      Issue.record("not overtaken"); return
    }
    #expect(now?.state == .enabled)
  }
}
