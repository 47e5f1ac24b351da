import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM
@testable import SandboxStore
@testable import SandboxWire

@Suite struct AccessTests {
  private let sandbox: TestSandbox
  private let lib = "projects/my-project/locations/us-east4/repositories/lib"

  init() throws {
    sandbox = try TestSandbox("my-project")
    sandbox.repository("lib")
  }

  @Test func aCallerWithoutRolesIsRefusedEverywhere() {
    let stranger = sandbox.account("stranger").token
    for route in ServedAPIs.routes {
      guard case .permission = route.access else { continue }
      var path = route.template
      for (name, value) in [
        "{project}": "my-project", "{location}": "us-east4", "{repository}": "lib",
        "{account}": "stranger@my-project.iam.gserviceaccount.com",
        "{service}": "run.googleapis.com",
        "{role}": "r", "{key}": "k", "{operation}": "o",
      ] { path.replace(name, with: value) }
      let reply = sandbox.call(route.method.rawValue, path, token: stranger)
      #expect(reply.status == 403, "\(route.method.rawValue) \(path): \(reply.body.text())")
    }
  }

  @Test func theErrorNamesPermissionAndResource() {
    let stranger = sandbox.account("stranger").token
    let reply = sandbox.call("GET", "/v1/\(lib)", token: stranger)
    #expect(
      reply.message
        == "Permission 'artifactregistry.repositories.get' denied on resource "
        + "'//artifactregistry.googleapis.com/\(lib)' (or it may not exist).")
    let info = reply.body["error"]?["details"]?.array?.first
    #expect(info?["reason"] == "IAM_PERMISSION_DENIED")
    #expect(
      info?["metadata"]
        == ["permission": "artifactregistry.repositories.get", "resource": .string(lib)])
  }

  @Test func anAbsentProjectAnswersLikeAForbiddenOne() {
    let stranger = sandbox.account("stranger").token
    let absent = sandbox.call("GET", "/v1/projects/no-such-project", token: stranger)
    #expect(absent.status == 403)
    #expect(absent.body == sandbox.call("GET", "/v1/projects/my-project", token: stranger).body)
    #expect(
      absent.body == [
        "error": [
          "code": 403, "message": "The caller does not have permission",
          "status": "PERMISSION_DENIED",
        ]
      ])
  }

  @Test func permissionsComeFromTheRepositoryAndItsProject() {
    let (email, token) = sandbox.account("reader")
    #expect(sandbox.call("GET", "/v1/\(lib)", token: token).status == 403)
    sandbox.grant("roles/artifactregistry.reader", to: "serviceAccount:\(email)", on: lib)
    #expect(sandbox.call("GET", "/v1/\(lib)", token: token).status == 200)
    #expect(sandbox.call("GET", TestSandbox.repositories, token: token).status == 403)
    #expect(sandbox.call("DELETE", "/v1/\(lib)", token: token).status == 403)
    sandbox.grant(
      "roles/artifactregistry.admin", to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(sandbox.call("GET", TestSandbox.repositories, token: token).status == 200)
    #expect(sandbox.call("DELETE", "/v1/\(lib)", token: token).status == 200)
  }

  @Test func customRolesGiveTheirPermissions() {
    let (email, token) = sandbox.account("lister")
    let role = "projects/my-project/roles/lister"
    sandbox.call(
      "POST", "/v1/projects/my-project/roles",
      ["roleId": "lister", "role": ["includedPermissions": ["artifactregistry.repositories.list"]]])
    sandbox.grant(role, to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(sandbox.call("GET", TestSandbox.repositories, token: token).status == 200)
    sandbox.call("DELETE", "/v1/\(role)")
    #expect(sandbox.call("GET", TestSandbox.repositories, token: token).status == 403)
  }

  @Test func aConditionOnTimeEnds() {
    let (email, token) = sandbox.account("visitor")
    let condition: JSONValue = [
      "title": "t", "expression": "request.time < timestamp(\"2060-01-01T00:00:00Z\")",
    ]
    let binding: JSONValue = [
      "role": "roles/artifactregistry.reader",
      "members": [.string("serviceAccount:\(email)")], "condition": condition,
    ]
    sandbox.call(
      "POST", "/v1/\(lib):setIamPolicy", ["policy": ["version": 3, "bindings": [binding]]])
    #expect(sandbox.call("GET", "/v1/\(lib)", token: token).status == 200)
    let late = sandbox.token(uniqueID: sandbox.uniqueID(email), at: "2060-01-01T00:00:00Z")
    sandbox.call("POST", "/_sandbox/clock", ["now": "2060-01-01T00:00:00Z"])
    #expect(sandbox.call("GET", "/v1/\(lib)", token: late).status == 403)
  }

  @Test func testIamPermissionsReturnsHeldPermissions() {
    let (email, token) = sandbox.account("reader")
    sandbox.grant(
      "roles/artifactregistry.reader", to: "serviceAccount:\(email)", on: "projects/my-project")
    let reply = sandbox.call(
      "POST", "/v1/\(lib):testIamPermissions",
      [
        "permissions": [
          "artifactregistry.repositories.get", "artifactregistry.repositories.uploadArtifacts",
        ]
      ], token: token)
    #expect(reply.body == ["permissions": ["artifactregistry.repositories.get"]])
  }

  @Test func writersUploadAndReadersDoNot() throws {
    let upload = "artifactregistry.repositories.uploadArtifacts"
    let download = "artifactregistry.repositories.downloadArtifacts"
    let state = try State(records: ServedAPIs.records)
    #expect(AccessCheck.includes("roles/artifactregistry.writer", permission: upload, in: state))
    #expect(!AccessCheck.includes("roles/artifactregistry.reader", permission: upload, in: state))
    #expect(AccessCheck.includes("roles/artifactregistry.reader", permission: download, in: state))
    #expect(AccessCheck.includes("roles/viewer", permission: download, in: state))
    #expect(
      !AccessCheck.includes(
        "roles/editor", permission: "resourcemanager.projects.setIamPolicy", in: state))
    #expect(
      AccessCheck.includes(
        "roles/owner", permission: "resourcemanager.projects.setIamPolicy", in: state))
  }

  @Test func aDisabledServiceIsNamed() throws {
    let fresh = try TestSandbox("fresh-project", enabling: [])
    let reply = fresh.call("GET", "/v1/projects/fresh-project/locations/us/repositories")
    #expect(reply.status == 403)
    #expect(reply.reason == "SERVICE_DISABLED")
    #expect(
      reply.message.wholeMatch(
        of: /Artifact Registry API has not been used in project \d+ before or it is disabled\. .*/)
        != nil)
    fresh.call(
      "POST", "/v1/projects/fresh-project/services/artifactregistry.googleapis.com:enable", [:])
    #expect(
      fresh.call("GET", "/v1/projects/fresh-project/locations/us/repositories").status == 200)
    #expect(fresh.call("GET", "/v1/projects/fresh-project/serviceAccounts").status == 200)
  }

  @Test func credentialsAreChecked() {
    let missing = sandbox.call("GET", "/v1/\(lib)", token: "")
    #expect(missing.status == 401)
    #expect(missing.body["error"]?["status"] == "UNAUTHENTICATED")
    #expect(missing.reason == "CREDENTIALS_MISSING")
    for token in ["x", "arctlsbx.x.y", sandbox.owner + "x", "a.b.c"] {
      #expect(sandbox.call("GET", "/v1/\(lib)", token: token).status == 401)
    }
  }

  @Test func aDisabledAccountLosesAccessAtOnce() {
    let (email, token) = sandbox.account("worker")
    let path = "/v1/projects/-/serviceAccounts/\(email)"
    sandbox.grant("roles/viewer", to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(sandbox.call("GET", path, token: token).status == 200)
    sandbox.call("POST", "\(path):disable", [:])
    #expect(sandbox.call("GET", path, token: token).status == 401)
    #expect(sandbox.call("GET", path)["disabled"] == true)
    sandbox.call("POST", "\(path):enable", [:])
    #expect(sandbox.call("GET", path, token: token).status == 200)
  }

  @Test func impersonationNeedsTheTokenCreator() {
    let (worker, _) = sandbox.account("worker")
    let (boss, token) = sandbox.account("boss-account")
    let path = "/v1/projects/-/serviceAccounts/\(worker):generateAccessToken"
    let body: JSONValue = ["scope": ["https://www.googleapis.com/auth/cloud-platform"]]
    #expect(sandbox.call("POST", path, body, token: token).status == 403)
    sandbox.grant(
      "roles/iam.serviceAccountTokenCreator", to: "serviceAccount:\(boss)",
      on: "projects/my-project/serviceAccounts/\(worker)")
    let reply = sandbox.call("POST", path, body, token: token)
    #expect(reply["accessToken"]?.string?.hasPrefix("arctlsbx.") == true)
  }
}
