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
  static let addressed = Kinds.catalog.resources.filter { !$0.isCredential }
  static let resources = addressed.filter { $0.place != .setting }

  static func address(_ kind: any ResourceKind) -> Address {
    switch kind.place {
    case .location: Address(project: "my-project-id", kind.id, "us", "thing-id")
    case .root: Address(project: "my-project-id", kind.id)
    case .setting, .project, .child: Address(project: "my-project-id", kind.id, "thing-id")
    }
  }

  @Test func namesAtGoogle() throws {
    for kind in Self.addressed {
      let address = Self.address(kind)
      let rest = try #require(address.rest)
      #expect(rest.path(of: address) != nil, "RESTResources.swift, name: \(kind.name)")
      #expect(
        !rest.isAbout(["name": "projects/my-project-id/others/x"], address),
        "RESTResources.swift, proof: \(kind.name)")
      let isProject = kind.place == .root
      #expect(
        isProject || rest.host != .resourceManager, "RESTResources.swift, host: \(kind.name)")
      #expect(
        PermissionRoles.role(for: "\(rest.permission).get") != nil,
        "RESTResources.swift, roles: \(rest.permission)")
    }
  }

  /// Whoever needs the API needs its service first.
  @Test func servicesThatGoFirst() {
    for kind in Self.resources where kind.place != .root {
      #expect(
        kind.service == RESTResources.of(kind.id)?.host.serviceName, "\(kind.name): service")
    }
  }

  @Test func referencesByFullName() {
    for kind in Self.resources where kind.place != .root {
      #expect(
        ReferenceResolver.fullName(Self.address(kind)).contains("thing-id"),
        "ReferenceResolver.swift, fullName(_:): \(kind.name)")
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
        (try? runner.writer(of: Self.address(kind))) != nil,
        "CloudRunner.swift, writer(of:): \(kind.name)")
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
      guard kind.resource != nil else { continue }
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
