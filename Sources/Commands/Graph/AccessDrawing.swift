import CloudResources
import Kinds
import Model
import Rendering
import Resources

/// Who may read, write and administer which repository, as a graph.
///
/// A grant in the policy of a project is one arrow, to a box for all repositories of the project. Members with the same
/// arrows share a box.
struct AccessDrawing {
  private let access: LiveAccess
  private let options: GraphOptions
  private let containers: [Address]
  /// How many members one box has at most.
  private static let largestBox = 12

  init(_ access: LiveAccess, _ options: GraphOptions) {
    self.access = access
    self.options = options
    let globs = AddressGlobs(options.selection.targets)
    containers = access.containers.filter { address in
      options.draws(address.project)
        && (options.selection.targets.isEmpty || globs.selects(address))
    }.sorted()
  }

  var drawing: Drawing {
    var drawing = Drawing(
      title: options.isLive
        ? "Who may use which repository, by the live policies"
        : "Who may use which repository, by the manifests")
    let arrows = arrows
    let boxes = boxes(arrows)
    drawing.nodes = boxes.map(\.node)
    drawing.groups = groups(targets: Set(arrows.keys.map(\.target)))
    drawing.edges = boxes.flatMap { box in
      box.arrows.sorted { $0.key < $1.key }.map { key, meaning in
        edge(from: box.node.key, to: key, meaning, isPublic: box.node.look == .everyone)
      }
    }
    drawing.remarks = remarks(boxes.flatMap(\.arrows.values))
    return drawing
  }

  /// The projects whose own policies count: those of the repositories and, as repositories may be missing there, those
  /// with something that could not be read.
  private var projects: Set<Address> {
    let unread = access.problems.map(\.project).filter {
      options.selection.targets.isEmpty && options.draws($0)
    }
    return Set(containers.map(\.root) + unread.map(Kinds.catalog.project))
  }

  // MARK: - Arrows

  /// Where an arrow leads, and under which condition.
  private struct Arrow: Hashable, Comparable {
    var member: String
    /// The address of a repository, or that of a project for all of its repositories.
    var target: Address
    var condition: PolicyCondition?

    static func < (left: Arrow, right: Arrow) -> Bool {
      if left.target != right.target { return left.target < right.target }
      switch (left.condition, right.condition) {
      case (nil, nil): return left.member < right.member
      case (nil, _?): return true
      case (_?, nil): return false
      case (let one?, let other?): return one == other ? left.member < right.member : one < other
      }
    }
  }

  /// What an arrow says.
  private struct Meaning: Hashable {
    var access: ContentAccess = []
    /// Roles that arctl does not know, in order.
    var unknownRoles: [String] = []
  }

  /// The arrows of all grants that allow something, or might. A condition is spelled as in the first grant that has it.
  private var arrows: [Arrow: Meaning] {
    let shown = Set(containers)
    let projects = projects
    var found: [Arrow: Meaning] = [:]
    for grant in access.grants {
      guard let target = grant.policy.policyResource,
        shown.contains(target) || projects.contains(target)
      else { continue }
      let isProject = projects.contains(target)
      let key = Arrow(
        member: grant.grant.member, target: target, condition: grant.grant.condition)
      let role = grant.grant.role
      switch ContentRoles.answer(
        role: role, permissions: access.permissions[role], onProject: isProject)
      {
      case .allows([]): continue
      case .allows(let allowed): found[key, default: Meaning()].access.formUnion(allowed)
      case .unknown: found[key, default: Meaning()].unknownRoles.append(role)
      }
    }
    return withoutRepetition(found)
  }

  /// Without what a member has under a condition and without it too; unknown roles in order.
  private func withoutRepetition(_ found: [Arrow: Meaning]) -> [Arrow: Meaning] {
    var result: [Arrow: Meaning] = [:]
    for (key, meaning) in found {
      var meaning = meaning
      meaning.unknownRoles = Set(meaning.unknownRoles).sorted()
      if key.condition != nil {
        var always = key
        always.condition = nil
        meaning.access.subtract(found[always]?.access ?? [])
      }
      if !meaning.access.isEmpty || !meaning.unknownRoles.isEmpty { result[key] = meaning }
    }
    return result
  }

  private func edge(
    from key: String, to arrow: Arrow, _ meaning: Meaning, isPublic: Bool
  ) -> Drawing.Edge {
    var lines: [String] = []
    if !meaning.access.isEmpty { lines.append(meaning.access.names.joined(separator: ", ")) }
    lines += meaning.unknownRoles.map { "? unknown role \($0)" }
    if let condition = arrow.condition {
      lines.append("if \(condition.title.isEmpty ? condition.expression : condition.title)")
    }
    let look: Drawing.EdgeLook =
      isPublic
      ? .everyone
      : !meaning.unknownRoles.isEmpty
        ? .unknown
        : meaning.access.contains(.administer)
          ? .administer : meaning.access.contains(.write) ? .write : .read
    var edge = Drawing.Edge(key, arrow.target.description, lines, look)
    edge.isDashed = arrow.condition != nil
    return edge
  }

  // MARK: - Boxes

  /// Members with the same arrows.
  private struct Box {
    var node: Drawing.Node
    var arrows: [Arrow: Meaning]
  }

  private func boxes(_ arrows: [Arrow: Meaning]) -> [Box] {
    struct Sort: Hashable {
      var category: String
      var arrows: [Arrow: Meaning]
    }
    let members = Dictionary(grouping: arrows, by: \.key.member)
    var sorts: [Sort: [Principal]] = [:]
    // Sorted, so that a box's conditions are always spelled as its first member has them.
    for (member, own) in members.sorted(by: { $0.key < $1.key }) {
      let principal = Principal(member)
      var plain: [Arrow: Meaning] = [:]
      for (key, meaning) in own {
        plain[Arrow(member: "", target: key.target, condition: key.condition)] = meaning
      }
      // What is public is never one of several.
      let category = principal.look == .everyone ? member : principal.category
      sorts[Sort(category: category, arrows: plain), default: []].append(principal)
    }
    return sorts.flatMap { sort, principals in
      chunks(principals.sorted { $0.member < $1.member }).map { part in
        Box(node: node(part), arrows: sort.arrows)
      }
    }.sorted { order($0.node) < order($1.node) }
  }

  private func chunks(_ principals: [Principal]) -> [[Principal]] {
    stride(from: 0, to: principals.count, by: Self.largestBox).map {
      Array(principals[$0..<min($0 + Self.largestBox, principals.count)])
    }
  }

  private func node(_ principals: [Principal]) -> Drawing.Node {
    let first = principals.first
    let count = principals.count > 1 ? "\(principals.count) × " : ""
    return Drawing.Node(
      "member \(first?.member ?? "")", [count + (first?.category ?? "")] + principals.map(\.name),
      first?.look ?? .unknown)
  }

  private func order(_ node: Drawing.Node) -> (Int, String) {
    let looks: [Drawing.Look] = [.everyone, .unknown, .person, .federated, .account, .external]
    return (looks.firstIndex(of: node.look) ?? looks.count, node.key)
  }

  // MARK: - Repositories

  private func groups(targets: Set<Address>) -> [Drawing.Group] {
    let problems = Dictionary(
      grouping: access.problems.filter { options.draws($0.project) }, by: \.project)
    let projects = Dictionary(grouping: containers, by: \.project)
    return Set(projects.keys).union(problems.keys).sorted().map { project in
      let root = Kinds.catalog.project(project)
      var nodes: [Drawing.Node] = []
      if targets.contains(root) {
        nodes.append(
          Drawing.Node(root.description, ["every repository of the project", project], .object))
      }
      nodes += (projects[project] ?? []).map { address in
        let place = address.names.dropLast().joined(separator: "/")
        return Drawing.Node(
          address.description, [address.id] + (place.isEmpty ? [] : [place]), .object)
      }
      nodes += unread(problems[project] ?? [], of: project)
      return Drawing.Group(title: "project \(project)", nodes: nodes)
    }
  }

  /// What could not be read, a box for each sort of things.
  private func unread(_ problems: [ListProblem], of project: String) -> [Drawing.Node] {
    Dictionary(grouping: problems, by: \.what).sorted { $0.key < $1.key }.map { what, problems in
      let reasons = Set(problems.map(\.reason.message)).sorted()
      return Drawing.Node(
        "unread \(project) \(what)", ["NOT READ: \(what)"] + reasons.prefix(1), .unknown)
    }
  }

  private func remarks(_ meanings: [Meaning]) -> [String] {
    var remarks = [
      "read: download packages. write: upload packages.",
      "administer: delete packages, change the repository, or set policies.",
      "A dashed arrow holds under a condition only.",
    ]
    if meanings.contains(where: { !$0.unknownRoles.isEmpty }) {
      remarks.append(
        "unknown role: not in arctl's table of Google's roles (\(ContentRoles.date)), or a custom role whose permissions are not known. "
          + "It may allow anything.")
    }
    if !access.problems.isEmpty {
      remarks.append("NOT COMPLETE: see the boxes NOT READ.")
    }
    if !options.isLive {
      remarks.append("Grants that no manifest declares are missing: --live reads the policies.")
    }
    remarks.append(
      "Not shown: roles from folders and the organisation, members of groups, who may act as a service account."
    )
    return remarks
  }
}
