import JSON
import Testing

@testable import Kinds

/// The settings of every tool, by every method, for every kind of index.
@Suite struct ClientSettingsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let tool: ClientTool
    let method: AuthMethod
    let mode: String
    let isExtra: Bool
    let endpoint: String?
    var testDescription: String {
      "\(tool.name) \(method) \(mode) \(isExtra) \(endpoint ?? "Google")"
    }
  }

  static let cases: [Case] = ClientTools.all.filter { !$0.formats.isEmpty }.flatMap { tool in
    tool.methods.flatMap { method in
      ["STANDARD_REPOSITORY", "VIRTUAL_REPOSITORY", "REMOTE_REPOSITORY"].flatMap { mode in
        [nil, "http://127.0.0.1:8085"].flatMap { endpoint in
          [false, true].map {
            Case(tool: tool, method: method, mode: mode, isExtra: $0, endpoint: endpoint)
          }
        }
      }
    }
  }

  private func page(_ test: Case, keyFile: String? = nil) throws -> [SettingsPage.Item] {
    let format = try #require(test.tool.formats.first)
    let address = try #require(
      RepositoryKind().read(
        reference: "projects/my-project-id/locations/us-east4/repositories/r-1",
        project: "my-project-id"
      ).flatMap { if case .full(let address) = $0 { address } else { nil } })
    let place = try #require(
      RepositoryPlace(address, spec: ["format": .string(format), "mode": .string(test.mode)]))
    return SettingsPage(
      SettingsRequest(
        tool: test.tool, method: test.method, install: place,
        publish: place.takesUploads ? place : nil, keyFile: keyFile, endpoint: test.endpoint,
        isExtraIndex: test.isExtra,
        federation: test.method == .federation ? try Self.federation() : nil)
    ).items
  }

  static func federation(account: String? = nil) throws -> Federation {
    let name = "projects/123/locations/global/workloadIdentityPools/pool/providers/main"
    return Federation(provider: try #require(ProviderPlace(fullName: name)), account: account)
  }

  @Test(arguments: cases)
  func everyPlaceIsFilledIn(_ test: Case) throws {
    let items = try page(test, keyFile: "/keys/ci.json")
    let whole = items.map { "\($0.file ?? "")\n\($0.text)" }.joined(separator: "\n")
    #expect(whole.firstMatch(of: /@[A-Z][A-Z_]*@/) == nil)
    #expect(!whole.contains("KEY_FILE"))
    for item in items where item.file != nil || item.isCommands {
      #expect(item.text.hasSuffix("\n") && !item.text.hasSuffix("\n\n"))
      #expect(!item.text.contains("\t"))
    }
  }

  /// Google's host in every address, or the sandbox's in every one.
  @Test(
    arguments: cases.filter { $0.tool.formats.contains("PYTHON") && $0.tool.name != "cloud-build" })
  func addressesAreOfOneServer(_ test: Case) throws {
    for item in try page(test) {
      for match in item.text.matches(of: /https?:\/\/([^ "'\n]*@)?([^\/ "'\n]+)\//) {
        let host = String(match.output.2)
        if test.method == .federation, host.hasSuffix(".googleapis.com") { continue }
        let known = [test.endpoint.map { _ in "127.0.0.1:8085" } ?? "us-east4-python.pkg.dev"]
        #expect(known.contains(host), "\(item.text)")
      }
    }
  }

  @Test(arguments: cases)
  func nothingIsPublishedToAMirror(_ test: Case) throws {
    guard test.mode != "STANDARD_REPOSITORY" else { return }
    #expect(try !page(test).contains { $0.use == .publish })
  }

  /// The index beside PyPI appears only on request, and with the warning.
  @Test(
    arguments: cases.filter {
      ["pip", "requirements", "dockerfile", "composer"].contains($0.tool.name)
    })
  func theExtraIndexIsAskedFor(_ test: Case) throws {
    let text = try page(test).map(\.text).joined(separator: "\n")
    let hasExtra = text.lowercased().contains("extra-index-url") || text.contains("EXTRA_INDEX")
    #expect(hasExtra == test.isExtra)
    #expect(text.contains("dependency confusion") == test.isExtra)
  }

  @Test func anOddPathOfAKeyIsQuoted() throws {
    let tool = try #require(ClientTools.all.first { $0.name == "twine" })
    let test = Case(
      tool: tool, method: .key, mode: "STANDARD_REPOSITORY", isExtra: false, endpoint: nil)
    let text = try page(test, keyFile: "/my keys/$(id).json").map(\.text).joined()
    #expect(text.contains("base64 -w0 '/my keys/$(id).json'"))
  }

  @Test func mavenFollowsTheVersionPolicy() throws {
    let tool = try #require(ClientTools.all.first { $0.name == "maven" })
    let address = try #require(
      RepositoryKind().read(
        reference: "projects/p-12345/locations/us/repositories/m", project: "p-12345"
      ).flatMap { if case .full(let address) = $0 { address } else { nil } })
    let place = try #require(
      RepositoryPlace(
        address, spec: ["format": "MAVEN", "mavenConfig": ["versionPolicy": "SNAPSHOT"]]))
    let text = SettingsPage(
      SettingsRequest(tool: tool, method: .keyring, install: place, publish: place)
    ).items.map(\.text).joined()
    #expect(text.contains("<releases>\n        <enabled>false</enabled>"))
    #expect(text.contains("<snapshots>\n        <enabled>true</enabled>"))
  }

  @Test func namesOfVariablesHaveNoOtherCharacters() {
    #expect(SettingsRequest.variable("priv-reg.x1") == "PRIV_REG_X1")
  }

  private func text(
    _ tool: String, _ method: AuthMethod, _ install: RepositoryPlace, _ publish: RepositoryPlace?,
    snapshots: RepositoryPlace? = nil, endpoint: String? = nil
  ) throws -> String {
    let tool = try #require(ClientTools.all.first { $0.name == tool })
    return SettingsPage(
      SettingsRequest(
        tool: tool, method: method, install: install, publish: publish, publishSnapshots: snapshots,
        endpoint: endpoint)
    ).items.map(\.text).joined(separator: "\n")
  }

  private func place(
    _ id: String, _ format: String, project: String = "p-12345", spec: JSONObject = [:]
  ) throws -> RepositoryPlace {
    let address = try #require(
      RepositoryKind().read(
        reference: "projects/\(project)/locations/us/repositories/\(id)", project: project
      ).flatMap { if case .full(let address) = $0 { address } else { nil } })
    var spec = spec
    spec["format"] = .string(format)
    return try #require(RepositoryPlace(address, spec: spec))
  }

  private let virtual: JSONObject = ["mode": "VIRTUAL_REPOSITORY"]

  /// npm and yarn send a credential to the repository that they publish to, too.
  @Test func theTargetOfNPMHasACredential() throws {
    let (all, own) = (try place("all", "NPM", spec: virtual), try place("own", "NPM"))
    #expect(
      try text("npm", .env, all, own).contains(
        "//us-npm.pkg.dev/p-12345/own/:_authToken=${GAR_TOKEN}"))
    #expect(try text("npm", .key, all, own).contains("//us-npm.pkg.dev/p-12345/own/:_password"))
    #expect(
      try !text("npm", .env, own, own).contains(
        "//us-npm.pkg.dev/p-12345/own/:_authToken=${GAR_TOKEN}\n\n//"))
    #expect(
      try text("yarn", .env, all, own).contains(
        "npmPublishRegistry: \"https://us-npm.pkg.dev/p-12345/own/\""))
    #expect(try !text("yarn", .env, all, nil).contains("npmPublishRegistry"))
  }

  @Test func nothingOfGradleIsPublishedToAMirror() throws {
    let mirror = try place("mirror", "MAVEN", spec: ["mode": "REMOTE_REPOSITORY"])
    let printed = try text("gradle", .keyring, mirror, nil)
    #expect(!printed.contains("publish"))
    #expect(printed.contains("url \"artifactregistry://us-maven.pkg.dev/p-12345/mirror\""))
    #expect(
      ClientTools.all.first { $0.name == "gradle" }?.uses(by: .keyring) == [.install, .publish])
  }

  @Test func mavenPublishesEachKindWhereItIsTaken() throws {
    let all = try place("all", "MAVEN", spec: virtual)
    let (rel, snap) = (try place("rel", "MAVEN"), try place("snap", "MAVEN"))
    let both = try text("maven", .key, all, rel, snapshots: snap)
    #expect(
      both.contains(
        "<snapshotRepository>\n      <id>artifact-registry</id>\n      <url>https://us-maven.pkg.dev/p-12345/snap<"
      ))
    #expect(
      both.contains(
        "<repository>\n      <id>artifact-registry</id>\n      <url>https://us-maven.pkg.dev/p-12345/rel<"
      ))
    #expect(try !text("maven", .key, all, nil).contains("distributionManagement"))
  }

  /// Names to which a client gives a meaning of its own.
  @Test(arguments: ["pypi", "distutils", "testpypi"])
  func aReservedNameIsNotUsed(_ id: String) throws {
    let repository = try place(id, "PYTHON")
    #expect(try text("twine", .key, repository, repository).contains("[gar-\(id)]"))
    #expect(try text("uv", .env, repository, repository).contains("name = \"gar-\(id)\""))
    #expect(try text("poetry", .env, repository, repository).contains("/p-12345/\(id)/simple/"))
  }

  @Test func certificatesAreCheckedOverHTTPS() throws {
    let own = try place("own", "PYTHON")
    #expect(
      try text("pdm", .key, own, own, endpoint: "https://sandbox.example.com").contains(
        "verify_ssl = true"))
    #expect(
      try text("pdm", .key, own, own, endpoint: "http://127.0.0.1:1").contains("verify_ssl = false")
    )
  }

  /// Only images have hosts of the `gcr.io` domain.
  @Test func aRepositoryOfAnotherFormatMayHaveTheNameOfAHost() throws {
    #expect(try place("us.gcr.io", "PYTHON").host == "us-python.pkg.dev")
    #expect(try place("us.gcr.io", "DOCKER").host == "us.gcr.io")
    #expect(try place("gems", "RUBY").host == nil)
  }

  @Test func aProjectWithADomainHasASlashInImages() throws {
    let images = try place("r", "DOCKER", project: "example.com:project-x")
    #expect(
      try text("docker", .env, images, images).contains(
        "us-docker.pkg.dev/example.com/project-x/r/IMAGE:TAG"))
  }
}
