import HTTP
import JSON
import Model
import Resources
import TestSupport
import Testing

@testable import GoogleCloud

/// `arctl ls` over real sockets.
@Suite struct ListTests {
  private let manifests = """
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    spec: {services: [artifactregistry.googleapis.com, iam.googleapis.com]}
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: other-project}
    spec: {services: [artifactregistry.googleapis.com, iam.googleapis.com]}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: py}
    spec:
      format: python
      iam: [{role: roles/artifactregistry.reader, members: ["user:ana@example.com"]}]
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: other}
    spec: {project: other-project, location: europe, format: npm}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: uploader}
    spec: {displayName: Uploads}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccountKey
    metadata: {name: uploader-key}
    spec: {serviceAccount: uploader, destination: {file: uploader-key.json}}

    """

  private func stage() async throws -> (SandboxStage, DesiredGraph) {
    let stage = try SandboxStage(projects: ["my-project-id", "other-project"])
    let graph = try stage.graph(manifests)
    #expect(try await stage.apply(graph).isComplete)
    return (stage, graph)
  }

  private func list(
    _ name: String, _ stage: SandboxStage, _ graph: DesiredGraph, isDeclaredOnly: Bool = false
  ) async throws -> Listing {
    let scope = ListScope(
      projects: ["my-project-id", "other-project"], graph: graph, isDeclaredOnly: isDeclaredOnly,
      now: 0)
    let reader = ListReader(
      client: try await stage.client(), keys: stage.keyStore, kinds: stage.kinds, scope: scope)
    return try #require(await reader.read(name))
  }

  private func texts(_ column: String, _ listing: Listing) -> [String] {
    listing.rows.map { $0.values[column]?.string ?? "" }
  }

  /// Uploads a file as twine does.
  private func upload(_ name: String, _ version: String, _ stage: SandboxStage) async throws {
    let file = "\(name)-\(version).tar.gz"
    var body = ""
    for (field, value) in [
      ("name", name), ("version", version), ("filetype", "sdist"), (":action", "file_upload"),
      ("protocol_version", "1"),
    ] {
      body += "--B\r\nContent-Disposition: form-data; name=\"\(field)\"\r\n\r\n\(value)\r\n"
    }
    body +=
      "--B\r\nContent-Disposition: form-data; name=\"content\"; filename=\"\(file)\"\r\n\r\nx\r\n--B--\r\n"
    var request = HTTPRequest(
      .post, "\(stage.server.baseURL)/us-east4-python.pkg.dev/my-project-id/py/",
      headers: [
        "Authorization":
          "Bearer \(try await stage.client().credential.tokens.token().value)",
        "Content-Type": "multipart/form-data; boundary=B",
      ])
    request.body = Array(body.utf8)
    #expect(try await stage.transport.send(request).status == 200)
  }

  @Test func everyListShowsWhatLives() async throws {
    let (stage, graph) = try await stage()
    defer { stage.stop() }
    _ = try await stage.call(
      .post, "/v1/projects/other-project/locations/asia/repositories?repositoryId=by-hand",
      ["format": "DOCKER"])
    try await upload("greetings", "1.0", stage)

    let repositories = try await list("repositories", stage, graph)
    #expect(
      texts("address", repositories) == [
        "my-project-id/repository/us-east4/py", "other-project/repository/asia/by-hand",
        "other-project/repository/europe/other",
      ])
    #expect(repositories.rows.map { $0.values["declared"] } == [true, false, true])
    let accounts = try await list("accounts", stage, graph)
    #expect(texts("address", accounts) == ["my-project-id/serviceAccount/uploader"])
    let services = try await list("services", stage, graph)
    #expect(texts("address", services).contains("other-project/service/iam.googleapis.com"))
    #expect(try await list("roles", stage, graph).rows.isEmpty)

    let packages = try await list("packages", stage, graph)
    #expect(texts("package", packages) == ["greetings"])
    #expect(texts("version", try await list("versions", stage, graph)) == ["1.0"])
    let files = try await list("files", stage, graph)
    #expect(files.rows.count == 1)
    #expect(files.rows.map { $0.values["size"] } == [1])
    #expect(texts("version", files) == ["1.0"])
    #expect(try await list("tags", stage, graph).rows.isEmpty)

    for isDeclaredOnly in [true, false] {
      let keys = try await list("keys", stage, graph, isDeclaredOnly: isDeclaredOnly)
      #expect(keys.rows.map { $0.values["declared"] } == [true])
      #expect(
        texts("declaration", keys) == ["my-project-id/serviceAccountKey/uploader/uploader-key"])
      #expect(texts("where", keys).first?.hasSuffix("/uploader-key.json") == true)
    }
    let grants = try await list("grants", stage, graph)
    let ana = grants.rows.filter { $0.values["member"] == "user:ana@example.com" }
    #expect(ana.map { $0.values["role"] } == ["roles/artifactregistry.reader"])
    #expect(ana.map { $0.values["declared"] } == [true])
    #expect(grants.rows.contains { $0.values["declared"] == false })
    for listing in [repositories, accounts, services, packages, files, grants] {
      #expect(listing.problems.isEmpty, "\(listing.name): \(listing.problems)")
    }
  }

  /// A key that another person created, beside the declared one.
  @Test func unclaimedKeys() async throws {
    let (stage, graph) = try await stage()
    defer { stage.stop() }
    let email = "uploader@my-project-id.iam.gserviceaccount.com"
    _ = try await stage.call(
      .post, "/v1/projects/my-project-id/serviceAccounts/\(email)/keys", [:])
    let keys = try await list("keys", stage, graph, isDeclaredOnly: true)
    #expect(keys.rows.count == 2)
    #expect(Set(keys.rows.map { $0.values["declared"] ?? .null }) == [true, false])
    let other = keys.rows.first { $0.values["declared"] == false }
    #expect(other?.values["where"] == .null)
    #expect(other?.values["origin"] == "google")
  }

  /// The server has one member on a page.
  @Test func allPagesAreRead() async throws {
    let (stage, graph) = try await stage()
    defer { stage.stop() }
    for number in 1...3 { try await upload("p\(number)", "1.0", stage) }
    for version in ["1.1", "1.2"] { try await upload("p1", version, stage) }
    stage.transport.rewrite { url in
      url.replacing("pageSize=1000", with: "pageSize=1")
        .replacing("pageSize=100", with: "pageSize=1")
    }
    stage.transport.inject(nil)
    let packages = try await list("packages", stage, graph)
    #expect(texts("package", packages) == ["p1", "p2", "p3"])
    let pages = stage.transport.requests.filter {
      $0.url.contains("/packages?") && $0.url.contains("pageToken=")
    }
    #expect(pages.count >= 2)
    let versions = try await list("versions", stage, graph)
    #expect(texts("version", versions) == ["1.0", "1.1", "1.2", "1.0", "1.0"])
    #expect(try await list("repositories", stage, graph).rows.count == 2)
    for listing in [packages, versions] { #expect(listing.problems.isEmpty) }
  }

  /// A list that is forbidden in one project is reported with the permission; the other project is shown.
  @Test(arguments: [
    ("repositories", "/other-project/locations?", "artifactregistry.locations.list"),
    (
      "packages", "/other-project/locations/europe/repositories/other/packages",
      "artifactregistry.packages.list"
    ),
    ("accounts", "/other-project/serviceAccounts?", "iam.serviceAccounts.list"),
    ("roles", "/other-project/roles?", "iam.roles.list"),
    ("services", "/other-project/services?", "serviceusage.services.list"),
    ("grants", "/other-project:getIamPolicy", "resourcemanager.projects.getIamPolicy"),
  ])
  func forbiddenLists(
    name: String, path: String, permission: String
  ) async throws {
    let (stage, graph) = try await stage()
    defer { stage.stop() }
    try await upload("greetings", "1.0", stage)
    let whole = try await list(name, stage, graph)
    stage.transport.answer { request in
      guard request.url.contains(path) else { return nil }
      let error: JSONValue = [
        "code": 403, "message": "The caller does not have permission",
        "status": "PERMISSION_DENIED",
      ]
      return HTTPResponse(status: 403, body: JSONValue.object(["error": error]).serialized())
    }
    let listing = try await list(name, stage, graph)
    #expect(listing.problems.map(\.reason.missing?.permission) == [permission])
    #expect(listing.problems.map(\.project) == ["other-project"])
    #expect(listing.problems.allSatisfy { $0.reason.missing?.role != nil })
    let others = whole.rows.filter { $0.values["project"] == "my-project-id" }
    #expect(listing.rows.filter { $0.values["project"] == "my-project-id" } == others)
  }
}
