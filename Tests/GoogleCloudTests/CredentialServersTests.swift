import HTTP
import Testing

@testable import GoogleCloud

/// Which servers a credential belongs to, and tokens that package servers accept.
@Suite struct CredentialServersTests {
  static let sandbox = "http://127.0.0.1:8085"

  private func files(tokenURI: String) throws -> [String: String] {
    ["/key.json": try TestKey.file(tokenURI: tokenURI)]
  }

  private let variables = ["GOOGLE_APPLICATION_CREDENTIALS": "/key.json"]

  @Test func aKeyFileNamesItsSandbox() async throws {
    let stage = Stage()
    let search = search(variables, files: try files(tokenURI: Self.sandbox + "/token"))
    let (found, servers) = try await search.findWithServers(.google, run: stage.run)
    #expect(servers.origin(of: .artifactRegistry).description == Self.sandbox)
    #expect(servers.overrides.allSatisfy { $0.source == found.source })
    #expect(search.servers(.google, run: stage.run) == servers)
    #expect(stage.transport.requests.isEmpty)
  }

  @Test func aSettingDecidesBeforeTheKeyFile() async throws {
    let stage = Stage()
    let search = search(variables, files: try files(tokenURI: Self.sandbox + "/token"))
    let other = try Endpoints(all: "http://127.0.0.1:9999")
    #expect(search.servers(other, run: stage.run) == other)
    await #expect(throws: CredentialError.self) {
      _ = try await search.findWithServers(other, run: stage.run)
    }
    #expect(stage.transport.requests.isEmpty)
  }

  @Test func aGoogleCredentialBelongsToGoogle() async throws {
    let stage = Stage()
    let search = search(variables, files: ["/key.json": try TestKey.file()])
    let (found, servers) = try await search.findWithServers(.google, run: stage.run)
    #expect(found.reach == .google && servers == .google)
    await #expect(throws: CredentialError.self) {
      _ = try await search.findWithServers(
        try Endpoints(all: Self.sandbox), run: stage.run)
    }
    #expect(stage.transport.requests.isEmpty)
  }

  /// The metadata server is not asked, and no fault of a credential file counts as a server.
  @Test func theOfflineSearchSendsNothing() throws {
    let stage = Stage()
    #expect(search(["HOME": "/h"]).servers(.google, run: stage.run) == .google)
    #expect(search(variables).servers(.google, run: stage.run) == .google)
    let broken = search(variables, files: ["/key.json": #"{"type":"service_account"}"#])
    #expect(broken.servers(.google, run: stage.run) == .google)
    let token = search(["ARCTL_ACCESS_TOKEN": "arctlsbx.x"])
    #expect(token.servers(.google, run: stage.run) == .google)
    #expect(stage.transport.requests.isEmpty)
  }

  /// A package server does not know a token that the key signs itself.
  @Test func aKeyIsExchangedForAnAccessToken() async throws {
    let stage = Stage()
    stage.transport.stub(
      .post, "https://oauth2.googleapis.com/token",
      .json(#"{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}"#))
    var search = search(variables, files: ["/key.json": try TestKey.file()])
    search.exchangesKeys = true
    let found = try await search.find(endpoints: .google, run: stage.run)
    let (token, expires) = try await found.timedAccessToken()
    #expect(token == "ya29.x" && expires == VirtualClock.start + 3599)
    stage.transport.finish()
  }
}
