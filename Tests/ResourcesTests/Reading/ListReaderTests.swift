import JSON
import Kinds
import Model
import TestSupport
import Testing

@testable import Resources

/// The lists of `arctl ls`, read from a fake cloud.
@Suite struct ListReaderTests {
  private let stage: LiveStage
  private let repository = "projects/p/locations/us/repositories/r"
  private static let now: Int64 = 1_800_000_000

  init() throws { stage = try LiveStage() }

  private func read(
    _ name: String, in containers: ListContainers = .scope, projects: [String] = ["p"],
    graph: DesiredGraph = DesiredGraph(), locations: [String]? = nil, limit: AddressGlob? = nil,
    isDeclaredOnly: Bool = false
  ) async throws -> Listing {
    let scope = ListScope(
      projects: projects, graph: graph, locations: locations, limit: limit,
      isDeclaredOnly: isDeclaredOnly, now: Self.now)
    let reader = ListReader(
      client: stage.client, keys: nil, kinds: Kinds.catalog, scope: scope)
    return try #require(await reader.read(name, in: containers))
  }

  private func column(_ name: String, _ listing: Listing) -> [JSONValue] {
    listing.rows.map { $0.values[name] ?? .null }
  }

  private let declared = Make.graph([Make.resource(Make.repository)])

  @Test func anUnknownListIsNil() async {
    let scope = ListScope(projects: ["p"], graph: DesiredGraph(), now: 0)
    let reader = ListReader(client: stage.client, keys: nil, kinds: Kinds.catalog, scope: scope)
    #expect(await reader.read("buckets") == nil)
  }

  // MARK: contents

  private func package(_ id: String) -> JSONValue {
    ["name": .string("\(repository)/packages/\(id)"), "createTime": "2026-11-28T15:00:00Z"]
  }

  @Test func packagesOfAllPages() async throws {
    let list = "GET /v1/\(repository)/packages"
    stage.cloud.on(
      "\(list)?pageSize=1000",
      .json(["packages": [package("b"), package("%40acme%2Fui")], "nextPageToken": "t"]))
    stage.cloud.on("\(list)?pageSize=1000&pageToken=t", .json(["packages": [package("a")]]))
    let listing = try await read("packages", graph: declared)
    #expect(column("package", listing) == ["@acme/ui", "a", "b"])
    #expect(Set(column("repository", listing)) == ["p/repository/us/r"])
    #expect(listing.problems.isEmpty)
    stage.cloud.finish()
  }

  @Test(arguments: [
    // Of another repository, of another project, twice, without a name, without an id.
    ["projects/p/locations/us/repositories/other/packages/a"],
    ["projects/q/locations/us/repositories/r/packages/a"],
    [
      "projects/p/locations/us/repositories/r/packages/a",
      "projects/p/locations/us/repositories/r/packages/a",
    ], [""], ["projects/p/locations/us/repositories/r/packages/"],
    ["projects/p/locations/us/repositories/r/packages/a/versions/1"],
  ])
  func aDamagedListIsNotShown(names: [String]) async throws {
    stage.cloud.on(
      "GET /v1/\(repository)/packages",
      .json(["packages": .array(names.map { ["name": .string($0)] })]))
    let listing = try await read("packages", graph: declared)
    #expect(listing.rows.isEmpty)
    #expect(listing.problems.map(\.what) == ["packages"])
  }

  @Test func aMemberThatCannotBeUnderstoodIsNamed() async throws {
    stage.cloud.on(
      "GET /v1/\(repository)/packages",
      .json([
        "packages": [
          package("a"), ["name": .string("\(repository)/packages/b"), "createTime": "soon"],
        ]
      ]))
    let listing = try await read("packages", graph: declared)
    #expect(column("package", listing) == ["a"])
    #expect(
      listing.problems.map(\.reason.message) == [
        "\(repository)/packages/b: `createTime` is not a time"
      ])
  }

  @Test func versionsOfEachPackage() async throws {
    stage.cloud.on(
      "GET /v1/\(repository)/packages",
      .json(["packages": [package("a"), package("gone"), package("%40acme%2Fui")]]))
    func version(_ package: String, _ id: String, _ day: String) -> JSONValue {
      [
        "name": .string("\(repository)/packages/\(package)/versions/\(id)"),
        "createTime": .string("2026-11-\(day)T00:00:00Z"),
      ]
    }
    stage.cloud.on(
      "GET /v1/\(repository)/packages/a/versions",
      .json(["versions": [version("a", "1.10", "02"), version("a", "1.9", "01")]]))
    // It was deleted after the list of packages.
    stage.cloud.on("GET /v1/\(repository)/packages/gone/versions", .notFound)
    stage.cloud.on(
      "GET /v1/\(repository)/packages/%2540acme%252Fui/versions",
      .json(["versions": [version("%40acme%2Fui", "2.0", "03")]]))
    var listing = try await read("versions", graph: declared)
    #expect(column("version", listing) == ["2.0", "1.9", "1.10"])
    #expect(listing.problems.isEmpty)
    stage.cloud.finish()
    listing.keep(AddressGlob("a/*"))
    #expect(column("version", listing) == ["1.9", "1.10"])
  }

  @Test func aRepositoryThatDoesNotExistIsReported() async throws {
    stage.cloud.on("GET /v1/\(repository)/packages", .notFound)
    let listing = try await read("packages", graph: declared)
    #expect(listing.absent == [Make.repository])
    let other = Address(project: "p", .repository, "us", "r")
    #expect(try await read("packages", in: .named([other])).absent == [other])
  }

  /// Without manifests, the repositories that live in the project.
  @Test func contentsOfLiveRepositories() async throws {
    stage.cloud.on("GET /v1/projects/p/locations", .json(["locations": [["locationId": "us"]]]))
    stage.cloud.on(
      "GET /v1/projects/p/locations/us/repositories",
      .json([
        "repositories": [
          Make.live(Make.repository), Make.live(Address(project: "p", .repository, "us", "s")),
        ]
      ]))
    stage.cloud.on("GET /v1/\(repository)/packages", .json(["packages": [package("a")]]))
    stage.cloud.on("GET /v1/projects/p/locations/us/repositories/s/packages", .json([:]))
    #expect(column("package", try await read("packages")) == ["a"])
    stage.cloud.finish()
    let matching = try await read("packages", in: .matching(AddressGlob("r")))
    #expect(column("package", matching) == ["a"])
    #expect(stage.cloud.count("GET /v1/projects/p/locations/us/repositories/s/packages") == 1)
  }

  // MARK: resources

  @Test func repositoriesOfAllLocations() async throws {
    stage.cloud.on(
      "GET /v1/projects/p/locations",
      .json(["locations": [["locationId": "us"], ["locationId": "asia"]]]))
    stage.cloud.on(
      "GET /v1/projects/p/locations/us/repositories",
      .json(["repositories": [Make.live(Make.repository, ["sizeBytes": "1234"])]]))
    stage.cloud.on("GET /v1/projects/p/locations/asia/repositories", .forbidden)
    let listing = try await read("repositories", graph: declared)
    #expect(column("address", listing) == ["p/repository/us/r"])
    #expect(column("size", listing) == [1234])
    #expect(column("declared", listing) == [true])
    #expect(
      listing.problems.map(\.reason.missing?.permission) == [
        "artifactregistry.repositories.list"
      ])
    #expect(listing.problems.map(\.reason.missing?.role) == ["roles/artifactregistry.reader"])
  }

  /// If the locations cannot be listed, those of the manifests are read nevertheless, and the rest is reported.
  @Test func forbiddenLocations() async throws {
    stage.cloud.on("GET /v1/projects/p/locations", .forbidden)
    stage.cloud.on(
      "GET /v1/projects/p/locations/us/repositories",
      .json(["repositories": [Make.live(Make.repository)]]))
    let listing = try await read("repositories", graph: declared)
    #expect(listing.rows.count == 1)
    #expect(listing.problems.map(\.what) == ["locations"])
    #expect(
      listing.problems.first?.reason.missing?.permission == "artifactregistry.locations.list")
  }

  /// Without the API there is nothing else to ask.
  @Test func aDisabledService() async throws {
    stage.cloud.on(
      "GET /v1/projects/p/locations", .disabled("artifactregistry.googleapis.com"))
    let listing = try await read("repositories", graph: declared)
    #expect(listing.rows.isEmpty)
    #expect(listing.problems.map(\.reason.reason) == [.serviceDisabled])
    #expect(listing.problems.map(\.what) == ["repositories"])
    #expect(stage.cloud.requests.count == 1)
  }

  @Test func oneProjectWithAFailureLeavesTheOthers() async throws {
    stage.cloud.on("GET /v1/projects/p/roles", .forbidden)
    stage.cloud.on(
      "GET /v1/projects/q/roles",
      .json(["roles": [Make.live(Address(project: "q", .role, "audit"))]]))
    let listing = try await read("roles", projects: ["p", "q"])
    #expect(column("address", listing) == ["q/role/audit"])
    #expect(listing.problems.map(\.project) == ["p"])
  }

  // MARK: grants

  private func policy(_ members: String...) -> JSONValue {
    [
      "bindings": [
        ["role": "roles/viewer", "members": .array(members.map(JSONValue.string))]
      ], "etag": "e",
    ]
  }

  private func granted(_ members: String...) -> DesiredGraph {
    var graph = Make.graph([Make.resource(Make.project)])
    graph.policies[Make.project.policy] = DesiredPolicy(
      address: Make.project.policy,
      entries: [
        PolicyEntry(
          role: "roles/viewer",
          members: members.map { SourcedText($0, Make.place) }, source: Make.place)
      ], dependencies: [])
    return graph
  }

  private func emptyLists() {
    stage.cloud.on("GET /v1/projects/p/locations", .json(["locations": [["locationId": "us"]]]))
    stage.cloud.on("GET /v1/projects/p/locations/us/repositories", .json([:]))
    stage.cloud.on("GET /v1/projects/p/serviceAccounts", .json([:]))
    stage.cloud.on("GET /v1/projects/p/locations/global/workloadIdentityPools", .json([:]))
    stage.cloud.on("GET /v1/projects/p/secrets", .json([:]))
  }

  @Test func grantsAndTheirDeclarations() async throws {
    emptyLists()
    stage.cloud.on(
      "POST /v1/projects/p:getIamPolicy",
      .json(policy("user:a@example.com", "user:b@example.com")))
    let listing = try await read("grants", graph: granted("user:A@example.com"))
    #expect(column("member", listing) == ["user:a@example.com", "user:b@example.com"])
    #expect(column("declared", listing) == [true, false])
    #expect(listing.problems.isEmpty)
  }

  /// A policy has the number of the project where the manifest has its id.
  @Test func membersWithAProjectNumber() async throws {
    emptyLists()
    let agent = "serviceAccount:service-123@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .json(policy(agent)))
    stage.cloud.on("GET /v3/projects/p", .json(Make.live(Make.project)))
    let graph = granted("serviceAgent:artifactregistry@p")
    #expect(column("declared", try await read("grants", graph: graph)) == [true])
  }

  @Test func withoutTheNumberItIsNotKnown() async throws {
    emptyLists()
    let agent = "serviceAccount:service-123@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .json(policy(agent, "user:a@example.com")))
    stage.cloud.on("GET /v3/projects/p", .forbidden)
    let listing = try await read("grants", graph: granted("serviceAgent:artifactregistry@p"))
    #expect(column("declared", listing) == [.null, false])
    #expect(listing.problems.map(\.what) == ["declared members"])
  }

  /// `--projects` confines every read.
  @Test func numbersOfProjectsBeyondTheLimitAreNotRead() async throws {
    emptyLists()
    let agent = "serviceAccount:service-9@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .json(policy(agent)))
    let listing = try await read(
      "grants", graph: granted("serviceAgent:artifactregistry@q"), limit: AddressGlob("p"))
    #expect(column("declared", listing) == [.null])
    #expect(listing.problems.isEmpty)
  }

  @Test func aForbiddenPolicy() async throws {
    emptyLists()
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .forbidden)
    let listing = try await read("grants", graph: granted("user:a@example.com"))
    #expect(listing.rows.isEmpty)
    #expect(listing.problems.map(\.what) == ["policies of projects"])
    #expect(
      listing.problems.first?.reason.missing?.permission
        == "resourcemanager.projects.getIamPolicy")
  }

  // MARK: keys

  private let keys = "GET /v1/projects/p/serviceAccounts/\(Make.email)/keys"

  private func key(_ id: String, origin: String = "GOOGLE_PROVIDED") -> JSONValue {
    [
      "name": .string("projects/p/serviceAccounts/\(Make.email)/keys/\(id)"),
      "validAfterTime": "2027-01-14T08:00:00Z", "validBeforeTime": "9999-12-31T23:59:59Z",
      "keyAlgorithm": "KEY_ALG_RSA_2048", "keyOrigin": .string(origin), "keyType": "USER_MANAGED",
    ]
  }

  @Test func keysOfUndeclaredAccounts() async throws {
    stage.cloud.on(
      "GET /v1/projects/p/serviceAccounts", .json(["accounts": [Make.live(Make.account)]]))
    stage.cloud.on(keys, .json(["keys": [key("0123456789abcdef")]]))
    let listing = try await read("keys")
    #expect(column("account", listing) == ["p/serviceAccount/uploader"])
    #expect(column("id", listing) == ["0123456789abcdef"])
    #expect(column("expires", listing) == [.null])
    #expect(column("age", listing) == [86_400])
    #expect(column("declared", listing) == [false])
    #expect(column("where", listing) == [.null])
  }

  /// The file of a declared key may be on another machine.
  @Test func aKeyThatADeclarationMayClaimIsNotKnown() async throws {
    stage.cloud.on(keys, .json(["keys": [key("0123456789abcdef")]]))
    let graph = Make.graph([Make.resource(Make.account)], keys: [Make.key(origin: .google)])
    let listing = try await read("keys", graph: graph, isDeclaredOnly: true)
    #expect(column("declared", listing) == [.null])
    // No list of accounts.
    #expect(stage.cloud.requests.count == 1)
  }

  @Test func ifAccountsCannotBeListedTheDeclaredOnesAreRead() async throws {
    stage.cloud.on("GET /v1/projects/p/serviceAccounts", .forbidden)
    stage.cloud.on(keys, .json(["keys": [key("0123456789abcdef")]]))
    let listing = try await read("keys", graph: Make.graph([Make.resource(Make.account)]))
    #expect(listing.rows.count == 1)
    #expect(listing.problems.map(\.what) == ["service accounts"])
  }
}
