import Crypto
import HTTP
import JSON
import Testing

@testable import Sandbox
@testable import SandboxGitHub
@testable import SandboxWire

/// The GitHub that the sandbox plays, for secrets and variables of Actions.
@Suite struct GitHubStandInTests {
  private let sandbox: TestSandbox
  init() throws { sandbox = try TestSandbox("my-project") }

  private static let secrets = "/repos/acme/lib/actions/secrets"
  private static let variables = "/repos/acme/lib/actions/variables"

  private func send(
    _ method: String, _ path: String, _ body: JSONValue? = nil,
    token: String? = "arctl-sandbox-x", changing: [String: String] = [:]
  ) -> TestSandbox.Reply {
    var headers = ["host": "127.0.0.1:1", "user-agent": "test"]
    headers["authorization"] = token.map { "Bearer \($0)" }
    for (name, value) in changing { headers[name] = value.isEmpty ? nil : value }
    let isHost = headers["host"] == GitHubAddress.host
    return sandbox.raw(
      method, isHost || path.hasPrefix("/api/") ? path : "/api.github.com\(path)",
      headers: headers, body: body?.serialized() ?? [])
  }

  /// Puts a secret as a client does: gets the key, seals, sends.
  @discardableResult
  private func put(
    _ value: String, _ name: String = "GCP_KEY", in secrets: String = secrets,
    changing: (inout JSONObject) -> Void = { _ in }
  ) throws -> TestSandbox.Reply {
    let key = send("GET", "\(secrets)/public-key")
    let bytes = try #require(key["key"]?.string.flatMap(Base64.decode))
    var message = SecretBytes()
    message.append(value)
    let box = try SealedBox.seal(message, for: try #require(SealedBox.Recipient(bytes)))
    var body: JSONObject = [
      "encrypted_value": .string(Base64.encode(box)), "key_id": try #require(key["key_id"]),
    ]
    changing(&body)
    return send("PUT", "\(secrets)/\(name)", .object(body))
  }

  private func value(_ place: String, _ name: String = "GCP_KEY") -> String? {
    sandbox.call(
      "GET", "/_sandbox/github/repos/acme/lib/\(place)/secrets/\(name)/value", token: "")["value"]?
      .string
  }

  private func setClock(_ time: String) {
    sandbox.call("POST", "/_sandbox/clock", ["now": .string(time)])
  }

  // MARK: Secrets

  @Test func aSecretIsWrittenAndNeverShown() throws {
    #expect(send("GET", "\(Self.secrets)/GCP_KEY").status == 404)
    setClock("2026-11-21T01:02:03.9Z")
    let made = try put("first", "gcp_key")
    #expect(made.status == 201 && made.body == [:])
    setClock("2026-11-22T00:00:00Z")
    let changed = try put("second")
    #expect(changed.status == 204 && changed.body == .null)
    let shown = send("GET", "\(Self.secrets)/Gcp_Key")
    #expect(
      shown.body == [
        "name": "GCP_KEY", "created_at": "2026-11-21T01:02:03Z",
        "updated_at": "2026-11-22T00:00:00Z",
      ])
    #expect(
      send("GET", Self.secrets).body == ["total_count": 1, "secrets": [shown.body]])
    #expect(value("actions", "gcp_key") == "second")
    #expect(send("DELETE", "\(Self.secrets)/GCP_KEY").status == 204)
    #expect(send("DELETE", "\(Self.secrets)/GCP_KEY").status == 404)
    #expect(value("actions") == nil)
  }

  /// Each place has its own key, which stays, and its own secrets.
  @Test func placesAreApart() throws {
    let environment = "/repos/acme/lib/environments/prod%2Feu/secrets"
    let key = send("GET", "\(Self.secrets)/public-key").body
    #expect(send("GET", "/repos/ACME/Lib/actions/secrets/public-key").body == key)
    for other in [environment, "/repos/acme/app/actions/secrets"] {
      #expect(send("GET", "\(other)/public-key")["key"] != key["key"])
      #expect(send("GET", "\(other)/public-key")["key_id"] != key["key_id"])
    }
    try put("of the environment", in: environment)
    #expect(send("GET", "\(Self.secrets)/GCP_KEY").status == 404)
    #expect(send("GET", "\(environment)/GCP_KEY").status == 200)
    #expect(value("environments/PROD%2Feu") == "of the environment")
    #expect(value("actions") == nil)
  }

  @Test func aValueThatNoRunCouldReadIsRefused() throws {
    try put("good")
    let refusals: [(String, (inout JSONObject) -> Void)] = [
      ("key_id", { $0["key_id"] = "1" }), ("wasn't supplied", { $0["key_id"] = nil }),
      (
        "decrypted",
        { $0["encrypted_value"] = .string(Base64.encode([UInt8](repeating: 7, count: 80))) }
      ),
      ("base64", { $0["encrypted_value"] = "not base64" }),
      ("not a string", { $0["encrypted_value"] = 5 }),
    ]
    for (text, change) in refusals {
      let reply = try put("bad", changing: change)
      #expect(reply.status == 422)
      #expect(reply["message"]?.string?.contains(text) == true, "\(reply.body)")
    }
    #expect(try put(String(repeating: "k", count: 49_153)).status == 422)
    #expect(value("actions") == "good")
    #expect(try put(String(repeating: "k", count: 49_152)).status == 204)
    for name in ["9A", "A-B", "GITHUB_X", "github_x", "A%20B"] {
      #expect(try put("x", name).status == 422)
    }
  }

  @Test func aPlaceHasAHundredSecrets() throws {
    for number in 0..<100 { #expect(try put("x", "K\(number)").status == 201) }
    #expect(try put("x", "K100").status == 422)
    #expect(try put("x", "K7").status == 204)
    let page = send("GET", "\(Self.secrets)?per_page=40&page=3")
    #expect(page["secrets"]?.array?.count == 20 && page["total_count"] == 100)
  }

  // MARK: Variables

  @Test func variables() {
    let item = "\(Self.variables)/GCP_KEY_ID"
    setClock("2026-11-21T00:00:00Z")
    let body: JSONValue = ["name": "gcp_key_id", "value": "abc"]
    #expect(send("PATCH", item, ["value": "x"]).status == 404)
    #expect(send("POST", Self.variables, body).status == 201)
    #expect(send("POST", Self.variables, body).status == 409)
    setClock("2026-11-22T00:00:00Z")
    #expect(send("PATCH", item, ["value": "def"]).status == 204)
    let shown = send("GET", item).body
    #expect(
      shown == [
        "name": "GCP_KEY_ID", "value": "def", "created_at": "2026-11-21T00:00:00Z",
        "updated_at": "2026-11-22T00:00:00Z",
      ])
    #expect(send("GET", Self.variables).body == ["total_count": 1, "variables": [shown]])
    #expect(send("POST", Self.variables, ["name": "other", "value": "x"]).status == 201)
    #expect(send("PATCH", item, ["name": "OTHER"]).status == 409)
    #expect(send("PATCH", item, ["name": "NEW"]).status == 204)
    #expect(send("GET", "\(Self.variables)/NEW")["value"] == "def")
    #expect(send("GET", item).status == 404)
    #expect(send("DELETE", "\(Self.variables)/NEW").status == 204)
    #expect(send("POST", Self.variables, ["name": "A B", "value": "x"]).status == 422)
    #expect(send("POST", Self.variables, ["name": "A"]).status == 422)
    let environment = "/repos/acme/lib/environments/prod/variables"
    #expect(send("POST", environment, body).status == 201)
    #expect(send("GET", "\(environment)/GCP_KEY_ID").status == 200)
  }

  // MARK: Repositories

  /// As long as none is declared, every repository exists; then only the declared ones.
  @Test func declaredRepositories() {
    #expect(send("GET", "/repos/any/repo/actions/secrets").status == 200)
    let declared = sandbox.call(
      "POST", "/_sandbox/github/repositories",
      ["full_name": "Acme/Lib", "environments": ["prod", "Prod"]], token: "")
    #expect(
      declared.body == ["full_name": "Acme/Lib", "host": "github.com", "environments": ["prod"]])
    for (path, status) in [
      (Self.secrets, 200), (Self.variables, 200), ("/repos/any/repo/actions/secrets", 404),
      ("/repos/acme/lib/environments/PROD/secrets", 200),
      ("/repos/acme/lib/environments/dev/secrets", 404),
      ("/repos/acme/lib/environments/dev/secrets/public-key", 404),
    ] {
      let reply = send("GET", path)
      #expect(reply.status == status, "\(path)")
      if status == 404 { #expect(reply["message"] == "Not Found") }
    }
    sandbox.call(
      "POST", "/_sandbox/github/repositories",
      ["full_name": "acme/lib", "environments": ["dev"]], token: "")
    #expect(send("GET", "/repos/acme/lib/environments/dev/secrets").status == 200)
    #expect(send("GET", "/repos/acme/lib/environments/prod/secrets").status == 200)
    for bad: JSONValue in [
      [:], ["full_name": "acme"], ["full_name": "a/b/c"], ["full_name": "a/.."],
    ] {
      #expect(sandbox.call("POST", "/_sandbox/github/repositories", bad, token: "").status == 400)
    }
  }

  /// The sites of companies are apart from github.com.
  @Test func otherSites() throws {
    for prefix in ["/github.example.com/api/v3", "/api.octocorp.ghe.com"] {
      let reply = sandbox.raw(
        "GET", "\(prefix)\(Self.secrets)/public-key",
        headers: [
          "host": "localhost", "user-agent": "t", "authorization": "token arctl-sandbox-x",
        ])
      #expect(reply.status == 200)
      #expect(reply["key"] != send("GET", "\(Self.secrets)/public-key")["key"])
    }
    #expect(send("GET", Self.secrets, changing: ["host": "api.github.com"]).status == 200)
  }

  // MARK: Tokens

  @Test(arguments: [
    nil, "", "arctl-sandboxes", "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "github_pat_11AAAAAAA0abcdefghij_x", "ghs_16C7e42F292c6912E7710c838347Ae178B4a", "ya29.x",
  ])
  func onlyMarkedTokensAreTaken(_ token: String?) throws {
    let reply = send("PUT", "\(Self.secrets)/A", ["x": "y"], token: token)
    #expect(reply.status == 401)
    let isReal = token.map { $0.hasPrefix("gh") || $0.hasPrefix("github") } ?? false
    #expect(reply["message"]?.string?.contains("came to a sandbox") == isReal)
    if let token, !token.isEmpty { #expect(!reply.body.text().contains(token)) }
    let journal = sandbox.call("GET", SandboxRoutes.journal).body.text()
    if let token, !token.isEmpty { #expect(!journal.contains(token)) }
  }

  @Test func theJournalHasNeitherValuesNorTokens() throws {
    try put("the value")
    let token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
    _ = send("PUT", "/repos/acme/\(token)/actions/secrets/A?x=\(token)", ["value": .string(token)])
    let entries = sandbox.call("GET", SandboxRoutes.journal)["requests"]?.array ?? []
    let text = JSONValue.array(entries).text()
    #expect(!text.contains(token))
    #expect(!text.contains("encrypted_value"))
    #expect(entries.contains { $0["path"]?.string?.hasSuffix("/actions/secrets/GCP_KEY") == true })
  }

  @Test func headersAreChecked() {
    #expect(send("GET", Self.secrets, changing: ["user-agent": ""]).status == 403)
    #expect(
      send("GET", Self.secrets, changing: ["x-github-api-version": "1999-01-01"]).status == 410)
    #expect(
      send("GET", Self.secrets, changing: ["x-github-api-version": "2022-11-28"]).status == 200)
    #expect(send("GET", "/user").status == 501)
    #expect(send("GET", "/repos/acme/lib").status == 501)
    let reply = send("PUT", "/repos/acme/lib/environments/prod/secrets/A", [:])
    let accepted = reply.headers.first { $0.name == "X-Accepted-GitHub-Permissions" }?.value
    #expect(accepted == "environments=write")
  }

  // MARK: Reading values

  /// Only this machine and the owner read values; a web page does not, and neither does a marked token from elsewhere.
  @Test func valuesAreForThisMachineAndTheOwner() throws {
    try put("the value")
    let path = "/_sandbox/github/repos/acme/lib/actions/secrets/GCP_KEY/value"
    let host = ["host": "127.0.0.1:1"]
    func status(_ headers: [String: String], isNear: Bool) -> Int {
      sandbox.raw(
        "GET", path, headers: host.merging(headers) { _, new in new }, isNear: isNear
      ).status
    }
    #expect(status([:], isNear: true) == 200)
    #expect(status(["origin": "https://evil.example"], isNear: true) == 403)
    #expect(status([:], isNear: false) == 403)
    #expect(status(["authorization": "Bearer arctl-sandbox-x"], isNear: false) == 403)
    #expect(status(["authorization": "Bearer \(sandbox.owner)"], isNear: false) == 200)
  }

  // MARK: Faults

  @Test func faultsHaveGitHubsForm() throws {
    sandbox.call(
      "POST", "/_sandbox/faults",
      [
        "faults": [
          [
            "match": ["method": "GET", "path": "/api.github.com/**"], "count": 1,
            "fault": ["status": 429, "headers": ["Retry-After": "5"]],
          ],
          [
            "match": ["method": "PUT"], "when": "after", "count": 1, "fault": ["status": 502],
          ],
        ]
      ], token: "")
    let limited = send("GET", Self.secrets)
    #expect(limited.status == 429)
    #expect(limited["message"]?.string?.contains("rate limit") == true)
    #expect(limited.headers.contains { $0.name == "Retry-After" && $0.value == "5" })
    let lost = try put("written")
    #expect(lost.status == 502 && lost["message"] == "Server Error")
    #expect(value("actions") == "written")
  }
}
