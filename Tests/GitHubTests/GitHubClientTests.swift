import Crypto
import GoogleCloud
import HTTP
import JSON
import TestSupport
import Testing

@testable import GitHub

@Suite struct GitHubClientTests {
  static let key: JSONValue = [
    "key_id": "568250167242549743", "key": "B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9/AsrhtHHw=",
  ]
  static let metadata: JSONValue = [
    "name": "GCP_KEY", "created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-02T03:04:05Z",
  ]
  static let secretPath = "/repos/acme/lib/actions/secrets/GCP_KEY"
  static let variablePath = "/repos/acme/lib/actions/variables/GCP_KEY_ID"
  static let variable: JSONValue = [
    "name": "GCP_KEY_ID", "value": "abc", "created_at": "2026-11-01T00:00:00Z",
    "updated_at": "2026-11-01T00:00:00Z",
  ]

  /// What is sent can be opened by the owner of the key, and by no one who reads it on the way.
  @Test func writesASecret() async throws {
    let stage = try Stage()
    stage.cloud.on("GET /repos/acme/lib/actions/secrets/public-key", .json(Self.key))
    stage.cloud.on("PUT \(Self.secretPath)", .status(201), .status(204))
    let key = try await stage.client.publicKey(of: Stage.repository)
    let value = try key.seal(secret("the key file"))
    #expect(try await stage.client.putSecret("gcp_key", value) == .created)
    #expect(try await stage.client.putSecret("gcp_key", value) == .updated)
    let body = try #require(stage.cloud.bodies("PUT \(Self.secretPath)").first)
    #expect(body["key_id"] == "568250167242549743")
    let box = try #require(body["encrypted_value"]?.string.flatMap(Base64.decode))
    var privateKey = SecretBytes()
    privateKey.append(contentsOf: 1...32)
    let opened = try SealedBox.open(box, with: SealedBox.KeyPair(secret: privateKey))
    let text = opened.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    #expect(text == "the key file")
    stage.cloud.finish()
  }

  @Test func sendsGitHubsHeadersAndNoneOfGoogles() async throws {
    let stage = try Stage()
    stage.cloud.on("GET \(Self.secretPath)", .json(Self.metadata))
    _ = try await stage.client.secret("GCP_KEY", in: Stage.repository)
    let request = try #require(stage.cloud.raw.first)
    #expect(request.url == "https://api.github.com\(Self.secretPath)")
    let sent = Dictionary(uniqueKeysWithValues: request.headers.fields.map { ($0.name, $0.value) })
    #expect(
      sent == [
        "Authorization": "Bearer \(Stage.token)", "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
      ])
  }

  @Test func namesOfEnvironmentsAreEncoded() async throws {
    let stage = try Stage(host: "github.example.com")
    let prefix = "/api/v3/repos/acme/lib/environments/prod%2Feu"
    stage.cloud.on("GET \(prefix)/secrets/GCP_KEY", .json(Self.metadata))
    stage.cloud.on("GET \(prefix)/variables/GCP_KEY_ID", .json(Self.variable))
    let place = try Stage.environment
    let found = try await stage.client.secret("GCP_KEY", in: place)
    #expect(found?.updatedAt == "2026-11-02T03:04:05Z")
    #expect(try await stage.client.variable("GCP_KEY_ID", in: place)?.value == "abc")
    #expect(GitHubPlace(repository: "acme/lib", environment: "..") == nil)
    #expect(GitHubPlace(repository: "acme") == nil)
    #expect(GitHubPlace(repository: "acme/..") == nil)
    stage.cloud.finish()
  }

  // MARK: Absence

  @Test func aSecretIsAbsentOnlyWhereTheTokenSeesSecrets() async throws {
    let stage = try Stage()
    let place = try Stage.repository
    stage.cloud.on("GET \(Self.secretPath)", .github(404, "Not Found"))
    stage.cloud.on(
      "GET /repos/acme/lib/actions/secrets?per_page=1", .json(["total_count": 0, "secrets": []]),
      .github(404, "Not Found"))
    #expect(try await stage.client.secret("GCP_KEY", in: Stage.repository) == nil)
    let error = await thrown { () throws(APIError) in
      try await stage.client.secret("GCP_KEY", in: place)
    }
    #expect(error?.kind == .permissionDenied(permission: nil, resource: "acme/lib"))
    #expect(error?.message.contains("was not found on github.com, or the token") == true)
    stage.cloud.finish()
  }

  /// A gateway's 404 is not GitHub's.
  @Test func aForeign404IsNotAbsence() async throws {
    let stage = try Stage()
    let place = try Stage.repository
    stage.cloud.on("GET \(Self.secretPath)", .status(404))
    let error = await failure(stage) { () throws(APIError) in
      try await stage.client.secret("GCP_KEY", in: place)
    }
    #expect(error?.kind == .malformed)
  }

  @Test(
    arguments: [
      [
        "name": "OTHER", "created_at": "2026-11-01T00:00:00Z", "updated_at": "2026-11-01T00:00:00Z",
      ],
      ["name": "GCP_KEY", "created_at": "2026-11-01T00:00:00Z"],
      ["name": "GCP_KEY", "created_at": "2026-11-01T00:00:00Z", "updated_at": "soon"],
      [],
    ] as [JSONValue])
  func anAnswerAboutSomethingElseIsNotUsed(_ answer: JSONValue) async throws {
    let stage = try Stage()
    let place = try Stage.repository
    stage.cloud.on("GET \(Self.secretPath)", .json(answer.array?.isEmpty == true ? [:] : answer))
    let error = await failure(stage) { () throws(APIError) in
      try await stage.client.secret("GCP_KEY", in: place)
    }
    #expect(error?.kind == .malformed)
  }

  @Test func deletingWhatIsAbsentIsNoFailure() async throws {
    let stage = try Stage()
    stage.cloud.on("DELETE \(Self.secretPath)", .failure(.ambiguous), .github(404, "Not Found"))
    stage.cloud.on("GET /repos/acme/lib/actions/secrets", .json(["total_count": 0, "secrets": []]))
    try await stage.client.deleteSecret("GCP_KEY", in: Stage.repository)
    stage.cloud.on("DELETE \(Self.variablePath)", .status(204))
    try await stage.client.deleteVariable("GCP_KEY_ID", in: Stage.repository)
    stage.cloud.finish()
  }

  // MARK: Ambiguous answers

  @Test func aReadAndAPutAreRepeated() async throws {
    let stage = try Stage()
    stage.cloud.on(
      "GET \(Self.secretPath)", .failure(.ambiguous), .status(503), .json(Self.metadata))
    _ = try await stage.client.secret("GCP_KEY", in: Stage.repository)
    stage.cloud.on("PUT \(Self.secretPath)", .failure(.ambiguous), .status(502), .status(204))
    let value = GitHubSealedValue(place: try Stage.repository, keyID: "1", text: "AA==")
    #expect(try await stage.client.putSecret("GCP_KEY", value) == .updated)
    #expect(stage.cloud.count("PUT \(Self.secretPath)") == 3)
  }

  @Test func aPutWithoutAnyAnswerStaysUnknown() async throws {
    let stage = try Stage()
    stage.cloud.on("PUT \(Self.secretPath)", .failure(.ambiguous))
    let value = GitHubSealedValue(place: try Stage.repository, keyID: "1", text: "AA==")
    let error = await failure(stage) { () throws(APIError) in
      try await stage.client.putSecret("GCP_KEY", value)
    }
    #expect(error?.kind == .ambiguous)
    #expect(stage.cloud.count("PUT \(Self.secretPath)") == 4)
  }

  /// The outcome of a lost POST is read, not guessed.
  @Test(arguments: [true, false])
  func aLostCreateOfAVariableIsReadFirst(wasCreated: Bool) async throws {
    let stage = try Stage()
    stage.cloud.on(
      "POST /repos/acme/lib/actions/variables", .failure(.ambiguous),
      .status(wasCreated ? 500 : 201))
    stage.cloud.on(
      "GET \(Self.variablePath)",
      wasCreated ? .json(Self.variable) : .github(404, "Not Found"))
    if !wasCreated {
      stage.cloud.on("GET /repos/acme/lib/actions/variables", .json(["total_count": 0]))
    }
    try await stage.client.createVariable("gcp_key_id", value: "abc", in: Stage.repository)
    #expect(stage.cloud.count("POST /repos/acme/lib/actions/variables") == (wasCreated ? 1 : 2))
    #expect(stage.cloud.raw.first?.connection == .fresh)
    stage.cloud.finish()
  }

  @Test func aLostCreateThatCollidesWithAnotherValueFails() async throws {
    let stage = try Stage()
    let place = try Stage.repository
    stage.cloud.on("POST /repos/acme/lib/actions/variables", .failure(.ambiguous))
    stage.cloud.on("GET \(Self.variablePath)", .json(Self.variable))
    let error = await failure(stage) { () throws(APIError) in
      try await stage.client.createVariable(
        "GCP_KEY_ID", value: "other", in: place)
    }
    #expect(error?.kind == .alreadyExists)
  }

  @Test func aChangedVariableThatIsAbsentIsNotFound() async throws {
    let stage = try Stage()
    let place = try Stage.repository
    stage.cloud.on("PATCH \(Self.variablePath)", .github(404, "Not Found"))
    stage.cloud.on("GET /repos/acme/lib/actions/variables", .json(["total_count": 0]))
    let error = await failure(stage) { () throws(APIError) in
      try await stage.client.updateVariable(
        "GCP_KEY_ID", to: "x", in: place)
    }
    #expect(error?.kind == .notFound)
  }

  /// The error of `body`, which must have none of the token.
  func failure<Value>(
    _ stage: Stage, _ body: () async throws(APIError) -> Value
  ) async -> APIError? {
    let error = await thrown(body)
    #expect(error != nil)
    #expect("\(String(reflecting: error))".contains("16C7e42F292c6912E771") == false)
    return error
  }
}
