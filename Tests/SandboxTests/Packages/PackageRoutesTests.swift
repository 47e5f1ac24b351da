import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxWire

@Suite struct PackageRoutesTests {
  private let fixture: PackageFixture
  private let base = "\(PackageFixture.place)/py"
  init() throws {
    fixture = try PackageFixture()
    fixture.upload("My_Demo-1.0.tar.gz", name: "My_Demo", content: "12345")
    fixture.upload("my_demo-1.0-py3-none-any.whl", name: "my-demo", content: "1234567")
    fixture.upload(
      "my_demo-1.1.tar.gz", name: "my-demo", version: "1.1", fields: ["summary": "Better"])
  }

  private func names(_ reply: TestSandbox.Reply, _ member: String) -> [String] {
    (reply[member]?.array ?? []).compactMap { $0["name"]?.string }
  }

  @Test func listsShowUploads() {
    #expect(names(fixture.list("packages"), "packages") == ["\(base)/packages/my-demo"])
    #expect(fixture.list("packages/my-demo")["updateTime"] != nil)
    let versions = fixture.list("packages/my-demo/versions?view=FULL&orderBy=name%20desc")
    #expect(
      names(versions, "versions")
        == ["1.1", "1.0"].map { "\(base)/packages/my-demo/versions/\($0)" })
    #expect(versions["versions"]?.array?.first?["description"] == "Better")
    #expect(names(fixture.list("files"), "files").count == 3)
    #expect(
      names(fixture.list("pythonPackages"), "pythonPackages")
        == ["my-demo:1.0", "my-demo:1.1"].map { "\(base)/pythonPackages/\($0)" })
    #expect(
      fixture.list("pythonPackages/my-demo:1.1")["uri"]?.string
        == "us-east4-python.pkg.dev/my-project/py/my-demo/my_demo-1.1.tar.gz")
    #expect(fixture.list("packages/my-demo/tags").status == 200)
    #expect(fixture.list("packages/absent").status == 404)
    #expect(fixture.list("packages/my-demo/versions/9").status == 404)
  }

  @Test func aFileHasItsHashAndItsOwner() {
    let file = fixture.list("files/my-demo%2FMy_Demo-1.0.tar.gz")
    #expect(file["name"]?.string == "\(base)/files/my-demo%2FMy_Demo-1.0.tar.gz")
    #expect(file["sizeBytes"]?.string == "5")
    #expect(file["owner"]?.string == "\(base)/packages/my-demo/versions/1.0")
    let digest = Base64.encode(SHA256.hash(Array("12345".utf8)))
    #expect(file["hashes"] == [["type": "SHA256", "value": .string(digest)]])
    #expect(fixture.list("files/my-demo%2Fabsent").status == 404)
  }

  @Test func listsAreFilteredAndPaged() {
    let filter = "files?filter=owner%3D%22\(base)/packages/my-demo/versions/1.1%22"
    #expect(names(fixture.list(filter), "files").count == 1)
    let wild = "packages/my-demo/versions?filter=name%3D%22*1.0%22"
    #expect(names(fixture.list(wild), "versions").count == 1)
    #expect(fixture.list("files?filter=size%3E1").status == 400)
    #expect(fixture.list("files?orderBy=size").status == 400)
    let first = fixture.list("files?pageSize=2")
    let token = first["nextPageToken"]?.string ?? ""
    let second = fixture.list("files?pageSize=2&pageToken=\(token)")
    #expect(names(first, "files").count == 2 && names(second, "files").count == 1)
    #expect(second["nextPageToken"] == nil)
  }

  @Test func sizesAddUp() {
    let repository = fixture.test.call("GET", "/v1/\(base)")
    #expect(repository["sizeBytes"]?.string == "19")
    let listed = fixture.test.call("GET", TestSandbox.repositories)["repositories"]?.array ?? []
    #expect(listed.map { $0["sizeBytes"]?.string } == ["19"])
    fixture.test.call("DELETE", "/v1/\(base)/packages/my-demo")
    #expect(fixture.test.call("GET", "/v1/\(base)")["sizeBytes"] == nil)
  }

  @Test func deletingRemovesRowsAndBlobs() {
    let deleted = fixture.test.call("DELETE", "/v1/\(base)/packages/my-demo/versions/1.0")
    #expect(deleted["name"]?.string?.contains("/operations/") ?? false)
    #expect(fixture.blobs.count == 1)
    #expect(fixture.get("/py/my-demo/My_Demo-1.0.tar.gz").status == 404)
    let file = fixture.test.call("DELETE", "/v1/\(base)/files/my-demo%2Fmy_demo-1.1.tar.gz")
    #expect(file.status == 400)
    #expect(fixture.blobs.count == 1)
    let batch: JSONValue = ["names": [.string("\(base)/packages/my-demo/versions/1.1")]]
    let path = "/v1/\(base)/packages/my-demo/versions:batchDelete"
    #expect(fixture.test.call("POST", path, batch).status == 200)
    #expect(fixture.blobs.isEmpty)
    #expect(fixture.test.call("POST", path, batch).status == 404)
    #expect(names(fixture.list("packages"), "packages").isEmpty)
    // A deleted version can be uploaded again.
    #expect(fixture.upload("My_Demo-1.0.tar.gz", name: "My_Demo").status == 200)
  }

  @Test func deletingARepositoryRemovesItsFiles() {
    fixture.test.repository("other")
    fixture.upload("demo-1.0.tar.gz", to: "other")
    fixture.test.call("DELETE", "/v1/\(base)")
    #expect(fixture.blobs.count == 1)
    fixture.test.repository("py")
    #expect(fixture.get("/py/simple/my-demo/").status == 404)
  }

  @Test func readersMayNotDelete() {
    let (email, token) = fixture.test.account("reader")
    fixture.test.grant("roles/artifactregistry.reader", to: "serviceAccount:\(email)", on: base)
    let path = "/v1/\(base)/packages/my-demo"
    #expect(fixture.test.call("GET", path, token: token).status == 200)
    #expect(fixture.test.call("DELETE", path, token: token).status == 403)
    #expect(fixture.blobs.count == 3)
  }

  @Test func contentCanBeDownloaded() {
    let path = "/v1/\(base)/files/my-demo%2FMy_Demo-1.0.tar.gz:download"
    let request = WireRequest(
      method: "GET", target: "\(path)?alt=media",
      headers: ["host": "localhost", "authorization": "Bearer \(fixture.test.owner)"])
    #expect(fixture.test.sandbox.answer(request).file?.range == 0..<5)
    #expect(fixture.test.call("GET", path).body == [:])
  }

  /// Clients take ids from names, where `/`, `+` and `^` are escaped, and some escape the percent signs again.
  @Test(arguments: ["%", "%25"])
  func idsCanBeEscapedOnceOrTwice(_ percent: String) throws {
    let whole = fixture.upload("demo-1.0+cu121.tar.gz", version: "1.0+cu121")
    try #require(whole.status == 200, "\(whole.text)")
    let file = "files/demo%2Fdemo-1.0%2Bcu121.tar.gz".replacing("%", with: percent)
    #expect(
      fixture.list(file)["name"]?.string
        == "\(base)/files/demo%2Fdemo-1.0%2Bcu121.tar.gz")
    #expect(
      fixture.list(file)["owner"]?.string == "\(base)/packages/demo/versions/1.0%2Bcu121")
    let content = fixture.test.sandbox.answer(
      WireRequest(
        method: "GET", target: "/v1/\(base)/\(file):download?alt=media",
        headers: ["host": "127.0.0.1:1", "authorization": "Bearer \(fixture.test.owner)"]))
    #expect(content.status == 200)
    let package = "packages/demo".replacing("demo", with: "\(percent)64emo")
    let version = "\(package)/versions/1.0%2Bcu121".replacing("%2B", with: "\(percent)2B")
    #expect(fixture.list(package)["name"]?.string == "\(base)/packages/demo")
    #expect(fixture.list("\(package)/tags").status == 200)
    #expect(names(fixture.list("\(package)/versions"), "versions").count == 1)
    #expect(
      fixture.list(version)["name"]?.string == "\(base)/packages/demo/versions/1.0%2Bcu121")
    let python = "pythonPackages/demo:1.0%2Bcu121".replacing("%", with: percent)
    #expect(fixture.list(python)["version"] == "1.0+cu121")
    #expect(fixture.test.call("DELETE", "/v1/\(base)/\(version)").status == 200)
    #expect(fixture.list(version).status == 404)
  }

  @Test func versionsOfABatchCanBeEscaped() throws {
    for version in ["1.0+a", "1.0+b"] { fixture.upload("demo-\(version).tar.gz", version: version) }
    let path = "\(base)/packages/demo/versions"
    let reply = fixture.test.call(
      "POST", "/v1/\(path):batchDelete",
      ["names": [.string("\(path)/1.0%2Ba"), .string("\(path)/1.0+b")]])
    #expect(reply.status == 200, "\(reply.message)")
    #expect(fixture.list("packages/demo").status == 404)
  }

  /// An owner is a version, but a package owns the files of all its versions.
  @Test func filesAreFilteredByOwner() {
    fixture.upload("demo-1.0.tar.gz")
    fixture.upload("demo-1.1+x.tar.gz", version: "1.1+x")
    fixture.upload("demo_two-1.0.tar.gz", name: "demo-two")
    func count(_ filter: String) -> Int {
      let encoded = filter.replacing("%", with: "%25").replacing("\"", with: "%22")
        .replacing(" ", with: "%20").replacing("+", with: "%2B")
      return names(fixture.list("files?filter=\(encoded)"), "files").count
    }
    #expect(count("owner=\"\(base)/packages/demo\"") == 2)
    #expect(count("owner=\"\(base)/packages/demo/versions/1.0\"") == 1)
    #expect(count("owner=\"\(base)/packages/demo/versions/1.1%2Bx\"") == 1)
    #expect(count("owner=\"\(base)/packages/demo/versions/1.1+x\"") == 1)
    #expect(count("owner=\"\(base)/packages/dem\"") == 0)
    #expect(count("owner=\"\(base)/packages/demo/versions/1\"") == 0)
    #expect(count("NOT owner=\"\(base)/packages/demo\" AND name:*two*") == count("name:*two*"))
    #expect(count("(name=\"\(base)/files/demo%2Fdemo-1.0.tar.gz\")") == 1)
    #expect(count("owner!=\"\(base)/packages/demo-two\"") == count("NOT name:*two*"))
  }

  /// As the discovery document describes it; gcloud sends every filter that starts with `annotations` or `name=`.
  @Test func listsAreFilteredByAnnotations() {
    fixture.upload("demo-1.0.tar.gz")
    let values: JSONValue = [
      "annotations": ["external.link": "https://example.com/my-file", "Team": "Web"]
    ]
    let names = [
      "packages/demo", "packages/demo/versions/1.0", "files/demo%2Fdemo-1.0.tar.gz",
    ]
    for name in names {
      let path = "/v1/\(base)/\(name)?updateMask=annotations"
      #expect(fixture.test.call("PATCH", path, values).status == 200)
    }
    func count(_ filter: String) -> [Int] {
      let encoded = filter.replacing("`", with: "%60").replacing("\"", with: "%22")
        .replacing(" ", with: "%20").replacing("/", with: "%2F")
      return [("packages", "packages"), ("packages/demo/versions", "versions"), ("files", "files")]
        .map { list, member in
          let reply = fixture.list("\(list)?filter=\(encoded)")
          return reply.status == 200 ? self.names(reply, member).count : -reply.status
        }
    }
    for filter in [
      "annotations.team:web", "annotations.TEAM=\"Web\"", "annotations.team", "annotations.t*:*",
      "annotations.`external.link`:`https://example.com/my-file`", "annotations.`external.link`",
      "annotations.*link:`*example.com*`", "annotations.team AND NOT annotations.other",
    ] {
      #expect(count(filter) == [1, 1, 1], "\(filter)")
    }
    for filter in [
      "annotations.team:mobile", "annotations.tea", "annotations.other", "annotations.link:*",
    ] {
      #expect(count(filter) == [0, 0, 0], "\(filter)")
    }
    #expect(count("annotations.team!=web") == [1, 0, 3])
    for filter in ["annotations", "annotations.", "annotations:web", "name", "annotations.`x"] {
      #expect(count(filter) == [-400, -400, -400], "\(filter)")
    }
  }

  /// The filters of gcloud's docker commands, which find nothing: only Python packages can be uploaded.
  @Test func filtersOfOtherFormatsAreAccepted() {
    let version = "\(base)/packages/my-demo/versions/1.0"
    for filter in [
      "packages/my-demo/tags?filter=version%3D%22\(version)%22",
      "packages/my-demo/tags?filter=name%3D%22*1%22",
      "attachments?filter=oci_version_name%3D%22\(version)%22",
      "attachments?filter=target%3D%22\(version)%22",
    ] {
      let reply = fixture.list(filter)
      #expect(reply.status == 200 && reply.body == [:], "\(filter)")
    }
  }
}
