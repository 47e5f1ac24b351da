/// A graph to draw: nodes in groups, edges between them, and remarks. Its texts may come from anywhere; the two forms
/// (`MermaidText`, `DOTText`) escape them.
package struct Drawing: Sendable {
  /// The first line of the picture, above everything.
  package var title: String
  /// Nodes that belong to no group.
  package var nodes: [Node] = []
  /// In the order in which they are drawn.
  package var groups: [Group] = []
  /// In the order in which they are drawn.
  package var edges: [Edge] = []
  /// What the picture does not show or means, a line each.
  package var remarks: [String] = []

  /// A drawing without nodes.
  package init(title: String) { self.title = title }

  /// A frame around nodes.
  package struct Group: Sendable {
    /// The text above it.
    package var title: String
    /// The nodes in it.
    package var nodes: [Node]
    /// A frame with these nodes.
    package init(title: String, nodes: [Node]) {
      self.title = title
      self.nodes = nodes
    }
  }

  /// One box.
  package struct Node: Sendable {
    /// By which edges name it; unique in the drawing, and never printed.
    package var key: String
    /// Its text, a line each. The first one says what it is.
    package var lines: [String]
    /// How it looks.
    package var look: Look
    /// A box with these lines.
    package init(_ key: String, _ lines: [String], _ look: Look) {
      self.key = key
      self.lines = lines
      self.look = look
    }
  }

  /// How a node looks. Nothing is said by colour alone: the text says it too.
  package enum Look: String, Sendable, CaseIterable {
    /// A resource.
    case resource
    /// A repository, or what else is the object of access.
    case object
    /// A policy.
    case policy
    /// A key.
    case key
    /// Something that only the manifests of others declare, or nobody's.
    case external
    /// Something that is to be deleted.
    case deleted
    /// People.
    case person
    /// A service account.
    case account
    /// Somebody who signs in at another provider.
    case federated
    /// Everyone.
    case everyone
    /// A warning: something that is not known.
    case unknown
  }

  /// One arrow.
  package struct Edge: Sendable {
    /// The key of the node where it begins.
    package var from: String
    /// The key of the node where it ends.
    package var to: String
    /// Its text, a line each; none for a plain arrow.
    package var lines: [String]
    /// How it looks.
    package var look: EdgeLook
    /// Whether it holds only under a condition.
    package var isDashed = false
    /// By default a plain arrow.
    package init(_ from: String, _ to: String, _ lines: [String] = [], _ look: EdgeLook = .plain) {
      self.from = from
      self.to = to
      self.lines = lines
      self.look = look
    }
  }

  /// How an edge looks.
  package enum EdgeLook: String, Sendable, CaseIterable {
    case plain
    /// May read.
    case read
    /// May write.
    case write
    /// May administer.
    case administer
    /// Open to everyone.
    case everyone
    /// Not known.
    case unknown
  }

  /// All nodes, those without a group first.
  var allNodes: [Node] { nodes + groups.flatMap(\.nodes) }

  /// The names of the nodes in the output, by their keys.
  var names: [String: String] {
    Dictionary(allNodes.enumerated().map { ($1.key, "n\($0 + 1)") }) { first, _ in first }
  }
}

/// Lines of a node, short enough for a box.
enum DrawingLines {
  /// The longest line of a box.
  static let width = 44

  /// A text without control characters, broken after a separator where it is too long. Nothing is left out.
  static func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    var lastBreak: String.Index?
    for letter in text.escapedForTerminal {
      line.append(letter)
      if " /@.,:-_".contains(letter) { lastBreak = line.endIndex }
      guard line.count >= width else { continue }
      let end = lastBreak.flatMap { $0 > line.startIndex ? $0 : nil } ?? line.endIndex
      lines.append(String(line[..<end]))
      line = String(line[end...])
      lastBreak = nil
    }
    if !line.isEmpty || lines.isEmpty { lines.append(line) }
    return lines.map { $0.hasSuffix(" ") ? String($0.dropLast()) : $0 }
  }
}
