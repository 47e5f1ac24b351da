import Foundation
import Testing

/// After any fault in any request of an apply, the next apply converges: the plan is empty, and there is one key, as
/// after an apply without a fault.
///
/// Tests a few cells of the matrix; `FAULT_MATRIX=all` tests all of them, in about ten minutes.
@Suite struct FaultMatrixTests {
  struct Cell: Sendable, CustomStringConvertible {
    let fault: String
    let when: String
    /// The index of the request that fails.
    let nth: Int
    var description: String { "\(fault) \(when), request \(nth)" }
  }

  static let cells: [Cell] = {
    let broken = [
      "{\"reset\":true}", "{\"close\":true}", "{\"halfHeaders\":true}", "{\"truncatedBody\":true}",
      "{\"truncatedBody\":{\"bytes\":9,\"framed\":false}}", "{\"stall\":200}", "{\"status\":500}",
      "{\"status\":503}", "{\"status\":429,\"headers\":{\"Retry-After\":\"1\"}}",
      "{\"status\":403}",
    ]
    let late = [
      "{\"lag\":{\"reads\":2}}", "{\"operation\":{\"milliseconds\":1500}}",
      "{\"operation\":{\"error\":{\"code\":13,\"message\":\"out of luck\"}}}", "{\"delay\":300}",
    ]
    let requests = 1...36
    var cells: [Cell] = []
    for nth in requests {
      for fault in broken {
        cells.append(Cell(fault: fault, when: "before", nth: nth))
        cells.append(Cell(fault: fault, when: "after", nth: nth))
      }
      for fault in late { cells.append(Cell(fault: fault, when: "after", nth: nth)) }
    }
    if ProcessInfo.processInfo.environment["FAULT_MATRIX"] == "all" { return cells }
    // A stride without a common factor with the number of cells of a request covers every kind of fault.
    return stride(from: 7, to: cells.count, by: 67).map { cells[$0] }
  }()

  @Test(arguments: cells) func theNextApplyConverges(_ cell: Cell) async {
    let keys =
      "/v1/projects/-/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com/keys"
    await runStory(
      Story(
        name: "\(cell)",
        text: """
          repository manifests manifests
          sandbox start --project my-project-id
          http POST /_sandbox/faults '{"nth":\(cell.nth),"when":"\(cell.when)","fault":\(cell.fault)}'
          exit any arctl apply --auto-approve
          http DELETE /_sandbox/faults
          arctl apply --auto-approve
          arctl plan --detailed-exitcode
          stdout 'No changes.'
          http GET \(keys)?keyTypes=USER_MANAGED
          json keys count 1
          """))
  }
}
