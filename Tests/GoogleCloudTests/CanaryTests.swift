import Crypto
import HTTP
import JSON
import Testing

@testable import GoogleCloud

/// Errors and traces never repeat an unusable answer, since tokens and private halves are in such answers.
@Suite struct CanaryTests {
  static let canary = "CANARY-7f3a9c51e8d24b60-do-not-repeat"

  enum Place: CaseIterable, Sendable {
    case createKey, assertion, refreshToken, exchange, impersonation, metadata

    /// A correct answer, with the canary in the secret parts.
    var good: String {
      let canary = CanaryTests.canary
      let file = Base64.encode(
        Array(#"{"type":"service_account","private_key":"\#(canary)"}"#.utf8))
      return switch self {
      case .createKey:
        #"{"name":"projects/p/serviceAccounts/a/keys/k","privateKeyData":"\#(file)"}"#
      case .impersonation: #"{"accessToken":"\#(canary)","expireTime":"x"}"#
      case .assertion, .refreshToken, .exchange, .metadata:
        #"{"access_token":"\#(canary)","expires_in":"x","token_type":"Bearer"}"#
      }
    }

    var url: String {
      switch self {
      case .createKey: "https://iam.googleapis.com/v1/projects/p/serviceAccounts/a/keys"
      case .assertion, .refreshToken: "https://oauth2.googleapis.com/token"
      case .exchange: "https://sts.googleapis.com/v1/token"
      case .impersonation:
        "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b:generateAccessToken"
      case .metadata:
        "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform"
      }
    }

    /// Requests what the answer should contain. Throws what results from the answer.
    func perform(_ stage: Stage) async throws(APIError) {
      let run = stage.run
      let form = [("grant_type", "g"), ("assertion", "a-signed-assertion-of-some-length")]
      switch self {
      case .createKey:
        guard let client = try? stage.client(token: "ya29.a-token-of-some-length") else { return }
        let call = APICall(
          .iam, method: .post, path: "/v1/projects/p/serviceAccounts/a/keys", body: [:],
          retry: .unnamedCreate,
          label: "keys.create")
        let answer = try await client.call(call)
        // As the issuer does: an answer that is not a key file is not stored.
        guard answer["privateKeyData"] == nil else { return }
        throw APIError(.malformed, label: "keys.create", "no key")
      case .assertion:
        _ = try await TokenEndpoint(run: run).token(url, form: form, label: "sign-in")
      case .refreshToken:
        _ = try await AuthorizedUserTokens(
          clientID: "i", clientSecret: "s", refreshToken: "r", tokenURI: url, run: run
        ).fetch()
      case .exchange:
        _ = try await ExternalAccountTokens(
          subject: .file("f"), field: nil, audience: "a",
          subjectTokenType: "urn:ietf:params:oauth:token-type:jwt", tokenURL: url, client: nil,
          userProject: nil, readFile: { _ in Array(TokenSourceTests.subject().utf8) }, run: run
        ).fetch()
      case .impersonation:
        guard let token = AccessToken("ya29.base", expires: nil) else { return }
        _ = try await ImpersonatedTokens(
          base: TokenCache(StaticToken(token: token), clock: stage.clock), url: url, delegates: [],
          lifetime: 600, email: "a@b", quotaProject: nil, run: run
        ).fetch()
      case .metadata: _ = try await MetadataServer(host: "169.254.169.254", run: run).fetch()
      }
    }
  }

  struct Fault: Sendable, CustomStringConvertible {
    let description: String
    let status: Int
    let body: @Sendable (String) -> String
    init(
      _ description: String, _ status: Int = 200,
      _ body: @escaping @Sendable (String) -> String = { $0 }
    ) {
      (self.description, self.status, self.body) = (description, status, body)
    }
  }

  static let faults =
    [
      Fault("cut") { String($0.dropLast(3)) },
      Fault("cut early") { String($0.prefix($0.count * 4 / 5)) },
      Fault("trailing text") { $0 + $0 }, Fault("not an object") { "[\($0)]" },
      Fault("a string") { JSONValue.string($0).text() }, Fault("not JSON") { "token: \($0)" },
      Fault("a page") { "<html><title>Sign in</title>\($0)</html>" },
      Fault("duplicate keys") { $0.dropLast() + #","\#(canary)":1,"\#(canary)":2}"# },
      Fault("too deep") { $0.dropLast() + ",\"x\":" + String(repeating: "[", count: 300) + "}" },
      Fault("a NUL") { $0 + "\0" }, Fault("bad UTF-8") { $0 + "\u{FFFD}" },
      Fault("too many values") { "[" + String(repeating: "0,", count: 1 << 20) + $0 + "]" },
      Fault("other fields") { #"{"a":\#($0)}"# },
    ]
    + [
      201, 202, 203, 204, 206, 301, 302, 307, 400, 401, 403, 404, 407, 408, 409, 412, 429, 500, 502,
      503, 504,
    ]
    .map { Fault("status \($0)", $0) }
    + [401, 403, 500].map { Fault("a page, \($0)", $0) { "<html>\($0)</html>" } }

  static let spellings: [String] = {
    let bytes = Array(canary.utf8)
    return [canary, Hex.encode(bytes), String(canary.prefix(16))]
      + (0...2).map { before in
        String(
          Base64.encode([UInt8](repeating: 0, count: before) + bytes)
            .dropFirst(before == 0 ? 0 : before + 1).dropLast(4))
      }
  }()

  @Test(arguments: Place.allCases) func noErrorContainsASecret(_ place: Place) async throws {
    for fault in Self.faults {
      let stage = Stage()
      let response = HTTPResponse(
        status: fault.status,
        headers: ["Metadata-Flavor": "Google", "Location": "https://x.example/?\(Self.canary)"],
        body: Array(fault.body(place.good).utf8))
      let method: HTTPMethod = place == .metadata ? .get : .post
      for _ in 0..<8 { stage.transport.stub(method, place.url, .success(response)) }
      let error = await thrown { () throws(APIError) in try await place.perform(stage) }
      var text = ""
      dump(error, to: &text)
      dump(stage.observed.value.withLock { $0 }, to: &text)
      text += "\(String(describing: error))"
      for spelling in Self.spellings {
        #expect(!text.contains(spelling), "\(place), \(fault)")
      }
      // An answer that is not a fault would show nothing.
      #expect(error != nil, "\(place), \(fault)")
      #expect(!stage.transport.requests.isEmpty)
    }
  }
}
