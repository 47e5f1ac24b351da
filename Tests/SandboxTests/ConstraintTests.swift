import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxAPIs

@Suite struct ConstraintTests {
  private let sandbox: TestSandbox
  private let keys = "/v1/projects/-/serviceAccounts/worker@my-project.iam.gserviceaccount.com/keys"

  init() throws {
    sandbox = try TestSandbox("my-project")
    _ = sandbox.account("worker")
  }

  private func constraint(of reply: TestSandbox.Reply) -> JSONValue? {
    reply.body["error"]?["details"]?.array?.first?["violations"]?.array?.first?["type"]
  }

  private func certificate() throws -> JSONValue {
    let key = try RSAPrivateKey(generatingBits: 2048)
    let certificate = try Certificate.selfSigned(
      by: key, commonName: "unused", notBefore: 0, notAfter: 4_000_000_000)
    return ["publicKeyData": .string(Base64.encode(certificate.pem))]
  }

  @Test func keyCreationCanBeForbidden() throws {
    sandbox.call("PUT", Constraints.path, ["iam.disableServiceAccountKeyCreation": true])
    let reply = sandbox.call("POST", keys, [:])
    #expect(reply.status == 400)
    #expect(reply.body["error"]?["status"] == "FAILED_PRECONDITION")
    #expect(reply.message == "Key creation is not allowed on this service account.")
    #expect(constraint(of: reply) == "constraints/iam.disableServiceAccountKeyCreation")
    #expect(sandbox.call("POST", "\(keys):upload", try certificate()).status == 200)
    sandbox.call("PUT", Constraints.path, [:])
    #expect(sandbox.call("POST", keys, [:]).status == 200)
  }

  @Test func keyUploadCanBeForbidden() throws {
    sandbox.call("PUT", Constraints.path, ["iam.disableServiceAccountKeyUpload": true])
    let reply = sandbox.call("POST", "\(keys):upload", try certificate())
    #expect(reply.status == 400)
    #expect(constraint(of: reply) == "constraints/iam.disableServiceAccountKeyUpload")
    #expect(sandbox.call("POST", keys, [:]).status == 200)
  }

  @Test(arguments: ["iam", "iam.managed"]) func effectivePoliciesShowWhatIsForbidden(
    prefix: String
  ) throws {
    func effective(_ name: String) -> TestSandbox.Reply {
      sandbox.call("GET", "/v2/projects/my-project/policies/\(name):getEffectivePolicy")
    }
    for name in ["disableServiceAccountKeyCreation", "disableServiceAccountKeyUpload"] {
      let constraint = "\(prefix).\(name)"
      sandbox.call("PUT", Constraints.path, [:])
      #expect(effective(constraint).body["spec"] == ["rules": [["enforce": false]]])
      sandbox.call("PUT", Constraints.path, [constraint: true])
      #expect(effective(constraint).body["spec"] == ["rules": [["enforce": true]]])
      let shown = try #require(effective(constraint).body["name"]?.string)
      #expect(shown.wholeMatch(of: /projects\/[0-9]+\/policies\/.*/) != nil)
      #expect(shown.hasSuffix("/policies/\(constraint)"))
      let refused =
        name.hasSuffix("Upload")
        ? sandbox.call("POST", "\(keys):upload", try certificate())
        : sandbox.call("POST", keys, [:])
      #expect(self.constraint(of: refused) == .string("constraints/\(constraint)"))
    }
    #expect(effective("iam.other").status == 404)
    let absent = sandbox.call(
      "GET", "/v2/projects/absent/policies/iam.disableServiceAccountKeyUpload:getEffectivePolicy")
    #expect(absent.status == 403)
  }

  @Test func membersOfOtherDomainsCanBeForbidden() {
    let project = "projects/my-project"
    let role = "roles/viewer"
    sandbox.grant(role, to: "user:old@elsewhere.org", on: project)
    sandbox.call("PUT", Constraints.path, ["iam.allowedPolicyMemberDomains": ["Example.com"]])
    for member in [
      "user:new@elsewhere.org", "group:all@elsewhere.org", "domain:elsewhere.org",
      "serviceAccount:x@other-project.iam.gserviceaccount.com",
    ] {
      let reply = sandbox.grant(role, to: member, on: project)
      #expect(reply.status == 400)
      #expect(
        reply.message
          == "One or more users named in the policy do not belong to a permitted customer, "
          + "perhaps due to an organization policy.")
      #expect(constraint(of: reply) == "constraints/iam.allowedPolicyMemberDomains")
    }
    // Members that were already there stay, and so do all members of the domain and of this sandbox.
    for member in [
      "user:ana@example.com", "domain:example.com",
      "serviceAccount:worker@my-project.iam.gserviceaccount.com",
      "serviceAccount:service-1@gcp-sa-artifactregistry.iam.gserviceaccount.com",
    ] { #expect(sandbox.grant(role, to: member, on: project).status == 200, "\(member)") }
    sandbox.repository("lib")
    let lib = "\(TestSandbox.repositories.dropFirst(4))/lib"
    #expect(sandbox.grant("roles/artifactregistry.reader", to: "allUsers", on: lib).status == 400)
  }

  @Test func constraintsAreShownAndUnknownOnesRefused() {
    let off: JSONValue = [
      "iam.disableServiceAccountKeyCreation": false, "iam.disableServiceAccountKeyUpload": false,
    ]
    #expect(sandbox.call("GET", Constraints.path).body == off)
    #expect(sandbox.call("PUT", Constraints.path, ["iam.nope": true]).status == 400)
    let set: JSONValue = [
      "iam.disableServiceAccountKeyCreation": true, "iam.disableServiceAccountKeyUpload": false,
      "iam.allowedPolicyMemberDomains": ["example.com"],
    ]
    #expect(sandbox.call("PUT", Constraints.path, set).body == set)
    #expect(sandbox.call("GET", Constraints.path).body == set)
  }
}
