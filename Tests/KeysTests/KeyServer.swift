import Crypto
import GoogleCloud
import HTTP
import JSON
import LiveState
import Operations
import Synchronization
import TestSupport
import Testing

@testable import Keys
@testable import Platform
@testable import Reconcile

/// The keys of one account, as Google keeps them: create, upload, list, get, delete, and the token endpoint, which checks
/// signatures. Private halves that it makes are real.
final class KeyServer: HTTPTransport {
  /// What becomes of the request of some number, counted from 1.
  enum Fault: Sendable, Hashable {
    /// It gets lost on its way.
    case lostRequest
    /// It is carried out, and the answer gets lost.
    case lostAnswer
  }

  struct Key: Sendable {
    var id: String
    var publicKey: RSAPublicKey
    /// Nil for keys that this server made.
    var certificate: [UInt8]?
  }

  private struct State {
    var keys: [Key] = []
    var nextID = 1
    var requests: [HTTPRequest] = []
    var fault: (number: Int, fault: Fault)?
    var refusal: HTTPResponse?
    var refusedKey = ""
    var isDown: @Sendable () -> Bool = { false }
  }
  private let state = Mutex(State())
  private let base = "/v1/projects/p/serviceAccounts/\(Make.email)"

  var keys: [Key] { state.withLock { $0.keys } }
  var requests: [HTTPRequest] { state.withLock { $0.requests } }
  func count(_ method: HTTPMethod, _ suffix: String) -> Int {
    requests.count { $0.method == method && $0.url.hasSuffix(suffix) }
  }

  func inject(_ fault: Fault?, at number: Int = 0) {
    state.withLock {
      $0.requests = []
      $0.fault = fault.map { (number, $0) }
    }
  }
  /// Answers requests whose `METHOD path` ends so with an error.
  func refuse(_ suffix: String, _ status: Int, _ body: JSONValue) {
    state.withLock {
      $0.refusedKey = suffix
      $0.refusal = HTTPResponse(status: status, body: body.serialized())
    }
  }
  func acceptAll() { state.withLock { $0.refusal = nil } }
  func remove(_ id: String) { state.withLock { $0.keys.removeAll { $0.id == id } } }
  /// After a crash nothing is sent any more.
  func stop(when isDown: @escaping @Sendable () -> Bool) { state.withLock { $0.isDown = isDown } }

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    await Task.yield()
    let fault = try state.withLock { (state) throws(HTTPFailure) -> Fault? in
      if state.isDown() { throw HTTPFailure(.notSent, "the process is dead") }
      state.requests.append(request)
      return state.fault?.number == state.requests.count ? state.fault?.fault : nil
    }
    if fault == .lostRequest { throw HTTPFailure(.ambiguous, "reset") }
    let response = answer(request)
    if fault == .lostAnswer { throw HTTPFailure(.ambiguous, "reset") }
    return response
  }

  private func answer(_ request: HTTPRequest) -> HTTPResponse {
    let path =
      "/"
      + request.url.split(separator: "/", maxSplits: 2).dropFirst(2).joined()
      .prefix { $0 != "?" }
    let key = "\(request.method.rawValue) \(path)"
    let refusal = state.withLock { key.hasSuffix($0.refusedKey) ? $0.refusal : nil }
    if let refusal { return refusal }
    let body = request.body.flatMap { try? JSONValue(parsing: $0) }
    switch key {
    case "GET \(base)":
      return ok(["email": .string(Make.email), "uniqueId": "1234", "projectId": "p"])
    case "GET \(base)/keys":
      return ok(["keys": .array(keys.map { wire($0) })])
    case "POST \(base)/keys:upload": return upload(body)
    case "POST \(base)/keys": return create()
    case "POST /token": return token(request.body ?? [])
    default: return single(request.method, path)
    }
  }

  private func single(_ method: HTTPMethod, _ path: String) -> HTTPResponse {
    let id = path.split(separator: "/").last.map(String.init) ?? ""
    guard let key = keys.first(where: { $0.id == id }) else {
      return error(404, "NOT_FOUND")
    }
    if method == .delete {
      remove(id)
      return ok([:])
    }
    return ok(wire(key, withPublicHalf: true))
  }

  private func wire(_ key: Key, withPublicHalf: Bool = false) -> JSONValue {
    var value: JSONObject = [
      "name": .string("projects/p/serviceAccounts/\(Make.email)/keys/\(key.id)"),
      "keyType": "USER_MANAGED", "validAfterTime": "2027-01-15T08:00:00Z",
      "keyOrigin": key.certificate == nil ? "GOOGLE_PROVIDED" : "USER_PROVIDED",
    ]
    if withPublicHalf, let pem = key.certificate {
      value["publicKeyData"] = .string(Base64.encode(pem))
    }
    return .object(value)
  }

  private func add(_ publicKey: RSAPublicKey, _ certificate: [UInt8]?) -> Key {
    state.withLock { state in
      let key = Key(
        id: "key\(state.nextID)", publicKey: publicKey, certificate: certificate)
      state.nextID += 1
      state.keys.append(key)
      return key
    }
  }

  private func upload(_ body: JSONValue?) -> HTTPResponse {
    guard let pem = body?["publicKeyData"]?.string.flatMap(Base64.decode),
      let certificate = try? Certificate(pem: pem)
    else { return error(400, "INVALID_ARGUMENT") }
    return ok(wire(add(certificate.publicKey, pem)))
  }

  private func create() -> HTTPResponse {
    guard let pair = try? RSAPrivateKey(generatingBits: 1024) else { return error(500, "INTERNAL") }
    let key = add(pair.publicKey, nil)
    let identity = KeyStore.Identity(
      keyID: key.id, projectID: "p", clientID: "1234", email: Make.email,
      tokenURI: "https://oauth2.googleapis.com/token")
    guard let file = try? KeyStore.credentialFile(pair, identity) else {
      return error(500, "INTERNAL")
    }
    var value = wire(key).object ?? [:]
    value["privateKeyData"] = .string(file.withUnsafeBytes { Base64.encode(Array($0)) })
    return ok(.object(value))
  }

  /// Takes the assertion apart and checks who signed it.
  private func token(_ form: [UInt8]) -> HTTPResponse {
    let text = String(decoding: form, as: UTF8.self)
    let assertion = text.split(separator: "&").first { $0.hasPrefix("assertion=") }?.dropFirst(10)
    let parts = (assertion ?? "").split(separator: ".").map(String.init)
    guard parts.count == 3, let header = Base64.urlDecode(parts[0]),
      let id = (try? JSONValue(parsing: header))?["kid"]?.string,
      let signature = Base64.urlDecode(parts[2]),
      let key = keys.first(where: { $0.id == id }),
      key.publicKey.verifies(signature, for: Array("\(parts[0]).\(parts[1])".utf8))
    else {
      let body: JSONValue = [
        "error": "invalid_grant", "error_description": "Invalid JWT Signature.",
      ]
      return HTTPResponse(status: 400, body: body.serialized())
    }
    return ok(["access_token": "ya29.new", "expires_in": 3599, "token_type": "Bearer"])
  }

  private func ok(_ value: JSONValue) -> HTTPResponse {
    HTTPResponse(status: 200, body: value.serialized())
  }

  private func error(_ code: Int64, _ status: String) -> HTTPResponse {
    let body: JSONValue = [
      "error": ["code": .integer(code), "message": "no", "status": .string(status)]
    ]
    return HTTPResponse(status: Int(code), body: body.serialized())
  }
}

/// One declared key, a machine with files, and the server.
struct KeyStage {
  let server = KeyServer()
  let files = MemoryFileSystem()
  let key: DesiredKey
  let directory = "/home/ana/keys"

  init(origin: DesiredKey.Origin) {
    key = Make.key(origin: origin)
    files.putFolder("/home/ana")
    server.stop { [files] in files.state.withLock(\.isCrashed) }
  }

  func client() throws -> APIClient {
    let clock = InstantClock()
    let run = CloudRun(transport: server, clock: clock, random: HalfRandom())
    let credential = Credential(token: "ya29.t", source: "test", quotaProject: nil, clock: clock)
    return try APIClient(credential: try #require(credential), endpoints: .google, run: run)
  }

  func store() -> KeyStore {
    var store = KeyStore(directory: directory, fileSystem: files)
    store.keyBits = 1024
    return store
  }

  /// What the plan says of the key.
  func plan() async throws -> Change {
    let store = store()
    let graph = Make.graph([], keys: [key])
    let snapshot = await SnapshotReader(client: try client(), keys: store).readSnapshot(of: graph)
    guard case .present(let live) = snapshot.keys[key.account],
      let destination = snapshot.destinations[key.address]
    else {
      Issue.record("the keys were not read: \(snapshot.keys)")
      throw CancellationError()
    }
    return KeyDiff(
      desired: key, live: live, destination: destination, heldByOthers: [], reissue: false,
      now: Int64(InstantClock.start)
    ).change()
  }

  /// One plan and one apply, in a process of its own: its end releases the locks.
  @discardableResult
  func apply() async throws -> Result<OperationResult, OperationFailure> {
    defer { files.releaseLocks() }
    let change = try await plan()
    guard let order = change.key else { return .success(OperationResult(detail: "nothing to do")) }
    let runner = CloudRunner(client: try client(), keys: store())
    let operation = Operation(
      id: OperationID("key"), address: key.address, action: .key(order, key),
      covers: [key.address], source: nil)
    do throws(OperationFailure) {
      return .success(try await runner.run(operation))
    } catch {
      return .failure(error)
    }
  }

  /// The finished file, parsed.
  func file() throws -> JSONValue {
    let bytes = try #require(files.contents["\(directory)/\(key.file)"])
    return try JSONValue(parsing: bytes)
  }

  /// One live key, its file in place, nothing left beside it, and nothing more to do.
  func expectConverged(_ what: String) async throws {
    let change = try await plan()
    #expect(change.action == .unchanged, "\(what): \(change.action) \(change.reason ?? "")")
    #expect(server.keys.count == 1, "\(what)")
    #expect(try file()["private_key_id"]?.string == server.keys.first?.id, "\(what)")
    let left = files.contents.keys.filter { $0.contains("/.uploader-key.json.") }
    #expect(left.isEmpty, "\(what): \(left)")
  }
}
