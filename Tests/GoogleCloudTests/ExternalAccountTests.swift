import HTTP
import JSON
import Testing

@testable import GoogleCloud

/// A federated credential sends a token to Google's STS, or to the server that the user named, and nothing else to anyone.
@Suite struct ExternalAccountTests {
  private static let sts = "https://sts.googleapis.com/v1/token"
  private static let audience =
    "//iam.googleapis.com/projects/7/locations/global/workloadIdentityPools/pool/providers/main"

  private func file(
    _ source: JSONValue = ["file": "/subject"], _ extra: JSONObject = [:]
  ) -> String {
    var file: JSONObject = [
      "type": "external_account", "audience": .string(Self.audience),
      "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
      "token_url": .string(Self.sts), "credential_source": source,
    ]
    for (key, value) in extra { file[key] = value }
    return JSONValue.object(file).text()
  }

  private func find(
    _ file: String, _ stage: Stage, endpoints: Endpoints = .google, files: [String: String] = [:]
  ) async throws -> Credential {
    var files = files
    files["/f"] = file
    return try await search(["GOOGLE_APPLICATION_CREDENTIALS": "/f"], files: files)
      .find(endpoints: endpoints, run: stage.run)
  }

  private func refusal(_ file: String, endpoints: Endpoints = .google) async -> CredentialError? {
    let stage = Stage()
    defer { #expect(stage.transport.requests.isEmpty) }
    do {
      _ = try await find(file, stage, endpoints: endpoints)
      return nil
    } catch {
      return error as? CredentialError
    }
  }

  @Test(arguments: [
    (sts, true), ("https://sts.us-east4.rep.googleapis.com/v1/token", true),
    ("https://STS.googleapis.com/v1/token", true),
    // Anyone can make a bucket into which everyone may write.
    ("https://storage.googleapis.com/upload/storage/v1/b/evil/o?uploadType=media&name=x", false),
    ("https://sts.mtls.googleapis.com/v1/token", false),
    ("https://sts.mtls.rep.googleapis.com/v1/token", false),
    ("https://sts.evil.googleapis.com/v1/token", false),
    ("https://sts.a.b.rep.googleapis.com/v1/token", false),
    ("https://evil-sts.googleapis.com/v1/token", false),
    ("https://sts.googleapis.com:8443/v1/token", false),
    ("https://sts.googleapis.com.evil.example/v1/token", false),
    ("https://evil.example/v1/token", false), ("http://evil.example/v1/token", false),
    ("http://169.254.169.254/v1/token", false), ("https://u@sts.googleapis.com/", false),
  ])
  func tokensGoToGoogle(_ url: String, _ isAllowed: Bool) async throws {
    for field in ["token_url", "token_info_url"] {
      let refusal = await refusal(file(["file": "/subject"], [field: .string(url)]))
      #expect((refusal == nil) == isAllowed, "\(field) \(refusal?.description ?? "")")
    }
  }

  @Test func tokensGoToTheServerThatTheUserNamed() async throws {
    let url = "https://sandbox.example/v1/token"
    let text = file(["file": "/subject"], ["token_url": .string(url)])
    #expect(await refusal(text, endpoints: try Endpoints(all: "https://sandbox.example")) == nil)
    #expect(await refusal(text, endpoints: try Endpoints(all: "https://other.example")) != nil)
  }

  /// A credential's own server is used only if it is on this machine.
  @Test func aFileDoesNotNameAServer() async throws {
    for (url, isAllowed) in [
      ("https://evil.example/v1/token", false), ("http://127.0.0.1:8080/v1/token", true),
    ] {
      let stage = Stage()
      let search = search(
        ["GOOGLE_APPLICATION_CREDENTIALS": "/f"],
        files: ["/f": file(["file": "/subject"], ["token_url": .string(url)])])
      let found = try? await search.findWithServers(.google, run: stage.run)
      #expect((found != nil) == isAllowed)
      #expect(search.servers(.google, run: stage.run).isGoogle == !isAllowed)
      #expect(stage.transport.requests.isEmpty)
    }
  }

  @Test(arguments: [
    ("https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a@p.iam", true),
    ("https://iamcredentials.us-east4.rep.googleapis.com/v1/projects/-/serviceAccounts/a@p", true),
    ("https://storage.googleapis.com/v1/projects/-/serviceAccounts/a@p.iam", false),
    ("https://iamcredentials.googleapis.com/evil/projects/-/serviceAccounts/a@p.iam", false),
    ("https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a%0a@p", false),
    ("https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/", false),
    ("https://evil.example/v1/projects/-/serviceAccounts/a@p.iam", false),
    ("http://127.0.0.1:1/v1/projects/-/serviceAccounts/a@p.iam", false),
  ])
  func accountsAreThoseOfGoogle(_ url: String, _ isAllowed: Bool) async throws {
    let text = file(
      ["file": "/subject"],
      ["service_account_impersonation_url": .string(url + ":generateAccessToken")])
    let refusal = await refusal(text)
    #expect((refusal == nil) == isAllowed, "\(refusal?.description ?? "")")
  }

  @Test(
    arguments: [
      ("https://ci.example/id?a=b", nil), ("http://localhost:8125/token", nil),
      ("http://169.254.169.254/metadata/identity/oauth2/token?resource=r", nil),
      ("http://ci.example/id", "plain http on another machine"),
      ("http://metadata.google.internal/x", "plain http on another machine"),
      ("file:///etc/passwd", "not a plain http or https URL"),
      ("http://169.254.169.254@evil.example/", "not a plain http or https URL"),
    ] as [(String, String?)])
  func placesOfTokens(_ url: String, _ expected: String?) async throws {
    let refusal = await refusal(file(["url": .string(url)]))
    #expect((refusal == nil) == (expected == nil))
    if let expected { #expect(refusal?.message.contains(expected) == true) }
  }

  @Test(
    arguments: [
      (["X-Key": "a\r\nMetadata-Flavor: Google"], "cannot be sent"),
      (["X\nY": "a"], "cannot be sent"),
      (["X: Y": "a"], "cannot be sent"), (["X": 1], "cannot be sent"),
      (["": "a"], "cannot be sent"),
      (["Metadata-Flavor": "Google"], "must not have the field"), (["hOST": "a"], "must not have"),
      (["Transfer-Encoding": "chunked"], "must not have"), ("text", "is not an object"),
    ] as [(JSONValue, String)])
  func headersThatAreRefused(_ headers: JSONValue, _ expected: String) async throws {
    let refusal = await refusal(file(["url": "https://ci.example/id", "headers": headers]))
    #expect(refusal?.message.contains(expected) == true, "\(refusal?.description ?? "")")
  }

  @Test func severalSourcesAreRefused() async throws {
    for other in ["executable", "certificate", "environment_id"] {
      let refusal = await refusal(file(["file": "/subject", other: ["command": "/bin/sh"]]))
      #expect(refusal?.message.contains("`credential_source.\(other)` is not supported") == true)
    }
    let refusal = await refusal(file(["file": "/subject", "url": "https://ci.example/id"]))
    #expect(refusal?.message.contains("both `file` and `url`") == true)
  }

  /// A credential file can name any file and any server: what is no token stays here.
  @Test(arguments: [
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n", "AKIAIOSFODNN7EXAMPLE", "a.b.c",
    "eyJ.eyJ.sig", "root:x:0:0:root:/root:/bin/bash", "1//0gAbCdEfGhIjKlMn",
    #"{"AccessKeyId":"x","SecretAccessKey":"y"}"#, TokenSourceTests.subject(signature: ""),
    TokenSourceTests.subject() + ".more", TokenSourceTests.subject() + "\nsecond line",
  ])
  func whatIsNoTokenIsNotSent(_ content: String) async throws {
    let stage = Stage()
    let found = try await find(file(), stage, files: ["/subject": content])
    let error = await thrown { () throws(APIError) in try await found.accessToken() }
    #expect(error?.message.contains("nothing was sent") == true)
    #expect(error.map { "\($0)".contains(content.prefix(16)) } == false)
    #expect(stage.transport.requests.isEmpty)
  }

  @Test func aTokenOfSAMLIsXML() {
    let type = "urn:ietf:params:oauth:token-type:saml2"
    #expect(SubjectToken("PFJlc3BvbnNlLz4=", type: type) != nil)
    #expect(SubjectToken("AAAA", type: type) == nil)
    #expect(SubjectToken("<Response/>", type: type) == nil)
  }

  @Test func unknownTypesAreRefused() async throws {
    for type in ["urn:ietf:params:aws:token-type:aws4_request", "x"] {
      let refusal = await refusal(file(["file": "/subject"], ["subject_token_type": .string(type)]))
      #expect(refusal?.message.contains("supported are urn:ietf:params:oauth") == true)
    }
  }

  @Test func aRedirectIsNotFollowed() async throws {
    let stage = Stage()
    stage.transport.stub(
      .get, "https://ci.example/id",
      .success(HTTPResponse(status: 302, headers: ["Location": "https://evil.example/"])))
    let found = try await find(
      file(["url": "https://ci.example/id", "headers": ["Authorization": "Bearer ci"]]), stage)
    let error = await thrown { () throws(APIError) in try await found.accessToken() }
    #expect(error?.httpStatus == 302)
    #expect(stage.transport.requests.map(\.url) == ["https://ci.example/id"])
  }

  @Test func aLongAnswerIsNotSent() async throws {
    let stage = Stage()
    let long = TokenSourceTests.subject(signature: String(repeating: "A", count: 1 << 20))
    let found = try await find(file(), stage, files: ["/subject": long])
    let error = await thrown { () throws(APIError) in try await found.accessToken() }
    #expect(error?.message.contains("contains no token") == true)
    #expect(stage.transport.requests.isEmpty)
  }

  @Test(arguments: [
    (
      "invalid_grant", 1_700_000_000,
      "the audience https://x, the subject repo:a/b, expired at 2023-11-14T22:13:20Z"
    ),
    (
      "unauthorized_client", 1_900_000_000,
      "has the issuer https://i, the audience https://x, the subject repo:a/b, expires at 2030"
    ),
    ("invalid_target", 1_900_000_000, "may be absent, deleted or disabled"),
  ])
  func aRefusalNamesWhatItDependsOn(_ code: String, _ end: Int64, _ expected: String) async throws {
    let stage = Stage()
    let token = TokenSourceTests.subject(
      ["iss": "https://i", "aud": "https://x", "sub": "repo:a/b", "exp": .integer(end)],
      signature: "c2lnbmF0dXJlLW9mLWEtcGlwZWxpbmU")
    stage.transport.stub(
      .post, Self.sts,
      .json(#"{"error":"\#(code)","error_description":"no: \#(token)"}"#, 400))
    let found = try await find(file(), stage, files: ["/subject": token])
    let error = try #require(await thrown { () throws(APIError) in try await found.accessToken() })
    #expect(error.message.contains("\(code): no: "))
    #expect(error.message.contains(expected), "\(error)")
    #expect(!error.message.contains("c2lnbmF0dX"))
  }

  /// A guard must know it, also behind the accounts that the credential acts as.
  @Test func theProviderStaysKnown() async throws {
    let stage = Stage()
    #expect(try await find(file(), stage).federation == .init(audience: Self.audience))
    let first = "first@p.iam.gserviceaccount.com"
    let acting = file(
      ["file": "/subject"],
      [
        "service_account_impersonation_url": .string(
          "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/\(first):generateAccessToken"
        )
      ])
    #expect(
      try await find(acting, stage).federation
        == .init(audience: Self.audience, accounts: [first]))
    var search = search(["GOOGLE_APPLICATION_CREDENTIALS": "/f"], files: ["/f": acting])
    search.impersonation = .init(
      flag: "last@p.iam.gserviceaccount.com,between@p.iam.gserviceaccount.com")
    let found = try await search.find(endpoints: .google, run: stage.run)
    #expect(
      found.federation?.accounts == [
        first, "between@p.iam.gserviceaccount.com", "last@p.iam.gserviceaccount.com",
      ])
    #expect(stage.transport.requests.isEmpty)
  }

  @Test func aProjectIDInTheAudienceIsExplained() async throws {
    let stage = Stage()
    stage.transport.stub(
      .post, Self.sts, .json(#"{"error":"invalid_target","error_description":"no"}"#, 400))
    let audience = Self.audience.replacing("/7/", with: "/my-project/")
    let found = try await find(
      file(["file": "/subject"], ["audience": .string(audience)]), stage,
      files: ["/subject": TokenSourceTests.subject()])
    let error = await thrown { () throws(APIError) in try await found.accessToken() }
    #expect(error?.message.contains("must name the project by its number") == true)
  }
}
