import JSON
import Testing

@testable import Sandbox

@Suite struct FailedCallTests {
  @Test func failedCallsChangeNothing() throws {
    let sandbox = try TestSandbox("my-project")
    let path = "/v1/projects/my-project:getIamPolicy"
    let before = sandbox.call("POST", path, [:]).body
    // The second binding is refused after the first was accepted.
    let reply = sandbox.call(
      "POST", "/v1/projects/my-project:setIamPolicy",
      [
        "policy": [
          "bindings": [
            ["role": "roles/viewer", "members": ["user:a@b.co"]],
            ["role": "roles/none", "members": ["user:a@b.co"]],
          ]
        ]
      ])
    #expect(reply.status == 400)
    #expect(sandbox.call("POST", path, [:]).body == before)
  }
}
