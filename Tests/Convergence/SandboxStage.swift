import CloudResources
import Crypto
import Foundation
import HTTP
import JSON
import Kinds
import Model
import Platform
import Reconcile
import Resources
import Sandbox
import Synchronization
import TestSupport
import Testing

@testable import GoogleCloud
@testable import Keys

/// The real time, with sleeps that end at once.
final class HastyClock: Platform.Clock {
  private let system = SystemClock()
  private let slept = Mutex(Duration.zero)
  var now: Double { system.now }
  var uptime: Duration { system.uptime + slept.withLock { $0 } }
  func sleep(for duration: Duration) async throws(CancellationError) {
    slept.withLock { $0 += duration }
    // A little real time, so that the server can continue.
    try await system.sleep(for: .milliseconds(1))
  }
}

/// A transport that loses one request, or its answer, and records the others.
final class LossyTransport: HTTPTransport {
  enum Fault: String, Sendable, CaseIterable {
    /// The request does not arrive.
    case lostRequest
    /// The server carries out the request, and the answer is lost.
    case lostAnswer
    /// The answer is a 503.
    case unavailable
  }
  private struct State {
    var count = 0
    var fault: (number: Int, fault: Fault)?
    var requests: [HTTPRequest] = []
    var refused: [String] = []
    var answering: (@Sendable (HTTPRequest) -> HTTPResponse?)?
    var rewriting: (@Sendable (String) -> String)?
    var death: (number: Int, isAfter: Bool)?
  }
  private let base: CurlTransport
  private let state = Mutex(State())

  init() { base = CurlTransport(CurlTransport.Configuration(userAgent: "arctl-tests")) }

  func inject(_ fault: Fault?, at number: Int = 0) {
    state.withLock {
      $0 = State(
        fault: fault.map { (number, $0) }, answering: $0.answering, rewriting: $0.rewriting)
    }
  }
  /// From the request with this number on nothing is sent, as if the process was killed; with `after` that request still
  /// arrives. Nil: it lives on, and counts from here.
  func die(at number: Int?, after: Bool = false) {
    state.withLock { state in
      state.count = 0
      state.death = number.map { ($0, after) }
    }
  }
  /// Answers some requests in place of the server.
  func answer(_ answering: (@Sendable (HTTPRequest) -> HTTPResponse?)?) {
    state.withLock { $0.answering = answering }
  }
  /// Changes the address of every request: a smaller page, for example.
  func rewrite(_ rewriting: (@Sendable (String) -> String)?) {
    state.withLock { $0.rewriting = rewriting }
  }
  var requests: [HTTPRequest] { state.withLock { $0.requests } }
  /// The requests that the server refused for lack of a permission: `METHOD URL`.
  var refused: [String] { state.withLock { $0.refused } }
  func shutdown() { base.shutdown() }

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let fault: Fault? = state.withLock { state in
      state.count += 1
      state.requests.append(request)
      return state.fault?.number == state.count ? state.fault?.fault : nil
    }
    if let answer = state.withLock({ $0.answering })?(request) { return answer }
    if let (count, death) = state.withLock({ state in state.death.map { (state.count, $0) } }),
      count >= death.number
    {
      if count == death.number, death.isAfter { _ = try await base.send(request) }
      throw HTTPFailure(.notSent, "killed")
    }
    var request = request
    if let rewriting = state.withLock({ $0.rewriting }) { request.url = rewriting(request.url) }
    switch fault {
    case .lostRequest: throw HTTPFailure(.ambiguous, "reset")
    case .unavailable: return HTTPResponse(status: 503, body: Array("down".utf8))
    case .lostAnswer:
      _ = try await base.send(request)
      throw HTTPFailure(.ambiguous, "reset")
    case nil:
      let response = try await base.send(request)
      if response.status == 403,
        !String(decoding: response.body, as: UTF8.self).contains("SERVICE_DISABLED")
      {
        state.withLock { $0.refused.append("\(request.method.rawValue) \(request.url)") }
      }
      return response
    }
  }
}

/// A separate sandbox with everything that a run needs; the project `my-project-id` exists.
final class SandboxStage: Sendable {
  let server: SandboxServer
  let transport = LossyTransport()
  let folder: String
  let files = LocalFileSystem()
  private let endpoints: Endpoints
  private let pairs = KeyPairs()
  /// One store for the whole stage, because a run may release the lock of its own store only after it has ended.
  let keyStore: KeyStore
  /// The kinds that its manifests may declare.
  let kinds: KindSet

  init(projects: [String] = ["my-project-id"], kinds: KindSet = .google) throws {
    self.kinds = kinds
    folder = "/tmp/arctl-live-\(UInt64.random(in: 0...UInt64.max))"
    try Self.prepared.get().write(to: folder)
    server = try SandboxServer(.init(dataDirectory: folder, projects: projects))
    endpoints = try Endpoints(all: server.baseURL)
    keyStore = Self.store("\(folder)/keys", endpoints, files, pairs)
  }

  /// A key store in another folder, as on another machine.
  func otherKeyStore() -> KeyStore { Self.store("\(folder)/other-keys", endpoints, files, pairs) }

  private static func store(
    _ directory: String, _ endpoints: Endpoints, _ files: LocalFileSystem,
    _ pairs: KeyPairs
  ) -> KeyStore {
    var store = KeyStore(directory: directory, tokenURI: endpoints.tokenURI, fileSystem: files)
    store.makePair = { () throws(CryptoError) in try pairs.next() }
    return store
  }

  /// The data of a new sandbox with its private keys, shared because creating it takes half a second.
  private static let prepared = Result { try PreparedData() }

  private struct PreparedData {
    private var files: [String: Data] = [:]

    init() throws {
      let folder = "/tmp/arctl-prepared-\(UInt64.random(in: 0...UInt64.max))"
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try SandboxServer(.init(dataDirectory: folder)).stop()
      for name in ["owner.json", "sandbox.db", "system-key.pem"] {
        files[name] = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
      }
    }

    func write(to folder: String) throws {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o700])
      for (name, data) in files {
        let url = URL(filePath: "\(folder)/\(name)")
        try data.write(to: url)
        try FileManager.default.setAttributes(
          [.posixPermissions: 0o600], ofItemAtPath: url.path)
      }
    }
  }

  func stop() {
    transport.shutdown()
    server.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// - Parameter file: the credential; by default the owner's.
  func client(
    _ file: String? = nil, clock: any Platform.Clock = HastyClock(),
    random: any RandomSource = HalfRandom()
  ) async throws -> APIClient {
    let run = RequestContext(transport: transport, clock: clock, random: random)
    let reader: CredentialSearch.FileReader = { [files] (path) throws(FileError) in
      try files.read(path, maximumBytes: 1 << 20)
    }
    let search = CredentialSearch(
      environment: [:], readFile: reader, onlyFile: file ?? server.ownerFile)
    let credential = try await search.find(endpoints: endpoints, run: run)
    return try APIClient(
      credential: credential, endpoints: endpoints, run: run, advice: PermissionRoles(kinds).advice)
  }

  /// A plain request, as another user would send it.
  func call(_ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil) async throws
    -> JSONValue
  {
    let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
    let query = (parts.count < 2 ? "" : parts[1]).split(separator: "&").map {
      item -> (String, String) in
      let pair = item.split(separator: "=", maxSplits: 1).map(String.init)
      return (pair[0], pair.count > 1 ? pair[1] : "")
    }
    return try await client().call(
      APICall(
        .iam, method: method, path: parts[0], query: query, body: body,
        retry: method == .get ? .read : .idempotentWrite, label: path))
  }

  func graph(_ manifests: String) throws -> DesiredGraph {
    try Loading.graph(Loading.stack + manifests, kinds: kinds)
  }

  func plan(_ graph: DesiredGraph, allowing: [Hazard.Flag] = Hazard.Flag.allCases) async throws
    -> Plan
  {
    let keys = keyStore
    let client = try await client()
    let snapshot = await SnapshotReader(client: client, keys: keys, kinds: kinds)
      .readSnapshot(of: graph)
    var planner = Planner(graph: graph, snapshot: snapshot)
    for flag in allowing {
      planner.overrides.allowed[flag] = [AddressGlob("**")]
    }
    planner.now = Int64(client.run.serverNow)
    return planner.plan()
  }

  /// One plan and one apply, as in a run.
  func apply(_ graph: DesiredGraph) async throws -> ExecutionReport {
    await execute(try await plan(graph), try await client())
  }

  func execute(_ plan: Plan, _ client: APIClient) async -> ExecutionReport {
    let executor = Executor(
      runner: CloudRunner(client: client, keys: keyStore), parallelism: 4, stop: StopSignal(),
      uptime: { SystemClock().uptime })
    return await executor.execute(plan.operations) { _ in }
  }
}

/// The actions of a plan: `create my-project-id/role/x`.
func summary(_ plan: Plan) -> [String] {
  plan.changes.filter { $0.action != .unchanged && $0.action != .gone }
    .map { "\($0.action.rawValue) \($0.address) \($0.reason ?? "")" }
}
