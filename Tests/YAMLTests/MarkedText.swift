import Diagnostics
import YAML

/// Source text in which `⟦name|text⟧` marks an expected place, so that tests show it in context.
struct MarkedText {
  let text: String
  /// Line, column and length of each mark, by name.
  let places: [String: String]

  init(_ marked: String) {
    var text = ""
    var places: [String: String] = [:]
    var (line, column) = (1, 1)
    var open: [(name: String, line: Int, column: Int)] = []
    var rest = Substring(marked).unicodeScalars
    while let scalar = rest.popFirst() {
      switch scalar {
      case "⟦":
        let name = rest.prefix { $0 != "|" }
        rest = rest.dropFirst(name.count + 1)
        open.append((String(name), line, column))
      case "⟧":
        let mark = open.removeLast()
        places[mark.name] = "\(mark.line):\(mark.column)+\(column - mark.column)"
      default:
        text.unicodeScalars.append(scalar)
        column += 1
        if scalar == "\n" { (line, column) = (line + 1, 1) }
      }
    }
    self.text = text
    self.places = places
  }

  var file: YAMLFile { YAMLFile(parsing: Array(text.utf8), file: "a.yaml") }
}

/// `line:column+length`
func place(_ position: SourcePosition?) -> String {
  position.map { "\($0.line):\($0.column)+\($0.length)" } ?? "none"
}

extension YAMLFile {
  init(_ text: String) { self.init(parsing: Array(text.utf8), file: "a.yaml") }

  /// `AR0105 2:3 message` of each.
  var faults: [String] {
    diagnostics.map { diagnostic in
      let position = diagnostic.position
      return "\(diagnostic.code.rawValue) \(position?.line ?? 0):\(position?.column ?? 0)"
    }
  }
}

extension YAMLNode {
  /// A compact form for comparing: `{a: [plain, 'quoted', |block|]}`.
  var outline: String {
    switch content {
    case .scalar(let scalar):
      switch scalar.style {
      case .plain: scalar.text
      case .quoted: "'\(scalar.text)'"
      case .block: "|\(scalar.text)|"
      }
    case .sequence(let items): "[" + items.map(\.outline).joined(separator: ", ") + "]"
    case .mapping(let pairs):
      "{" + pairs.map { "\($0.key): \($0.value.outline)" }.joined(separator: ", ") + "}"
    }
  }

  subscript(_ key: String) -> YAMLPair? {
    guard case .mapping(let pairs) = content else { return nil }
    return pairs.first { $0.key == key }
  }

  subscript(_ index: Int) -> YAMLNode? {
    guard case .sequence(let items) = content, index < items.count else { return nil }
    return items[index]
  }
}
