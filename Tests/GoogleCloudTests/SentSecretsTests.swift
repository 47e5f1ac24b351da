import Crypto
import HTTP
import JSON
import Testing

@testable import GoogleCloud

/// No answer may contain what was sent, however it is spelled.
@Suite struct SentSecretsTests {
  static let token = "ya29.A0ARrdaM8-kz7Lq_VtXw3fGhJn5PbYcD2sEoUiK9mR/4xTzQ1vB+6"

  /// The spellings that servers and proxies use, and some that only an attacker would use.
  static func spellings(of text: String) -> [(name: String, text: String)] {
    let bytes = Array(text.utf8)
    let inside = { (before: String) in Array((before + text + "-tail").utf8) }
    return [
      ("plain", text), ("in a sentence", "the token \(text) is not valid"),
      ("lower case", text.lowercased()), ("upper case", text.uppercased()),
      ("reversed", String(text.reversed())), ("hex", Hex.encode(bytes)),
      ("upper hex", Hex.encode(bytes).uppercased()),
      ("base64", Base64.encode(bytes)), ("base64url", Base64.urlEncode(bytes)),
      ("base64 of a header", Base64.encode(inside("Bearer "))),
      ("base64, one further", Base64.encode(inside("Bearer  "))),
      ("base64, two further", Base64.urlEncode(inside("Bearer   "))),
      ("escaped", APIPath.encode(text)),
      ("escaped throughout", bytes.map { "%" + Hex.encode([$0]) }.joined()),
      ("escaped in upper case", bytes.map { "%" + Hex.encode([$0]).uppercased() }.joined()),
      ("escaped here and there", text.replacing("a", with: "%61").replacing("R", with: "%52")),
      ("a part", String(text.dropFirst(9).prefix(23))),
    ]
  }

  static func sent(_ texts: String...) -> SecretTraces {
    let sent = SentSecrets()
    for text in texts { sent.add(text) }
    return sent.traces
  }

  @Test func everySpellingIsFound() {
    let traces = Self.sent(Self.token)
    for (name, text) in Self.spellings(of: Self.token) {
      for before in 0..<9 {
        let padded = String(repeating: "x", count: before) + " " + text + " y"
        #expect(traces.areIn(padded), "\(name), \(before)")
      }
    }
  }

  @Test(arguments: [11, 12, 13] as [UInt64]) func randomTokensAreFound(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/")
    for _ in 0..<40 {
      let length = Int.random(in: 16...400, using: &random)
      let token = String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "a" })
      let traces = Self.sent(token)
      for (name, text) in Self.spellings(of: token) where name != "a part" {
        #expect(traces.areIn("\(text)"), "seed \(seed): \(name) of \(token)")
      }
    }
  }

  /// Keys, values, nesting.
  @Test func everyPartOfAnAnswerIsSearched() {
    let traces = Self.sent(Self.token)
    let clean: JSONValue = ["bindings": [["role": "r", "members": ["user:a@example.com"]]]]
    #expect(!traces.areIn(clean))
    #expect(traces.areIn(["bindings": [["role": "r", "members": [.string(Self.token)]]]]))
    #expect(traces.areIn(["a": [["\(Self.token)": 1]]]))
  }

  /// The header and claims of a JWT are not secret: Google's answers contain the same addresses in base64, such as
  /// the key file of a new key.
  @Test func theClaimsOfATokenAreNotSecret() throws {
    let claims = Base64.urlEncode(
      Array(#"{"iss":"uploader@my-project-id.iam.gserviceaccount.com","scope":"x"}"#.utf8))
    let signature = Base64.urlEncode((0..<256).map { UInt8(truncatingIfNeeded: $0 * 37) })
    let jwt = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.\(claims).\(signature)"
    let traces = Self.sent(jwt)
    for before in ["", "x", "xx"] {
      let file = before + #"{"client_email":"uploader@my-project-id.iam.gserviceaccount.com"}"#
      #expect(!traces.areIn(["privateKeyData": .string(Base64.encode(Array(file.utf8)))]))
    }
    #expect(traces.areIn(jwt))
    #expect(traces.areIn(Base64.encode(Array(jwt.utf8))))
    #expect(traces.areIn(signature))
  }

  /// A successful answer that repeats a secret is not used: a policy would be shown, and written back.
  @Test(arguments: RetryClass.allCases) func aSuccessfulAnswerWithASecretIsUnreadable(
    _ retry: RetryClass
  ) {
    let call = APICall(
      .iam, method: retry == .read ? .get : .post, path: "/v1/x", retry: retry, label: "l")
    for (name, text) in Self.spellings(of: Self.token) {
      let policy: JSONValue = [
        "etag": "e", "bindings": [["role": "r", "members": [.string("user:\(text)")]]],
      ]
      let response = HTTPResponse(status: 200, body: policy.serialized())
      let verdict = FaultPolicy.verdict(on: response, of: call, sent: Self.sent(Self.token))
      guard case .final(let error) = verdict else {
        Issue.record("\(name): \(verdict)")
        continue
      }
      #expect(error.kind == (retry == .read ? .malformed : .ambiguous))
      #expect(!"\(error)".contains(text))
    }
  }

  /// An error that repeats a secret is shown without it.
  @Test func anErrorIsShownWithoutTheSecret() async throws {
    for (name, text) in Self.spellings(of: Self.token) {
      let stage = Stage()
      let body: JSONValue = [
        "error": [
          "code": 403, "status": "PERMISSION_DENIED", "message": .string("no: \(text)"),
          "details": [
            [
              "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "R",
              "metadata": ["k": .string(text), "permission": "p.q"],
            ]
          ],
        ]
      ]
      stage.transport.stub(.get, "https://iam.googleapis.com/v1/x", .json(body.text(), 403))
      let client = try stage.client(token: Self.token)
      let error = await thrown { () throws(APIError) in
        try await client.call(APICall(.iam, "/v1/x", label: "l"))
      }
      #expect(error?.httpStatus == 403)
      #expect(error?.metadata["permission"] == "p.q")
      #expect(!"\(error.map { "\($0) \($0.metadata)" } ?? "")".contains(text), "\(name)")
    }
  }

  /// What was sent to one server is searched in the answers of all: a token endpoint and an API may be the same
  /// server.
  @Test func aPolicyWithSentSecretsIsRefused() async throws {
    let stage = Stage()
    let refresh = "1//0gAbCdEfGhIjKlMnOpQrStUvWxYz0123456789"
    let tokens = AuthorizedUserTokens(
      clientID: "id", clientSecret: "GOCSPX-abcdefghijklmnopqrstuvw", refreshToken: refresh,
      tokenURI: "https://oauth2.googleapis.com/token", run: stage.run)
    stage.transport.stub(
      .post, "https://oauth2.googleapis.com/token",
      .json(#"{"access_token":"ya29.other","expires_in":3600}"#))
    stage.transport.stub(
      .get, "https://iam.googleapis.com/v1/x",
      .json(#"{"bindings":[{"role":"r","members":["user:\#(refresh)"]}]}"#))
    let client = try stage.client(source: tokens)
    let error = await thrown { () throws(APIError) in
      try await client.call(APICall(.iam, "/v1/x", label: "l"))
    }
    #expect(error?.kind == .malformed)
    #expect(stage.transport.requests.count == 2)
  }
}

/// Reproducible: the same seed gives the same values. (splitmix64)
private struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
