import Crypto
import Foundation
import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import GoogleCloud

/// A clock whose sleeps end at once and advance it.
final class VirtualClock: Platform.Clock {
  private let state = Mutex<(elapsed: Duration, sleeps: [Duration])>((.zero, []))
  static let start: Double = 1_800_000_000

  var now: Double { VirtualClock.start + uptime / .seconds(1) }
  var uptime: Duration { state.withLock { $0.elapsed } }
  var sleeps: [Duration] { state.withLock { $0.sleeps } }
  func advance(_ duration: Duration) { state.withLock { $0.elapsed += duration } }
  func sleep(for duration: Duration) async throws(CancellationError) {
    guard !Task.isCancelled else { throw CancellationError() }
    state.withLock {
      $0.elapsed += duration
      $0.sleeps.append(duration)
    }
    await Task.yield()
  }
}

/// The same byte every time: 0x80 makes every jitter half of its maximum.
struct FixedRandom: RandomSource {
  var byte: UInt8 = 0x80
  func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
}

/// Answers from a script, in order for each method and URL. Fails on a request without a stub, and `finish` fails on
/// an unused stub.
final class ScriptedTransport: HTTPTransport {
  typealias Answer = Result<HTTPResponse, HTTPFailure>
  private struct State {
    var stubs: [String: [Answer]] = [:]
    var requests: [HTTPRequest] = []
  }
  private let state = Mutex(State())
  /// Called with each request before it is answered.
  let onRequest: (@Sendable (HTTPRequest) async -> Void)?

  init(onRequest: (@Sendable (HTTPRequest) async -> Void)? = nil) { self.onRequest = onRequest }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }

  func stub(_ method: HTTPMethod = .get, _ url: String, _ answers: Answer...) {
    state.withLock { $0.stubs["\(method.rawValue) \(url)", default: []] += answers }
  }

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    await onRequest?(request)
    let key = "\(request.method.rawValue) \(request.url)"
    let answer: Answer? = state.withLock {
      $0.requests.append(request)
      guard $0.stubs[key]?.isEmpty == false else { return nil }
      return $0.stubs[key]?.removeFirst()
    }
    guard let answer else {
      Issue.record("unstubbed request: \(key)")
      throw HTTPFailure(.invalid, "unstubbed")
    }
    return try answer.get()
  }

  func finish(sourceLocation: SourceLocation = #_sourceLocation) {
    let left = state.withLock { $0.stubs.filter { !$0.value.isEmpty } }
    for (key, answers) in left {
      Issue.record("\(answers.count) unused stubs: \(key)", sourceLocation: sourceLocation)
    }
  }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
  static func json(_ text: String, _ status: Int = 200, headers: HTTPHeaders = [:]) -> Self {
    .success(HTTPResponse(status: status, headers: headers, body: Array(text.utf8)))
  }
  static func failure(_ kind: HTTPFailure.Kind) -> Self { .failure(HTTPFailure(kind, "\(kind)")) }
}

/// One run with its test doubles.
struct Stage {
  let clock = VirtualClock()
  let transport: ScriptedTransport
  let run: RequestContext
  let observed = Box<[RequestRecord]>([])

  init(
    limits: RequestContext.Limits = .init(), random: FixedRandom = FixedRandom(),
    onRequest: (@Sendable (HTTPRequest) async -> Void)? = nil
  ) {
    transport = ScriptedTransport(onRequest: onRequest)
    let observed = observed
    run = RequestContext(
      transport: transport, clock: clock, random: random, limits: limits,
      observer: { record in observed.value.withLock { $0.append(record) } })
  }

  /// A client with a token that cannot be refreshed, or with the given source.
  func client(
    token: String = "ya29.t", source: (any TokenSource)? = nil, endpoints: Endpoints = .google,
    quotaProject: String? = nil
  ) throws -> APIClient {
    let given = StaticToken(token: try #require(AccessToken(token, expires: nil)))
    let credential = Credential(
      kind: .accessToken, principal: nil, source: "test",
      reach: CredentialReach(accessToken: token), quotaProject: quotaProject,
      tokens: TokenCache(source ?? given, clock: clock))
    return try APIClient(credential: credential, endpoints: endpoints, run: run)
  }
}

final class Box<Value: Sendable>: Sendable {
  let value: Mutex<Value>
  init(_ value: Value) { self.value = Mutex(value) }
}

/// Tokens that count up: `t1`, `t2`, ...
final class CountingTokens: TokenSource {
  let count = Mutex(0)
  let lifetime: Double
  let clock: VirtualClock
  let failure = Mutex<APIError?>(nil)
  init(_ clock: VirtualClock, lifetime: Double = 3600) {
    self.clock = clock
    self.lifetime = lifetime
  }
  func fetch() async throws(APIError) -> AccessToken {
    for _ in 0..<20 { await Task.yield() }
    if let failure = failure.withLock({ $0 }) { throw failure }
    let number = count.withLock {
      $0 += 1
      return $0
    }
    guard let token = AccessToken("t\(number)", expires: clock.now + lifetime) else {
      throw APIError(.other, label: "", "")
    }
    return token
  }
}

/// One key pair for all tests, because generating one is slow.
enum TestKey {
  static let made: (pem: String, publicKey: RSAPublicKey)? = {
    guard let key = try? RSAPrivateKey(generatingBits: 2048), let pem = try? key.pkcs8PEM() else {
      return nil
    }
    return (pem.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, key.publicKey)
  }()

  /// A service-account key file.
  static func file(
    tokenURI: String? = "https://oauth2.googleapis.com/token", extra: JSONObject = [:]
  ) throws -> String {
    var object: JSONObject = [
      "type": "service_account", "client_email": "up@p.iam.gserviceaccount.com",
      "private_key_id": "kid1",
    ]
    object["private_key"] = .string(try #require(made).pem)
    if let tokenURI { object["token_uri"] = .string(tokenURI) }
    for (key, value) in extra { object[key] = value }
    return JSONValue.object(object).text()
  }
}

/// A search over the files and variables that a test names.
func search(
  _ environment: [String: String] = [:], files: [String: String] = [:],
  impersonating flag: String? = nil, onlyFile: String? = nil
) -> CredentialSearch {
  CredentialSearch(
    environment: environment,
    readFile: { path throws(FileError) in
      guard let text = files[path] else { throw FileError(path: path, code: 2, call: "open") }
      return Array(text.utf8)
    }, impersonation: flag.flatMap { CredentialSearch.Impersonation(flag: $0) },
    onlyFile: onlyFile)
}

/// The error that `body` throws.
func thrown<Value>(_ body: () async throws(APIError) -> Value) async -> APIError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error
  }
}

/// The fields of a form body.
func form(_ request: HTTPRequest?) -> [String: String] {
  var fields: [String: String] = [:]
  let text = String(decoding: request?.body ?? [], as: UTF8.self)
  for pair in text.split(separator: "&") {
    let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
    fields[parts[0]] = parts.count > 1 ? parts[1].removingPercentEncoding : ""
  }
  return fields
}
