import Crypto
import Foundation
import JSON
import Testing

@testable import Sandbox
@testable import SandboxPackages
@testable import SandboxStore
@testable import SandboxWire

/// A folder that stands for PyPI.
@Suite struct UpstreamFolderTests {
  private let fixture: PackageFixture
  private let path: String

  init() throws {
    path = NSTemporaryDirectory() + "arctl-upstream-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    fixture = try PackageFixture(pypi: path)
    try add("Demo_App-2.0-py3-none-any.whl", "wheel")
    try add("demo_app-1.0.tar.gz", "source")
    try add("other-1.0-py3-none-any.whl", "other")
  }

  private func add(_ name: String, _ content: String) throws {
    try Data(content.utf8).write(to: URL(filePath: "\(path)/\(name)"))
  }

  private func remove() { try? FileManager.default.removeItem(atPath: path) }

  private func hash(_ content: String) -> String { Hex.encode(SHA256.hash(Array(content.utf8))) }

  private func remote(_ id: String, _ config: JSONValue) {
    let made = fixture.test.repository(
      id,
      [
        "format": "PYTHON", "mode": "REMOTE_REPOSITORY",
        "remoteRepositoryConfig": ["pythonRepository": config],
      ])
    #expect(made.status == 200, "\(made.message)")
  }

  private func pypi(
    _ target: String, accept: String? = nil, host: String = "pypi.org", method: String = "GET"
  )
    -> PackageFixture.Answer
  {
    fixture.get(
      target, accept: accept, authorization: "", method: method, headers: ["host": host], root: "")
  }

  @Test func theIndexOfPyPIIsThatOfTheFolder() throws {
    defer { remove() }
    let page = pypi("/simple/demo-app/")
    #expect(page.status == 200 && page["Content-Type"] == "text/html; charset=utf-8")
    let sha = hash("wheel")
    let url =
      "https://files.pythonhosted.org/packages/\(sha.prefix(2))/\(sha.dropFirst(2).prefix(2))/\(sha.dropFirst(4))/Demo_App-2.0-py3-none-any.whl"
    #expect(
      page.text.contains("<a href=\"\(url)#sha256=\(sha)\">Demo_App-2.0-py3-none-any.whl</a>"))
    let list = pypi("/simple/").text
    #expect(list.contains("/simple/demo-app/") && list.contains("/simple/other/"))
    #expect(pypi("/simple/Demo.App/")["Location"] == "/simple/demo-app/")
    #expect(pypi("/simple/demo-app")["Location"] == "/simple/demo-app/")
    #expect(pypi("/simple")["Location"] == "/simple/")
    #expect(pypi("/simple/absent/").status == 404)
    #expect(pypi("/pypi/demo-app/json").status == 404)
    #expect(pypi("/simple/demo-app/", method: "POST").status == 405)
    let file = String(url.dropFirst("https://files.pythonhosted.org".count))
    let content = pypi(file, host: "files.pythonhosted.org")
    #expect(content.status == 200 && content["ETag"] == "\"\(sha)\"")
    #expect(pypi(file).status == 404)
    #expect(pypi("\(file)x", host: "files.pythonhosted.org").status == 404)
    #expect(pypi("/packages/../../../etc/passwd", host: "files.pythonhosted.org").status == 404)
    #expect(pypi("/simple/other/", host: "upload.pypi.org").status == 421)
  }

  @Test func theIndexIsAlsoJSON() throws {
    defer { remove() }
    let type = "application/vnd.pypi.simple.v1+json"
    // As pip sends it.
    let answer = pypi(
      "/simple/demo-app/",
      accept: "\(type), application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01")
    #expect(answer["Content-Type"] == type)
    let json = try JSONValue(parsing: answer.text.utf8)
    #expect(json["meta"]?["api-version"] == "1.1" && json["name"] == "demo-app")
    #expect(json["versions"] == ["1.0", "2.0"])
    let files = try #require(json["files"]?.array)
    #expect(
      files.compactMap { $0["filename"]?.string } == [
        "Demo_App-2.0-py3-none-any.whl", "demo_app-1.0.tar.gz",
      ])
    #expect(files[1]["hashes"]?["sha256"]?.string == hash("source") && files[1]["size"] == 6)
    #expect(Timestamps.parse(files[1]["upload-time"]?.string ?? "") != nil)
    let list = try JSONValue(parsing: pypi("/simple/", accept: type).text.utf8)
    #expect(list["projects"] == [["name": "demo-app"], ["name": "other"]])
    #expect(
      pypi("/simple/", accept: "\(type);q=0, text/html")["Content-Type"]?.hasPrefix("text/html")
        == true)
  }

  @Test(arguments: [
    #"{"publicRepository": "PYPI"}"#, #"{"customRepository": {"uri": "https://pypi.org"}}"#,
    #"{"customRepository": {"uri": "https://pypi.org/simple/"}}"#,
  ])
  func aRemoteRepositoryIsFilledFromIt(_ config: String) throws {
    defer { remove() }
    remote("mirror", try JSONValue(parsing: config.utf8))
    #expect(
      fixture.get("/mirror/simple/demo-app/").text.contains(
        "demo_app-1.0.tar.gz#sha256=\(hash("source"))"))
    let stored = { (state: State, _: Int64) in
      state[PackageFileRecord.self].rows.values.filter { $0.repository.hasSuffix("/mirror") }.map(
        \.fileName)
    }
    // The index stores nothing, a download does, once.
    #expect(fixture.test.sandbox.look(stored) == [])
    for _ in 0..<2 {
      #expect(fixture.file("/mirror/demo-app/demo_app-1.0.tar.gz").status == 200)
      #expect(fixture.test.sandbox.look(stored) == ["demo_app-1.0.tar.gz"])
    }
    #expect(fixture.get("/mirror/simple/absent/").status == 404)
    // What is stored stays when the upstream has it no more; what is not stored goes.
    try FileManager.default.removeItem(atPath: "\(path)/demo_app-1.0.tar.gz")
    try FileManager.default.removeItem(atPath: "\(path)/Demo_App-2.0-py3-none-any.whl")
    #expect(fixture.file("/mirror/demo-app/demo_app-1.0.tar.gz").status == 200)
    #expect(fixture.file("/mirror/demo-app/Demo_App-2.0-py3-none-any.whl").status == 404)
    #expect(pypi("/simple/demo-app/").status == 404)
  }

  @Test func otherUpstreamsAreStillNotReached() throws {
    defer { remove() }
    for (id, uri) in [
      ("a", "https://pypi.org.example/simple/"), ("b", "https://test.pypi.org"),
      ("c", "http://127.0.0.1:9/"),
    ] {
      remote(id, ["customRepository": ["uri": .string(uri)]])
      #expect(fixture.get("/\(id)/simple/other/").status == 424)
    }
  }

  @Test func changesOfTheFolderAreSeen() throws {
    defer { remove() }
    remote("mirror", ["publicRepository": "PYPI"])
    #expect(fixture.get("/mirror/simple/fresh/").status == 404)
    try add("fresh-1.0-py3-none-any.whl", "first")
    #expect(fixture.get("/mirror/simple/fresh/").text.contains(hash("first")))
    try add("fresh-1.0-py3-none-any.whl", "longer content")
    #expect(fixture.get("/mirror/simple/fresh/").text.contains(hash("longer content")))
  }

  /// Only files with the names of distributions are served, and no link leads out of the folder.
  @Test func whatIsNotADistributionIsNotServed() throws {
    defer { remove() }
    for name in ["notes.txt", "x.whl", "evil-1.0.exe", "-1.0.tar.gz", "a-b-c.whl"] {
      try add(name, "x")
    }
    try FileManager.default.createSymbolicLink(
      atPath: "\(path)/link-1.0-py3-none-any.whl", withDestinationPath: "/etc/hostname")
    try FileManager.default.createDirectory(
      atPath: "\(path)/folder-1.0.tar.gz", withIntermediateDirectories: true)
    #expect(
      try UpstreamFolder(path).strangers() == [
        "-1.0.tar.gz", "a-b-c.whl", "evil-1.0.exe", "notes.txt", "x.whl",
      ])
    let list = try JSONValue(
      parsing: pypi("/simple/", accept: "application/vnd.pypi.simple.v1+json").text.utf8)
    #expect(list["projects"] == [["name": "demo-app"], ["name": "other"]])
    #expect(throws: BlobError.self) { try UpstreamFolder("\(path)/absent") }
  }

  @Test(arguments: [
    ("a_b-1.0-py3-none-any.whl", "a-b", "1.0"), ("a-b-1.0.tar.gz", "a-b", "1.0"),
    ("A.B-1.0rc1.zip", "a-b", "1.0rc1"), ("a-1.0-2-py3-none-any.whl", "a", "1.0"),
    (
      "a-1.0+local.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "a", "1.0+local.1"
    ),
  ])
  func namesOfDistributions(_ file: String, _ package: String, _ version: String) {
    let name = DistributionName(file)
    #expect(name?.package == package && name?.version.text == version && name?.fileName == file)
  }

  /// Without a folder the sandbox does not answer for PyPI.
  @Test func withoutAFolderPyPIIsAForeignHost() throws {
    defer { remove() }
    let fixture = try PackageFixture()
    #expect(
      fixture.get("/simple/other/", authorization: "", headers: ["host": "pypi.org"], root: "")
        .status == 421)
  }
}
