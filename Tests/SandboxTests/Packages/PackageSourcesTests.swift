import Crypto
import Foundation
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

  /// A newer version of a name in a mirror is offered, whatever the priorities: dependency confusion.
  @Test func everyVersionIsOffered() {
    virtual("all", [("team", 10), ("py", 100)])
    let page = fixture.get("/all/simple/demo/").text
    #expect(page.contains("demo-1.0.tar.gz") && page.contains("demo-9.0.tar.gz"))
    #expect(fixture.file("/all/demo/demo-9.0.tar.gz").status == 200)
    #expect(fixture.file("/all/only/only-1.0.tar.gz").status == 200)
  }

  @Test func upstreamsOfEqualPriorityAreOfferedTogether() {
    virtual("all", [("team", 5), ("py", 5)])
    let page = fixture.get("/all/simple/demo/").text
    #expect(page.contains("demo-1.0.tar.gz") && page.contains("demo-9.0.tar.gz"))
  }

  /// All files of a version come from the upstream with the greatest priority that has the version.
  @Test(arguments: [("py", "private"), ("team", "squatted")])
  func prioritiesDecideBetweenEqualVersions(first: String, content: String) {
    fixture.upload("demo-1.0.tar.gz", content: "squatted", to: "team")
    fixture.upload("demo-1.0-py3-none-any.whl", to: "team")
    virtual("all", [("py", first == "py" ? 100 : 1), ("team", 50)])
    let page = fixture.get("/all/simple/demo/").text
    let digest = Hex.encode(SHA256.hash(Array(content.utf8)))
    #expect(page.contains("demo-1.0.tar.gz#sha256=\(digest)"))
    #expect(page.components(separatedBy: "demo-1.0.tar.gz#").count == 2)
    #expect(page.contains("demo-1.0-py3-none-any.whl") == (first == "team"))
    #expect(page.contains("demo-9.0.tar.gz"))
    #expect(fixture.file("/all/demo/demo-1.0.tar.gz")["ETag"] == "\"\(digest)\"")
    let wheel = fixture.file("/all/demo/demo-1.0-py3-none-any.whl")
    #expect(wheel.status == (first == "team" ? 200 : 404))
  }

  /// The priorities of an inner virtual repository keep their meaning in the outer one.
  @Test func prioritiesHoldInsideOfAnUpstream() {
    fixture.upload("demo-1.0-py3-none-any.whl", to: "team")
    virtual("inner", [("team", 10), ("py", 100)])
    remote("mirror", "\(TestSandbox.baseURL)\(PackageFixture.root)/inner")
    virtual("outer", [("mirror", 7)])
    let page = fixture.get("/outer/simple/demo/").text
    #expect(page.contains("demo-1.0.tar.gz") && !page.contains("demo-1.0-py3-none-any.whl"))
    #expect(page.contains("demo-9.0.tar.gz"))
  }

  @Test func aVirtualRepositoryNeedsOnlyItsOwnPermission() {
    virtual("all", [("py", 100)])
    let (email, token) = fixture.test.account("reader")
    fixture.test.grant(
      "roles/artifactregistry.reader", to: "serviceAccount:\(email)",
      on: "\(PackageFixture.place)/all")
    #expect(
      fixture.file("/all/demo/demo-1.0.tar.gz", authorization: "Bearer \(token)").status == 200)
    #expect(fixture.get("/py/demo/demo-1.0.tar.gz", authorization: "Bearer \(token)").status == 403)
  }

  @Test(arguments: [
    "\(TestSandbox.baseURL)\(PackageFixture.root)/py", "https:/\(PackageFixture.root)/py/simple/",
  ])
  func aRemoteRepositoryServesAnotherOne(uri: String) {
    remote("mirror", uri)
    #expect(fixture.get("/mirror/simple/demo/").text.contains("demo-1.0.tar.gz"))
    #expect(fixture.file("/mirror/demo/demo-1.0.tar.gz").status == 200)
    #expect(fixture.get("/mirror/simple/absent/").status == 404)
  }

  /// 424, which no client repeats, and a sentence for those that print it.
  @Test func upstreamsOutsideOfTheSandboxAreNotReached() throws {
    remote("outside", "https://packages.example/simple/")
    let answer = fixture.get("/outside/simple/demo/")
    #expect(answer.status == 424)
    #expect(answer["Content-Type"] == "application/problem+json")
    let problem = try JSONValue(parsing: answer.text.utf8)
    #expect(problem["status"] == 424 && problem["title"] == "Failed Dependency")
    #expect(problem["detail"]?.string?.contains("https://packages.example/simple/") ?? false)
    #expect(fixture.get("/outside/demo/demo-1.0.tar.gz").status == 424)
    virtual("all", [("outside", 1), ("py", 100)])
    #expect(fixture.get("/all/simple/demo/").status == 200)
    #expect(fixture.get("/all/simple/only/").status == 424)
    // Its versions would take precedence over the others, so there is no answer without them.
    virtual("public-first", [("outside", 100), ("py", 1)])
    #expect(fixture.get("/public-first/simple/demo/").status == 424)
  }

  @Test func aCycleOfRemotesEnds() {
    remote("first", "\(TestSandbox.baseURL)\(PackageFixture.root)/second")
    remote("second", "\(TestSandbox.baseURL)\(PackageFixture.root)/first")
    #expect(fixture.get("/second/simple/demo/").status == 404)
  }
}
