import Testing

/// The process is killed during a request or a response of an apply. The next apply finishes the work and creates
/// nothing twice.
@Suite struct KillTests {
  /// The request at which an apply is killed whose key Google makes: one about keys, or one for a token.
  struct GoogleCell: Sendable, CustomStringConvertible {
    let path: String
    let when: String
    /// The index of the last request of that path.
    let nth: Int
    var description: String { "killed \(when) request \(nth) of \(path)" }
    /// The third request about keys is `keys.create`: if it never arrives, the next apply waits a minute for the key that
    /// might exist.
    var isLong: Bool { path == "**/keys" && nth == 3 && when == "before" }
  }

  static let googleCells =
    (1...4).flatMap { nth in
      ["before", "after"].map { GoogleCell(path: "**/keys", when: $0, nth: nth) }
    }
    + (1...2).flatMap { nth in
      ["before", "after"].map { GoogleCell(path: "/token", when: $0, nth: nth) }
    }

  private static let files = "$XDG_STATE_HOME/arctl/keys/greetings@$SERVER"
  private static let account = "uploader@my-project-id.iam.gserviceaccount.com"

  private static let googleSetUp = """
    repository manifests manifests
    edit manifests/python.yaml '  destination: {file: uploader-key.json}'
      '  origin: google\\n  destination: {file: uploader-key.json}'
    sandbox start --project my-project-id
    """

  /// A second and a third apply, and what must hold after each.
  private static let googleEnd = """
    exit any arctl apply --auto-approve
    accounted \(account) \(files)/uploader-key.json
    exit any arctl apply --auto-approve
    accounted \(account) \(files)/uploader-key.json
    """

  /// Google makes the key and sends its private half once: the file holds the one live key, or every possible orphan is
  /// named.
  @Test(arguments: googleCells) func everyKeyThatGoogleMadeIsAccountedFor(_ cell: GoogleCell) async
  {
    await runStory(
      Story(
        name: "\(cell)",
        text: """
          \(Self.googleSetUp)
          http POST /_sandbox/faults
            '{"match":{"path":"\(cell.path)"},"nth":\(cell.nth),"when":"\(cell.when)","fault":{"stall":3600000}}'
          start arctl apply --auto-approve
          await '\(cell.path == "/token" ? "POST /token " : "/keys[? ]")' >= \(cell.nth)
          kill
          http DELETE /_sandbox/faults
          \(Self.googleEnd)
          """), mostlyWaits: cell.isLong)
  }

  /// Killed right after the intent file is written, while Google makes the key.
  @Test func aKeyInCreationIsAccountedFor() async {
    await runStory(
      Story(
        name: "killed while the key is made",
        text: """
          \(Self.googleSetUp)
          start arctl apply --auto-approve
          await file \(Self.files)/.uploader-key.json.intent
          kill
          \(Self.googleEnd)
          """), mostlyWaits: true)
  }

  struct Cell: Sendable, CustomStringConvertible {
    let when: String
    /// The index of the last request of the apply.
    let nth: Int
    var description: String { "killed \(when) request \(nth)" }
  }

  /// An apply of `manifests` makes a few more requests.
  static let cells = (1...20).flatMap { nth in
    ["before", "after"].map { Cell(when: $0, nth: nth) }
  }

  @Test(arguments: cells) func theNextApplyFinishes(_ cell: Cell) async {
    let account = "uploader@my-project-id.iam.gserviceaccount.com"
    await runStory(
      Story(
        name: "\(cell)",
        text: """
          repository manifests manifests
          sandbox start --project my-project-id
          http POST /_sandbox/faults '{"nth":\(cell.nth),"when":"\(cell.when)","fault":{"stall":3600000}}'
          start arctl apply --auto-approve
          await . >= \(cell.nth)
          kill
          http DELETE /_sandbox/faults
          arctl apply --auto-approve
          stdout 'No changes.'
          arctl plan --detailed-exitcode
          http GET /v1/projects/-/serviceAccounts/\(account)/keys?keyTypes=USER_MANAGED
          json keys count 1
          http GET /v1/projects/my-project-id/serviceAccounts
          json accounts count 1
          http GET /v1/projects/my-project-id/locations/us-east4/repositories
          json repositories count 1
          secret $XDG_STATE_HOME/arctl/keys/greetings@$SERVER/uploader-key.json
          ! file $XDG_STATE_HOME/arctl/keys/greetings@$SERVER/.uploader-key.json.pending
          """))
  }
}
