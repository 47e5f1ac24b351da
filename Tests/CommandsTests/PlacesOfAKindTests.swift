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

  static func segment(_ kind: any Kind) -> Address.Kind { kind.segment ?? .project }
  static func address(_ kind: any Kind) -> Address {
    switch kind.identity {
    case .locationAndName: Address(project: "my-project-id", segment(kind), "us", "thing-id")
    case .project, .none: Address(project: "my-project-id", segment(kind))
    case .name, .accountAndName: Address(project: "my-project-id", segment(kind), "thing-id")
    }
  }

  @Test func namesAtGoogle() {
    for kind in Self.addressed {
      let address = Self.address(kind)
      #expect(
        ResourceNames.path(of: address) != nil, "ResourceNames.swift, path(of:): \(kind.name)")
      #expect(
        !ResourceNames.isOwn(["name": "projects/my-project-id/others/x"], of: address),
        "ResourceNames.swift, isOwn(_:of:): \(kind.name)")
      let isProject = kind.identity == .project
      #expect(
        isProject || ResourceNames.host(ofKind: Self.segment(kind)) != .resourceManager,
        "ResourceNames.swift, host(ofKind:): \(kind.name)")
      let noun = ReadCalls.noun(address)
      #expect(
        isProject || noun != "resourcemanager.projects",
        "ReadCalls.swift, noun(_:): \(kind.name)")
      #expect(
        PermissionRoles.role(for: "\(noun).get") != nil,
        "PermissionRoles.swift, role(for:): \(noun)")
    }
  }

  /// Whoever needs the API needs its service first.
  @Test func servicesThatGoFirst() {
    for kind in Self.resources where kind.identity != .project {
      #expect(
        GraphBuilder.service(behind: Self.segment(kind))
          == ResourceNames.host(ofKind: Self.segment(kind)).serviceName,
        "GraphBuilder.swift, service(behind:): \(kind.name)")
    }
  }

  @Test func referencesByFullName() {
    for kind in Self.resources where kind.identity != .project {
      #expect(
        ReferenceResolver.fullName(Self.address(kind)).contains("thing-id"),
        "ReferenceResolver.swift, fullName(_:): \(kind.name)")
    }
  }

  @Test func orderOfAPlan() {
    let rules = CloudRules()
    let ranks = Address.Kind.allCases.map(rules.rank)
    #expect(Set(ranks).count == ranks.count, "CloudRules.swift, rank(of:)")
    for kind in Kinds.all + Kinds.undocumented where kind.identity != .none {
      #expect(rules.schema(for: Self.segment(kind)) != nil)
    }
  }

  @Test func scopes() {
    for kind in Kinds.all where ![.none, .project].contains(kind.identity) {
      #expect(
        StackKind.scopedKinds.contains(Self.segment(kind)),
        "StackKind.swift, scopedKinds: \(kind.name)")
    }
  }

  @Test func reads() {
    for kind in Self.addressed {
      let address = Self.address(kind)
      var graph = DesiredGraph()
      graph.resources[address] = Make.resource(address)
      let plan = ReadPlan(graph, selected: nil)
      #expect(plan.sources[address] != nil, "ReadPlan.swift: \(kind.name)")
      #expect(ReadCalls.resource(address) != nil, "ReadCalls.swift: \(kind.name)")
    }
  }

  @Test func writes() throws {
    let runner = CloudRunner(client: try LiveStage().client, keys: nil)
    for kind in Self.resources {
      #expect(
        runner.calls(on: Self.address(kind)) != nil,
        "CloudRunner.swift, calls(on:): \(kind.name)")
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
