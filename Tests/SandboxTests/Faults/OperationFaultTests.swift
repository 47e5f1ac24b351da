import JSON
import Testing

@testable import Sandbox

@Suite struct OperationFaultTests {
  private let sandbox: TestSandbox

  init() throws { sandbox = try TestSandbox("my-project") }

  private func create(_ id: String, _ fault: JSONValue) -> String {
    sandbox.call(
      "POST", FaultRoutes.path,
      ["match": ["path": "/v1/projects/*/locations/*/repositories"], "fault": fault])
    return sandbox.repository(id)["name"]?.string ?? ""
  }

  @Test func anOperationCanTakeLong() throws {
    let name = create("lib", ["operation": ["milliseconds": 3_600_000]])
    let started = ContinuousClock.now
    while ContinuousClock.now - started < .milliseconds(150) {}
    let operation = sandbox.call("GET", "/v1/\(name)")
    #expect(operation.status == 200)
    #expect(operation["done"] == nil)
  }

  @Test func anOperationCanFail() {
    let name = create("lib", ["operation": ["error": ["code": 8, "message": "out of luck"]]])
    let started = ContinuousClock.now
    while ContinuousClock.now - started < .milliseconds(150) {}
    let operation = sandbox.call("GET", "/v1/\(name)")
    #expect(operation["done"] == true)
    #expect(operation["error"] == ["code": 8, "message": "out of luck"])
    #expect(operation["response"] == nil)
    #expect(sandbox.call("GET", "\(TestSandbox.repositories)/lib").status == 404)
    // The next one is another operation, and succeeds.
    let next = sandbox.repository("lib")["name"]?.string
    #expect(next != name)
    #expect(sandbox.call("GET", "\(TestSandbox.repositories)/lib").status == 200)
  }
}
