import GoogleCloud
import HTTP
import JSON
import Kinds
import Model
import Synchronization
import TestSupport
import Testing

@testable import Resources

/// Lists of many projects are one wave: no project waits for another one.
@Suite struct ListWaveTests {
  /// Holds back all answers until as many requests are in flight as a round should have, and then sends them together.
  /// If fewer come, it sends what there is, so that a reader that waits too early gets more rounds, and not stuck.
  private final class Rounds: HTTPTransport {
    private struct State {
      var expected: [Int]
      var held: [CheckedContinuation<Void, Never>] = []
      var sizes: [Int] = []
      var requests = 0
    }
    private let state: Mutex<State>
    private let answer: @Sendable (HTTPRequest) -> JSONValue

    init(_ expected: [Int], answer: @escaping @Sendable (HTTPRequest) -> JSONValue) {
      state = Mutex(State(expected: expected))
      self.answer = answer
    }

    /// How many requests were in flight together, round by round.
    var sizes: [Int] { state.withLock { $0.sizes } }

    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
      await withCheckedContinuation { continuation in
        let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
          state.requests += 1
          state.held.append(continuation)
          guard let wanted = state.expected.first, state.held.count >= wanted else { return [] }
          return Self.release(&state)
        }
        for held in released { held.resume() }
      }
      return HTTPResponse(status: 200, body: answer(request).serialized())
    }

    /// Releases incomplete rounds, as long as `isOver` is false: a round is incomplete if no request came during many
    /// turns of all other tasks.
    func watch(until isOver: @Sendable () -> Bool) async {
      var idle = 0
      var seen = 0
      while !isOver() {
        await Task.yield()
        let now = state.withLock { $0.requests }
        idle = now == seen ? idle + 1 : 0
        seen = now
        guard idle > 2_000_000 else { continue }
        idle = 0
        for held in state.withLock({ Self.release(&$0) }) { held.resume() }
      }
    }

    private static func release(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
      guard !state.held.isEmpty else { return [] }
      if !state.expected.isEmpty { state.expected.removeFirst() }
      state.sizes.append(state.held.count)
      defer { state.held = [] }
      return state.held
    }
  }

  private static let projects = (10..<50).map { "p-\($0)" }

  private func rounds(
    _ list: String, _ expected: [Int], graph: DesiredGraph = DesiredGraph()
  ) async throws -> (sizes: [Int], listing: Listing) {
    let transport = Rounds(expected) { request in
      if request.url.contains("/locations?") {
        return ["locations": [["locationId": "asia"], ["locationId": "eu"], ["locationId": "us"]]]
      }
      return [:]
    }
    let run = RequestContext(
      transport: transport, clock: InstantClock(), random: HalfRandom(),
      limits: RequestContext.Limits(timeout: .seconds(1800)))
    let credential = try #require(
      Credential(token: "ya29.t", source: "test", quotaProject: nil, clock: InstantClock()))
    let client = try APIClient(
      credential: credential, endpoints: .google, run: run)
    let reader = ListReader(
      client: client, keys: nil, kinds: Kinds.catalog,
      scope: ListScope(projects: Self.projects, graph: graph, now: 0))
    let isOver = Mutex(false)
    async let watching: Void = transport.watch { isOver.withLock { $0 } }
    let listing = try #require(await reader.read(list))
    isOver.withLock { $0 = true }
    await watching
    return (transport.sizes, listing)
  }

  @Test func oneListOfEachProjectIsOneRound() async throws {
    let (sizes, listing) = try await rounds("accounts", [40])
    #expect(sizes == [40])
    #expect(listing.problems.isEmpty)
  }

  /// 40 lists of locations, then 120 lists of repositories, never more than 64 at a time.
  @Test func allLocationsTakeASecondWave() async throws {
    let (sizes, listing) = try await rounds("repositories", [40, 64, 56])
    #expect(sizes == [40, 64, 56])
    #expect(listing.problems.isEmpty)
  }

  @Test func packagesOfDeclaredRepositoriesAreOneRound() async throws {
    let repositories = Self.projects.map {
      Make.resource(Address(project: $0, .repository, "us", "r"))
    }
    let (sizes, listing) = try await rounds("packages", [40], graph: Make.graph(repositories))
    #expect(sizes == [40])
    #expect(listing.problems.isEmpty)
  }
}
