import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM

/// generateServiceIdentity: the agents of a service exist before the service is enabled.
@Suite struct ServiceIdentityTests {
  private let sandbox: TestSandbox
  private let number: String

  init() throws {
    sandbox = try TestSandbox("my-project", enabling: [])
    number = sandbox.call("GET", "/v1/projects/my-project")["projectNumber"]?.string ?? ""
  }

  private func generate(_ service: String, token: String? = nil) -> TestSandbox.Reply {
    sandbox.call(
      "POST", "/v1beta1/projects/my-project/services/\(service):generateServiceIdentity",
      token: token)
  }

  @Test(arguments: [
    ("artifactregistry", "gcp-sa-artifactregistry"), ("pubsub", "gcp-sa-pubsub"),
    ("secretmanager", "gcp-sa-secretmanager"), ("compute", "compute-system"),
    ("run", "serverless-robot-prod"), ("aiplatform", "gcp-sa-aiplatform"),
    ("cloudkms", "gcp-sa-cloudkms"),
  ])
  func theAgentExistsFromThenOn(_ service: String, _ owner: String) throws {
    let email = "service-\(number)@\(owner).iam.gserviceaccount.com"
    let policy: JSONValue = [
      "policy": [
        "bindings": [
          ["role": "roles/viewer", "members": [.string("serviceAccount:\(email)")]]
        ]
      ]
    ]
    let path = "/v1/projects/my-project:setIamPolicy"
    #expect(
      sandbox.call("POST", path, policy).message == "Service account \(email) does not exist.")
    let made = generate("\(service).googleapis.com")
    #expect(made.status == 200, "\(made.message)")
    #expect(made["done"] == true && made["name"] == "operations/finished.DONE_OPERATION")
    let identity = try #require(made["response"]?.object)
    #expect(
      identity["@type"]
        == "type.googleapis.com/google.api.serviceusage.v1beta1.ServiceIdentity")
    #expect(identity["email"] == .string(email))
    #expect(identity["uniqueId"]?.string?.wholeMatch(of: /1[0-9]{20}/) != nil)
    #expect(generate("\(service).googleapis.com").body == made.body)
    #expect(sandbox.call("POST", path, policy).status == 200)
    let state = sandbox.call("GET", "/v1/projects/my-project/services/\(service).googleapis.com")
    #expect(state["state"] == "DISABLED")
  }

  @Test func refusals() {
    #expect(generate("nosuch.googleapis.com").status == 403)
    // Several agents, and none that Google's pages call the primary one.
    #expect(generate("sourcerepo.googleapis.com").status == 200)
    #expect(generate("abusiveexperiencereport.googleapis.com").status == 501)
    let (_, token) = sandbox.account("worker")
    #expect(generate("pubsub.googleapis.com", token: token).status == 403)
    let body: JSONValue = ["parent": "x"]
    #expect(
      sandbox.call(
        "POST",
        "/v1beta1/projects/my-project/services/pubsub.googleapis.com:generateServiceIdentity", body
      ).status == 400)
  }

  @Test func everyPrimaryAgentIsAnAgentOfItsService() throws {
    var count = 0
    for service in ServiceCatalogue.titles.keys.sorted() {
      guard let agent = GoogleAccounts.primaryAgent(of: service, project: "123") else { continue }
      count += 1
      guard case .ofServices(let services, project: "123") = GoogleAccounts.kind(of: agent.email)
      else {
        Issue.record("\(agent.email)")
        continue
      }
      #expect(services.contains(service), "\(agent.email)")
    }
    #expect(count > 100)
  }
}
