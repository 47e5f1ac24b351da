import JSON
import Testing

@testable import Sandbox

@Suite struct ConditionalGrantTests {
  @Test func settingAPolicyRefusesWhatIsNotEvaluated() throws {
    let sandbox = try TestSandbox("my-project")
    let (email, _) = sandbox.account("worker")
    let set = { (expression: String) in
      sandbox.call(
        "POST", "/v1/projects/my-project:setIamPolicy",
        [
          "policy": [
            "version": 3,
            "bindings": [
              [
                "role": "roles/artifactregistry.reader",
                "members": [.string("serviceAccount:\(email)")],
                "condition": ["title": "t", "expression": .string(expression)],
              ]
            ],
          ]
        ])
    }
    let reply = set("resource.matchTags(\"1/env\", \"prod\")")
    #expect(reply.status == 400)
    #expect(reply.message.contains("'resource.matchTags'"))
    #expect(reply.message.contains("column 1"))
    #expect(set("resource.name.startsWith(\"projects/my-project\")").status == 200)
  }

  @Test func aConditionOnTheNameLimitsAnInheritedRole() throws {
    let sandbox = try TestSandbox("my-project")
    sandbox.repository("mine")
    sandbox.repository("theirs")
    let (email, token) = sandbox.account("worker")
    sandbox.call(
      "POST", "/v1/projects/my-project:setIamPolicy",
      [
        "policy": [
          "version": 3,
          "bindings": [
            [
              "role": "roles/artifactregistry.reader",
              "members": [.string("serviceAccount:\(email)")],
              "condition": [
                "title": "t",
                "expression":
                  "resource.type == 'artifactregistry.googleapis.com/Repository' && resource.name.endsWith('/mine')",
              ],
            ]
          ],
        ]
      ])
    let status = { (name: String) in
      sandbox.call("GET", "\(TestSandbox.repositories)/\(name)", token: token).status
    }
    #expect(status("mine") == 200)
    #expect(status("theirs") == 403)
    #expect(sandbox.call("GET", TestSandbox.repositories, token: token).status == 403)
  }
}
