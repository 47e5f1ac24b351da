import HTTP
import JSON
import Model
import Testing

/// Services that someone enables besides those of the manifests.
@Suite struct UndeclaredServiceTests {
  private let manifests = """
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    spec:
      services: [artifactregistry.googleapis.com, run.googleapis.com]

    """
  private let path = "/v1/projects/my-project-id/services"
  private let others = [
    "bigquery.googleapis.com", "compute.googleapis.com", "storage.googleapis.com",
  ]

  private func reads(_ stage: SandboxStage) -> [String] {
    stage.transport.requests.filter { $0.method == .get }.compactMap { request in
      request.url.split(separator: "/projects/my-project-id/").last.map(String.init)
    }.filter { $0.hasPrefix("services") }
  }

  @Test func theyAreReportedAndLeftAlone() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let graph = try stage.graph(manifests)
    #expect(try await stage.apply(graph).isComplete)
    #expect(try await stage.plan(graph).undeclared.isEmpty)

    _ = try await stage.call(
      .post, "\(path):batchEnable", ["serviceIds": .array(others.map { .string($0) })])
    stage.transport.inject(nil)
    let plan = try await stage.plan(graph)
    #expect(summary(plan) == [])
    #expect(!plan.hasChanges)
    #expect(plan.operations.isEmpty)
    // Two of them are among the services that Google enables in new projects.
    #expect(plan.undeclared.map(\.description) == ["my-project-id/service/compute.googleapis.com"])
    #expect(plan.notChecked == ["repositories in other locations than us-east4"])
    let requests = reads(stage)
    #expect(requests.count == 1)
    #expect(requests.first?.hasPrefix("services?filter=state%3AENABLED&fields=") == true)

    _ = try await stage.apply(graph)
    for name in others {
      #expect(try await stage.call(.get, "\(path)/\(name)")["state"] == "ENABLED")
    }
  }

  @Test func aForbiddenListIsNamedAndTheDeclaredOnesAreRead() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let graph = try stage.graph(manifests)
    #expect(try await stage.apply(graph).isComplete)
    _ = try await stage.call(.post, "\(path)/compute.googleapis.com:enable", [:])
    _ = try await stage.call(.post, "\(path)/run.googleapis.com:disable", [:])
    stage.transport.inject(nil)
    stage.transport.answer { [path] request in
      guard request.method == .get, request.url.contains("\(path)?") else { return nil }
      let error: JSONValue = [
        "code": 403, "message": "The caller does not have permission",
        "status": "PERMISSION_DENIED",
      ]
      return HTTPResponse(status: 403, body: JSONValue.object(["error": error]).serialized())
    }
    let plan = try await stage.plan(graph)
    #expect(plan.isComplete)
    #expect(
      plan.changes.filter(\.isWrite).map(\.address.local) == ["service/run.googleapis.com"])
    #expect(plan.undeclared.isEmpty)
    #expect(
      plan.notChecked == [
        "services of my-project-id: the permission serviceusage.services.list is missing",
        "repositories in other locations than us-east4",
      ])
    #expect(reads(stage).count == 2)
    #expect(reads(stage).contains { $0.hasPrefix("services:batchGet?") })
  }

  /// A page takes 200 services.
  @Test func theListHasPages() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let graph = try stage.graph(manifests)
    #expect(try await stage.apply(graph).isComplete)
    let all = try await stage.call(.get, "\(path)?pageSize=200&filter=state:DISABLED")
    let names = (all["services"]?.array ?? []).compactMap { $0["config"]?["name"]?.string }
    #expect(names.count == 200)
    for start in stride(from: 0, to: names.count, by: 20) {
      let ids = names[start..<min(start + 20, names.count)].map { JSONValue.string($0) }
      _ = try await stage.call(.post, "\(path):batchEnable", ["serviceIds": .array(ids)])
    }
    stage.transport.inject(nil)
    let plan = try await stage.plan(graph)
    #expect(summary(plan) == [])
    let found = Set(plan.undeclared.map(\.id))
    #expect(found.count > 150)
    #expect(found.isSubset(of: names))
    #expect(reads(stage).count == 2)
  }
}
