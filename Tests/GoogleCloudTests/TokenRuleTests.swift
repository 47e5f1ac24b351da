import JSON
import Testing

@testable import GoogleCloud

/// Tokens are sent to Google and nowhere else (`CredentialReach`).
@Suite struct TokenRuleTests {
  static let sandbox = "http://127.0.0.1:8080"

  /// Credentials by kind.
  static func found(_ kind: String, tokenURI: String?) throws -> CredentialSearch {
    switch kind {
    case "token": return search(["ARCTL_ACCESS_TOKEN": "ya29.real"])
    case "sandboxToken": return search(["ARCTL_ACCESS_TOKEN": "arctlsbx.abc"])
    case "key":
      return search(onlyFile("f"), files: ["f": try TestKey.file(tokenURI: tokenURI)])
    case "user":
      var file: JSONObject = [
        "type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r",
      ]
      if let tokenURI { file["token_uri"] = .string(tokenURI) }
      return search(onlyFile("f"), files: ["f": JSONValue.object(file).text()])
    case "external":
      var file: JSONObject = [
        "type": "external_account", "audience": "//iam.googleapis.com/x",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "credential_source": ["file": "subject"],
      ]
      if let tokenURI { file["token_url"] = .string(tokenURI) }
      return search(onlyFile("f"), files: ["f": JSONValue.object(file).text()])
    default: throw CredentialError("no such case")
    }
  }

  static func onlyFile(_ path: String) -> [String: String] {
    ["GOOGLE_APPLICATION_CREDENTIALS": path]
  }

  @Test(arguments: [
    // kind, token_uri, endpoint, allowed
    ("token", nil, nil, true), ("token", nil, sandbox, false),
    ("token", nil, "https://example.com", false),
    ("sandboxToken", nil, nil, false), ("sandboxToken", nil, sandbox, true),
    ("sandboxToken", nil, "https://sandbox.example", true),
    ("sandboxToken", nil, "https://iam.googleapis.com", false),
    ("key", nil, nil, true), ("key", nil, sandbox, false),
    ("key", "https://oauth2.googleapis.com/token", sandbox, false),
    ("key", sandbox + "/token", nil, false), ("key", sandbox + "/token", sandbox, true),
    ("key", "http://127.0.0.1:8081/token", sandbox, false),
    ("key", "http://localhost:8080/token", sandbox, false),
    ("key", "https://127.0.0.1:8080/token", sandbox, false),
    ("key", "http://u@127.0.0.1:8080/token", sandbox, false),
    ("key", "http://127.0.0.1:8080@evil.example/token", sandbox, false),
    ("key", "http://evil.example/token", sandbox, false),
    ("key", "https://evil.example/token", nil, false),
    ("key", "https://corp.example/token", "https://corp.example/api", true),
    ("user", nil, nil, true), ("user", nil, sandbox, false),
    ("user", sandbox + "/token", sandbox, true), ("user", "https://evil.example/t", nil, false),
    ("external", nil, nil, true), ("external", nil, sandbox, false),
    ("external", sandbox + "/v1/token", sandbox, true),
    ("external", "https://evil.example/v1/token", nil, false),
    ("external", "https://sts.googleapis.com.evil.example/v1/token", nil, false),
  ])
  func table(_ kind: String, _ tokenURI: String?, _ endpoint: String?, _ isAllowed: Bool)
    async throws
  {
    let stage = Stage()
    let endpoints = try Endpoints(endpoint: endpoint, environment: [:])
    let search = try TokenRuleTests.found(kind, tokenURI: tokenURI)
    do {
      let credential = try await search.find(endpoints: endpoints, run: stage.run)
      #expect(isAllowed)
      _ = try APIClient(credential: credential, endpoints: endpoints, run: stage.run)
    } catch let error as CredentialError {
      #expect(!isAllowed, "\(error)")
    }
    #expect(stage.transport.requests.isEmpty)
  }

  @Test func aMovedAPIGetsNoRealToken() async throws {
    let stage = Stage()
    let endpoints = try Endpoints(
      endpoint: nil,
      environment: ["CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBILLING": "https://evil.example/"])
    let client = try stage.client(endpoints: endpoints)
    let call = APICall(.cloudBilling, "/v1/projects/p/billingInfo", label: "billing")
    #expect(await thrown { () throws(APIError) in try await client.call(call) }?.kind == .refused)
    #expect(stage.transport.requests.isEmpty)
  }

  @Test func clientRefusesWithoutSearch() throws {
    let stage = Stage()
    let endpoints = try Endpoints(all: TokenRuleTests.sandbox)
    #expect(throws: APIError.self) { try stage.client(endpoints: endpoints) }
    #expect(throws: APIError.self) { try stage.client(token: "arctlsbx.x") }
  }

  @Test func impersonationURLsAreCheckedToo() async throws {
    let stage = Stage()
    for url in [
      "https://evil.example/v1/projects/-/serviceAccounts/a@b:generateAccessToken",
      "http://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@b:generateAccessToken",
      "https://iamcredentials.googleapis.com/v1/other",
    ] {
      let file: JSONValue = [
        "type": "impersonated_service_account",
        "service_account_impersonation_url": .string(url),
        "source_credentials": [
          "type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "r",
        ],
      ]
      await #expect(throws: CredentialError.self) {
        try await search(TokenRuleTests.onlyFile("f"), files: ["f": file.text()])
          .find(endpoints: .google, run: stage.run)
      }
    }
    #expect(stage.transport.requests.isEmpty)
  }
}
