import Testing

/// arctl never prints a response that it cannot use: neither the private half in the response to `keys.create` nor a token.
@Suite struct CanaryTests {
  /// A replacement for the secret in a response.
  static let canary = "CANARY-7f3a9c51e8d24b60-do-not-repeat"

  struct Cell: Sendable, CustomStringConvertible {
    let place: String
    let fault: String
    var description: String { "\(place): \(fault)" }
  }

  /// What is wrong with the response: its status, its form, its length.
  static func faults(_ good: String) -> [String] {
    let text = good.replacing("\"", with: "\\\"")
    let half = String(text.prefix(text.count * 3 / 4))
    let page = "<html><body>Sign in: \(canary) \(text)</body></html>"
    return [
      #"{"status":200,"body":"\#(half)"}"#,
      #"{"status":200,"body":"\#(text) trailing \#(canary)"}"#,
      #"{"status":200,"body":"\#(page)"}"#, #"{"status":200,"body":"[\#(text)]"}"#,
      #"{"status":200,"body":"\#(text.dropLast()),\"name\":\"a\",\"name\":\"\#(canary)\"}"}"#,
      #"{"status":200,"body":"\#(text.dropLast()),\"x\":\#(String(repeating: "[", count: 300))"}"#,
      #"{"status":202,"body":"\#(text)"}"#, #"{"status":206,"body":"\#(text)"}"#,
      #"{"status":302,"headers":{"Location":"http://127.0.0.1:1/?\#(canary)"},"body":"\#(text)"}"#,
      #"{"status":400,"body":"\#(text)"}"#, #"{"status":401,"body":"\#(text)"}"#,
      #"{"status":403,"body":"\#(page)"}"#, #"{"status":404,"body":"\#(text)"}"#,
      #"{"status":409,"body":"\#(text)"}"#, #"{"status":500,"body":"\#(text)"}"#,
      #"{"status":503,"body":"\#(page)"}"#,
    ]
  }

  static let cells: [Cell] = {
    // Base64 of a key file whose private half is the canary: {"type":"service_account","private_key":"CANARY-..."}
    let key =
      #"{"name":"projects/p/serviceAccounts/a/keys/\#(canary)","privateKeyData":"\#(canary)"}"#
    let token = #"{"access_token":"\#(canary)","expires_in":"\#(canary)","token_type":"Bearer"}"#
    // Every second response with a token: a run without a token always ends early.
    let ofTokens = faults(token)
    return faults(key).map { Cell(place: "**/serviceAccounts/*/keys", fault: $0) }
      + stride(from: 0, to: ofTokens.count, by: 2).map {
        Cell(place: "/token", fault: ofTokens[$0])
      }
  }()

  @Test(arguments: cells) func noUnusableResponseIsPrinted(_ cell: Cell) async {
    await runStory(
      Story(
        name: "\(cell)",
        text: """
          repository manifests manifests
          edit manifests/python.yaml '  destination: {file: uploader-key.json}'
            '  origin: google\\n  destination: {file: uploader-key.json}'
          sandbox start --project my-project-id
          http POST /_sandbox/faults
            '{"match":{"method":"POST","path":"\(cell.place)"},"count":50,"fault":\(cell.fault)}'
          exit any arctl apply --auto-approve -v --timeout 5s
          exit any arctl plan -v --timeout 5s --json-into p.json --markdown-into p.md --out saved.json
          unseen \(Self.canary)
          """), mostlyWaits: true)
  }

  static let tokenCells: [Cell] = {
    let token = #"{"access_token":"\#(canary)","expires_in":"\#(canary)","token_type":"Bearer"}"#
    let account = #"{"accessToken":"\#(canary)","expireTime":"\#(canary)"}"#
    let ofAccounts =
      faults(account) + [#"{"status":200,"body":"\#(account.replacing("\"", with: "\\\""))"}"#]
    return stride(from: 0, to: 16, by: 3).map { Cell(place: "/token", fault: faults(token)[$0]) }
      + stride(from: 0, to: ofAccounts.count, by: 4).map {
        Cell(place: "**:generateAccessToken", fault: ofAccounts[$0])
      }
  }()

  /// The commands that print tokens repeat none of an answer that they cannot use.
  @Test(arguments: tokenCells) func noUnusableTokenIsPrinted(_ cell: Cell) async {
    await runStory(
      Story(
        name: "\(cell)",
        text: """
          repository manifests manifests
          sandbox start --project my-project-id
          arctl apply --auto-approve
          http POST /_sandbox/faults
            '{"match":{"method":"POST","path":"\(cell.place)"},"count":50,"fault":\(cell.fault)}'
          edit server.txt URL $ARCTL_ENDPOINT
          exit 4 arctl token -v --timeout 5s --as uploader
          set ARCTL_IMPERSONATE_SERVICE_ACCOUNT uploader@my-project-id.iam.gserviceaccount.com
          set ARCTL_TIMEOUT 5s
          set ARCTL_VERBOSE true
          exit 1 linked keyring get $ARCTL_ENDPOINT oauth2accesstoken
          exit 1 linked server.txt < docker-credential-arctl get
          unseen \(Self.canary)
          -- server.txt --
          URL
          """), mostlyWaits: true)
  }

  /// The real key in a truncated response: no part of it is in any output.
  @Test(arguments: [
    #"{"truncatedBody":true}"#, #"{"truncatedBody":{"bytes":900,"framed":false}}"#,
    #"{"halfHeaders":true}"#,
  ])
  func aTruncatedResponseIsNotPrinted(_ fault: String) async {
    await runStory(
      Story(
        name: "keys.create \(fault)",
        text: """
          repository manifests manifests
          edit manifests/python.yaml '  destination: {file: uploader-key.json}'
            '  origin: google\\n  destination: {file: uploader-key.json}'
          sandbox start --project my-project-id
          http POST /_sandbox/faults
            '{"match":{"method":"POST","path":"**/serviceAccounts/*/keys"},"when":"after","fault":\(fault)}'
          exit any arctl apply --auto-approve -v --timeout 20s
          unseen 'BEGIN PRIVATE KEY'
          unseen '"private_key"'
          unseen privateKeyData
          """), mostlyWaits: true)
  }

  /// A server returns the caller's token in a valid response: no output contains it, not even as a member of a policy.
  @Test func aTokenInAValidResponseIsNotPrinted() async {
    await runStory(
      Story(
        name: "a token in a policy",
        text: """
          repository manifests manifests
          sandbox start --project my-project-id
          arctl apply --auto-approve
          unset GOOGLE_APPLICATION_CREDENTIALS
          set ARCTL_ACCESS_TOKEN arctlsbx.\(Self.canary)
          http POST /_sandbox/faults
            '{"match":{"path":"**:getIamPolicy"},"count":50,"fault":{"status":200,"body":
              "{\\"etag\\":\\"e\\",\\"bindings\\":[{\\"role\\":\\"roles/viewer\\",\\"members\\":[\\"user:arctlsbx.\(Self.canary)\\"]}]}"}}'
          exit 4 arctl plan -v --json-into p.json --markdown-into p.md --out saved.json
          unseen \(Self.canary)
          exit 4 arctl apply --auto-approve -v
          unseen \(Self.canary)
          """))
  }
}
