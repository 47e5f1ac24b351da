import JSON
import Testing

@testable import Sandbox

/// Policies of Cloud KMS keys, and repositories that are encrypted with them.
@Suite struct KeyPolicyTests {
  private static let key = "projects/keys/locations/us-east4/keyRings/ring/cryptoKeys/key"
  private static let refusal =
    "Permission denied on Cloud KMS key. Please ensure your Artifact Registry service account has "
    + "been authorized to use the configured key."
  private let sandbox: TestSandbox
  private let agent: String

  init() throws {
    sandbox = try TestSandbox("my-project", "keys")
    let number = sandbox.call("GET", "/v1/projects/my-project")["projectNumber"]?.string ?? ""
    agent = "serviceAccount:service-\(number)@gcp-sa-artifactregistry.iam.gserviceaccount.com"
  }

  private func enable() {
    sandbox.call("POST", "/v1/projects/keys/services/cloudkms.googleapis.com:enable")
  }

  private func allow(
    _ role: String = "roles/cloudkms.cryptoKeyEncrypterDecrypter", on key: String = Self.key,
    condition: JSONValue? = nil
  ) -> TestSandbox.Reply {
    var binding: JSONObject = ["role": .string(role), "members": [.string(agent)]]
    if let condition { binding["condition"] = condition }
    return sandbox.call(
      "POST", "/v1/\(key):setIamPolicy",
      ["policy": ["bindings": [.object(binding)], "version": 3]])
  }

  /// What the operation that creates a repository with a key ends with.
  private func create(_ id: String, key: String = Self.key) throws -> JSONValue {
    let begun = sandbox.repository(id, ["format": "PYTHON", "kmsKeyName": .string(key)])
    #expect(begun.status == 200, "\(begun.message)")
    let name = try #require(begun["name"]?.string)
    while true {
      let operation = sandbox.call("GET", "/v1/\(name)")
      if operation["done"] == true { return operation.body }
    }
  }

  private func exists(_ id: String) -> Bool {
    sandbox.call("GET", "\(TestSandbox.repositories)/\(id)").status == 200
  }

  @Test func aPolicyIsWrittenReadAndCompared() {
    enable()
    let unset = sandbox.call("GET", "/v1/\(Self.key):getIamPolicy")
    #expect(unset.body == ["etag": "ACAB"])
    let written = allow()
    #expect(written.status == 200, "\(written.message)")
    let read = sandbox.call("GET", "/v1/\(Self.key):getIamPolicy?options.requestedPolicyVersion=3")
    #expect(read.body == written.body)
    #expect(read["bindings"]?.array?.first?["members"] == [.string(agent)])
    let stale = sandbox.call(
      "POST", "/v1/\(Self.key):setIamPolicy", ["policy": ["etag": "ACAB", "bindings": []]])
    #expect(stale.status == 409)
    #expect(sandbox.call("GET", "/v1/\(Self.key):getIamPolicy").body == written.body)
  }

  @Test func cloudKMSMustBeEnabled() {
    let refused = sandbox.call("GET", "/v1/\(Self.key):getIamPolicy")
    #expect(refused.status == 403 && refused.reason == "SERVICE_DISABLED")
    #expect(allow().status == 403)
  }

  @Test func permissionsAreCheckedOnTheKeyAndItsProject() {
    enable()
    let (email, token) = sandbox.account("worker")
    let denied = sandbox.call("GET", "/v1/\(Self.key):getIamPolicy", token: token)
    #expect(
      denied.message
        == "Permission 'cloudkms.cryptoKeys.getIamPolicy' denied on resource '\(Self.key)' "
        + "(or it may not exist).")
    sandbox.grant(
      "roles/cloudkms.admin", to: "serviceAccount:\(email)", on: "projects/keys")
    #expect(sandbox.call("GET", "/v1/\(Self.key):getIamPolicy", token: token).status == 200)
    let asked: JSONValue = [
      "permissions": [
        "cloudkms.cryptoKeys.setIamPolicy", "cloudkms.cryptoKeyVersions.useToEncrypt",
      ]
    ]
    #expect(
      sandbox.call("POST", "/v1/\(Self.key):testIamPermissions", asked, token: token).body
        == ["permissions": ["cloudkms.cryptoKeys.setIamPolicy"]])
  }

  @Test(arguments: [
    "projects/keys/locations/moon/keyRings/ring/cryptoKeys/key",
    "projects/keys/locations/us-east4/keyRings/a.b/cryptoKeys/key",
    "projects/keys/locations/us-east4/keyRings/ring/cryptoKeys/a%2Fb",
  ])
  func malformedNamesAreNotFound(_ name: String) {
    enable()
    #expect(sandbox.call("GET", "/v1/\(name):getIamPolicy").status == 404)
    #expect(allow(on: name).status == 404)
  }

  @Test(arguments: ["roles/artifactregistry.reader", "roles/iam.serviceAccountUser"])
  func rolesOfOtherServicesAreRefused(_ role: String) {
    enable()
    #expect(allow(role).message == "Role \(role) is not supported for this resource.")
  }

  @Test func aRepositoryWaitsForTheGrantOnItsKey() throws {
    let error: JSONValue = ["code": 7, "message": .string(Self.refusal)]
    #expect(try create("one")["error"] == error)
    enable()
    #expect(try create("one")["error"] == error)
    #expect(!exists("one"))
    #expect(allow("roles/cloudkms.cryptoKeyEncrypter").status == 200)
    #expect(try create("one")["error"] == error)
    #expect(allow().status == 200)
    let made = try create("one")
    #expect(made["error"] == nil && made["response"]?["kmsKeyName"] == .string(Self.key))
    #expect(exists("one"))
    // Only that key, and only for repositories in that project.
    #expect(try create("two", key: "\(Self.key)2")["error"] == error)
    // A key in a project that the sandbox does not have cannot be checked.
    #expect(
      try create("two", key: Self.key.replacing("/keys/", with: "/others/"))["error"] == error)
    // A grant that ended is none. The existing repository stays.
    let ended = allow(condition: [
      "title": "t", "expression": "request.time < date(\"2020-01-01\")",
    ])
    #expect(ended.status == 200, "\(ended.message)")
    #expect(try create("two")["error"] == error)
    #expect(exists("one") && !exists("two"))
  }

  @Test func aGrantOnTheProjectIsEnough() throws {
    enable()
    #expect(
      sandbox.grant(
        "roles/cloudkms.cryptoKeyEncrypterDecrypter", to: agent, on: "projects/keys"
      ).status == 200)
    #expect(try create("one")["error"] == nil)
    #expect(exists("one"))
  }

  @Test func disablingCloudKMSEndsTheUseOfItsKeys() throws {
    enable()
    #expect(allow().status == 200)
    sandbox.call("POST", "/v1/projects/keys/services/cloudkms.googleapis.com:disable")
    #expect(try create("one")["error"]?["code"] == 7)
  }
}
