import Crypto
import FoundationEssentials
import GoogleCloud
import HTTP
import JSON
import Model
import Platform
import Resources
import Synchronization
import TestSupport
import Testing

@testable import Keys
@testable import Reconcile

/// The keys of one account, as Google stores them: create, upload, list, get, delete, and the token endpoint, which
/// verifies signatures. The private halves that it creates are real.
final class KeyServer: HTTPTransport {
  /// What happens to the request with some number, counted from 1.
  enum Fault: Sendable, Hashable {
    /// The request is lost.
    case lostRequest
    /// The request is carried out, and its answer is lost.
    case lostAnswer
    /// The process is killed, and the request never arrives.
    case killBefore
    /// The process is killed, and the request is carried out so many seconds later.
    case killLater(Int64)
    /// The answer takes some real time.
    case slowAnswer
  }

  struct Key: Sendable {
    var id: String
    var publicKey: RSAPublicKey
    /// Nil for keys that this server generated.
    var certificate: [UInt8]?
    /// When reads start to show it, on the server's clock.
    var visible: Double
    /// When it was created.
    var made: Double
    /// Fields that reads show in addition to, or instead of, the usual ones.
    var fields: JSONObject = [:]
  }

  private struct State {
    var keys: [Key] = []
    var nextID = 1
    var requests: [HTTPRequest] = []
    var fault: (number: Int, fault: Fault)?
    var refusal: HTTPResponse?
    var refusedKey = ""
    var isDown: @Sendable () -> Bool = { false }
    var kill: @Sendable () -> Void = {}
    /// How long reads do not show a new key, in seconds.
    var lag: Double = 0
    /// Requests that have not arrived yet, with their times of arrival.
    var late: [(time: Double, request: HTTPRequest)] = []
    /// An action that runs once before, or after, the request with some number is answered.
    var before: (number: Int, action: @Sendable () async -> Void)?
    var after: (number: Int, action: @Sendable () async -> Void)?
  }
  private let clock: InstantClock
  private let state = Mutex(State())
  private let base = "/v1/projects/p/serviceAccounts/\(Make.email)"

  /// Where its keys and those of the machines come from.
  let pairs = KeyPairs()

  init(clock: InstantClock) { self.clock = clock }

  var keys: [Key] { state.withLock { $0.keys } }
  private var shown: [Key] {
    let now = clock.now
    return keys.filter { $0.visible <= now }
  }
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
  /// Answers requests whose `METHOD path` has this suffix with an error.
  func refuse(_ suffix: String, _ status: Int, _ body: JSONValue) {
    state.withLock {
      $0.refusedKey = suffix
      $0.refusal = HTTPResponse(status: status, body: body.serialized())
    }
  }
  func acceptAll() { state.withLock { $0.refusal = nil } }
  /// Runs an action right before or right after the request with some number is carried out: the work of another
  /// machine.
  func interleave(
    before number: Int, _ action: @escaping @Sendable () async -> Void
  ) {
    state.withLock {
      $0.requests = []
      $0.before = (number, action)
    }
  }
  func interleave(after number: Int, _ action: @escaping @Sendable () async -> Void) {
    state.withLock {
      $0.requests = []
      $0.after = (number, action)
    }
  }
  /// Sets fields that reads show for a key.
  func show(_ fields: JSONObject, of id: String) {
    state.withLock { state in
      for index in state.keys.indices where state.keys[index].id == id {
        for (name, value) in fields { state.keys[index].fields[name] = value }
      }
    }
  }
  func remove(_ id: String) { state.withLock { $0.keys.removeAll { $0.id == id } } }
  /// Makes reads show new keys only after so many seconds. A sign-in knows them at once.
  func setLag(_ seconds: Double) { state.withLock { $0.lag = seconds } }
  /// Sends nothing more, as after a crash.
  func stop(
    when isDown: @escaping @Sendable () -> Bool, kill: @escaping @Sendable () -> Void
  ) {
    state.withLock {
      $0.isDown = isDown
      $0.kill = kill
    }
  }

  /// Carries out what has arrived by now.
  func catchUp() {
    let now = clock.now
    let due = state.withLock { state in
      let due = state.late.filter { $0.time <= now }
      state.late.removeAll { $0.time <= now }
      return due
    }
    for (time, request) in due { _ = answer(request, at: time) }
  }

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    await Task.yield()
    let fault = try state.withLock { (state) throws(HTTPFailure) -> Fault? in
      if state.isDown() { throw HTTPFailure(.notSent, "the process is dead") }
      state.requests.append(request)
      return state.fault?.number == state.requests.count ? state.fault?.fault : nil
    }
    catchUp()
    switch fault {
    case .lostRequest: throw HTTPFailure(.ambiguous, "reset")
    case .killBefore, .killLater:
      state.withLock { $0.kill }()
      if case .killLater(let delay) = fault {
        state.withLock { $0.late.append((clock.now + Double(delay), request)) }
        catchUp()
      }
      throw HTTPFailure(.ambiguous, "killed")
    case .lostAnswer, .slowAnswer, nil: break
    }
    await take(\.before)
    let response = answer(request)
    await take(\.after)
    if fault == .slowAnswer { try? await Task.sleep(for: .milliseconds(300)) }
    if fault == .lostAnswer { throw HTTPFailure(.ambiguous, "reset") }
    return response
  }

  /// Returns the action for the request that was just counted, once.
  private func take(
    _ arranged: WritableKeyPath<State, (number: Int, action: @Sendable () async -> Void)?>
  ) async {
    let action = state.withLock { state -> (@Sendable () async -> Void)? in
      guard let next = state[keyPath: arranged], next.number == state.requests.count else {
        return nil
      }
      state[keyPath: arranged] = nil
      return next.action
    }
    await action?()
  }

  private func answer(_ request: HTTPRequest, at time: Double? = nil) -> HTTPResponse {
    let now = time ?? clock.now
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
      return ok(["keys": .array(shown.map { wire($0) })])
    case "POST \(base)/keys:upload": return upload(body, now)
    case "POST \(base)/keys": return create(now)
    case "POST /token": return token(request.body ?? [])
    default:
      if request.method == .post, path.hasSuffix(":disable") { return disable(path) }
      return single(request.method, path)
    }
  }

  private func disable(_ path: String) -> HTTPResponse {
    let id = path.split(separator: "/").last.map { String($0.dropLast(":disable".count)) } ?? ""
    guard keys.contains(where: { $0.id == id }) else { return error(404, "NOT_FOUND") }
    show(["disabled": true], of: id)
    return ok([:])
  }

  private func single(_ method: HTTPMethod, _ path: String) -> HTTPResponse {
    let id = path.split(separator: "/").last.map(String.init) ?? ""
    guard let key = (method == .delete ? keys : shown).first(where: { $0.id == id }) else {
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
      "keyType": "USER_MANAGED",
      "validAfterTime": .string(
        Date(timeIntervalSince1970: key.made.rounded(.down)).formatted(.iso8601)),
      "keyOrigin": key.certificate == nil ? "GOOGLE_PROVIDED" : "USER_PROVIDED",
    ]
    for (name, shown) in key.fields { value[name] = shown }
    if withPublicHalf {
      let pem = key.certificate ?? key.publicKey.pem()
      value["publicKeyData"] = .string(Base64.encode(pem))
    }
    return .object(value)
  }

  private func add(_ publicKey: RSAPublicKey, _ certificate: [UInt8]?, _ now: Double) -> Key {
    state.withLock { state in
      let key = Key(
        id: "key\(state.nextID)", publicKey: publicKey, certificate: certificate,
        visible: now + state.lag, made: now)
      state.nextID += 1
      state.keys.append(key)
      return key
    }
  }

  private func upload(_ body: JSONValue?, _ now: Double) -> HTTPResponse {
    guard let pem = body?["publicKeyData"]?.string.flatMap(Base64.decode),
      let certificate = try? Certificate(pem: pem)
    else { return error(400, "INVALID_ARGUMENT") }
    // As the sandbox does it; Google's answer here is not known.
    let fingerprint = certificate.publicKey.fingerprint
    guard !keys.contains(where: { $0.publicKey.fingerprint == fingerprint }) else {
      return error(409, "ALREADY_EXISTS")
    }
    return ok(wire(add(certificate.publicKey, pem, now)))
  }

  private func create(_ now: Double) -> HTTPResponse {
    guard let pair = try? pairs.next() else { return error(500, "INTERNAL") }
    let key = add(pair.publicKey, nil, now)
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

  /// Parses the assertion and verifies its signature.
  private func token(_ form: [UInt8]) -> HTTPResponse {
    let text = String(decoding: form, as: UTF8.self)
    let assertion = text.split(separator: "&").first { $0.hasPrefix("assertion=") }?.dropFirst(10)
    let parts = (assertion ?? "").split(separator: ".").map(String.init)
    guard parts.count == 3, let header = Base64.urlDecode(parts[0]),
      let id = (try? JSONValue(parsing: header))?["kid"]?.string,
      let signature = Base64.urlDecode(parts[2]),
      let key = keys.first(where: { $0.id == id }), key.fields["disabled"] != true,
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
