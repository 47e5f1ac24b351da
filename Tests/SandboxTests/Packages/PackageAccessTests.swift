import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxWire

@Suite struct PackageAccessTests {
  private let fixture: PackageFixture
  init() throws { fixture = try PackageFixture() }

  private static let keys = "/v1/projects/my-project/serviceAccounts"

  private func forms(_ file: JSONValue) -> [String] {
    let text = file.text()
    return [
      PackageFixture.basic("_json_key", text),
      PackageFixture.basic("_json_key_base64", Base64.encode(Array(text.utf8))),
    ]
  }

  @Test func everyUserNameOfArtifactRegistryWorks() {
    fixture.upload("demo-1.0.tar.gz")
    let reader = fixture.keyFile("reader", role: "roles/artifactregistry.reader")
    let owner = fixture.test.owner
    let good =
      forms(reader.file) + [
        "Bearer \(owner)", PackageFixture.basic("oauth2accesstoken", owner),
        PackageFixture.basic("_token", owner),
      ]
    for form in good { #expect(fixture.get("/py/simple/demo/", authorization: form).status == 200) }
    let bad = [
      "", "Basic", "Basic !!", "Bearer x", "Digest x", PackageFixture.basic("me", owner),
      PackageFixture.basic("_json_key", "{}"), PackageFixture.basic("_json_key_base64", "!!"),
      PackageFixture.basic("_json_key", owner),
    ]
    for form in bad {
      let answer = fixture.get("/py/simple/demo/", authorization: form)
      #expect(answer.status == 401, "\(form)")
      #expect(answer["WWW-Authenticate"]?.hasPrefix("Basic realm=") ?? false)
      // The package host has words of its own, with a space and a line's end.
      #expect(
        answer.text == "The request does not have valid authentication credentials. \n", "\(form)")
    }
  }

  @Test func aKeyMustBeLiveAndProven() throws {
    fixture.upload("demo-1.0.tar.gz")
    let writer = fixture.keyFile("writer", role: "roles/artifactregistry.writer")
    let id = writer.file["private_key_id"]?.string ?? ""
    func status() -> Int {
      fixture.get("/py/simple/demo/", authorization: forms(writer.file)[0]).status
    }
    #expect(status() == 200)
    // Knowing an id is not the same as having the key.
    var forged = try #require(writer.file.object)
    forged["private_key"] = fixture.keyFile("other").file["private_key"]
    #expect(fixture.get("/py/simple/demo/", authorization: forms(.object(forged))[0]).status == 401)

    let key = "\(Self.keys)/\(writer.email)/keys/\(id)"
    fixture.test.call("POST", "\(key):disable")
    #expect(status() == 401)
    fixture.test.call("POST", "\(key):enable")
    #expect(status() == 200)
    fixture.test.call("POST", "\(Self.keys)/\(writer.email):disable")
    #expect(status() == 401)
    fixture.test.call("POST", "\(Self.keys)/\(writer.email):enable")
    fixture.test.call("DELETE", key)
    #expect(status() == 401)
  }

  @Test func rolesDecideOverReadsAndWrites() {
    let reader = forms(fixture.keyFile("reader", role: "roles/artifactregistry.reader").file)[0]
    let writer = forms(fixture.keyFile("writer", role: "roles/artifactregistry.writer").file)[0]
    let nobody = forms(fixture.keyFile("nobody").file)[0]
    #expect(fixture.upload("demo-1.0.tar.gz", authorization: writer).status == 200)
    #expect(fixture.get("/py/simple/demo/", authorization: reader).status == 200)
    let refused = fixture.upload("demo-2.0.tar.gz", version: "2.0", authorization: reader)
    #expect(refused.status == 403)
    #expect(refused.text.contains("artifactregistry.repositories.uploadArtifacts"))
    #expect(refused.text.contains("\(PackageFixture.place)/py"))
    let hidden = fixture.get("/py/demo/demo-1.0.tar.gz", authorization: nobody)
    #expect(hidden.status == 403)
    #expect(hidden.text.contains("artifactregistry.repositories.downloadArtifacts"))
    // A caller without access does not learn what exists.
    #expect(fixture.get("/absent/simple/demo/", authorization: nobody).status == 403)
    #expect(fixture.get("/absent/simple/demo/").status == 404)
  }

  @Test func anUploadFailsIfItsPermissionIsRevokedMeanwhile() {
    let writer = fixture.keyFile("writer", role: "roles/artifactregistry.writer")
    let head = WireRequest(
      method: "POST", target: "\(PackageFixture.root)/py/",
      headers: [
        "host": "localhost", "content-type": "multipart/form-data; boundary=B",
        "authorization": forms(writer.file)[0],
      ])
    guard case .stream(let receiver) = fixture.test.sandbox.plan(head) else {
      Issue.record("the upload was not taken")
      return
    }
    fixture.test.call("POST", "\(Self.keys)/\(writer.email):disable")
    Array("--B--\r\n".utf8).withUnsafeBytes { receiver.receive($0) }
    #expect(receiver.finish().status == 401)
  }

  @Test func allUsersNeedNoCredential() {
    fixture.upload("demo-1.0.tar.gz")
    fixture.test.grant(
      "roles/artifactregistry.reader", to: "allUsers", on: "\(PackageFixture.place)/py")
    #expect(fixture.get("/py/simple/demo/", authorization: "").status == 200)
    #expect(fixture.upload("demo-2.0.tar.gz", version: "2.0", authorization: "").status == 401)
    // A disabled API is disabled for all callers.
    fixture.test.call(
      "POST", "/v1/projects/my-project/services/artifactregistry.googleapis.com:disable", [:])
    for authorization in ["", "Bearer \(fixture.test.owner)"] {
      let answer = fixture.get("/py/simple/demo/", authorization: authorization)
      #expect(answer.status == 403 && answer.text.contains("it is disabled"))
    }
  }
}
