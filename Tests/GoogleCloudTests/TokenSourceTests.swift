import Crypto
import HTTP
import JSON
import Testing

@testable import GoogleCloud

@Suite struct TokenSourceTests {
  static let google = "https://oauth2.googleapis.com/token"
  static let answer = #"{"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"}"#

  func credential(
    _ file: String, _ stage: Stage, files: [String: String] = [:], endpoints: Endpoints = .google,
    impersonating flag: String? = nil
  ) async throws -> Credential {
    var files = files
    files["/f"] = file
    return try await search(
      ["GOOGLE_APPLICATION_CREDENTIALS": "/f"], files: files, impersonating: flag
    ).find(endpoints: endpoints, run: stage.run)
  }

  /// The claims of a JWT with a valid signature.
  func claims(_ jwt: String) throws -> (header: JSONValue, claims: JSONValue) {
    let parts = jwt.split(separator: ".").map(String.init)
    try #require(parts.count == 3)
    let signature = try #require(Base64.urlDecode(parts[2]))
    let key = try #require(TestKey.made).publicKey
    #expect(key.verifies(signature, for: Array("\(parts[0]).\(parts[1])".utf8)))
    return (
      try JSONValue(parsing: try #require(Base64.urlDecode(parts[0]))),
      try JSONValue(parsing: try #require(Base64.urlDecode(parts[1])))
    )
  }

  @Test func selfSignedForGoogle() async throws {
    let stage = Stage()
    let found = try await credential(try TestKey.file(), stage)
    let (header, claims) = try claims(try await found.accessToken())
    #expect(header == ["alg": "RS256", "typ": "JWT", "kid": "kid1"])
    #expect(
      claims == [
        "iss": "up@p.iam.gserviceaccount.com", "sub": "up@p.iam.gserviceaccount.com",
        "scope": "https://www.googleapis.com/auth/cloud-platform", "iat": 1_800_000_000,
        "exp": 1_800_003_600,
      ])
    #expect(stage.transport.requests.isEmpty)
  }

  @Test func anAssertionForAnotherServerIsUselessAtGoogle() async throws {
    let stage = Stage()
    let uri = "http://127.0.0.1:8080/token"
    stage.transport.stub(.post, uri, .json(#"{"access_token":"arctlsbx.1","expires_in":3600}"#))
    let found = try await credential(
      try TestKey.file(tokenURI: uri), stage, endpoints: try Endpoints(all: "http://127.0.0.1:8080")
    )
    #expect(try await found.accessToken() == "arctlsbx.1")
    let request = try #require(stage.transport.requests.first)
    #expect(request.headers["Content-Type"] == "application/x-www-form-urlencoded")
    let fields = form(request)
    #expect(fields["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer")
    let (_, claims) = try claims(try #require(fields["assertion"]))
    #expect(claims["aud"]?.string == uri)
    #expect(claims["scope"]?.string == "https://www.googleapis.com/auth/cloud-platform")
    #expect(claims["sub"] == nil)
    #expect(claims["exp"] == 1_800_003_600)
  }

  @Test func verifyingAKeyAtHand() async throws {
    let stage = Stage()
    let endpoints = try Endpoints(all: "http://127.0.0.1:8080")
    let key = try RSAPrivateKey(pemBytes: Array(try #require(TestKey.made).pem.utf8))
    let assertion = try ServiceAccountSignIn.assertion(
      email: "e@p", keyID: "k", key: key, endpoints: endpoints, run: stage.run)
    stage.transport.stub(
      .post, "http://127.0.0.1:8080/token",
      .json(#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#, 400),
      .json(Self.answer))
    let error = await thrown { () throws(APIError) in
      try await ServiceAccountSignIn.verify(
        assertion: assertion, email: "e@p", endpoints: endpoints, run: stage.run)
    }
    #expect(error?.kind == .unauthenticated)
    #expect(error?.message == "invalid_grant: Invalid JWT Signature.")
    try await ServiceAccountSignIn.verify(
      assertion: assertion, email: "e@p", endpoints: endpoints, run: stage.run)
    stage.transport.finish()
  }

  @Test func authorizedUser() async throws {
    let stage = Stage()
    stage.transport.stub(
      .post, Self.google, .json("busy", 503), .failure(.ambiguous), .json(Self.answer))
    let found = try await credential(CredentialSearchTests.user, stage)
    #expect(try await found.accessToken() == "ya29.x")
    #expect(
      form(stage.transport.requests.last) == [
        "grant_type": "refresh_token", "client_id": "c", "client_secret": "sekret",
        "refresh_token": "rrr",
      ])
    #expect(stage.run.statistics.retries == 2)
    stage.transport.finish()
  }

  @Test func aRefusedSignInIsNotPermissionDenied() async throws {
    let stage = Stage()
    stage.transport.stub(
      .post, Self.google,
      .json(#"{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}"#, 403))
    let found = try await credential(CredentialSearchTests.user, stage)
    let error = await thrown { () throws(APIError) in try await found.accessToken() }
    #expect(error?.kind == .unauthenticated)
    #expect(stage.transport.requests.count == 1)
  }

  @Test func aPartialAnswerIsNotAToken() async throws {
    let stage = Stage()
    stage.transport.stub(.post, Self.google, .json(Self.answer, 206))
    let found = try await credential(CredentialSearchTests.user, stage)
    let error = await thrown { () throws(APIError) in try await found.accessToken() }
    #expect(error?.kind == .unauthenticated)
    #expect(error?.httpStatus == 206)
  }

  func external(_ source: JSONValue, extra: JSONObject = [:]) -> String {
    var file: JSONObject = [
      "type": "external_account", "audience": "//iam.googleapis.com/pool",
      "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
      "token_url": "https://sts.googleapis.com/v1/token", "credential_source": source,
    ]
    for (key, value) in extra { file[key] = value }
    return JSONValue.object(file).text()
  }

  /// A JSON web token with a signature that nobody verifies.
  static func subject(_ claims: JSONObject = ["sub": "s"], signature: String = "AAECAwQF") -> String
  {
    let parts = [JSONObject([("alg", "RS256")]), claims].map {
      Base64.urlEncode(JSONValue.object($0).serialized())
    }
    return (parts + [signature]).joined(separator: ".")
  }

  @Test func externalAccountFromTextFile() async throws {
    let stage = Stage()
    stage.transport.stub(.post, "https://sts.googleapis.com/v1/token", .json(Self.answer))
    let found = try await credential(
      external(["file": "/subject"]), stage, files: ["/subject": " \(Self.subject())\n"])
    #expect(try await found.accessToken() == "ya29.x")
    #expect(
      form(stage.transport.requests.last) == [
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "audience": "//iam.googleapis.com/pool",
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "subject_token": Self.subject(),
      ])
  }

  @Test func externalAccountFromURLWithImpersonation() async throws {
    let stage = Stage()
    let impersonation =
      "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/ci@p.iam"
      + ":generateAccessToken"
    stage.transport.stub(
      .get, "https://ci.example/id?secret=s", .json("{\"value\":\"\(Self.subject())\"}"))
    stage.transport.stub(.post, "https://sts.googleapis.com/v1/token", .json(Self.answer))
    stage.transport.stub(
      .post, impersonation,
      .json(#"{"accessToken":"ya29.i","expireTime":"2027-01-15T09:00:00.5Z"}"#))
    let found = try await credential(
      external(
        [
          "url": "https://ci.example/id?secret=s", "headers": ["Authorization": "Bearer ci"],
          "format": ["type": "json", "subject_token_field_name": "value"],
        ], extra: ["service_account_impersonation_url": .string(impersonation)]), stage)
    #expect(found.caller == "external_account:ci@p.iam")
    #expect(try await found.accessToken() == "ya29.i")
    let requests = stage.transport.requests
    #expect(requests[0].headers["Authorization"] == "Bearer ci")
    #expect(form(requests[1])["subject_token"] == Self.subject())
    #expect(requests[2].headers["Authorization"] == "Bearer ya29.x")
    #expect(
      try JSONValue(parsing: requests[2].body ?? []) == [
        "scope": ["https://www.googleapis.com/auth/cloud-platform"], "lifetime": "3600s",
      ])
    let shown = stage.observed.value.withLock { $0.map(\.url) }
    #expect(shown[0] == "https://ci.example/id")
    stage.transport.finish()
  }

  @Test func externalAccountWithoutAToken() async throws {
    for (files, text) in [
      ([:], "cannot be read"), (["/subject": "sekret"], "contains no token in `value`"),
    ] as [([String: String], String)] {
      let stage = Stage()
      let found = try await credential(
        external([
          "file": "/subject", "format": ["type": "json", "subject_token_field_name": "value"],
        ]), stage, files: files)
      let error = await thrown { () throws(APIError) in try await found.accessToken() }
      #expect(error?.kind == .unauthenticated)
      #expect(error?.message.contains(text) == true)
      #expect(error?.description.contains("sekret") == false)
    }
  }

  @Test func impersonatedFileAndFlag() async throws {
    let url = { (email: String) in
      "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/\(email)"
        + ":generateAccessToken"
    }
    let stage = Stage()
    stage.transport.stub(.post, Self.google, .json(Self.answer))
    stage.transport.stub(
      .post, url("b@p.iam"),
      .json(#"{"accessToken":"ya29.b","expireTime":"2027-01-15T09:00:00Z"}"#))
    stage.transport.stub(
      .post, url("c@p.iam"),
      .json(#"{"accessToken":"ya29.c","expireTime":"2027-01-15T09:00:00Z"}"#))
    let file: JSONValue = [
      "type": "impersonated_service_account",
      "service_account_impersonation_url": .string(url("b@p.iam")),
      "delegates": ["projects/-/serviceAccounts/d@p.iam"], "quota_project_id": "qq",
      "source_credentials": try JSONValue(parsing: Array(CredentialSearchTests.user.utf8)),
    ]
    let found = try await credential(file.text(), stage, impersonating: "c@p.iam,e@p.iam")
    #expect(found.caller == "impersonated_service_account:c@p.iam")
    #expect(found.quotaProject == "qq")
    #expect(try await found.accessToken() == "ya29.c")
    let requests = stage.transport.requests
    #expect(
      requests.map { $0.headers["Authorization"] } == [nil, "Bearer ya29.x", "Bearer ya29.b"])
    #expect(
      try requests[1...].map { try JSONValue(parsing: $0.body ?? [])["delegates"] } == [
        ["projects/-/serviceAccounts/d@p.iam"], ["projects/-/serviceAccounts/e@p.iam"],
      ])
    stage.transport.finish()
  }

  @Test func impersonationAtTheSandboxStaysThere() async throws {
    let stage = Stage()
    let base = "http://127.0.0.1:8080"
    stage.transport.stub(
      .post, base + "/v1/projects/-/serviceAccounts/c@p.iam:generateAccessToken",
      .json(#"{"accessToken":"arctlsbx.c","expireTime":"2027-01-15T09:00:00Z"}"#))
    let found = try await search(
      ["ARCTL_ACCESS_TOKEN": "arctlsbx.a"], impersonating: "c@p.iam"
    ).find(endpoints: try Endpoints(all: base), run: stage.run)
    #expect(try await found.accessToken() == "arctlsbx.c")
    stage.transport.finish()
  }

  /// Signs in at an endpoint that answers with what it received, cut to `cut` characters.
  private func echo(_ file: String, cut: Int = 100_000, files: [String: String] = [:]) async throws
    -> (error: APIError, request: HTTPRequest, shown: String)
  {
    let transport = EchoTransport(cut: cut)
    let observed = Box<[RequestRecord]>([])
    let run = RequestContext(
      transport: transport, clock: VirtualClock(), random: FixedRandom(),
      observer: { record in observed.value.withLock { $0.append(record) } })
    var files = files
    files["/f"] = file
    let found = try await search(["GOOGLE_APPLICATION_CREDENTIALS": "/f"], files: files)
      .find(endpoints: try Endpoints(all: "http://127.0.0.1:8080"), run: run)
    let error = await thrown { () throws(APIError) in try await found.accessToken() }
    let sent = try #require(transport.last)
    return (try #require(error), sent, observed.value.withLock { "\($0)" })
  }

  @Test(arguments: [100_000, 700, 240])
  func anEchoedAssertionIsNotShown(_ cut: Int) async throws {
    let uri = "http://127.0.0.1:8080/token"
    let (error, request, shown) = try await echo(try TestKey.file(tokenURI: uri), cut: cut)
    let assertion = try #require(form(request)["assertion"])
    for part in assertion.split(separator: ".") {
      #expect(!"\(error)\(shown)".contains(part.prefix(16)))
      #expect(!"\(error)\(shown)".contains(part.suffix(16)))
    }
    #expect(error.message.contains("(a secret)"))
    #expect(error.message.contains("jwt-bearer"), "\(error)")
  }

  @Test func echoedUserSecretsAreNotShown() async throws {
    let file = #"""
      {"type":"authorized_user","client_id":"c.apps","client_secret":"GOCSPX-0123456789abcd",
      "refresh_token":"1//0gAbCdEfGh/iJkLmNoPqRsTuV","token_uri":"http://127.0.0.1:8080/token"}
      """#
    let (error, _, shown) = try await echo(file)
    for secret in ["0123456789", "AbCdEfG", "iJkLmNoP", "PqRsTuV"] {
      #expect(!"\(error)\(shown)".contains(secret), "\(error)")
    }
    #expect(error.message.contains("c.apps"))
    let short = try await echo(
      #"""
      {"type":"authorized_user","client_id":"c","client_secret":"s/kret",
      "refresh_token":"rrr","token_uri":"http://127.0.0.1:8080/token"}
      """#)
    for secret in ["s/kret", "s%2Fkret", "rrr"] {
      #expect(!"\(short.error)\(short.shown)".contains(secret), "\(short.error)")
    }
  }

  @Test func echoedFederationSecretsAreNotShown() async throws {
    let file = external(
      ["file": "/subject"],
      extra: [
        "token_url": "http://127.0.0.1:8080/token", "client_id": "cid", "client_secret": "kret+9",
      ])
    let token = Self.subject(signature: "c2lnbmF0dXJlLW9mLWEtcGlwZWxpbmU")
    let (error, request, shown) = try await echo(file, files: ["/subject": token])
    let basic = try #require(request.headers["Authorization"]).dropFirst("Basic ".count)
    for secret in ["kret", "c2lnbmF0dX", "cGlwZWxpbmU", String(basic)] {
      #expect(!"\(error)\(shown)".contains(secret), "\(error)")
    }
    let place: JSONValue = [
      "url": "http://127.0.0.1:8080/id?key=abc-kret", "headers": ["X-Key": "kret-abc"],
    ]
    let subject = try await echo(
      external(place, extra: ["token_url": "http://127.0.0.1:8080/token"]))
    #expect(subject.request.method == .get)
    #expect(!"\(subject.error)\(subject.shown)".contains("kret"), "\(subject.error)")
  }

  @Test func expireTimes() {
    #expect(ImpersonatedTokens.seconds("2027-01-15T08:00:00Z") == 1_800_000_000)
    #expect(ImpersonatedTokens.seconds("2027-01-15T08:00:00.999999999Z") == 1_800_000_000)
    #expect(ImpersonatedTokens.seconds("soon") == nil)
  }
}

/// Refuses every request in Google's form, and repeats what was sent.
private final class EchoTransport: HTTPTransport {
  let cut: Int
  private let requests = Box<[HTTPRequest]>([])
  var last: HTTPRequest? { requests.value.withLock { $0.last } }
  init(cut: Int) { self.cut = cut }
  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    requests.value.withLock { $0.append(request) }
    let sent =
      "\(request.url) \(request.headers.fields.map { "\($0.name): \($0.value)" }) "
      + String(decoding: request.body ?? [], as: UTF8.self)
    let text = String(sent.prefix(cut))
    let body: JSONValue = ["error": "invalid_grant", "error_description": .string("bad: " + text)]
    return HTTPResponse(status: 400, body: body.serialized())
  }
}
