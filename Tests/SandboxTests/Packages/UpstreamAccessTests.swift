import JSON
import Testing

@testable import Sandbox

/// Reading packages of another project through a repository of one's own.
@Suite struct UpstreamAccessTests {
  private let fixture: PackageFixture
  private let token: String
  private let agent: String
  private static let secret = "\(PackageFixture.place)/py"
  private static let own = "projects/other-project/locations/us-east4/repositories"

  /// `other-project`, whose administrator has no permissions in `my-project`.
  init() throws {
    fixture = try PackageFixture("other-project")
    fixture.upload("demo-1.0.tar.gz")
    let (email, token) = fixture.test.account("manager", in: "other-project")
    self.token = token
    fixture.test.grant(
      "roles/artifactregistry.admin", to: "serviceAccount:\(email)", on: "projects/other-project")
    let project = fixture.test.call("GET", "/v1/projects/other-project")
    let number = project["projectNumber"]?.string ?? ""
    agent = "service-\(number)@gcp-sa-artifactregistry.iam.gserviceaccount.com"
  }

  private func make(_ id: String, _ fields: JSONObject) -> TestSandbox.Reply {
    var fields = fields
    fields["format"] = "PYTHON"
    return fixture.test.call(
      "POST", "/v1/\(Self.own)?repositoryId=\(id)", .object(fields), token: token)
  }

  private func virtual(_ id: String, of upstream: String) -> TestSandbox.Reply {
    let policy: JSONValue = ["id": "u", "repository": .string(upstream), "priority": 1]
    return make(
      id,
      [
        "mode": "VIRTUAL_REPOSITORY", "virtualRepositoryConfig": ["upstreamPolicies": [policy]],
      ])
  }

  private func remote(_ id: String, of upstream: String, common: Bool = false) {
    let uri: JSONValue = ["uri": .string(upstream)]
    let made = make(
      id,
      [
        "mode": "REMOTE_REPOSITORY",
        "remoteRepositoryConfig": common
          ? ["commonRepository": uri] : ["pythonRepository": ["customRepository": uri]],
      ])
    #expect(made.status == 200, "\(made.message)")
  }

  private func get(_ id: String, _ rest: String = "demo/demo-1.0.tar.gz") -> PackageFixture.Answer {
    fixture.file(
      "/\(id)/\(rest)", authorization: "Bearer \(token)",
      root: "/\(PackageFixture.host)/other-project")
  }

  private func allow(_ role: String = "roles/artifactregistry.reader") {
    fixture.test.grant(role, to: "serviceAccount:\(agent)", on: Self.secret)
  }

  @Test func aVirtualRepositoryNeedsTheAgentsPermission() {
    let refused = virtual("all", of: Self.secret)
    #expect(refused.status == 400 && refused.message.contains(agent))
    // An absent repository is refused with the same text.
    let absent = virtual("all", of: "\(PackageFixture.place)/none")
    #expect(
      refused.message.replacing(Self.secret, with: "X")
        == absent.message.replacing("\(PackageFixture.place)/none", with: "X"))
    let nowhere = virtual("all", of: "projects/no-project/locations/us-east4/repositories/r")
    #expect(nowhere.status == 400 && nowhere.message.contains("not found, or"))
    allow()
    #expect(virtual("all", of: Self.secret).status == 200)
    #expect(get("all").status == 200)
    // The grant is checked at each download.
    fixture.test.call("POST", "/v1/\(Self.secret):setIamPolicy", ["policy": [:]])
    #expect(get("all").status == 403)
    #expect(get("all", "simple/demo/").status == 403)
    #expect(get("all", "simple/demo/").text.contains("readViaVirtualRepository"))
  }

  @Test(arguments: [
    ("https:/\(PackageFixture.root)/py/", false),
    ("https:/\(PackageFixture.root)/py/simple", false),
    ("\(TestSandbox.baseURL)\(PackageFixture.root)/py", false), (secret, true),
  ])
  func aRemoteRepositoryNeedsTheAgentsPermission(_ upstream: String, _ common: Bool) {
    remote("mirror", of: upstream, common: common)
    let refused = get("mirror")
    #expect(refused.status == 403 && refused.text.contains("downloadArtifacts"))
    #expect(refused.text.contains("denied to \(agent)"))
    // An absent repository is refused with the same text.
    remote("blind", of: upstream.replacing("/py", with: "/none"), common: common)
    #expect(get("blind").text.replacing("/none", with: "/py") == refused.text)
    allow()
    #expect(get("mirror").status == 200)
  }

  @Test func anOpenRepositoryIsReadableForRepositories() {
    fixture.test.grant("roles/artifactregistry.reader", to: "allUsers", on: Self.secret)
    #expect(virtual("all", of: Self.secret).status == 200)
    #expect(get("all").status == 200)
  }

  @Test func everyStepOfADelegationIsChecked() {
    // The virtual repository of other-project over its own remote one, over that of my-project.
    remote("mirror", of: Self.secret, common: true)
    #expect(virtual("all", of: "\(Self.own)/mirror").status == 200)
    #expect(get("all").status == 403)
    allow()
    #expect(get("all").status == 200)
  }

  /// Thirty upstreams that all lead back: every repository is visited once.
  @Test func manyCyclesEnd() {
    let upstreams = (0..<30).map { "r\($0)" }
    for id in upstreams { remote(id, of: "\(Self.own)/all", common: true) }
    let policies = upstreams.enumerated().map { index, id -> JSONValue in
      [
        "id": .string(id), "repository": .string("\(Self.own)/\(id)"),
        "priority": .integer(Int64(index)),
      ]
    }
    let made = make(
      "all",
      [
        "mode": "VIRTUAL_REPOSITORY",
        "virtualRepositoryConfig": ["upstreamPolicies": .array(policies)],
      ])
    #expect(made.status == 200)
    #expect(get("all").status == 404)
  }
}
