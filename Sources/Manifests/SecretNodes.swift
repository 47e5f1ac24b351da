import Diagnostics
import Model
import YAML

/// Searches the nodes of a document for secrets that its bytes do not show: those with escapes, or repeated by an
/// alias.
struct SecretNodes {
  let sink: DiagnosticSink
  /// Where each node begins, in order, and whether it is hidden.
  private var places: [(position: SourcePosition, isHidden: Bool)] = []

  init(_ sink: DiagnosticSink) { self.sink = sink }

  /// The same document, with secrets overwritten; refused ones are reported.
  mutating func checked(_ document: YAMLNode) -> YAMLNode {
    places = []
    let checked = checked(document, isSecret: false, inCredentials: false)
    hide()
    return checked
  }

  /// Whether a key or a text in it needs a closer look. Few documents have one.
  static func mayHoldSecret(_ node: YAMLNode, _ names: FieldNames) -> Bool {
    switch node.content {
    case .scalar(let scalar):
      return scalar.style == .quoted && SecretScan.problem(in: scalar.text) != nil
    case .sequence(let items): return items.contains { mayHoldSecret($0, names) }
    case .mapping(let pairs):
      return pairs.contains { pair in
        guard case .plain = names.meaning(of: pair.key) else { return true }
        return SecretScan.problem(in: pair.key) != nil || mayHoldSecret(pair.value, names)
      }
    }
  }

  private mutating func checked(
    _ node: YAMLNode, isSecret: Bool, inCredentials: Bool
  ) -> YAMLNode {
    var node = node
    switch node.content {
    case .scalar(let scalar):
      places.append((node.position, isSecret))
      if isSecret { sink.note(secret: scalar.text) }
      if scalar.style == .quoted, let what = SecretScan.problem(in: scalar.text) {
        refuse(what, at: node.position)
        node.content = .scalar(YAMLScalar("xxxx", style: .quoted))
      }
    case .sequence(let items):
      places.append((node.position, isSecret))
      node.content = .sequence(
        items.map { checked($0, isSecret: isSecret, inCredentials: inCredentials) })
    case .mapping(let pairs):
      places.append((node.position, false))
      node.content = .mapping(
        pairs.map { checked($0, isSecret: isSecret, inCredentials: inCredentials) })
    }
    return node
  }

  private mutating func checked(
    _ pair: YAMLPair, isSecret: Bool, inCredentials: Bool
  ) -> YAMLPair {
    var pair = pair
    places.append((pair.keyPosition, false))
    if let what = SecretScan.problem(in: pair.key) {
      refuse(what, at: pair.keyPosition)
      pair.key = "xxxx"
    }
    var (isSecret, inCredentials) = (isSecret, inCredentials)
    switch sink.names.meaning(of: pair.key, inCredentials: inCredentials) {
    case .plain: break
    case .secret: isSecret = true
    case .reference(let rule):
      let text = pair.value.scalar?.text ?? ""
      isSecret = !Template.mayHaveVariables(text) && rule.check?(text) != nil
    case .container: if pair.value.pairs == nil { isSecret = true } else { inCredentials = true }
    }
    pair.value = checked(pair.value, isSecret: isSecret, inCredentials: inCredentials)
    return pair
  }

  private func refuse(_ what: String, at position: SourcePosition) {
    sink.hide(lines: position.line...position.line, of: position.file)
    sink.report(SecretScan.diagnostic(what, at: position))
    sink.hide(line: position.line, from: position.column, of: position.file)
  }

  /// Hides each secret, up to the line of the next node.
  private func hide() {
    for (index, place) in places.enumerated() where place.isHidden {
      let position = place.position
      sink.hide(line: position.line, from: position.column, of: position.file)
      guard index + 1 < places.count else { continue }
      let next = places[index + 1].position.line
      guard next > position.line + 1 else { continue }
      for line in position.line + 1..<next { sink.hide(line: line, from: 1, of: position.file) }
    }
  }
}
