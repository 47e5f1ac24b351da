import JSON
import Testing

@testable import Sandbox

@Suite struct PackageSourcesTests {
  private let fixture: PackageFixture
  init() throws {
    fixture = try PackageFixture()
    fixture.test.repository("team")
    fixture.upload("demo-1.0.tar.gz", content: "private", to: "py")
    fixture.upload("demo-9.0.tar.gz", version: "9.0", content: "squatted", to: "team")
    fixture.upload("only-1.0.tar.gz", name: "only", content: "only", to: "team")
  }

  private func virtual(_ id: String, _ upstreams: [(String, Int64)]) {
    let made = fixture.test.repository(
      id,
      [
        "format": "PYTHON", "mode": "VIRTUAL_REPOSITORY",
        "virtualRepositoryConfig": [
          "upstreamPolicies": .array(
            upstreams.map {
              [
                "id": .string($0.0), "repository": .string("\(PackageFixture.place)/\($0.0)"),
                "priority": .integer($0.1),
              ]
            })
        ],
      ])
    #expect(made.status == 200)
  }

  private func remote(_ id: String, _ uri: String) {
    let made = fixture.test.repository(
      id,
      [
        "format": "PYTHON", "mode": "REMOTE_REPOSITORY",
        "remoteRepositoryConfig": ["pythonRepository": ["customRepository": ["uri": .string(uri)]]],
      ])
    #expect(made.status == 200, "\(made.message)")
  }

  @Test func aGreaterPriorityHidesTheOthers() {
    virtual("all", [("team", 10), ("py", 100)])
    let page = fixture.get("/all/simple/demo/").text
    #expect(page.contains("demo-1.0.tar.gz") && !page.contains("demo-9.0"))
    #expect(fixture.get("/all/demo/demo-9.0.tar.gz").status == 404)
    #expect(fixture.get("/all/only/only-1.0.tar.gz").status == 200)
    let names = fixture.get("/all/simple/").text
    #expect(names.contains("demo") && names.contains("only"))
  }

  @Test func upstreamsOfEqualPriorityAreOfferedTogether() {
    virtual("all", [("team", 5), ("py", 5)])
    let page = fixture.get("/all/simple/demo/").text
    #expect(page.contains("demo-1.0.tar.gz") && page.contains("demo-9.0.tar.gz"))
  }

  @Test func aVirtualRepositoryNeedsOnlyItsOwnPermission() {
    virtual("all", [("py", 100)])
    let (email, token) = fixture.test.account("reader")
    fixture.test.grant(
      "roles/artifactregistry.reader", to: "serviceAccount:\(email)",
      on: "\(PackageFixture.place)/all")
    #expect(
      fixture.get("/all/demo/demo-1.0.tar.gz", authorization: "Bearer \(token)").status == 200)
    #expect(fixture.get("/py/demo/demo-1.0.tar.gz", authorization: "Bearer \(token)").status == 403)
  }

  @Test(arguments: [
    "\(TestSandbox.baseURL)\(PackageFixture.root)/py", "https:/\(PackageFixture.root)/py/simple/",
  ])
  func aRemoteRepositoryServesAnotherOne(uri: String) {
    remote("mirror", uri)
    #expect(fixture.get("/mirror/simple/demo/").text.contains("demo-1.0.tar.gz"))
    #expect(fixture.get("/mirror/demo/demo-1.0.tar.gz").status == 200)
    #expect(fixture.get("/mirror/simple/absent/").status == 404)
  }

  @Test func upstreamsOutsideOfTheSandboxAreNotReached() {
    remote("outside", "https://packages.example/simple/")
    let answer = fixture.get("/outside/simple/demo/")
    #expect(answer.status == 502)
    #expect(answer.text.contains("https://packages.example/simple/"))
    #expect(fixture.get("/outside/simple/").status == 502)
    virtual("all", [("outside", 1), ("py", 100)])
    #expect(fixture.get("/all/simple/demo/").status == 200)
    #expect(fixture.get("/all/simple/only/").status == 502)
    #expect(fixture.get("/all/simple/").status == 200)
  }

  @Test func aCycleOfRemotesEnds() {
    remote("first", "\(TestSandbox.baseURL)\(PackageFixture.root)/second")
    remote("second", "\(TestSandbox.baseURL)\(PackageFixture.root)/first")
    #expect(fixture.get("/second/simple/demo/").status == 404)
  }
}
