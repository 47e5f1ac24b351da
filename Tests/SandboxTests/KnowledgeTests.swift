import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM

/// The sandbox accepts what Google accepts: every role, every service, and what gcloud sends beyond the discovery
/// documents.
@Suite struct KnowledgeTests {
  private let sandbox: TestSandbox
  private let path = "/v1/projects/my-project"
  init() throws { sandbox = try TestSandbox("my-project") }

  @Test func aProjectAcceptsEveryPredefinedRole() {
    for start in stride(from: 0, to: RoleCatalogue.names.count, by: 1000) {
      let roles = RoleCatalogue.names[start..<min(start + 1000, RoleCatalogue.names.count)]
        .filter { $0 != "roles/owner" }
      let bindings = roles.map { role -> JSONValue in
        ["role": .string(role), "members": ["user:ana@example.com"]]
      }
      let reply = sandbox.call(
        "POST", "\(path):setIamPolicy", ["policy": ["bindings": .array(bindings)]])
      #expect(reply.status == 200, "\(reply.message)")
      #expect(reply["bindings"]?.array?.count == roles.count)
    }
  }

  @Test(arguments: [
    ("roles/artifactregistry.viewer", 200), ("roles/artifactregistry.editor", 200),
    ("roles/viewer", 200), ("roles/storage.admin", 400), ("roles/nosuch.role", 400),
  ])
  func aRepositoryAcceptsTheRegistrysRoles(_ role: String, _ status: Int) {
    sandbox.repository("py")
    let reply = sandbox.call(
      "POST", "\(TestSandbox.repositories)/py:setIamPolicy",
      ["policy": ["bindings": [["role": .string(role), "members": ["user:ana@example.com"]]]]])
    #expect(reply.status == status, "\(reply.message)")
  }

  @Test func aReaderCanSeeItsProject() {
    let (email, token) = sandbox.account("reader-sa")
    sandbox.grant(
      "roles/artifactregistry.reader", to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(sandbox.call("GET", path, token: token).status == 200)
    #expect(sandbox.call("DELETE", path, token: token).status == 403)
  }

  @Test func everyServiceCanBeEnabled() {
    let names = ServiceCatalogue.titles.keys.sorted()
    for start in stride(from: 0, to: names.count, by: 20) {
      let batch = names[start..<min(start + 20, names.count)].map { JSONValue.string($0) }
      let reply = sandbox.call(
        "POST", "\(path)/services:batchEnable", ["serviceIds": .array(batch)])
      #expect(reply.status == 200, "\(reply.message)")
    }
  }

  @Test func aMisspelledServiceIsRefusedAndOthersCanBeAdded() throws {
    let name = "artifactregistri.googleapis.com"
    let refused = sandbox.call("POST", "\(path)/services/\(name):enable")
    #expect(refused.status == 403)
    #expect(refused.message == "Not found or permission denied for service(s): \(name).")
    let admitting = try TestSandbox("my-project", admitting: [name])
    #expect(admitting.call("POST", "\(path)/services/\(name):enable").status == 200)
    #expect(admitting.call("GET", "\(path)/services/\(name)")["state"] == "ENABLED")
    let listed = admitting.call("GET", "\(path)/services?filter=state:ENABLED&pageSize=200")
    #expect(listed["services"]?.array?.contains { $0["config"]?["name"] == .string(name) } ?? false)
    #expect(admitting.call("GET", "\(path)/services/x.googleapis.com").status == 403)
  }

  @Test func theOwnerHoldsOtherServicesPermissions() {
    let (email, token) = sandbox.account("owner-sa")
    sandbox.grant("roles/owner", to: "serviceAccount:\(email)", on: "projects/my-project")
    let asked: JSONValue = [
      "privateca.certificateAuthorities.create", "compute.instances.list", "nosuch.things.get",
      "artifactregistry.repositories.create", "artifactregistry.repositories.creat",
    ]
    for caller in [token, sandbox.owner] {
      let reply = sandbox.call(
        "POST", "\(path):testIamPermissions", ["permissions": asked], token: caller)
      #expect(
        reply["permissions"] == [
          "privateca.certificateAuthorities.create", "compute.instances.list",
          "artifactregistry.repositories.create",
        ])
    }
  }

  private static let pypi: JSONValue = ["publicRepository": "PYPI"]

  @Test(
    arguments: [
      ("enableIngestionAttestation", true), ("deleteNotFoundCacheFiles", true),
      ("remoteType", "MIRROR"), ("serviceDirectoryConfig", ["service": "projects/p/x"]),
    ] as [(String, JSONValue)])
  func gcloudsRemoteMembersAreKept(_ name: String, _ value: JSONValue) {
    let remote: JSONValue = .object(["pythonRepository": Self.pypi, name: value])
    let made = sandbox.repository(
      "r1", ["format": "PYTHON", "mode": "REMOTE_REPOSITORY", "remoteRepositoryConfig": remote])
    #expect(made.status == 200, "\(made.message)")
    let got = sandbox.call("GET", "\(TestSandbox.repositories)/r1")
    #expect(got["remoteRepositoryConfig"] == remote)
  }

  @Test func parametersThatGcloudAlwaysSendsAreAccepted() {
    let made = sandbox.repository(
      "r1",
      [
        "format": "PYTHON", "mode": "REMOTE_REPOSITORY",
        "remoteRepositoryConfig": [
          "pythonRepository": Self.pypi, "enableIngestionAttestation": false,
        ],
      ])
    #expect(made.status == 200, "\(made.message)")
  }

  @Test func gcloudsOtherMembersAreKept() {
    let policies: JSONValue = [
      "stale": ["id": "stale", "action": "DELETE", "condition": ["moreStaleThan": "2592000s"]]
    ]
    let fields: JSONValue = [
      "format": "PYTHON", "networkConfig": ["a": ["b": 1]], "sbomConfig": ["enablement": "X"],
      "cleanupPolicies": policies,
    ]
    #expect(sandbox.repository("r1", fields).status == 200)
    let got = sandbox.call("GET", "\(TestSandbox.repositories)/r1")
    for name in ["networkConfig", "sbomConfig", "cleanupPolicies"] {
      #expect(got[name] == fields[name])
    }
    for format in ["docker", "maven", "npm", "python"] {
      let remote: JSONValue = .object([
        "\(format)Repository": ["artifactRegistryRepository": ["repository": "projects/p/x"]]
      ])
      let made = sandbox.repository(
        "of-\(format)",
        [
          "format": .string(format.uppercased()), "mode": "REMOTE_REPOSITORY",
          "remoteRepositoryConfig": remote,
        ])
      #expect(made.status == 200, "\(made.message)")
      let got = sandbox.call("GET", "\(TestSandbox.repositories)/of-\(format)")
      #expect(got["remoteRepositoryConfig"] == remote)
    }
    let go: JSONValue = ["goRepository": ["customRepository": ["uri": "https://proxy.golang.org"]]]
    #expect(
      sandbox.repository(
        "of-go", ["format": "GO", "mode": "REMOTE_REPOSITORY", "remoteRepositoryConfig": go]
      ).status == 200)
    #expect(sandbox.repository("r2", ["format": "PYTHON", "nosuchConfig": [:]]).status == 400)
  }

  @Test(arguments: [
    ("us", "gcr.io", "DOCKER", 200), ("europe", "eu.gcr.io", "DOCKER", 200),
    ("asia", "asia.gcr.io", "DOCKER", 200), ("us", "us.gcr.io", "DOCKER", 200),
    ("us", "gcr.io", "PYTHON", 400), ("us-east4", "gcr.io", "DOCKER", 400),
    ("us", "eu.gcr.io", "DOCKER", 400), ("us", "x.gcr.io", "DOCKER", 400),
  ])
  func containerRegistryNamesAreAccepted(
    _ location: String, _ id: String, _ format: String, _ status: Int
  ) {
    let place = "\(path)/locations/\(location)/repositories"
    let made = sandbox.call("POST", "\(place)?repositoryId=\(id)", ["format": .string(format)])
    #expect(made.status == status, "\(made.message)")
    if status == 200 { #expect(sandbox.call("GET", "\(place)/\(id)").status == 200) }
  }

  @Test func aVirtualRepositoryWasScannedOnce() {
    sandbox.repository("all", ["format": "PYTHON", "mode": "VIRTUAL_REPOSITORY"])
    let got = sandbox.call("GET", "\(TestSandbox.repositories)/all")
    #expect(got["vulnerabilityScanningConfig"]?["lastEnableTime"]?.string != nil)
  }

  @Test func theReasonOfADisabledKeyIsStored() throws {
    let (email, _) = sandbox.account("builder")
    let keys = "\(path)/serviceAccounts/\(email)/keys"
    let name = try #require(sandbox.call("POST", keys)["name"]?.string)
    let prefix = "SERVICE_ACCOUNT_KEY_DISABLE_REASON"
    func disable(_ body: JSONValue) -> Int {
      sandbox.call("POST", "/v1/\(name):disable", body).status
    }
    #expect(disable(["nosuch": 1]) == 400)
    #expect(disable(["serviceAccountKeyDisableReason": "X"]) == 400)
    #expect(
      disable([
        "serviceAccountKeyDisableReason": .string("\(prefix)_EXPOSED"),
        "extendedStatusMessage": "on a wiki",
      ]) == 200)
    let key = sandbox.call("GET", "/v1/\(name)")
    #expect(key["disabled"] == true)
    #expect(key["disableReason"]?.string == "\(prefix)_EXPOSED")
    #expect(key["extendedStatus"]?.array?.first?["value"] == "on a wiki")
    #expect(sandbox.call("POST", "/v1/\(name):enable").status == 200)
    #expect(sandbox.call("GET", "/v1/\(name)")["disableReason"] == nil)
    #expect(disable([:]) == 200)
    #expect(sandbox.call("GET", "/v1/\(name)")["disableReason"] == nil)
  }

  @Test(
    arguments: [
      ("lifecycleState:ACTIVE AND (labels.env=dev)", ["dev-one", "dev-two"]),
      ("NOT labels.env:*", ["my-project"]),
      ("labels.env:* AND NOT labels.env:dev", ["prod-one"]),
      ("labels.env:(dev OR prod) AND -id:*two", ["dev-one", "prod-one"]),
      ("NAME:DEV-*", ["dev-one", "dev-two"]),
      // Without an operator, one match is enough.
      ("labels.team:web labels.env:prod", ["dev-one", "prod-one"]),
      ("parent.type:folder parent.id:1", ["dev-one"]), ("labels:web", ["dev-one"]),
      ("(lifecycleState:ACTIVE AND (id:dev-one OR (id:prod-one)))", ["dev-one", "prod-one"]),
    ] as [(String, [String])])
  func projectsAreFiltered(_ filter: String, _ expected: [String]) {
    for (id, env, team, folder) in [
      ("dev-one", "dev", "web", "1"), ("dev-two", "dev", "data", "2"),
      ("prod-one", "prod", "data", "2"),
    ] {
      sandbox.call(
        "POST", "/v1/projects",
        [
          "projectId": .string(id), "labels": ["env": .string(env), "team": .string(team)],
          "parent": ["type": "folder", "id": .string(folder)],
        ])
    }
    let encoded = filter.replacing(" ", with: "%20")
    let v1 = sandbox.call("GET", "/v1/projects?filter=\(encoded)")
    #expect((v1["projects"]?.array ?? []).compactMap { $0["projectId"]?.string } == expected)
    let v3 = sandbox.call("GET", "/v3/projects:search?query=\(encoded)")
    #expect((v3["projects"]?.array ?? []).compactMap { $0["projectId"]?.string } == expected)
  }

  @Test(arguments: ["nosuch:x", "(labels.env=dev", "id", "id:x AND", "NOT"])
  func badFiltersAreRefused(_ filter: String) {
    let encoded = filter.replacing(" ", with: "%20")
    #expect(sandbox.call("GET", "/v1/projects?filter=\(encoded)").status == 400)
  }
}
