import Foundation
import HTTP
import JSON
import Model
import Platform
import Reconcile
import Resources
import TestSupport
import Testing

@testable import GoogleCloud

/// Plans through real proxies with TLS and HTTP/2.
@Suite(.serialized) struct ProxyPlanTests {
  private static let project = """
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    spec: {services: [artifactregistry.googleapis.com, iam.googleapis.com]}

    """
  private static let manifests =
    project
    + (0..<150).map { index in
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: libs-\(index)}
      spec:
        format: python
        iam: [{role: roles/artifactregistry.reader, members: [group:developers@example.com]}]

      """
    }.joined()

  /// A sandbox behind a proxy.
  private struct Place {
    let stage: SandboxStage
    let proxy: TLSProxy
    let transport: CurlTransport

    init(_ program: TLSProxy.Program, streams: Int) async throws {
      stage = try SandboxStage()
      let certificates = try await Certificates("right", in: stage.folder)
      proxy = try TLSProxy(
        program, certificates, backend: stage.server.baseURL.split(separator: ":").last ?? "",
        streams: streams, in: stage.folder)
      transport = CurlTransport(.init(caFile: certificates.authority, userAgent: "test"))
      for _ in 0..<200 {
        if (try? await transport.send(HTTPRequest(.get, "\(proxy.url)/_sandbox/clock"))) != nil {
          return
        }
        try await Task.sleep(for: .milliseconds(50))
      }
    }

    func stop() {
      transport.shutdown()
      proxy.stop()
      stage.stop()
    }
  }

  /// The id of a plan, and how many requests it took.
  private func plan(
    _ graph: DesiredGraph, at url: String, over transport: any HTTPTransport, token: String
  ) async throws -> (id: String, requests: Int) {
    let clock = SystemClock()
    let run = RequestContext(transport: transport, clock: clock, random: HalfRandom())
    let credential = Credential(token: token, source: "test", quotaProject: nil, clock: clock)
    let client = try APIClient(
      credential: try #require(credential), endpoints: try Endpoints(all: url), run: run)
    let snapshot = await SnapshotReader(client: client, keys: nil, kinds: .google)
      .readSnapshot(of: graph)
    #expect(snapshot.policies.count == 150)
    let plan = Planner(graph: graph, snapshot: snapshot).plan()
    return (try #require(plan.id, "\(summary(plan).prefix(5))"), run.statistics.requests)
  }

  @Test(arguments: TLSProxy.Program.allCases, [100, 250])
  func aPlanIsTheSameOverOneConnection(_ program: TLSProxy.Program, _ streams: Int) async throws {
    let place = try await Place(program, streams: streams)
    defer { place.stop() }
    let graph = try place.stage.graph(Self.manifests)
    let token = try await place.stage.client().credential.accessToken()
    let direct = CurlTransport(.init(userAgent: "test"))
    defer { direct.shutdown() }
    let expected = try await plan(
      graph, at: place.stage.server.baseURL, over: direct, token: token)
    let before = try await place.proxy.entries(1).count
    let found = try await plan(graph, at: place.proxy.url, over: place.transport, token: token)
    #expect(found == expected)
    let entries = try await place.proxy.entries(before + found.requests)
    #expect(entries.count == before + found.requests)
    #expect(entries.allSatisfy { ["h2", "HTTP/2.0"].contains($0.version) })
    #expect(Set(entries.map(\.connection)).count == 1)
    if program == .nginx { #expect(entries.contains { $0.isCompressed }) }
  }

  /// Creates take connections of their own, which resume the TLS session of an earlier one.
  @Test func freshConnectionsResumeTheSession() async throws {
    let place = try await Place(.nginx, streams: 100)
    defer { place.stop() }
    let create = HTTPRequest(
      .post, "\(place.proxy.url)/v1/projects/p/x", body: [], connection: .fresh)
    // At the same time, so that each has a handle of its own.
    let transport = place.transport
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<6 { group.addTask { _ = try? await transport.send(create) } }
    }
    let entries = try await place.proxy.entries(7).filter { $0.method == "POST" }
    #expect(entries.count == 6)
    #expect(Set(entries.map(\.connection)).count == 6)
    #expect(entries.allSatisfy { $0.isResumed })
  }
}
