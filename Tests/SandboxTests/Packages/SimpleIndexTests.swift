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

  /// There is one form, so that a tool that needs the JSON form fails here, too.
  @Test(arguments: [
    nil, "", "*/*", "text/html", "application/*", "application/vnd.pypi.simple.v1+json",
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01",
    "text/html;q=0", "image/png",
  ])
  func theFormIsHTML(accept: String?) {
    let answer = fixture.get("/py/simple/my-demo/", accept: accept)
    #expect(answer.status == 200)
    #expect(answer["Content-Type"] == "text/html; charset=utf-8")
    #expect(answer.text.hasPrefix("<!DOCTYPE html>"))
  }

  @Test func aPageListsFilesAndHashes() {
    let html = fixture.get("/py/simple/my-demo/").text
    #expect(
      html.contains("href=\"../../my-demo/My_Demo-1.0.tar.gz#sha256=5994471abb01112afcc18159"))
    #expect(html.contains("data-requires-python=\"&gt;=3.8,&lt;4\""))
  }

  /// Tools that find metadata in the index neither read ranges nor whole wheels, and uv does both with Google's.
  @Test func metadataIsNotOffered() throws {
    let wheel = "my_demo-1.0-py3-none-any.whl"
    #expect(fixture.upload(wheel, name: "my-demo").status == 200)
    let html = fixture.get("/py/simple/my-demo/").text
    #expect(html.contains(wheel))
    for word in ["metadata", "upload-time", "repository-version"] {
      #expect(!html.contains(word), "\(word)")
    }
    #expect(fixture.get("/py/my-demo/\(wheel)").status == 307)
    #expect(fixture.get("/py/my-demo/\(wheel).metadata").status == 404)
  }

  @Test(arguments: ["/py/simple", "/py/simple/", "/absent/simple/"])
  func thereIsNoListOfPackages(path: String) {
    for authorization in [nil, ""] {
      let answer = fixture.get(path, authorization: authorization)
      #expect(answer.status == 404)
      #expect(answer["Content-Type"] == "text/html; charset=UTF-8")
      #expect(answer.text.contains("<title>Error 404 (Not Found)!!1</title>"))
      #expect(answer.text.contains("That’s all we know."))
    }
  }

  @Test func otherSpellingsRedirectToTheNormalName() {
    let place = { (path: String) in fixture.get(path)["Location"] }
    #expect(place("/py/simple/My_Demo/") == "../my-demo/")
    #expect(place("/py/simple/My.Demo") == "my-demo/")
    #expect(fixture.get("/py/My_Demo/My_Demo-1.0.tar.gz").status == 307)
  }

  @Test func absentResourcesAnswer404() {
    for path in [
      "/py/simple/absent/", "/py/my-demo/absent.whl", "/py/", "/py/x/y/z", "/py/simple/%2E%2E/",
    ] {
      #expect(fixture.get(path).status == 404, "\(path)")
    }
    #expect(fixture.get("/py/simple/", method: "PUT").status == 405)
    #expect(fixture.get("/py/simple/my-demo/", method: "HEAD").status == 200)
  }

  @Test func googlesHostNamesNeedNoPrefix() {
    let answer = fixture.test.raw(
      "GET", "/my-project/py/simple/my-demo/",
      headers: ["host": PackageFixture.host, "authorization": "Bearer \(fixture.test.owner)"])
    #expect(answer.status == 200)
  }

  @Test func aPageThatTheClientHasIsNotSentAgain() {
    let tag = fixture.get("/py/simple/my-demo/")["ETag"] ?? ""
    #expect(
      fixture.get("/py/simple/my-demo/", headers: ["if-none-match": "\"x\", W/\(tag)"]).status
        == 304)
  }
}
