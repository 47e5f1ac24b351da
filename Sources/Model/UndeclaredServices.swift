/// The services that are enabled and that no manifest declares, by project: one counted report instead of a line each.
public struct UndeclaredServices: Sendable, Hashable {
  /// The services of one project, in order.
  public struct Group: Sendable, Hashable {
    /// The project.
    public var project: String
    /// The names of the services.
    public var names: [String]
  }
  /// By project, in order.
  public let groups: [Group]
  /// What the count leaves out, as the subject of a sentence; nil if nothing.
  public let standard: String?

  /// The services among undeclared resources.
  public init(_ undeclared: [Address]) {
    let services = undeclared.filter(\.isSetting)
    groups = Dictionary(grouping: services, by: \.project).sorted { $0.key < $1.key }.map {
      Group(project: $0.key, names: $0.value.map(\.id).sorted())
    }
    standard = services.first?.resource?.standard?.description
  }

  /// How many there are in all projects.
  public var count: Int { groups.reduce(0) { $0 + $1.names.count } }
  /// Whether there are none.
  public var isEmpty: Bool { groups.isEmpty }

  /// `12 services are enabled that no manifest declares`.
  public var headline: String {
    count == 1
      ? "1 service is enabled that no manifest declares"
      : "\(count) services are enabled that no manifest declares"
  }

  /// `Google's default services of new projects (22, table of 2026-11-29) are not counted`; nil if nothing is left out.
  public var exception: String? { standard.map { "\($0) are not counted" } }

  /// A line for each project, `p: a.googleapis.com, b.googleapis.com and 2 more`, and a last one for further projects.
  ///
  /// - Parameters:
  ///   - names: how many services of a project are named.
  ///   - projects: how many projects have a line.
  ///   - rest: follows a count of what is left out.
  ///   - write: how a name is written.
  public func lines(
    names: Int = 10, projects: Int = 20, rest: String = "",
    write: (String) -> String = { $0 }
  ) -> [String] {
    let shown = groups.prefix(projects).map { group in
      let listed = group.names.prefix(names).map(write).joined(separator: ", ")
      let more = group.names.count - names
      return "\(write(group.project)): \(listed)" + (more > 0 ? " and \(more) more\(rest)" : "")
    }
    let more = groups.count - projects
    guard more > 0 else { return shown }
    return shown + ["and \(more) more \(more == 1 ? "project" : "projects")\(rest)"]
  }
}

extension Address {
  /// Whether it is a setting of its project: a service.
  public var isSetting: Bool { resource?.place.isSetting == true }
}

extension Plan {
  /// The undeclared resources without services, which have a report of their own.
  public var undeclaredResources: [Address] { undeclared.filter { !$0.isSetting } }
  /// The undeclared services.
  public var undeclaredServices: UndeclaredServices { UndeclaredServices(undeclared) }
}
