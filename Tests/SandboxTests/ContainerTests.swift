import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM

/// Folders and organizations: who may create them, and what their policies grant below.
@Suite struct ContainerTests {
  private let sandbox: TestSandbox

  init() throws {
    sandbox = try TestSandbox("my-project")
  }

  /// Creates a folder and returns its name.
  private func folder(_ name: String, in parent: String) throws -> String {
    let begun = sandbox.call(
      "POST", "/v3/folders", ["displayName": .string(name), "parent": .string(parent)])
    let operation = try #require(begun["name"]?.string, "\(begun.message)")
    while true {
      let now = sandbox.call("GET", "/v3/\(operation)")
      if now["done"] == true { return try #require(now["response"]?["name"]?.string) }
    }
  }

  private func move(to parent: String) {
    sandbox.call(
      "POST", "/v3/projects/my-project:move", ["destinationParent": .string(parent)])
  }

  private func set(_ role: String, _ email: String, on path: String) -> TestSandbox.Reply {
    sandbox.call(
      "POST", "\(path):setIamPolicy",
      [
        "policy": [
          "bindings": [["role": .string(role), "members": [.string("serviceAccount:\(email)")]]]
        ]
      ])
  }

  @Test func ancestryNamesEverythingAbove() throws {
    let outer = try folder("Outer", in: "organizations/42")
    let inner = try folder("Inner", in: outer)
    func ancestry() -> [String] {
      let answer = sandbox.call("POST", "/v1/projects/my-project:getAncestry")
      return (answer["ancestor"]?.array ?? []).map {
        "\($0["resourceId"]?["type"]?.string ?? "")/\($0["resourceId"]?["id"]?.string ?? "")"
      }
    }
    #expect(ancestry() == ["project/my-project"])
    move(to: inner)
    let ids = [inner, outer].map { "folder/\($0.dropFirst("folders/".count))" }
    #expect(ancestry() == ["project/my-project"] + ids + ["organization/42"])
    // Of a folder that was not created here, the parent is not known.
    move(to: "folders/7")
    #expect(ancestry() == ["project/my-project", "folder/7"])
  }

  @Test(arguments: ["/v3/", "/v2/"]) func aGrantOnAFolderHoldsInItsProjects(
    _ version: String
  ) throws {
    let outer = try folder("Outer", in: "organizations/42")
    let inner = try folder("Inner", in: outer)
    let (email, token) = sandbox.account("worker")
    sandbox.repository("lib")
    func read() -> Int {
      sandbox.call("GET", "\(TestSandbox.repositories)/lib", token: token).status
    }
    #expect(set("roles/artifactregistry.reader", email, on: "\(version)\(outer)").status == 200)
    #expect(read() == 403)
    move(to: inner)
    #expect(read() == 200)
    #expect(
      sandbox.call(
        "POST", "\(version)\(inner):testIamPermissions",
        ["permissions": ["artifactregistry.repositories.get"]], token: token
      ).body == ["permissions": ["artifactregistry.repositories.get"]])
    #expect(
      sandbox.call("POST", "\(version)\(inner):getIamPolicy", token: token).status == 403)
    move(to: "folders/7")
    #expect(read() == 403)
  }

  @Test func anOrganizationsProjectCreatorCreatesProjects() throws {
    move(to: "organizations/42")
    let (email, token) = sandbox.account("worker")
    let body: JSONValue = ["projectId": "new-project", "parent": "organizations/42"]
    #expect(sandbox.call("POST", "/v3/projects", body, token: token).status == 403)
    #expect(
      set("roles/resourcemanager.projectCreator", email, on: "/v3/organizations/42").status == 200)
    #expect(sandbox.call("POST", "/v3/projects", body, token: token).status == 200)
    #expect(
      sandbox.call("POST", "/v3/projects", ["projectId": "lone-project"], token: token).status
        == 403)
    #expect(
      sandbox.call(
        "POST", "/v3/projects", ["projectId": "new-project-2", "parent": "organizations/43"],
        token: token
      ).status == 403)
  }

  @Test func absentFoldersAndOrganizationsAreForbidden() {
    for path in ["/v3/folders/9", "/v3/organizations/9", "/v2/folders/9", "/v1/organizations/9"] {
      #expect(sandbox.call("GET", path).status == 403, "\(path)")
      #expect(set("roles/viewer", "a@b.iam.gserviceaccount.com", on: path).status == 403)
    }
    move(to: "folders/9")
    #expect(sandbox.call("GET", "/v3/folders/9")["name"] == "folders/9")
  }

  @Test(
    arguments: [
      ["displayName": "Good", "parent": "projects/my-project"], ["displayName": "Good"],
      ["displayName": "", "parent": "organizations/1"],
      ["displayName": "-bad", "parent": "organizations/1"],
      ["displayName": "Taken", "parent": "organizations/42"],
      ["displayName": "Good", "parent": "organizations/1", "colour": "red"],
    ] as [JSONValue])
  func malformedFoldersAreRefused(_ body: JSONValue) throws {
    _ = try folder("Taken", in: "organizations/42")
    #expect(sandbox.call("POST", "/v3/folders", body).status == 400)
  }

  @Test func foldersAreCreatedByThePolicyOfTheirParent() throws {
    let outer = try folder("Outer", in: "organizations/42")
    let (email, token) = sandbox.account("worker")
    let body: JSONValue = ["displayName": "Inner", "parent": .string(outer)]
    #expect(sandbox.call("POST", "/v3/folders", body, token: token).status == 403)
    #expect(sandbox.call("GET", "/v3/folders?parent=\(outer)", token: token).status == 403)
    #expect(set("roles/resourcemanager.folderAdmin", email, on: "/v3/\(outer)").status == 200)
    #expect(sandbox.call("POST", "/v3/folders", body, token: token).status == 200)
    let listed = sandbox.call("GET", "/v3/folders?parent=\(outer)", token: token)
    #expect(listed["folders"]?.array?.map { $0["displayName"] } == ["Inner"])
  }

  @Test func policiesOfFoldersTakeAuditsAndNoPublicMembers() throws {
    let path = "/v3/\(try folder("Outer", in: "organizations/42"))"
    let audits: JSONValue = [
      "policy": [
        "auditConfigs": [
          ["service": "allServices", "auditLogConfigs": [["logType": "DATA_READ"]]]
        ]
      ], "updateMask": "auditConfigs",
    ]
    #expect(sandbox.call("POST", "\(path):setIamPolicy", audits).status == 200)
    let everyone: JSONValue = [
      "policy": ["bindings": [["role": "roles/viewer", "members": ["allUsers"]]]]
    ]
    #expect(sandbox.call("POST", "\(path):setIamPolicy", everyone).status == 400)
    // Roles of the organization above, and of no other.
    for (organization, status) in [("42", 200), ("43", 400)] {
      let body: JSONValue = [
        "policy": [
          "bindings": [
            [
              "role": .string("organizations/\(organization)/roles/mine"),
              "members": ["user:a@example.com"],
            ]
          ]
        ]
      ]
      #expect(sandbox.call("POST", "\(path):setIamPolicy", body).status == status)
    }
  }
}

/// Permissions and roles by the kind of resource that a full name names.
@Suite struct FullResourceNameTests {
  @Test(arguments: [
    ("//cloudresourcemanager.googleapis.com/projects/p", ResourceKind.project),
    ("//127.0.0.1:8085/projects/p", .project), ("//127.0.0.1:8085/v1/projects/p", .project),
    ("//cloudresourcemanager.googleapis.com/folders/1", .folder),
    ("//cloudresourcemanager.googleapis.com/organizations/1", .organization),
    ("//iam.googleapis.com/projects/p/serviceAccounts/a@b", .account),
    (
      "//artifactregistry.googleapis.com/projects/p/locations/l/repositories/r", .repository
    ),
    ("//cloudkms.googleapis.com/projects/p/locations/l/keyRings/r/cryptoKeys/k", .cryptoKey),
    ("//secretmanager.googleapis.com/projects/p/secrets/s", .secret),
    ("projects/p", nil), ("//x/projects", nil), ("//x/projects/", nil), ("//x/buckets/b", nil),
    ("//x/projects/p/zones/z", nil), ("/projects/p", nil), ("", nil),
  ])
  func kinds(_ name: String, _ kind: ResourceKind?) {
    #expect(FullResourceName.kind(of: name) == kind)
  }

  @Test func eachKindHasItsOwnPermissions() {
    func has(_ permission: String, _ kinds: ResourceKind...) {
      for kind in [
        ResourceKind.project, .folder, .organization, .account, .repository, .cryptoKey, .secret,
      ] {
        #expect(
          PermissionCatalogue.testable(on: kind).contains(permission) == kinds.contains(kind),
          "\(permission) on a \(kind)")
      }
    }
    has("artifactregistry.repositories.get", .project, .folder, .organization, .repository)
    has("artifactregistry.repositories.create", .project, .folder, .organization)
    has("artifactregistry.projectsettings.get", .project, .folder, .organization)
    has("iam.serviceAccounts.actAs", .project, .folder, .organization, .account)
    has("iam.serviceAccounts.create", .project, .folder, .organization)
    has("cloudkms.cryptoKeys.setIamPolicy", .project, .folder, .organization, .cryptoKey)
    has("secretmanager.versions.add", .project, .folder, .organization, .secret)
    has("secretmanager.secrets.create", .project, .folder, .organization)
    has("resourcemanager.folders.create", .folder, .organization)
    has("resourcemanager.organizations.get", .organization)
    has("compute.zones.list", .project, .folder, .organization)
  }
}
