/// A drawing as a flowchart of Mermaid, which GitHub, GitLab and many editors draw within Markdown.
///
/// Texts are in double quotes. Every character that means something to Mermaid, HTML or Markdown is written by its number,
/// `#34;`, as Mermaid's documentation of flowcharts says.
package struct MermaidText {
  /// How many edges Mermaid draws by default (`maxEdges` of its configuration), and how many characters it reads
  /// (`maxTextSize`).
  package static let limits = (edges: 500, characters: 50_000)

  /// Takes no options.
  package init() {}

  /// The drawing, with a newline at its end.
  package func render(_ drawing: Drawing) -> String {
    let names = drawing.names
    var lines = ["---", "title: \(Self.quoted(drawing.title))", "---", "flowchart LR"]
    for node in drawing.nodes { lines.append("  " + text(of: node, names)) }
    for (index, group) in drawing.groups.enumerated() {
      lines.append("  subgraph g\(index + 1)[\(Self.quoted(DrawingLines.wrapped(group.title)))]")
      for node in group.nodes { lines.append("    " + text(of: node, names)) }
      lines.append("  end")
    }
    var styled: [Drawing.EdgeLook: [Int]] = [:]
    for (index, edge) in drawing.edges.enumerated() {
      guard let from = names[edge.from], let to = names[edge.to] else { continue }
      styled[edge.look, default: []].append(index)
      let arrow = edge.isDashed ? "-.->" : "-->"
      let label = edge.lines.flatMap(DrawingLines.wrapped)
      lines.append(
        "  \(from) \(arrow)\(label.isEmpty ? "" : "|\(Self.quoted(label))|") \(to)")
    }
    if !drawing.remarks.isEmpty {
      lines.append(
        "  remarks[\(Self.quoted(drawing.remarks))]:::remark")
    }
    lines += styles(drawing, styled)
    return lines.joined(separator: "\n") + "\n"
  }

  private func text(of node: Drawing.Node, _ names: [String: String]) -> String {
    let label = Self.quoted(node.lines.flatMap(DrawingLines.wrapped))
    let (open, close) = Self.brackets(node.look)
    return "\(names[node.key] ?? "")\(open)\(label)\(close):::\(node.look.rawValue)"
  }

  /// The shape of a node.
  private static func brackets(_ look: Drawing.Look) -> (String, String) {
    switch look {
    case .resource, .external, .deleted, .unknown: ("[", "]")
    case .object: ("[(", ")]")
    case .policy: ("[/", "/]")
    case .key: (">", "]")
    case .person, .account: ("([", "])")
    case .federated: ("{{", "}}")
    case .everyone: ("[[", "]]")
    }
  }

  private func styles(_ drawing: Drawing, _ edges: [Drawing.EdgeLook: [Int]]) -> [String] {
    let used = Set(drawing.allNodes.map(\.look))
    var lines = Drawing.Look.allCases.filter(used.contains).map {
      "  classDef \($0.rawValue) \(Self.style($0))"
    }
    if !drawing.remarks.isEmpty {
      lines.append("  classDef remark fill:#ffffff,stroke:#bbbbbb,color:#444444,text-align:left")
    }
    for look in Drawing.EdgeLook.allCases where look != .plain {
      guard let indexes = edges[look] else { continue }
      let list = indexes.map(String.init).joined(separator: ",")
      lines.append("  linkStyle \(list) stroke:\(look.color),color:\(look.color)")
    }
    return lines
  }

  private static func style(_ look: Drawing.Look) -> String {
    let (fill, stroke) = look.colors
    let more =
      switch look {
      case .external: ",stroke-dasharray:4 3"
      case .unknown, .deleted: ",stroke-dasharray:4 3,stroke-width:2px"
      case .everyone: ",stroke-width:3px"
      default: ""
      }
    return "fill:\(fill),stroke:\(stroke),color:#1a1a1a\(more)"
  }

  static func quoted(_ lines: [String]) -> String {
    "\"\(lines.map(escaped).joined(separator: "<br/>"))\""
  }

  static func quoted(_ text: String) -> String { quoted([text]) }

  /// A text in which only letters, digits and a few signs stand for themselves.
  static func escaped(_ text: String) -> String {
    // Before it reads a line, Mermaid cuts the end off what looks like one of its style definitions.
    let mayBeStyle = text.contains("style") || text.contains("classDef")
    return text.escapedForTerminal.unicodeScalars.reduce(into: "") { result, letter in
      let isPlain =
        letter.value < 0x80
        ? letter.properties.isAlphabetic || (0x30...0x39).contains(letter.value)
          || " .,@/()+=_-".unicodeScalars.contains(letter) || letter == ":" && !mayBeStyle
        : letter.properties.isAlphabetic
      if isPlain { result.unicodeScalars.append(letter) } else { result += "#\(letter.value);" }
    }
  }
}
