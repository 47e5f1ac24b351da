import Crypto
import GitHub
import GoogleCloud
import HTTP
import JSON
import TestSupport
import Testing

/// Secrets and variables of Actions against the GitHub of the sandbox, over real sockets, with each request lost in turn.
@Suite struct GitHubRehearsalTests {
  private static func client(_ stage: SandboxStage) throws -> GitHubClient {
    let host = try GitHubHost(endpoints: Endpoints(all: stage.server.baseURL))
    let run = RequestContext(
      transport: stage.transport, clock: HastyClock(), random: HalfRandom())
    return try GitHubClient(host: host, token: GitHubToken.find(in: [:], for: host), run: run)
  }

  /// Writes a secret and its variable, changes both, and returns what is there then; `deletes` takes both away.
  private static func run(
    _ stage: SandboxStage, in place: GitHubPlace, deletes: Bool
  ) async throws {
    let github = try client(stage)
    #expect(try await github.secret("GCP_KEY", in: place) == nil)
    for (value, id) in [("first", "1"), ("second", "2")] {
      var secret = SecretBytes()
      secret.append(value)
      let key = try await github.publicKey(of: place)
      try await github.putSecret("gcp_key", key.seal(secret))
      #expect(try await github.secret("GCP_KEY", in: place)?.name == "GCP_KEY")
      if value == "first" {
        try await github.createVariable("GCP_KEY_ID", value: id, in: place)
      } else {
        try await github.updateVariable("GCP_KEY_ID", to: id, in: place)
      }
      #expect(try await github.variable("gcp_key_id", in: place)?.value == id)
    }
    guard deletes else { return }
    try await github.deleteSecret("GCP_KEY", in: place)
    try await github.deleteVariable("GCP_KEY_ID", in: place)
    #expect(try await github.secret("GCP_KEY", in: place) == nil)
    #expect(try await github.variable("GCP_KEY_ID", in: place) == nil)
  }

  private static func place(_ number: Int, environment: String?) throws -> GitHubPlace {
    try #require(GitHubPlace(repository: "acme/lib\(number)", environment: environment))
  }

  /// What a workflow run would get.
  private static func value(_ stage: SandboxStage, _ repository: String) async throws -> String? {
    let url = "\(stage.server.baseURL)/_sandbox/github/repos/\(repository)"
    let answer = try await stage.transport.send(
      HTTPRequest(.get, "\(url)/environments/prod%2Feu/secrets/GCP_KEY/value"))
    return try JSONValue(parsing: answer.body)["value"]?.string
  }

  @Test func everyCallWorks() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    for environment in [nil, "prod/eu"] {
      try await Self.run(stage, in: Self.place(0, environment: environment), deletes: true)
    }
    #expect(stage.transport.requests.allSatisfy { $0.url.hasPrefix(stage.server.baseURL) })
  }

  @Test(arguments: LossyTransport.Fault.allCases)
  func everyRequestMayBeLost(_ fault: LossyTransport.Fault) async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    stage.transport.inject(nil)
    try await Self.run(stage, in: Self.place(0, environment: "prod/eu"), deletes: true)
    let count = stage.transport.requests.count
    #expect(count > 15)
    for number in 1...count {
      let place = try Self.place(number, environment: "prod/eu")
      stage.transport.inject(fault, at: number)
      try await Self.run(stage, in: place, deletes: true)
    }
  }

  @Test func aRunGetsTheLastValue() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    try await Self.run(stage, in: Self.place(7, environment: "prod/eu"), deletes: false)
    #expect(try await Self.value(stage, "acme/lib7") == "second")
  }

  /// After repositories are declared, the others are "not found, or the token cannot see it", and nothing is absent.
  @Test func anUndeclaredRepositoryIsUnreadable() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    var declare = HTTPRequest(.post, "\(stage.server.baseURL)/_sandbox/github/repositories")
    declare.body = JSONValue.object(["full_name": "acme/other"]).serialized()
    #expect(try await stage.transport.send(declare).status == 200)
    let place = try Self.place(1, environment: nil)
    let github = try Self.client(stage)
    for isSecret in [true, false] {
      await #expect {
        if isSecret {
          _ = try await github.secret("A", in: place)
        } else {
          _ = try await github.variable("A", in: place)
        }
      } throws: {
        ($0 as? APIError)?.kind == .permissionDenied(permission: nil, resource: "acme/lib1")
      }
    }
  }
}
