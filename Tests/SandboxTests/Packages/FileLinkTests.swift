import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxPackages
@testable import SandboxWire

/// Links of the index, and the download addresses that they redirect to.
@Suite struct FileLinkTests {
  private let fixture: PackageFixture
  private let path = "/py/demo/demo-1.0.tar.gz"
  init() throws {
    fixture = try PackageFixture()
    fixture.upload("demo-1.0.tar.gz", content: "12345")
  }

  private func place(_ path: String = "/py/demo/demo-1.0.tar.gz") -> String {
    fixture.get(path)["Location"] ?? ""
  }

  private func status(_ place: String, authorization: String? = nil) -> Int {
    fixture.get(place, authorization: authorization, root: "").status
  }

  @Test(arguments: ["GET", "HEAD"])
  func aLinkRedirectsToTheSameHost(method: String) {
    let answer = fixture.get(path, method: method)
    #expect(answer.status == 307)
    let start =
      "/\(PackageFixture.host)/artifacts-downloads/namespaces/my-project/repositories/py/downloads/"
    #expect(answer["Location"]?.hasPrefix(start) ?? false)
    #expect(answer["Accept-Ranges"] == nil)
  }

  @Test func googlesHostNamesNeedNoPrefix() {
    let headers = [
      "host": PackageFixture.host, "authorization": "Bearer \(fixture.test.owner)",
    ]
    let link = fixture.test.raw("GET", "/my-project\(path)", headers: headers)
    let place = link.headers.first { $0.name == "Location" }?.value ?? ""
    #expect(place.hasPrefix("/artifacts-downloads/namespaces/my-project/"))
    #expect(fixture.test.raw("GET", place, headers: headers).status == 200)
  }

  @Test func everyRedirectHasATokenOfItsOwn() {
    let places = (0..<3).map { _ in place() }
    #expect(Set(places).count == 3)
    for place in places { #expect(status(place) == 200) }
    let token = places[0].split(separator: "/").last ?? ""
    #expect(token.utf8.allSatisfy { UInt8(ascii: "%") != $0 && UInt8(ascii: "+") != $0 })
  }

  @Test func theContentIsServed() throws {
    let whole = fixture.file(path)
    #expect(whole.status == 200)
    #expect(try #require(whole.file).range == 0..<5)
    #expect(whole["ETag"] == "\"\(Hex.encode(SHA256.hash(Array("12345".utf8))))\"")
    let again = fixture.file(path, headers: ["if-none-match": whole["ETag"] ?? ""])
    #expect(again.status == 304)
  }

  /// HEAD shows no support for ranges, so clients that ask it first read whole files. GET has it.
  @Test func rangesAreServedButNotOffered() {
    let head = fixture.file(path, headers: ["range": "bytes=1-2"], method: "HEAD")
    #expect(head.status == 200 && head.file?.range == 0..<5)
    #expect(head["Accept-Ranges"] == nil && head["Content-Range"] == nil)
    let part = fixture.file(path, headers: ["range": "bytes=1-2"])
    #expect(part.status == 206 && part.file?.range == 1..<3)
    #expect(part["Content-Range"] == "bytes 1-2/5" && part["Accept-Ranges"] == nil)
    #expect(fixture.file(path, headers: ["range": "bytes=9-"]).status == 416)
    #expect(
      fixture.file(path, headers: ["range": "bytes=1-2", "if-range": "\"old\""]).status == 200)
  }

  @Test func anAddressNeedsThePermission() {
    let place = place()
    let unknown = fixture.get(place, authorization: "", root: "")
    #expect(unknown.status == 401)
    #expect(unknown["WWW-Authenticate"]?.hasPrefix("Basic realm=") ?? false)
    let (email, token) = fixture.test.account("reader")
    #expect(status(place, authorization: "Bearer \(token)") == 403)
    fixture.test.grant(
      "roles/artifactregistry.reader", to: "serviceAccount:\(email)",
      on: "\(PackageFixture.place)/py")
    #expect(status(place, authorization: "Bearer \(token)") == 200)
  }

  @Test func anAddressIsBoundToItsRepository() {
    fixture.test.repository("team")
    fixture.upload("demo-1.0.tar.gz", content: "12345", to: "team")
    let other = place().replacing("/repositories/py/", with: "/repositories/team/")
    #expect(other.contains("/team/") && status(other) == 404)
    #expect(status(place("/team/demo/demo-1.0.tar.gz")) == 200)
  }

  @Test func anAddressCannotBeGuessed() throws {
    let place = place()
    let token = try #require(place.split(separator: "/").last)
    let start = place.dropLast(token.count)
    let bytes = try #require(Base64.urlDecode(String(token)))
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(status("\(start)\(Base64.urlEncode(changed))") == 404, "byte \(index)")
    }
    for other in ["x", Base64.urlEncode(Array(bytes.prefix(32))), "\(token)AAAA"] {
      #expect(status("\(start)\(other)") == 404, "\(other)")
    }
    // An address of another sandbox, and an access token, whose code has the same secret.
    let foreign = try FileLinkTests().place()
    #expect(status(foreign) == 404)
    let access = fixture.test.owner.dropFirst("arctlsbx.".count).split(separator: ".")
    let code = try #require(Base64.urlDecode(String(access[1])))
    #expect(status("\(start)\(Base64.urlEncode(code + Array(access[0].utf8)))") == 404)
  }

  @Test func anAddressExpiresAfterAnHour() throws {
    let secret = randomBytes(32)
    let record = PackageFileRecord(
      repository: "r", package: "p", version: "1", fileName: "p-1.tar.gz", blob: "b", size: 1,
      sha256: "aa", createTime: 0, summary: "", requiresPython: "", displayName: "p")
    let text = DownloadToken(record).text(for: "r", nowSeconds: 100, secret: secret)
    func read(_ repository: String = "r", at time: Int64) -> DownloadToken? {
      DownloadToken(text, for: repository, nowSeconds: time, secret: secret)
    }
    #expect(read(at: 100) == DownloadToken(record))
    #expect(read(at: 3699) == DownloadToken(record))
    #expect(read(at: 3700) == nil)
    #expect(read("s", at: 100) == nil)
    #expect(DownloadToken(text, for: "r", nowSeconds: 100, secret: randomBytes(32)) == nil)

    fixture.test.grant(
      "roles/artifactregistry.reader", to: "allUsers", on: "\(PackageFixture.place)/py")
    let place = place()
    #expect(status(place, authorization: "") == 200)
    fixture.test.call("POST", "/_sandbox/clock", ["advanceSeconds": 3601])
    #expect(status(place, authorization: "") == 404)
  }

  @Test func anAddressLeadsToNoOtherContent() {
    let place = place()
    let version = "/v1/\(PackageFixture.place)/py/packages/demo/versions/1.0"
    #expect(fixture.test.call("DELETE", version).status == 200)
    #expect(status(place) == 404)
    fixture.upload("demo-1.0.tar.gz", content: "54321")
    #expect(status(place) == 404)
    #expect(fixture.file(path).status == 200)
  }

  @Test(arguments: [
    "/artifacts-downloads", "/artifacts-downloads/namespaces/my-project/repositories/py",
    "/artifacts-downloads/namespaces/my-project/repositories/py/downloads/",
    "/artifacts-downloads/namespaces/my-project/repositories/py/downloads/%FF",
  ])
  func otherAddressesAreThoseOfAnAbsentProject(path: String) {
    #expect(status("/\(PackageFixture.host)\(path)") == 403)
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
