public import Model

/// What a list is about.
public struct ListScope: Sendable {
  /// The projects whose resources are listed, in order.
  public var projects: [String]
  /// What the manifests declare; empty without manifests.
  public var graph: DesiredGraph
  /// The locations to look in, in order; nil: all that Google has.
  public var locations: [String]?
  /// The projects that may be read at all; nil: every project.
  public var limit: AddressGlob?
  /// Whether credentials are listed only of declared accounts.
  public var isDeclaredOnly: Bool
  /// Unix seconds, for ages.
  public var now: Int64

  /// In all locations, of all accounts and without a limit, by default.
  public init(
    projects: [String], graph: DesiredGraph, locations: [String]? = nil,
    limit: AddressGlob? = nil, isDeclaredOnly: Bool = false, now: Int64
  ) {
    self.projects = projects
    self.graph = graph
    self.locations = locations
    self.limit = limit
    self.isDeclaredOnly = isDeclaredOnly
    self.now = now
  }

  /// Whether a manifest declares anything in a project.
  public func hasManifests(of project: String) -> Bool {
    graph.resources.keys.contains { $0.project == project }
      || graph.policies.keys.contains { $0.project == project }
  }

  /// Whether a manifest declares that a resource exists.
  func declares(_ address: Address) -> Bool {
    guard let resource = graph.resources[address] else { return false }
    return resource.origin == .declared && resource.lifecycle.ensure == .present
  }

  /// The declared resources in a project that may exist, in order.
  func declared(in project: String) -> [Address] {
    graph.resources.values.filter {
      $0.address.project == project && $0.origin == .declared
    }.map(\.address).sorted()
  }

  /// The locations that the manifests name in a project, and the default one; in order.
  func namedLocations(in project: String) -> [String] {
    let own = declared(in: project).filter { $0.resource?.place.isLocation == true }
      .compactMap(\.names.first)
    return Set(own + [graph.stack.defaultLocation].compactMap { $0 }).sorted()
  }
}

extension Address {
  /// Whether a pattern matches the address, its local part, its names or its id.
  package func isMatched(by glob: AddressGlob) -> Bool {
    glob.selects(self) || glob.matches(id) || glob.matches(names.joined(separator: "/"))
  }
}
