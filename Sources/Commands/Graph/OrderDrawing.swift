import Model
import Rendering

/// The order in which an apply works, as a graph: an arrow leads to what is done later.
struct OrderDrawing {
  private let graph: DesiredGraph
  private let shown: Set<Address>

  init(_ graph: DesiredGraph, _ options: GraphOptions) {
    self.graph = graph
    shown = graph.selected(by: options.selection).filter { options.draws($0.project) }
  }

  var drawing: Drawing {
    var drawing = Drawing(
      title: graph.stack.name.map { "Apply order of \($0)" } ?? "Apply order")
    let projects = Dictionary(grouping: shown, by: \.project)
    drawing.groups = projects.sorted { $0.key < $1.key }.map { project, addresses in
      Drawing.Group(title: "project \(project)", nodes: addresses.sorted().map(node))
    }
    drawing.edges = edges
    drawing.remarks = [
      "An arrow leads to what an apply does later; those that follow from others are left out."
    ]
    if shown.contains(where: isDeleted) {
      drawing.remarks.append("Deletions run against the order of creations.")
    }
    return drawing
  }

  private func node(_ address: Address) -> Drawing.Node {
    // The kind, then the names: together the address without its project.
    var lines =
      [address.kind.name] + (address.names.isEmpty ? [] : [address.names.joined(separator: "/")])
    var look = Drawing.Look.resource
    if address.isPolicy { look = .policy }
    if address.resource?.isCredential == true { look = .key }
    if graph.resources[address]?.origin == .external {
      look = .external
      lines.append("not declared here, must exist")
    } else if isDeleted(address) {
      look = .deleted
      lines.append("to be deleted")
    }
    return Drawing.Node(address.description, lines, look)
  }

  private func isDeleted(_ address: Address) -> Bool {
    let lifecycle = graph.resources[address]?.lifecycle ?? graph.keys[address]?.lifecycle
    return lifecycle?.ensure == .absent
  }

  private var edges: [Drawing.Edge] {
    var ancestors: [Address: Set<Address>] = [:]
    return shown.sorted().flatMap { address in
      direct(address, &ancestors).sorted().map { dependency in
        // What depends on something is deleted before it.
        isDeleted(address) && (isDeleted(dependency) || dependency.isPolicy)
          ? Drawing.Edge(address.description, dependency.description)
          : Drawing.Edge(dependency.description, address.description)
      }
    }
  }

  /// The shown dependencies of an address that do not follow from another one.
  private func direct(_ address: Address, _ ancestors: inout [Address: Set<Address>]) -> [Address] {
    let own = graph.dependencies(ofCreating: address).filter(shown.contains)
    let implied = own.reduce(into: Set<Address>()) { $0.formUnion(above($1, &ancestors)) }
    return own.filter { !implied.contains($0) }
  }

  /// Everything that an address depends on, directly or not.
  private func above(_ start: Address, _ ancestors: inout [Address: Set<Address>]) -> Set<Address> {
    if let known = ancestors[start] { return known }
    var found: Set<Address> = []
    var queue = [start]
    while let address = queue.popLast() {
      for dependency in graph.dependencies(ofCreating: address)
      where shown.contains(dependency) && found.insert(dependency).inserted {
        queue.append(dependency)
      }
    }
    ancestors[start] = found
    return found
  }
}
