import JSON
import Testing

@testable import Sandbox
@testable import SandboxPackages
@testable import SandboxWire

@Suite struct SimpleIndexTests {
  private let fixture: PackageFixture
  init() throws {
    fixture = try PackageFixture()
    fixture.upload(
      "My_Demo-1.0.tar.gz", name: "My_Demo", content: "12345",
      fields: ["requires_python": ">=3.8,<4"])
  }

  @Test(arguments: [
    (nil, "text/html"), ("", "text/html"), ("*/*", "text/html"), ("text/html", "text/html"),
    ("application/*", "application/vnd.pypi.simple.v1+html"),
    ("application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.v1+json"),
    ("application/vnd.pypi.simple.latest+json", "application/vnd.pypi.simple.v1+json"),
    (
      "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
      "application/vnd.pypi.simple.v1+json"
    ),
    ("text/html;q=0.5, application/vnd.pypi.simple.v1+json;q=0.2", "text/html"),
    ("text/html;q=0, */*", "application/vnd.pypi.simple.v1+html"),
  ])
  func theFormIsNegotiated(accept: String?, type: String) {
    let answer = fixture.get("/py/simple/my-demo/", accept: accept)
    #expect(answer["Content-Type"]?.hasPrefix(type) ?? false, "\(answer.headers)")
  }

  @Test func anUnacceptableFormIs406() {
    #expect(fixture.get("/py/simple/", accept: "image/png").status == 406)
    #expect(fixture.get("/py/simple/", accept: "text/html;q=0").status == 406)
  }

  @Test func pagesListNamesFilesAndHashes() throws {
    #expect(fixture.get("/py/simple/").text.contains("<a href=\"my-demo/\">my-demo</a>"))
    let html = fixture.get("/py/simple/my-demo/").text
    #expect(
      html.contains("href=\"../../my-demo/My_Demo-1.0.tar.gz#sha256=5994471abb01112afcc18159"))
    #expect(html.contains("data-requires-python=\"&gt;=3.8,&lt;4\""))
    let json = try JSONValue(
      parsing: fixture.get("/py/simple/my-demo/", accept: SimpleIndex.Form.json.rawValue).text.utf8)
    let file = json["files"]?.array?.first
    #expect(file?["size"] == 5)
    #expect(file?["requires-python"] == ">=3.8,<4")
    #expect(file?["upload-time"]?.string.flatMap(Timestamps.parse) != nil)
    #expect(json["versions"]?.array == ["1.0"])
  }

  @Test func otherSpellingsRedirectToTheNormalName() {
    let place = { (path: String) in fixture.get(path)["Location"] }
    #expect(place("/py/simple/My_Demo/") == "../my-demo/")
    #expect(place("/py/simple/My.Demo") == "my-demo/")
    #expect(place("/py/simple") == "simple/")
    #expect(fixture.get("/py/My_Demo/My_Demo-1.0.tar.gz").status == 200)
  }

  @Test func absentResourcesAnswer404() {
    for path in [
      "/py/simple/absent/", "/py/my-demo/absent.whl", "/py/", "/py/x/y/z", "/py/simple/%2E%2E/",
    ] {
      #expect(fixture.get(path).status == 404, "\(path)")
    }
    #expect(fixture.get("/py/simple/", method: "PUT").status == 405)
    #expect(fixture.get("/py/simple/", method: "HEAD").status == 200)
  }

  @Test func googlesHostNamesNeedNoPrefix() {
    let answer = fixture.test.raw(
      "GET", "/my-project/py/simple/my-demo/",
      headers: ["host": PackageFixture.host, "authorization": "Bearer \(fixture.test.owner)"])
    #expect(answer.status == 200)
  }

  @Test func conditionsAndRanges() {
    let page = fixture.get("/py/simple/my-demo/")
    let tag = page["ETag"] ?? ""
    #expect(
      fixture.get("/py/simple/my-demo/", headers: ["if-none-match": "\"x\", W/\(tag)"]).status
        == 304)
    let file = "/py/my-demo/My_Demo-1.0.tar.gz"
    let part = fixture.get(file, headers: ["range": "bytes=1-2"])
    #expect(part.status == 206 && part.file?.range == 1..<3)
    #expect(part["Content-Range"] == "bytes 1-2/5")
    #expect(fixture.get(file, headers: ["range": "bytes=9-"]).status == 416)
    #expect(
      fixture.get(file, headers: ["range": "bytes=1-2", "if-range": "\"old\""]).status == 200)
  }

  @Test(arguments: [
    ("bytes=0-", 0, 10), ("bytes=0-0", 0, 1), ("bytes=-3", 7, 10), ("bytes=-99", 0, 10),
    ("bytes=5-99", 5, 10), ("bytes=5-9223372036854775807", 5, 10),
  ])
  func ranges(header: String, start: Int64, end: Int64) {
    #expect(ByteRange(header, of: 10) == .part(start..<end))
  }

  @Test(arguments: [
    "bytes=3-1", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-2,4-5", "lines=1-2", "bytes=--1",
  ])
  func malformedRangesAreIgnored(header: String) {
    #expect(ByteRange(header, of: 10) == .whole)
  }

  @Test func rangesAfterTheEnd() {
    #expect(ByteRange("bytes=10-", of: 10) == .unsatisfiable)
    #expect(ByteRange("bytes=-0", of: 10) == .unsatisfiable)
    #expect(ByteRange("bytes=0-", of: 0) == .unsatisfiable)
  }
}
