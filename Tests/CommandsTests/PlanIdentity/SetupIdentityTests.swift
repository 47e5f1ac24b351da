import DesiredState
import Foundation
import JSON
import Kinds
import Manifests
import Model
import Platform
import Testing

@testable import Reconcile

/// The pinned ids of all setups: a change of the code that changes no plan changes none of them.
@Suite struct SetupIdentityTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let golden = root.appending(path: "Tests/Fixtures/plan-ids.txt")

  /// `SETUP ID OPERATIONS`, planned against empty projects.
  @Test func theIDsOfTheSetupsAreStable() throws {
    let lines = try Self.folders().map(Self.line)
    let pinned = try String(contentsOf: Self.golden, encoding: .utf8)
      .split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    #expect(!lines.isEmpty)
    #expect(lines == pinned)
  }

  private static func folders() throws -> [String] {
    let examples = try FileManager.default.contentsOfDirectory(
      atPath: root.appending(path: "examples").path)
    return ["manifests"] + examples.filter { !$0.contains(".") }.sorted().map { "examples/\($0)" }
  }

  private static func line(_ folder: String) throws -> String {
    let result = loadManifests(
      LoadOptions(paths: [root.appending(path: folder).path]), kinds: .google,
      fileSystem: LocalFileSystem(),
      now: 1_795_219_200)
    let graph = try #require(result.graph, "\(folder): \(result.diagnostics)")
    let plan = Planner(graph: graph, snapshot: snapshot(of: graph)).plan()
    let refused = plan.changes.filter { $0.action == .refused }.compactMap(\.digest)
    return ([folder, plan.id ?? "none", "\(plan.operations.count)"] + refused)
      .joined(separator: " ")
  }

  /// Empty projects, except those that the set creates.
  private static func snapshot(of graph: DesiredGraph) -> Snapshot {
    var snapshot = Snapshot()
    for (number, project) in Set(graph.addresses.map(\.project)).sorted().enumerated() {
      snapshot.projectNumbers[project] = "\(100_000_000_001 + number)"
    }
    for (address, resource) in graph.resources {
      let isThere =
        resource.origin == .external
        || address.kind == .project && resource.spec["parent"] == nil
      let value: JSONValue = ["projectId": .string(address.project), "state": "ACTIVE"]
      snapshot.resources[address] =
        isThere ? .present(LiveResource(address: address, value: value)) : .absent(.confirmed)
      if isThere { snapshot.policies[address.policy] = .present(["etag": "BwY="]) }
    }
    for address in graph.policies.keys where snapshot.policies[address] == nil {
      snapshot.policies[address] = .absent(.confirmed)
    }
    for (address, key) in graph.keys {
      snapshot.keys[key.account] = .present([])
      snapshot.destinations[address] = KeyDestination(state: .empty, path: key.file)
    }
    return snapshot
  }
}
