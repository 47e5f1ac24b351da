import GoogleCloud
import Testing

@testable import GitHub

@Suite struct GitHubHostTests {
  static let sandbox = "http://127.0.0.1:8085"

  @Test(arguments: [
    (nil, "github.com", "https://api.github.com"),
    ("github.com", "github.com", "https://api.github.com"),
    ("api.github.com", "github.com", "https://api.github.com"),
    ("github.example.com", "github.example.com", "https://github.example.com/api/v3"),
    ("octocorp.ghe.com", "octocorp.ghe.com", "https://api.octocorp.ghe.com"),
    ("api.octocorp.ghe.com", "api.octocorp.ghe.com", "https://api.octocorp.ghe.com"),
  ])
  func aHostHasItsAddress(name: String?, shown: String, url: String) throws {
    let host = try GitHubHost(name, endpoints: .google)
    #expect(host.name == shown)
    #expect(host.baseURL == url)
    #expect(host.origin.isPrivate)
    #expect(!host.isSandbox)
  }

  @Test(arguments: [
    (nil, "/api.github.com"), ("github.example.com", "/github.example.com/api/v3"),
    ("octocorp.ghe.com", "/api.octocorp.ghe.com"),
  ])
  func aSandboxTakesTheirPlace(name: String?, path: String) throws {
    let host = try GitHubHost(name, endpoints: Endpoints(all: Self.sandbox))
    #expect(host.isSandbox)
    #expect(host.baseURL == Self.sandbox + path)
    #expect(host.origin.isLoopback)
  }

  @Test(arguments: [
    "localhost", "127.0.0.1", "127.0.0.1:8085", "[::1]", "a.b/c", "https://github.com",
    "user@x.com",
    "x.com:443", "", "a b.com", "x.com#", "x.com?", "x.com\\y",
  ])
  func refusesOtherTexts(name: String) {
    #expect(throws: APIError.self) { try GitHubHost(name, endpoints: .google) }
  }

  /// If only some APIs are moved, keys could be real ones: nothing is sent anywhere.
  @Test func aHalfMovedCloudIsNoRehearsal() throws {
    let endpoints = try Endpoints(
      endpoint: nil,
      environment: ["CLOUDSDK_API_ENDPOINT_OVERRIDES_ARTIFACTREGISTRY": Self.sandbox])
    #expect(throws: APIError.self) { try GitHubHost(endpoints: endpoints) }
  }

  // MARK: Tokens

  func find(
    _ environment: [String: String], sandbox: Bool = false
  ) throws(APIError) -> GitHubToken {
    let endpoints = sandbox ? try? Endpoints(all: Self.sandbox) : .google
    return try GitHubToken.find(
      in: environment, for: GitHubHost(endpoints: endpoints ?? .google))
  }

  func refusal(_ environment: [String: String], sandbox: Bool = false) -> APIError? {
    do throws(APIError) {
      _ = try find(environment, sandbox: sandbox)
      return nil
    } catch {
      return error
    }
  }

  @Test func onlyItsOwnVariableIsRead() throws {
    let others = ["GITHUB_TOKEN": Stage.token, "GH_TOKEN": Stage.token]
    #expect(refusal(others)?.kind == .unauthenticated)
    #expect(refusal(others)?.message.contains("export ARCTL_GITHUB_TOKEN=") == true)
    #expect(try find(["ARCTL_GITHUB_TOKEN": Stage.token]).value == Stage.token)
  }

  @Test(arguments: [" ", "a b", "a\n", "t\u{7F}", "tökén", String(repeating: "a", count: 4097)])
  func aTextThatIsNoTokenIsRefusedUnshown(text: String) {
    let error = refusal(["ARCTL_GITHUB_TOKEN": text])
    #expect(error?.kind == .unauthenticated)
    #expect(error?.message.hasPrefix("ARCTL_GITHUB_TOKEN is not a token") == true)
  }

  @Test func realAndMarkedTokensNeverMeetTheOtherServer() throws {
    let real = ["ARCTL_GITHUB_TOKEN": Stage.token]
    let marked = ["ARCTL_GITHUB_TOKEN": "arctl-sandbox-x"]
    let toSandbox = refusal(real, sandbox: true)
    #expect(toSandbox?.kind == .refused)
    #expect(toSandbox?.message.contains("export ARCTL_GITHUB_TOKEN=arctl-sandbox-") == true)
    #expect("\(toSandbox as Any)".contains(Stage.token) == false)
    #expect(refusal(marked)?.kind == .refused)
    #expect(try find(marked, sandbox: true).kind == .sandbox)
    #expect(throws: APIError.self) { try Stage(endpoints: try Endpoints(all: Self.sandbox)) }
    #expect(throws: APIError.self) { try Stage(token: "arctl-sandbox-x") }
  }

  @Test func aSandboxNeedsNoToken() throws {
    #expect(try find([:], sandbox: true).value == GitHubToken.rehearsal)
    #expect(try find(["ARCTL_GITHUB_TOKEN": ""], sandbox: true).value == GitHubToken.rehearsal)
  }

  @Test func aTokenIsNotPrinted() throws {
    let token = try find(["ARCTL_GITHUB_TOKEN": Stage.token])
    var dumped = ""
    dump(token, to: &dumped)
    for text in ["\(token)", String(reflecting: token), dumped] {
      #expect(!text.contains(Stage.token))
    }
  }
}
