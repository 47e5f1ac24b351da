import JSON
import Testing

@testable import Sandbox
@testable import SandboxCalls
@testable import SandboxIAM
@testable import SandboxWire

@Suite struct ProjectAndServiceTests {
  private let sandbox: TestSandbox

  init() throws { sandbox = try TestSandbox("my-project", enabling: []) }

  @Test func creationIsAnOperationAndTheCreatorOwns() throws {
    let started = sandbox.call(
      "POST", "/v1/projects",
      ["projectId": "new-project", "name": "New one", "parent": ["type": "folder", "id": "12"]])
    let name = try #require(started["name"]?.string)
    #expect(started.body == ["name": .string(name)])
    var done = sandbox.call("GET", "/v1/\(name)")
    while done["done"] == nil { done = sandbox.call("GET", "/v1/\(name)") }
    #expect(done["response"]?["parent"] == ["type": "folder", "id": "12"])
    let v3 = sandbox.call("GET", "/v3/projects/new-project")
    #expect(v3["parent"] == "folders/12")
    #expect(v3["displayName"] == "New one")
    let policy = sandbox.call("POST", "/v1/projects/new-project:getIamPolicy", [:])
    #expect(
      policy["bindings"] == [
        [
          "role": "roles/owner",
          "members": ["serviceAccount:owner@sandbox-owner.iam.gserviceaccount.com"],
        ]
      ])
    #expect(sandbox.call("POST", "/v1/projects", ["projectId": "new-project"]).status == 409)
  }

  @Test(
    arguments: [
      ["projectId": "Short"], ["projectId": "abc"], ["projectId": "good-one", "name": "x"],
      ["projectId": "good-one", "labels": ["A": "b"]], ["projectId": "good-one", "colour": 1],
      ["projectId": "good-one", "parent": ["type": "planet", "id": "1"]],
    ] as [JSONValue])
  func refuses(_ body: JSONValue) {
    #expect(sandbox.call("POST", "/v1/projects", body).status == 400)
  }

  @Test func putClearsLabelsAndPatchDoesNot() {
    let path = "/v3/projects/my-project"
    sandbox.call("PATCH", "\(path)?updateMask=labels", ["labels": ["a": "b"]])
    sandbox.call("PATCH", "\(path)?updateMask=displayName", ["displayName": "Other"])
    #expect(sandbox.call("GET", path)["labels"] == ["a": "b"])
    let put = sandbox.call("PUT", "/v1/projects/my-project", ["name": "Third"])
    #expect(put["name"] == "Third")
    #expect(put["labels"] == nil)
  }

  @Test func aDeletionCanBeUndone() {
    let path = "/v1/projects/my-project"
    #expect(sandbox.call("DELETE", path).body == [:])
    #expect(sandbox.call("GET", path)["lifecycleState"] == "DELETE_REQUESTED")
    #expect(sandbox.call("GET", "\(path)/serviceAccounts").status == 403)
    let active = sandbox.call("GET", "/v1/projects?filter=lifecycleState:ACTIVE")
    #expect(active.status == 200 && active.body == [:])
    #expect(sandbox.call("DELETE", path).status == 400)
    #expect(sandbox.call("POST", "\(path):undelete", [:]).status == 200)
    #expect(sandbox.call("GET", path)["lifecycleState"] == "ACTIVE")
  }

  @Test func afterThirtyDaysADeletedProjectIsGone() {
    let path = "/v1/projects/my-project"
    let owner = sandbox.uniqueID(OwnerAccount.email)
    sandbox.call("DELETE", path)
    let created = sandbox.call("GET", "/v3/projects/my-project")["deleteTime"]?.string ?? ""
    let deleted = Timestamps.parse(created) ?? 0
    func at(_ days: Int64, _ method: String, _ target: String) -> TestSandbox.Reply {
      let time = Timestamps.text(deleted + days * 86_400_000_000 - 3_600_000_000)
      sandbox.call("POST", "/_sandbox/clock", ["now": .string(time)])
      let token = sandbox.token(uniqueID: owner, at: time)
      return sandbox.call(method, target, method == "GET" ? nil : [:], token: token)
    }
    #expect(at(30, "GET", path)["lifecycleState"] == "DELETE_REQUESTED")
    #expect(at(30, "GET", "/v1/projects")["projects"]?.array?.count == 1)
    #expect(at(31, "GET", path).status == 403)
    #expect(at(31, "POST", "\(path):undelete").status == 403)
    #expect(at(31, "GET", "/v1/projects").body == [:])
    #expect(
      at(31, "POST", "\(path):testIamPermissions").body == [:])
    #expect(at(30, "POST", "\(path):undelete").status == 200)
  }

  @Test func callersSeeOnlyTheirProjects() {
    let (email, token) = sandbox.account("viewer-account")
    #expect(sandbox.call("GET", "/v1/projects", token: token).body == [:])
    sandbox.grant("roles/browser", to: "serviceAccount:\(email)", on: "projects/my-project")
    let seen = sandbox.call("GET", "/v3/projects:search", token: token)
    #expect(seen["projects"]?.array?.map { $0["projectId"] } == ["my-project"])
    #expect(
      sandbox.call("POST", "/v1/projects", ["projectId": "new-project"], token: token).status == 403
    )
  }

  @Test func billingInfoIsStored() {
    let path = "/v1/projects/my-project/billingInfo"
    #expect(sandbox.call("GET", path)["billingEnabled"] == nil)
    let name = "billingAccounts/012345-ABCDEF-012345"
    #expect(sandbox.call("PUT", path, ["billingAccountName": .string(name)]).status == 200)
    #expect(sandbox.call("GET", path)["billingAccountName"]?.string == name)
    #expect(sandbox.call("PUT", path, ["billingAccountName": "x"]).status == 400)
  }

  @Test func servicesAreEnabledByOperations() throws {
    let path = "/v1/projects/my-project/services"
    let one = "\(path)/artifactregistry.googleapis.com"
    #expect(sandbox.call("GET", one)["state"] == "DISABLED")
    let started = sandbox.call("POST", "\(one):enable", [:])
    let name = try #require(started["name"]?.string)
    #expect(started["done"] == nil)
    var done = sandbox.call("GET", "/v1/\(name)")
    while done["done"] == nil { done = sandbox.call("GET", "/v1/\(name)") }
    #expect(done["response"]?["service"]?["state"] == "ENABLED")
    let again = sandbox.call("POST", "\(one):enable", [:])
    #expect(again["done"] == true)
    #expect(again["name"] == "operations/noop.DONE_OPERATION")
    let enabled = sandbox.call("GET", "\(path)?filter=state:ENABLED&pageSize=200")
    #expect(enabled["services"]?.array?.count == ServiceCatalogue.enabledAtCreation.count + 1)
    sandbox.call("POST", "\(one):disable", [:])
    #expect(sandbox.call("GET", one)["state"] == "DISABLED")
  }

  @Test func unknownServicesAreForbidden() {
    let path = "/v1/projects/my-project/services"
    let reply = sandbox.call("POST", "\(path)/nope.googleapis.com:enable", [:])
    #expect(reply.status == 403)
    #expect(
      reply.message == "Not found or permission denied for service(s): nope.googleapis.com.")
    let batch: JSONValue = ["serviceIds": ["run.googleapis.com", "nope.googleapis.com"]]
    #expect(sandbox.call("POST", "\(path):batchEnable", batch).status == 403)
    #expect(sandbox.call("GET", "\(path)/run.googleapis.com")["state"] == "DISABLED")
  }

  @Test func batchesAreLimited() {
    let path = "/v1/projects/my-project/services"
    let ids = Array(ServiceCatalogue.titles.keys.sorted().prefix(21))
    func enable(_ ids: [String]) -> Int {
      sandbox.call(
        "POST", "\(path):batchEnable", ["serviceIds": .array(ids.map { .string($0) })]
      ).status
    }
    #expect(enable(ids) == 400)
    #expect(enable(Array(ids.dropLast())) == 200)
    let names = ids.map { "names=projects/my-project/services/\($0)" }
    let got = sandbox.call("GET", "\(path):batchGet?\(names.joined(separator: "&"))")
    #expect(got["services"]?.array?.count == 21)
    #expect(sandbox.call("GET", "\(path)?pageSize=201").status == 400)
  }

  /// What arctl asks for: the enabled services in pages, without their configuration.
  @Test func enabledServicesAreListedInPagesWithTheNamedFieldsOnly() throws {
    let path = "/v1/projects/my-project/services"
    let query = "filter=state:ENABLED&fields=services/name,services/state,nextPageToken"
    var found: [String] = []
    var token = ""
    repeat {
      let page = sandbox.call("GET", "\(path)?\(query)&pageSize=3&pageToken=\(token)")
      let services = try #require(page["services"]?.array)
      for service in services {
        #expect(service.object?.keys == ["name", "state"])
        #expect(service["state"] == "ENABLED")
        found.append(String(service["name"]?.string?.split(separator: "/").last ?? ""))
      }
      token = page["nextPageToken"]?.string ?? ""
    } while !token.isEmpty && found.count < 100
    #expect(found == ServiceCatalogue.enabledAtCreation.sorted())
    let disabled = sandbox.call("GET", "\(path)?filter=state:DISABLED&pageSize=200")
    let state = disabled["services"]?.array?.first?["state"]
    #expect(state == "DISABLED")
  }

  @Test func aServiceWithDependentsCannotBeDisabled() {
    let path = "/v1/projects/my-project/services/iam.googleapis.com:disable"
    #expect(sandbox.call("POST", path, [:]).status == 400)
    #expect(sandbox.call("POST", path, ["disableDependentServices": true]).status == 200)
  }
}
