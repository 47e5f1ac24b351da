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

/// The server as one machine reaches it.
private struct GatedTransport: HTTPTransport {
  let server: KeyServer
  let gate: (@Sendable (HTTPRequest) async -> Void)?
  let clock: InstantClock
  /// As in `KeyStage`.
  let behind: Double?

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    await gate?(request)
    var response = try await server.send(request)
    if let behind { response.headers["Date"] = HTTPDates.text(clock.now + behind) }
    return response
  }
}

/// One declared key, a machine with files, and the server.
struct KeyStage {
  let clock: InstantClock
  let server: KeyServer
  let files = MemoryFileSystem()
  var key: DesiredKey
  /// The time of a run.
  var timeout = Duration.seconds(1800)
  /// Waits before a request of this machine is sent.
  var gate: (@Sendable (HTTPRequest) async -> Void)?
  /// How many seconds the clock of the machine is behind the server's, which dates its answers; nil for none without a date.
  var behind: Double?
  let directory = "/home/ana/keys"

  init(origin: DesiredKey.Origin) {
    key = Make.key(origin: origin)
    clock = InstantClock()
    server = KeyServer(clock: clock)
    files.putFolder("/home/ana")
    server.stop { [files] in
      files.isCrashed
    } kill: { [files] in
      files.crash()
    }
  }

  /// Another machine with another key directory and the same server.
  init(beside other: KeyStage) {
    (key, clock, server) = (other.key, other.clock, other.server)
    files.putFolder("/home/ana")
  }

  func client() throws -> APIClient {
    let run = RequestContext(
      transport: GatedTransport(server: server, gate: gate, clock: clock, behind: behind),
      clock: clock, random: HalfRandom(),
      limits: RequestContext.Limits(timeout: timeout))
    let credential = Credential(token: "ya29.t", source: "test", quotaProject: nil, clock: clock)
    return try APIClient(credential: try #require(credential), endpoints: .google, run: run)
  }

  func store() -> KeyStore {
    var store = KeyStore(
      directory: directory, tokenURI: "https://oauth2.googleapis.com/token", fileSystem: files)
    store.makePair = { [pairs = server.pairs] () throws(CryptoError) in try pairs.next() }
    return store
  }

  /// The planned change of the key.
  func plan(reissue: Bool = false) async throws -> Change {
    let store = store()
    let graph = Make.graph([], keys: [key])
    let client = try client()
    let snapshot = await SnapshotReader(client: client, keys: store, kinds: .google)
      .readSnapshot(of: graph)
    guard let destination = snapshot.destinations[key.address] else {
      Issue.record("the destination was not looked at")
      throw CancellationError()
    }
    if case .unreadable(let problem) = snapshot.keys[key.account] {
      var change = Change(address: key.address, action: .unreadable, source: nil)
      change.reason = Statement(quoting: problem.message)
      return change
    }
    guard case .present(let live) = snapshot.keys[key.account] else {
      Issue.record("the keys were not read: \(snapshot.keys)")
      throw CancellationError()
    }
    return KeyDiff(
      desired: key, live: live, destination: destination, heldByOthers: [], reissue: reissue,
      now: Int64(client.run.serverNow)
    ).change()
  }

  /// One plan and one apply, as in a process of its own: the end of it releases the locks.
  @discardableResult
  func apply(reissue: Bool = false) async throws -> Result<OperationResult, OperationFailure> {
    defer { files.releaseLocks() }
    files.setTime(Int64(clock.now))
    let change = try await plan(reissue: reissue)
    guard let order = change.key else { return .success(OperationResult(detail: "nothing to do")) }
    do throws(OperationFailure) {
      return .success(try await carryOut(order))
    } catch {
      return .failure(error)
    }
  }

  /// What apply does for one order, whatever the plan would say now.
  func carryOut(_ order: KeyAction) async throws(OperationFailure) -> OperationResult {
    let client: APIClient
    do { client = try self.client() } catch { throw .stale("test", "\(error)") }
    let operation = Operation(
      id: OperationID("key"), address: key.address, action: .key(order, key),
      covers: [key.address], source: nil)
    return try await CloudRunner(client: client, keys: store()).run(operation)
  }

  /// The installed file, parsed.
  func file() throws -> JSONValue {
    let bytes = try #require(files.contents["\(directory)/\(key.file)"])
    return try JSONValue(parsing: bytes)
  }

  /// One live key with its file in place, no leftovers, and nothing more to do.
  func expectConverged(_ what: String) async throws {
    let change = try await plan()
    #expect(change.action == .unchanged, "\(what): \(change.action) \(change.reason?.text ?? "")")
    #expect(server.keys.count == 1, "\(what)")
    #expect(try file()["private_key_id"]?.string == server.keys.first?.id, "\(what)")
    let left = files.contents.keys.filter { $0.contains(".uploader-key.json.") }
    #expect(left.isEmpty, "\(what): \(left)")
  }
}
