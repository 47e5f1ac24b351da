import Crypto
import JSON
import Synchronization
import Testing

@testable import Sandbox
@testable import SandboxCalls
@testable import SandboxIAM
@testable import SandboxPackages
@testable import SandboxStore
@testable import SandboxWire

@Suite struct UploadTests {
  private let fixture: PackageFixture
  init() throws { fixture = try PackageFixture() }

  @Test func uploadedFilesAreServed() throws {
    #expect(fixture.upload("demo-1.0.tar.gz", content: "the content").status == 200)
    let file = fixture.file("/py/demo/demo-1.0.tar.gz")
    #expect(file.status == 200)
    let part = try #require(file.file)
    #expect(part.range == 0..<11)
    let digest = Hex.encode(SHA256.hash(Array("the content".utf8)))
    #expect(file["ETag"] == "\"\(digest)\"")
    #expect(fixture.blobs.count == 1)
  }

  @Test func filesAreImmutable() {
    fixture.upload("demo-1.0.tar.gz", content: "first")
    let again = fixture.upload("demo-1.0.tar.gz", content: "first")
    #expect(again.status == 400)
    #expect(again.text == "Requested entity already exists.\n")
    #expect(fixture.upload("demo-1.0-py3-none-any.whl").status == 200)
    #expect(fixture.blobs.count == 2)
  }

  @Test(arguments: [
    ("demo-1.0.tar.gz", ["sha256_digest": String(repeating: "0", count: 64)], "SHA-256"),
    ("demo-1.0.tar.gz", ["md5_digest": String(repeating: "0", count: 32)], "MD5"),
    ("demo-2.0.tar.gz", [:], "file name"), ("other-1.0.tar.gz", [:], "file name"),
    ("demo-1.0.tar.gz", ["version": "one"], "PEP 440"), ("demo-1.0.tar.gz", ["name": "-"], "name"),
    ("demo-1.0.tar.gz", ["filetype": "bdist_wheel"], "filetype"),
    ("demo-1.0.tar.gz", [":action": "submit"], ":action"),
    ("demo-1.0.tar.gz", ["protocol_version": "2"], "protocol_version"),
    ("../demo-1.0.tar.gz", [:], "file name"),
  ])
  func mismatchedFormsAreRefused(file: String, fields: [String: String], told: String) {
    let answer = fixture.upload(file, fields: fields)
    #expect(answer.status == 400)
    #expect(answer.text.contains(told), "\(answer.text)")
    #expect(fixture.blobs.isEmpty)
  }

  @Test func brokenFormsAreRefused() {
    #expect(fixture.send([], to: "py").text.contains("ends before"))
    #expect(fixture.send(Array("--BOUND\r\n\r\n".utf8), to: "py").text.contains("cannot be read"))
    #expect(fixture.upload("demo-1.0.tar.gz", content: "").text == "The file is empty\n")
    #expect(fixture.blobs.isEmpty)
  }

  @Test func abandonedUploadsLeaveNothing() {
    let head = WireRequest(
      method: "POST", target: "\(PackageFixture.root)/py/",
      headers: [
        "host": "localhost", "content-type": "multipart/form-data; boundary=B",
        "authorization": "Bearer \(fixture.test.owner)",
      ])
    func begin() {
      guard case .stream(let receiver) = fixture.test.sandbox.plan(head) else {
        Issue.record("the upload was not taken")
        return
      }
      let start = "--B\r\nContent-Disposition: form-data; name=content; filename=x\r\n\r\nabc"
      Array(start.utf8).withUnsafeBytes { receiver.receive($0) }
      #expect(fixture.blobs.count == 1)
    }
    begin()
    #expect(fixture.blobs.isEmpty)
  }

  @Test func onlyStandardPythonRepositoriesAcceptUploads() {
    fixture.test.repository("images", ["format": "DOCKER"])
    fixture.test.repository("all", ["format": "PYTHON", "mode": "VIRTUAL_REPOSITORY"])
    fixture.test.repository(
      "pypi",
      [
        "format": "PYTHON", "mode": "REMOTE_REPOSITORY",
        "remoteRepositoryConfig": ["pythonRepository": ["publicRepository": "PYPI"]],
      ])
    for (repository, told) in [("images", "DOCKER"), ("all", "virtual"), ("pypi", "remote")] {
      let answer = fixture.upload("demo-1.0.tar.gz", to: repository)
      #expect(answer.status == 400)
      #expect(answer.text.contains(told), "\(answer.text)")
    }
    #expect(fixture.upload("demo-1.0.tar.gz", to: "nothing").status == 404)
  }

  @Test func orphanedBlobsAreRemovedAtTheStart() throws {
    fixture.upload("demo-1.0.tar.gz")
    fixture.upload("demo-2.0.tar.gz", version: "2.0")
    let kept = try #require(fixture.blobs.first)
    _ = try BlobStore(fixture.folder, keeping: [kept])
    #expect(fixture.blobs == [kept])
  }

  @Test func theJournalListsUploadsWithoutBodies() {
    fixture.upload("demo-1.0.tar.gz")
    let entries = fixture.test.call("GET", "/_sandbox/journal")["requests"]?.array ?? []
    let upload = entries.last { $0["method"] == "POST" }
    #expect(upload?["path"]?.string == "\(PackageFixture.root)/py/")
    #expect(upload?["status"] == 200)
    #expect(upload?["caller"]?.string == OwnerAccount.email)
    #expect(upload?["body"] == nil)
  }

  /// Of "content", from Python's hashlib.
  @Test func correctDigestsAreAccepted() {
    let digests = [
      "md5_digest": "9A0364B9E99BB480DD25E1F0284C8555",
      "blake2_256_digest": "2d49316473cb68324b3f807c6d88c5618f6a422801f52ee3f6b3c29784504fc0",
      "sha256_digest": "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73",
    ]
    #expect(fixture.upload("demo-1.0.tar.gz", fields: digests).status == 200)
    let empty = digests.mapValues { _ in "" }
    #expect(fixture.upload("demo-1.1.tar.gz", version: "1.1", fields: empty).status == 200)
  }

  /// Uploads demo-1.0.tar.gz by the steps of the server; nil if the host does not take the body.
  private func upload(to repository: String, of host: MeetingHost) -> WireResponse? {
    let head = WireRequest(
      method: "POST", target: "\(PackageFixture.root)/\(repository)/",
      headers: [
        "host": "127.0.0.1:1", "content-type": "multipart/form-data; boundary=BOUND",
        "authorization": "Bearer \(fixture.test.owner)",
      ])
    guard case .stream(let receiver) = host.plan(head) else { return nil }
    Array(PackageFixture.form("demo-1.0.tar.gz", content: "the second").utf8)
      .withUnsafeBytes { receiver.receive($0) }
    return receiver.finish()
  }

  /// While the disk is busy, the repository is looked up after the body only.
  @Test func anUploadThatCannotBeCheckedYetIsCheckedAtItsEnd() throws {
    let host = MeetingHost(fixture.test.sandbox, isBusy: true) {}
    for (repository, status) in [("py", 200), ("none", 404)] {
      #expect(upload(to: repository, of: host)?.status == status)
    }
  }

  /// Both pass the first check. The one that commits later is refused, and the file of the other stays.
  @Test func oneOfTwoConcurrentUploadsIsRefused() throws {
    let host = MeetingHost(fixture.test.sandbox) { [fixture] in
      #expect(fixture.upload("demo-1.0.tar.gz", content: "the first").status == 200)
    }
    let late = try #require(upload(to: "py", of: host))
    #expect(host.hasMet)
    #expect(late.status == 400)
    #expect(String(decoding: late.body, as: UTF8.self) == "Requested entity already exists.\n")
    #expect(fixture.blobs.count == 1)
    let digest = Hex.encode(SHA256.hash(Array("the first".utf8)))
    #expect(fixture.file("/py/demo/demo-1.0.tar.gz")["ETag"] == "\"\(digest)\"")
  }
}

/// A sandbox in which something happens right before the first change of a hosted request.
private final class MeetingHost: PackageHost {
  private let inner: Sandbox
  private let meeting: Mutex<(@Sendable () -> Void)?>
  /// Whether every look would have to wait for the disk.
  private let isBusy: Bool

  init(_ inner: Sandbox, isBusy: Bool = false, _ meeting: @escaping @Sendable () -> Void) {
    self.inner = inner
    self.isBusy = isBusy
    self.meeting = Mutex(meeting)
  }

  var hasMet: Bool { meeting.withLock { $0 == nil } }
  var settings: Call.Settings { inner.settings }
  var blobs: BlobStore? { inner.blobs }
  var pypi: UpstreamFolder? { inner.pypi }

  func begin(_ request: WireRequest) -> AcceptedRequest { inner.begin(request) }

  func finish(_ accepted: AcceptedRequest, _ response: WireResponse, caller: Principal?)
    -> WireResponse
  {
    inner.finish(accepted, response, caller: caller)
  }

  func logUnserved(_ request: WireRequest) { inner.logUnserved(request) }

  func look<Result: Sendable>(_ body: (State, Int64) -> Result) -> Result { inner.look(body) }

  func lookNow<Result: Sendable>(_ body: (State, Int64) -> Result) -> Result? {
    isBusy ? nil : inner.lookNow(body)
  }

  func change(_ body: (inout State, Int64) throws(APIError) -> Void) throws(APIError) {
    let now = meeting.withLock { meeting in
      defer { meeting = nil }
      return meeting
    }
    now?()
    try inner.change(body)
  }
}
