import Crypto
import Foundation
import JSON

@testable import Sandbox
@testable import SandboxWire

/// A sandbox with a folder for packages, and the requests of twine.
final class PackageFixture: Sendable {
  let test: TestSandbox
  let folder = NSTemporaryDirectory() + "arctl-packages-\(UUID().uuidString)"

  static let host = "us-east4-python.pkg.dev"
  static let root = "/\(host)/my-project"
  static let place = "projects/my-project/locations/us-east4/repositories"

  /// - Parameters:
  ///   - other: a project besides `my-project`.
  ///   - pypi: a folder that stands for PyPI.
  init(_ other: String? = nil, pypi: String? = nil) throws {
    test =
      try other.map { [folder] in try TestSandbox("my-project", $0, packages: folder) }
      ?? TestSandbox("my-project", packages: folder, pypi: pypi)
    test.repository("py")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The blobs on disk.
  var blobs: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }

  static func basic(_ user: String, _ password: String) -> String {
    "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
  }

  struct Answer {
    let status: Int
    let text: String
    let headers: [(name: String, value: String)]
    let file: WireResponse.FilePart?
    subscript(header: String) -> String? { headers.first { $0.name == header }?.value }
  }

  private func answer(_ response: WireResponse) -> Answer {
    Answer(
      status: response.status, text: String(decoding: response.body, as: UTF8.self),
      headers: response.headers, file: response.file)
  }

  /// Reads from the data plane as the owner. An empty `authorization` sends no credential.
  func get(
    _ path: String, accept: String? = nil, authorization: String? = nil, method: String = "GET",
    headers extra: [String: String] = [:], root: String = root
  ) -> Answer {
    var headers = ["host": "127.0.0.1:1"].merging(extra) { $1 }
    headers["authorization"] = authorization ?? "Bearer \(test.owner)"
    if authorization == "" { headers["authorization"] = nil }
    headers["accept"] = accept
    return answer(
      test.sandbox.answer(
        WireRequest(method: method, target: root + path, headers: headers)))
  }

  /// Reads a file as clients do: through its link in the index, which redirects to the content.
  func file(
    _ path: String, authorization: String? = nil, headers: [String: String] = [:],
    method: String = "GET", root: String = root
  ) -> Answer {
    let link = get(path, authorization: authorization, method: method, root: root)
    guard link.status == 307, let place = link["Location"] else { return link }
    return get(
      place, authorization: authorization, method: method, headers: headers, root: "")
  }

  /// Uploads a file the way twine does.
  @discardableResult
  func upload(
    _ file: String, name: String = "demo", version: String = "1.0", content: String = "content",
    to repository: String = "py", fields: [String: String] = [:], authorization: String? = nil
  ) -> Answer {
    let body = Self.form(file, name: name, version: version, content: content, fields: fields)
    return send(Array(body.utf8), to: repository, authorization: authorization)
  }

  /// The body of an upload.
  static func form(
    _ file: String, name: String = "demo", version: String = "1.0", content: String = "content",
    fields: [String: String] = [:]
  ) -> String {
    var form: [(String, String)] = [
      ("name", name), ("version", version),
      ("filetype", file.hasSuffix(".whl") ? "bdist_wheel" : "sdist"),
      (":action", "file_upload"), ("protocol_version", "1"),
    ]
    form.removeAll { fields[$0.0] != nil }
    form += fields.sorted { $0.key < $1.key }
    var body = ""
    for (key, value) in form {
      body += "--BOUND\r\nContent-Disposition: form-data; name=\"\(key)\"\r\n\r\n\(value)\r\n"
    }
    body +=
      "--BOUND\r\nContent-Disposition: form-data; name=\"content\"; filename=\"\(file)\"\r\n\r\n"
      + "\(content)\r\n--BOUND--\r\n"
    return body
  }

  func send(_ body: [UInt8], to repository: String, authorization: String? = nil) -> Answer {
    let head = WireRequest(
      method: "POST", target: "\(Self.root)/\(repository)/",
      headers: [
        "host": "127.0.0.1:1", "content-type": "multipart/form-data; boundary=BOUND",
        "authorization": authorization ?? "Bearer \(test.owner)",
      ])
    switch test.sandbox.plan(head) {
    case .collect: return answer(test.sandbox.answer(head))
    case .refuse(let response): return answer(response)
    case .stream(let receiver):
      body.withUnsafeBytes { receiver.receive($0) }
      return answer(receiver.finish())
    }
  }

  /// Creates an account with a key. Returns its e-mail and its key file.
  func keyFile(_ id: String, role: String? = nil) -> (email: String, file: JSONValue) {
    let (email, _) = test.account(id)
    if let role { test.grant(role, to: "serviceAccount:\(email)", on: "\(Self.place)/py") }
    let key = test.call("POST", "/v1/projects/my-project/serviceAccounts/\(email)/keys")
    let bytes = Base64.decode(key["privateKeyData"]?.string ?? "") ?? []
    return (email, (try? JSONValue(parsing: bytes)) ?? .null)
  }

  /// A list of the v1 API below a repository.
  func list(_ rest: String, of repository: String = "py") -> TestSandbox.Reply {
    test.call("GET", "/v1/\(Self.place)/\(repository)/\(rest)")
  }
}
