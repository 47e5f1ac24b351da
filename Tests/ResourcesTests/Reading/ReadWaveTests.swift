import GoogleCloud
import HTTP
import JSON
import Kinds
import Model
import Synchronization
import TestSupport
import Testing

@testable import Resources

/// In which order, and how many at a time, the reads of a snapshot begin.
@Suite struct ReadWaveTests {
  /// A sandbox's APIs as a function; counts what is in flight.
  private final class Server: HTTPTransport {
    private let state = Mutex((requests: [String](), now: 0, most: 0))
    private let answer: @Sendable (String) -> FakeCloud.Answer

    init(_ answer: @escaping @Sendable (String) -> FakeCloud.Answer) { self.answer = answer }

    var requests: [String] { state.withLock { $0.requests } }
    var most: Int { state.withLock { $0.most } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
      let path = String(request.url.dropFirst("http://127.0.0.1:1".count).prefix { $0 != "?" })
      state.withLock {
        $0.requests.append(path)
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      for _ in 0..<5 { await Task.yield() }
      state.withLock { $0.now -= 1 }
      return try answer(path).get()
    }
  }

  private func read(
    _ graph: DesiredGraph, from server: Server, reads: Int
  ) async throws -> Snapshot {
    let clock = InstantClock()
    let run = RequestContext(
      transport: server, clock: clock, random: HalfRandom(), limits: .init(reads: reads))
    let credential = Credential(
      token: "arctlsbx.t", source: "test", quotaProject: nil, clock: clock)
    let client = try APIClient(
      credential: try #require(credential), endpoints: try Endpoints(all: "http://127.0.0.1:1"),
      run: run)
    return await SnapshotReader(client: client, keys: nil, kinds: Kinds.catalog)
      .readSnapshot(of: graph)
  }

  private static let repositories = (100..<200).map {
    Address(project: "p", .repository, "us", "r\($0)")
  }

  /// A project with a service and a hundred repositories with policies.
  private var graph: DesiredGraph {
    Make.graph(
      (Self.repositories + [Make.service("iam.googleapis.com")]).map { Make.resource($0) },
      policies: Self.repositories.map(\.policy))
  }

  private static func answer(_ path: String) -> FakeCloud.Answer {
    switch path {
    case "/v1/projects/p/services": .empty
    case "/v1/projects/p/services/iam.googleapis.com":
      .json(["name": "projects/123/services/iam.googleapis.com", "state": "DISABLED"])
    case "/v1/projects/p/locations/us/repositories":
      .json(["repositories": .array(repositories.map { Make.live($0) })])
    default: .json(["etag": "BwXhqDMD7yU="])
    }
  }

  @Test func asManyAsAllowedAreInFlight() async throws {
    let server = Server(Self.answer)
    let snapshot = try await read(graph, from: server, reads: 4)
    #expect(server.most == 4)
    #expect(snapshot.policies.values.map(\.word) == Array(repeating: "present", count: 100))
    #expect(Set(server.requests).count == server.requests.count)
  }

  /// A list does not show the service: it is read by its name before the policies that were still to be read.
  @Test func whatFollowsFromAListDoesNotWaitForTheRest() async throws {
    let server = Server(Self.answer)
    let snapshot = try await read(graph, from: server, reads: 4)
    #expect(snapshot.resources[Make.service("iam.googleapis.com")]?.word == "absent")
    let name = "/v1/projects/p/services/iam.googleapis.com"
    let place = try #require(server.requests.firstIndex(of: name))
    #expect(place < 30, "it was request \(place) of \(server.requests.count)")
    #expect(server.requests.count { $0 == name } == 1)
    #expect(server.requests.count == 103)
  }

  /// What a store of secrets shows must not be newer than the list of keys.
  @Test func keysWaitForTheStoresAndNothingElseDoes() async throws {
    var graph = graph
    var key = Make.key()
    key.remote = .secretManager(project: "p", secret: "s")
    graph.keys[key.address] = key
    graph.resources[Make.account] = Make.resource(Make.account)
    let server = Server { path in
      switch path {
      case _ where path.hasSuffix("/keys"): .empty
      case _ where path.hasSuffix("/serviceAccounts"):
        .json(["accounts": [Make.live(Make.account)]])
      case _ where path.contains("/secrets/"): .notFound
      default: Self.answer(path)
      }
    }
    _ = try await read(graph, from: server, reads: 4)
    let stores = server.requests.indices.filter { server.requests[$0].contains("/secrets/") }
    let keys = try #require(server.requests.firstIndex { $0.hasSuffix("/keys") })
    #expect(!stores.isEmpty && stores.allSatisfy { $0 < keys })
    // The wave has not waited for them.
    #expect(server.requests.prefix(4).contains { !$0.contains("/secrets/") })
  }
}
