import JSON
import Testing

@testable import Sandbox

/// The members that a policy accepts: Google's own accounts, deleted namesakes, owners.
@Suite struct MemberRuleTests {
  private let sandbox: TestSandbox
  private let number: String
  private let path = "/v1/projects/my-project"

  init() throws {
    sandbox = try TestSandbox("my-project", "other-project")
    number = sandbox.call("GET", "/v1/projects/my-project")["projectNumber"]?.string ?? ""
  }

  private func binding(_ role: String, _ members: String...) -> JSONValue {
    ["role": .string(role), "members": .array(members.map { .string($0) })]
  }

  private func set(_ bindings: JSONValue..., on path: String? = nil) -> TestSandbox.Reply {
    sandbox.call(
      "POST", "\(path ?? self.path):setIamPolicy", ["policy": ["bindings": .array(bindings)]])
  }

  private func enable(_ service: String) {
    sandbox.call("POST", "\(path)/services/\(service).googleapis.com:enable")
  }

  @Test(arguments: [
    ("{n}-compute@developer.gserviceaccount.com", "compute"),
    ("{n}@cloudservices.gserviceaccount.com", "compute"),
    ("{n}@cloudbuild.gserviceaccount.com", "cloudbuild"),
    ("my-project@appspot.gserviceaccount.com", "appengine"),
    ("service-{n}@gcp-sa-logging.iam.gserviceaccount.com", "logging"),
    ("service-{n}@gcp-sa-pubsub.iam.gserviceaccount.com", "pubsub"),
    ("service-{n}@container-engine-robot.iam.gserviceaccount.com", "container"),
    ("service-{n}@serverless-robot-prod.iam.gserviceaccount.com", "run"),
    ("service-{n}@compute-system.iam.gserviceaccount.com", "compute"),
    ("service-{n}@gcp-sa-secretmanager.iam.gserviceaccount.com", "secretmanager"),
  ])
  func googlesAccountsExistOnceTheirServiceIsEnabled(_ form: String, _ service: String) {
    let email = form.replacing("{n}", with: number)
    let reader = binding("roles/artifactregistry.reader", "serviceAccount:\(email)")
    sandbox.repository("py")
    for place in [path, "\(TestSandbox.repositories)/py"] {
      let refused = set(reader, on: place)
      #expect(refused.status == 400)
      #expect(refused.message == "Service account \(email) does not exist.")
    }
    enable(service)
    for place in [path, "\(TestSandbox.repositories)/py"] {
      #expect(set(reader, on: place).status == 200)
    }
    // The account stays when its service is disabled.
    sandbox.call("POST", "\(path)/services/\(service).googleapis.com:disable")
    #expect(set().status == 200)
    #expect(set(reader).status == 200)
  }

  @Test func theRegistrysAgentNeedsTheRegistry() throws {
    let bare = try TestSandbox("my-project", enabling: [])
    let number = bare.call("GET", "/v1/projects/my-project")["projectNumber"]?.string ?? ""
    let agent = "service-\(number)@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    let grant = {
      bare.grant("roles/viewer", to: "serviceAccount:\(agent)", on: "projects/my-project").status
    }
    #expect(grant() == 400)
    bare.call("POST", "\(path)/services/artifactregistry.googleapis.com:enable")
    #expect(grant() == 200)
  }

  @Test(arguments: [
    "x@example.com", "service-1@gcp-sa-nosuch.iam.gserviceaccount.com",
    "x@nosuch.gserviceaccount.com", "gone@other-project.iam.gserviceaccount.com",
  ])
  func unknownAccountsAreRefused(_ email: String) {
    let reply = set(binding("roles/viewer", "serviceAccount:\(email)"))
    #expect(reply.status == 400)
    #expect(reply.message == "Service account \(email) does not exist.")
  }

  @Test(arguments: [
    "service-1@gcp-sa-logging.iam.gserviceaccount.com", "1-compute@developer.gserviceaccount.com",
    "cloud-logs@system.gserviceaccount.com", "x@elsewhere-1.iam.gserviceaccount.com",
    "my-project.svc.id.goog[prod/puller]",
  ])
  func accountsOfOtherProjectsAreAccepted(_ email: String) {
    #expect(set(binding("roles/viewer", "serviceAccount:\(email)")).status == 200)
  }

  @Test func aMemberWithoutATypeIsRefusedWithGooglesText() {
    let reply = set(binding("roles/viewer", "ana@example.com"))
    #expect(reply.status == 400)
    #expect(reply.message == "Policy members must be of the form \"<type>:<value>\".")
  }

  @Test(arguments: ["serviceAccount", "user", "group"])
  func aDeletedNamesakeIsFoundInAnyBinding(_ type: String) {
    let (email, _) = sandbox.account("builder")
    let live = "\(type):\(email)"
    let dead = "deleted:\(type):\(email)?uid=123456789012345678901"
    let conditional: JSONValue = [
      "role": "roles/browser", "members": [.string(live)],
      "condition": [
        "title": "t", "expression": "request.time < timestamp('2030-01-01T00:00:00Z')",
      ],
    ]
    #expect(set(binding("roles/viewer", dead)).status == 200)
    #expect(set(binding("roles/viewer", live)).status == 200)
    #expect(set(binding("roles/viewer", dead, live)).status == 400)
    let reply = set(binding("roles/viewer", dead), binding("roles/browser", live))
    #expect(reply.status == 400)
    #expect(reply.message.contains(dead))
    let third = sandbox.call(
      "POST", "\(path):setIamPolicy",
      ["policy": ["version": 3, "bindings": [binding("roles/viewer", dead), conditional]]])
    #expect(third.status == 400)
    // Another e-mail is not a namesake.
    #expect(
      set(binding("roles/viewer", dead), binding("roles/browser", "user:a@b.co")).status == 200)
  }

  @Test func ownersOfASoloProjectMustBeInvited() {
    let owners = binding("roles/owner", "user:ana@example.com", "group:devs@example.com")
    let reply = set(owners)
    #expect(reply.status == 400)
    #expect(reply.message == "Request contains an invalid argument.")
    let details = reply.body["error"]?["details"]?.array ?? []
    #expect(
      details.map { $0["type"]?.string } == Array(repeating: "SOLO_MUST_INVITE_OWNERS", count: 2))
    #expect(details.last?["member"] == "user:ana@example.com")
    #expect(details.last?["role"] == "roles/owner")
    // Service accounts are not invited, and other roles need no invitation.
    let (email, _) = sandbox.account("builder")
    #expect(
      set(
        binding("roles/owner", "serviceAccount:\(email)"),
        binding("roles/editor", "user:ana@example.com")
      ).status == 200)
  }

  @Test func aProjectInAnOrganizationAcceptsOwners() {
    sandbox.call(
      "POST", "/v1/projects",
      ["projectId": "of-an-org", "parent": ["type": "organization", "id": "123"]])
    let place = "/v1/projects/of-an-org"
    #expect(set(binding("roles/owner", "user:ana@example.com"), on: place).status == 200)
    // The roles of its own organization are accepted too, and no others.
    let member = "user:ana@example.com"
    #expect(set(binding("organizations/123/roles/build.er", member), on: place).status == 200)
    #expect(set(binding("organizations/124/roles/build.er", member), on: place).status == 400)
    #expect(set(binding("organizations/123/roles/build.er", member)).status == 400)
  }

  @Test func aPrincipalSetIncludesAllAccountsOfAProject() {
    let (_, token) = sandbox.account("builder")
    let (_, stranger) = sandbox.account("stranger", in: "other-project")
    let all =
      "principalSet://cloudresourcemanager.googleapis.com/projects/\(number)/type/ServiceAccount"
    sandbox.grant("roles/viewer", to: all, on: "projects/my-project")
    #expect(sandbox.call("GET", path, token: token).status == 200)
    #expect(sandbox.call("GET", path, token: stranger).status == 403)
  }
}
