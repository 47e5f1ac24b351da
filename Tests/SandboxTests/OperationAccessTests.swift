import JSON
import Testing

@testable import Sandbox

/// Who can read operations, which contain what they changed.
@Suite struct OperationAccessTests {
  private let sandbox: TestSandbox
  private let stranger: String
  init() throws {
    sandbox = try TestSandbox("my-project", "other-project")
    stranger = sandbox.account("stranger", in: "other-project").token
  }

  private func look(_ path: String, _ token: String? = nil) -> TestSandbox.Reply {
    sandbox.call("GET", path, token: token)
  }

  /// A caller without the permission, one with it, and the owner.
  private func check(_ path: String, _ permission: String, _ role: String) {
    #expect(look(path).status == 200, "\(path)")
    let refused = look(path, stranger)
    #expect(refused.status == 403 && refused["response"] == nil, "\(path)")
    let info = refused.body["error"]?["details"]?.array?.first
    #expect(info == nil || info?["metadata"]?["permission"]?.string == permission)
    let (email, token) = sandbox.account("reader")
    #expect(look(path, token).status == 403)
    sandbox.grant(role, to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(look(path, token).status == 200)
  }

  @Test func ofArtifactRegistry() {
    let name = sandbox.repository("lib")["name"]?.string ?? ""
    check("/v1/\(name)", "artifactregistry.repositories.get", "roles/artifactregistry.reader")
  }

  @Test func ofServiceUsage() {
    let made = sandbox.call(
      "POST", "/v1/projects/my-project/services/pubsub.googleapis.com:enable", [:])
    check(
      "/v1/\(made["name"]?.string ?? "")", "serviceusage.services.get",
      "roles/serviceusage.serviceUsageViewer")
  }

  @Test func ofResourceManager() {
    let made = sandbox.call(
      "PATCH", "/v3/projects/my-project?updateMask=displayName", ["displayName": "secret"])
    let name = made["name"]?.string ?? ""
    check("/v3/\(name)", "resourcemanager.projects.get", "roles/browser")
    #expect(look("/v1/\(name)", stranger).status == 403)
  }

  @Test(arguments: ["/v1", "/v3"])
  func ofNewProjects(_ version: String) {
    let made = sandbox.call("POST", "\(version)/projects", ["projectId": "hidden-project"])
    let path = "\(version)/\(made["name"]?.string ?? "")"
    #expect(look(path).status == 200)
    #expect(look(path, stranger).status == 403)
  }

  /// A caller that may delete a version or a repository can read the outcome, even if it must not see the project.
  @Test func theCallerThatStartedAnOperationCanReadIt() {
    sandbox.repository("lib")
    let (email, token) = sandbox.account("cleaner")
    sandbox.grant(
      "roles/artifactregistry.admin", to: "serviceAccount:\(email)",
      on: "projects/my-project/locations/us-east4/repositories/lib")
    let gone = sandbox.call("DELETE", "\(TestSandbox.repositories)/lib", token: token)
    #expect(look("/v1/\(gone["name"]?.string ?? "")", token).status == 200)
    #expect(look("/v1/\(gone["name"]?.string ?? "")", stranger).status == 403)
  }

  @Test func editorsReadPoliciesButCannotWriteThem() {
    sandbox.repository("lib")
    let (email, token) = sandbox.account("editor")
    sandbox.grant("roles/editor", to: "serviceAccount:\(email)", on: "projects/my-project")
    let paths = [
      ("POST", "/v1/projects/my-project"), ("GET", "\(TestSandbox.repositories)/lib"),
      ("POST", "/v1/projects/my-project/serviceAccounts/\(email)"),
    ]
    for (method, path) in paths {
      #expect(sandbox.call(method, "\(path):getIamPolicy", token: token).status == 200)
      let set = sandbox.call(
        "POST", "\(path):setIamPolicy", ["policy": ["bindings": []]], token: token)
      #expect(set.status == 403)
    }
  }
}
