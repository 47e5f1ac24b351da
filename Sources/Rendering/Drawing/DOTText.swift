/// A drawing in DOT, the language of Graphviz.
package struct DOTText {
  /// Takes no options.
  package init() {}

  /// The drawing, with a newline at its end.
  package func render(_ drawing: Drawing) -> String {
    let names = drawing.names
    // Texts of arrows need room between the boxes.
    let ranks = drawing.edges.contains { !$0.lines.isEmpty } ? "1.1" : "0.5"
    var lines = [
      "digraph arctl {",
      "  graph [rankdir=LR, label=\(Self.quoted(drawing.title)), labelloc=t, labeljust=l, fontname=\"Helvetica\", fontsize=16, nodesep=0.25, ranksep=\(ranks)]",
      "  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11, margin=\"0.15,0.07\"]",
      "  edge [fontname=\"Helvetica\", fontsize=10, color=\"#777777\"]",
    ]
    for node in drawing.nodes { lines.append("  " + text(of: node, names)) }
    for (index, group) in drawing.groups.enumerated() {
      lines.append("  subgraph cluster_\(index + 1) {")
      lines.append(
        "    graph [label=\(Self.quoted(DrawingLines.wrapped(group.title))), style=\"rounded\", color=\"#bbbbbb\", fontsize=13, margin=14]"
      )
      for node in group.nodes { lines.append("    " + text(of: node, names)) }
      lines.append("  }")
    }
    for edge in drawing.edges {
      guard let from = names[edge.from], let to = names[edge.to] else { continue }
      lines.append("  \(from) -> \(to)\(attributes(of: edge))")
    }
    if !drawing.remarks.isEmpty {
      // Aligned to the left: `\l` ends each line.
      let text = drawing.remarks.flatMap(DrawingLines.wrapped).map { Self.escaped($0) + "\\l" }
      lines.append(
        "  remarks [shape=note, style=filled, fillcolor=\"#ffffff\", color=\"#bbbbbb\", fontcolor=\"#444444\", fontsize=10, label=\"\(text.joined())\"]"
      )
    }
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  private func text(of node: Drawing.Node, _ names: [String: String]) -> String {
    let (fill, stroke) = node.look.colors
    var attributes = [
      "label=\(Self.quoted(node.lines.flatMap(DrawingLines.wrapped)))",
      "fillcolor=\"\(fill)\"", "color=\"\(stroke)\"",
    ]
    attributes += Self.shape(node.look)
    return "\(names[node.key] ?? "") [\(attributes.joined(separator: ", "))]"
  }

  private static func shape(_ look: Drawing.Look) -> [String] {
    switch look {
    case .resource: []
    case .object: ["shape=folder", "style=filled"]
    case .policy: ["shape=tab", "style=filled"]
    case .key: ["shape=cds", "style=filled"]
    case .external: ["style=\"rounded,filled,dashed\""]
    case .deleted: ["style=\"rounded,filled,dashed\"", "penwidth=2"]
    case .person, .account: []
    case .federated: ["shape=hexagon", "style=filled", "margin=\"0.02,0.05\""]
    case .everyone: ["style=filled", "peripheries=2", "penwidth=2"]
    case .unknown: ["shape=box", "style=\"filled,dashed\"", "penwidth=2"]
    }
  }

  private func attributes(of edge: Drawing.Edge) -> String {
    var attributes: [String] = []
    if !edge.lines.isEmpty {
      attributes.append("label=\(Self.quoted(edge.lines.flatMap(DrawingLines.wrapped)))")
    }
    if edge.look != .plain {
      attributes += ["color=\"\(edge.look.color)\"", "fontcolor=\"\(edge.look.color)\""]
    }
    if edge.isDashed { attributes.append("style=dashed") }
    if edge.look == .everyone || edge.look == .unknown { attributes.append("penwidth=2") }
    return attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
  }

  static func quoted(_ lines: [String]) -> String {
    "\"\(lines.map(escaped).joined(separator: "\\n"))\""
  }

  static func quoted(_ text: String) -> String { quoted([text]) }

  /// A text within double quotes. A backslash begins an escape of Graphviz, and `&` an entity of HTML.
  static func escaped(_ text: String) -> String {
    // By scalars: a quote followed by an accent is one character, and still ends a text.
    text.escapedForTerminal.unicodeScalars.reduce(into: "") { result, letter in
      switch letter {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "&": result += "&amp;"
      default: result.unicodeScalars.append(letter)
      }
    }
  }
}
