import Crypto
import Foundation
import JSON
import Platform
import Synchronization

@testable import Sandbox
@testable import SandboxAPIs
@testable import SandboxCalls
@testable import SandboxIAM
@testable import SandboxPackages
@testable import SandboxStore
@testable import SandboxWire

/// A sandbox in memory, without sockets or keys, and a caller that owns it.
struct TestSandbox {
  let sandbox: Sandbox
  private let secret: [UInt8]
  let owner: String
  /// The unique id of the owner's account.
  let ownerID: String

  static let baseURL = "http://127.0.0.1:1"

  init(
    _ projects: String..., enabling enabled: [String] = ["artifactregistry.googleapis.com"],
    packages: String? = nil, pypi: String? = nil, admitting services: Set<String> = [],
    serving apis: [any ServedAPI.Type] = ServedAPIs.all, signing: Bool = false,
    helpers: Workers? = nil
  ) throws {
    var state = try State(records: apis.flatMap { $0.records })
    let signer = signing ? try Self.signer.get() : nil
    if let signer {
      state.meta.systemKey = Base64.encode(signer.publicKey.subjectPublicKeyInfo)
      state.meta.systemCertificate = String(decoding: signer.certificate.pem, as: UTF8.self)
    }
    secret = randomBytes(32)
    state.meta.tokenSecret = Base64.encode(secret)
    let now = RealTime.microseconds()
    for id in [OwnerAccount.project] + projects {
      var project = ProjectRules.create(
        id: id, displayName: id, parent: nil, labels: [:],
        owner: "serviceAccount:\(OwnerAccount.email)",
        now: now,
        in: &state)
      project.services.formUnion(enabled)
      state.put(project)
    }
    let account = ServiceAccounts.make(
      OwnerAccount.accountID, project: OwnerAccount.project, displayName: "", description: "",
      in: &state)
    owner = Self.token(account, secret)
    ownerID = account.uniqueID
    let database = try SQLiteDatabase(path: ":memory:")
    try state.commit(to: database)
    var hosts = HostCheck()
    if pypi != nil { hosts.names.formUnion(PublicIndex.hosts) }
    sandbox = Sandbox(
      state: state, database: database, routes: apis.flatMap { $0.routes },
      settings: .init(
        baseURL: Self.baseURL, services: services, hosts: hosts, signer: signer,
        issuer: Issuer(try ECPrivateKey())),
      blobs: try packages.map { try BlobStore($0, keeping: []) },
      pypi: try pypi.map { try UpstreamFolder($0) }, helpers: helpers, log: { _ in })
  }

  /// One key for all sandboxes that sign, because generating one takes a tenth of a second.
  private static let signer = Result<Signer, any Error> {
    let made = try Sandbox.makeKey()
    return Signer(
      try RSAPrivateKey(pemBytes: Array(made.privatePEM.utf8)), certificate: made.certificate)
  }

  private static func token(
    _ account: AccountRecord, _ secret: [UInt8], at time: Int64 = RealTime.microseconds(),
    scopes: Set<String> = [TokenScope.cloud]
  ) -> String {
    AccessToken.make(
      account: account, key: nil, scopes: scopes, expires: Timestamps.seconds(time) + 3600,
      secret: secret)
  }

  /// A token for an account that was created through the API, valid for one hour from `time` (RFC 3339).
  func token(
    uniqueID: String, at time: String? = nil, scopes: Set<String> = [TokenScope.cloud]
  ) -> String {
    Self.token(
      AccountRecord(
        uniqueID: uniqueID, project: "", accountID: "", email: "", displayName: "",
        description: ""), secret,
      at: time.flatMap(Timestamps.parse) ?? RealTime.microseconds(), scopes: scopes)
  }

  func uniqueID(_ email: String) -> String {
    call("GET", "/v1/projects/-/serviceAccounts/\(email)")["uniqueId"]?.string ?? ""
  }

  struct Reply {
    let status: Int
    let body: JSONValue
    let headers: [(name: String, value: String)]
    var message: String { body["error"]?["message"]?.string ?? "" }
    var reason: String? { body["error"]?["details"]?.array?.first?["reason"]?.string }
    subscript(key: String) -> JSONValue? { body[key] }
  }

  /// Sends a request as the owner, or with `token`; an empty one sends no credential.
  @discardableResult
  func call(
    _ method: String, _ target: String, _ body: JSONValue? = nil, token: String? = nil,
    host: String = "127.0.0.1:1"
  ) -> Reply {
    var headers = ["host": host]
    let token = token ?? owner
    if !token.isEmpty { headers["authorization"] = "Bearer \(token)" }
    return raw(method, target, headers: headers, body: body?.serialized() ?? [])
  }

  func raw(
    _ method: String, _ target: String, headers: [String: String], body: [UInt8] = [],
    isNear: Bool = true
  ) -> Reply {
    let response = sandbox.answer(
      WireRequest(
        method: method, target: target, headers: headers, body: body, isFromThisMachine: isNear))
    return Reply(
      status: response.status, body: (try? JSONValue(parsing: response.body)) ?? .null,
      headers: response.headers)
  }

  /// Creates an account. Returns its e-mail and a token for it.
  func account(_ id: String, in project: String = "my-project") -> (email: String, token: String) {
    let made = call("POST", "/v1/projects/\(project)/serviceAccounts", ["accountId": .string(id)])
    return (made["email"]?.string ?? "", token(uniqueID: made["uniqueId"]?.string ?? ""))
  }

  /// Grants a role by a blind write of the whole policy below `path`. Keeps the other grants.
  @discardableResult
  func grant(_ role: String, to members: String..., on path: String) -> Reply {
    let isGet = path.contains("/repositories/") || path.contains("/secrets/")
    let policy = call(isGet ? "GET" : "POST", "/v1/\(path):getIamPolicy")
    var bindings = policy["bindings"]?.array ?? []
    bindings.append([
      "role": .string(role), "members": .array(members.map { .string($0) }),
    ])
    return call("POST", "/v1/\(path):setIamPolicy", ["policy": ["bindings": .array(bindings)]])
  }

  static let repositories = "/v1/projects/my-project/locations/us-east4/repositories"

  /// Creates a repository and returns the answer.
  @discardableResult
  func repository(_ id: String, _ fields: JSONValue = ["format": "PYTHON"]) -> Reply {
    call("POST", "\(Self.repositories)?repositoryId=\(id)", fields)
  }
}

extension Sandbox {
  /// The answer to a request. Waits for it if another thread carries the request out.
  func answer(_ request: WireRequest) -> WireResponse {
    let answered = DispatchSemaphore(value: 0)
    let late = Mutex<WireResponse?>(nil)
    let now = answer(request) { response in
      late.withLock { $0 = response }
      answered.signal()
    }
    if let now { return now }
    answered.wait()
    return late.withLock { $0 } ?? WireResponse(status: 0, headers: [], body: [])
  }
}
