import Testing

/// The process is killed while a request of an apply is on its way, or its answer is; the next apply finishes the work,
/// and nothing is there twice.
@Suite struct KillTests {
  struct Cell: Sendable, CustomStringConvertible {
    let when: String
    /// Which request of the apply is the last one.
    let nth: Int
    var description: String { "killed \(when) request \(nth)" }
  }

  /// An apply of `manifests` takes a few requests more.
  static let cells = (1...20).flatMap { nth in
    ["before", "after"].map { Cell(when: $0, nth: nth) }
  }

  @Test(arguments: cells) func theNextApplyFinishes(_ cell: Cell) async {
    let account = "uploader@my-project-id.iam.gserviceaccount.com"
    await tell(
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
          secret $XDG_STATE_HOME/arctl/keys/greetings/uploader-key.json
          ! file $XDG_STATE_HOME/arctl/keys/greetings/.uploader-key.json.pending
          """))
  }
}
