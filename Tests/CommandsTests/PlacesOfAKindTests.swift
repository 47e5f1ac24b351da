import Foundation
import JSON
import Model
import TestSupport
import Testing

@testable import CloudResources
@testable import DesiredState
@testable import LiveState
@testable import Operations
@testable import Registry

/// A kind that is missing in a place where nothing else would tell fails here, and the message names the file.
@Suite struct PlacesOfAKindTests {
  /// Kinds whose documents are resources of Google's with an address of their own; keys live within their accounts.
  static let resources = Kinds.all.filter {
    [.project, .name, .locationAndName].contains($0.identity)
  }
  static let addressed = resources + Kinds.undocumented

  static func address(_ kind: any Kind) -> Address {
    switch kind.identity {
    case .project: Address(project: "my-project-id", "project")
    case .locationAndName: Address(project: "my-project-id", kind.segment, "us", "thing-id")
    default: Address(project: "my-project-id", kind.segment, "thing-id")
    }
  }

  @Test func namesAtGoogle() {
    for kind in Self.addressed {
      let address = Self.address(kind)
      #expect(
        ResourceNames.path(of: address) != nil, "ResourceNames.swift, path(of:): \(kind.segment)")
      #expect(
        !ResourceNames.isOwn(["name": "projects/my-project-id/others/x"], of: address),
        "ResourceNames.swift, isOwn(_:of:): \(kind.segment)")
      let isProject = kind.identity == .project
      #expect(
        isProject || ResourceNames.host(ofKind: kind.segment) != .resourceManager,
        "ResourceNames.swift, host(ofKind:): \(kind.segment)")
      let noun = ReadCalls.noun(address)
      #expect(
        isProject || noun != "resourcemanager.projects",
        "ReadCalls.swift, noun(_:): \(kind.segment)")
      #expect(
        PermissionRoles.role(for: "\(noun).get") != nil,
        "PermissionRoles.swift, role(for:): \(noun)")
    }
  }

  /// Whoever needs the API needs its service first.
  @Test func servicesThatGoFirst() {
    for kind in Self.resources where kind.identity != .project {
      #expect(
        GraphBuilder.service(behind: kind.segment)
          == ResourceNames.host(ofKind: kind.segment).serviceName,
        "GraphBuilder.swift, service(behind:): \(kind.segment)")
    }
  }

  @Test func referencesByFullName() {
    for kind in Self.resources where kind.identity != .project {
      #expect(
        ReferenceResolver.fullName(Self.address(kind)).contains("thing-id"),
        "ReferenceResolver.swift, fullName(_:): \(kind.segment)")
    }
  }

  @Test func orderOfAPlan() {
    let rules = CloudRules()
    let last = rules.rank(of: "no kind")
    for kind in Kinds.all + Kinds.undocumented where kind.identity != .none {
      #expect(rules.rank(of: kind.segment) < last, "CloudRules.swift, order: \(kind.segment)")
      #expect(rules.schema(for: kind.segment) != nil)
    }
  }

  @Test func scopes() {
    for kind in Kinds.all where ![.none, .project].contains(kind.identity) {
      #expect(
        StackKind.scopedKinds.contains(kind.segment),
        "StackKind.swift, scopedKinds: \(kind.segment)")
    }
  }

  @Test func reads() {
    for kind in Self.addressed {
      let address = Self.address(kind)
      var graph = DesiredGraph()
      graph.resources[address] = Make.resource(address)
      let plan = ReadPlan(graph, selected: nil)
      #expect(plan.sources[address] != nil, "ReadPlan.swift: \(kind.segment)")
      #expect(ReadCalls.resource(address) != nil, "ReadCalls.swift: \(kind.segment)")
    }
  }

  @Test func writes() throws {
    let runner = CloudRunner(client: try LiveStage().client, keys: nil)
    for kind in Self.resources {
      #expect(
        runner.calls(on: Self.address(kind)) != nil,
        "CloudRunner.swift, calls(on:): \(kind.segment)")
    }
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardized

  @Test func examplesAndGooglesOwnDescription() throws {
    // The README's own manifests are an example, too.
    let examples = try ["examples", "manifests"].map(Self.manifests).joined()
    let discovery = try String(
      contentsOf: Self.root.appending(path: "Tests/RegistryTests/Kinds/DiscoveryTests.swift"),
      encoding: .utf8)
    for kind in Kinds.all {
      let isShown = examples.contains("kind: \(kind.name)\n")
      #expect(isShown, "examples/: \(kind.name)")
      guard kind.identity != .none else { continue }
      let isCompared = discovery.contains(" \(kind.name)Kind(),")
      #expect(isCompared, "DiscoveryTests.swift: \(kind.name)")
    }
  }

  /// All the YAML of a folder.
  private static func manifests(in name: String) throws -> String {
    let folder = root.appending(path: name)
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    return try (names ?? []).filter { $0.hasSuffix(".yaml") }.map {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
    }.joined()
  }
}
