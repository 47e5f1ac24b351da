import Diagnostics
import YAML

/// Replaces the variables in a document's scalars.
///
/// The result is not evaluated again: a value with `${...}` stays unchanged, and YAML in it is text.
struct Substitution {
  let variables: Variables
  /// The variables of `each`, for one instance.
  var locals: [String: Variables.Value] = [:] { didSet { localNames = nil } }
  private var localNames: Vocabulary?
  /// A place in the file that carries `team=payments, env=prod`, for every position to share; nil outside of `each`.
  var origin: SourcePosition?
  /// Names that were looked up.
  var used: Set<String> = []
  let sink: DiagnosticSink

  init(_ variables: Variables, _ sink: DiagnosticSink) {
    self.variables = variables
    self.sink = sink
  }

  /// The same node with every `${...}` in a value replaced.
  mutating func apply(to node: YAMLNode) -> YAMLNode {
    if origin == nil, !node.mayHaveVariables { return node }
    return replaced(node)
  }

  private func place(_ position: SourcePosition) -> SourcePosition {
    origin?.moved(toLine: position.line, column: position.column, length: position.length)
      ?? position
  }

  private mutating func replaced(_ node: YAMLNode) -> YAMLNode {
    var node = node
    node.position = place(node.position)
    guard isAffordable(node, at: node.position) else { return node }
    switch node.content {
    case .scalar(let scalar):
      guard let template = Template(scalar.text) else { break }
      let start = sink.checkpoint
      let broken = !variables.broken.isEmpty
      let result = evaluate(template, scalar: scalar, node: node)
      if !sink.isSound(since: start) || (broken && namesBroken(template)) {
        sink.markBroken(result.position)
      }
      return result
    case .sequence(let items):
      node.content = .sequence(items.map { replaced($0) })
    case .mapping(let pairs):
      let kept = pairs.compactMap { replaced($0) }
      if kept.count < pairs.count { sink.markBroken(node.position) }
      node.content = .mapping(kept)
    }
    return node
  }

  /// Nil, after a report, for a pair whose key cannot be evaluated.
  private mutating func replaced(_ pair: YAMLPair) -> YAMLPair? {
    var pair = pair
    pair.keyPosition = place(pair.keyPosition)
    pair.value = replaced(pair.value)
    guard Template(pair.key) != nil else { return pair }
    sink.error(
      .badValue, "variables are not replaced in keys", at: pair.keyPosition,
      help: "write the key out, or make a map variable and use it as the whole value")
    return nil
  }

  private mutating func evaluate(_ template: Template, scalar: YAMLScalar, node: YAMLNode)
    -> YAMLNode
  {
    let places = PlacesInScalar(scalar, node.position)
    sink.step(scalar.text.utf8.count)
    if template.parts.count == 1, case .variable(let names, let range) = template.parts[0] {
      let place = places.place(range)
      guard let value = lookUp(names, at: place) else { return node }
      if let collection = value.collection { return moved(collection, to: node.position) }
      guard isAffordable(text: value.text ?? "", at: node.position) else { return node }
      return Self.text(value.text ?? "", at: node.position)
    }
    var text = ""
    for part in template.parts {
      switch part {
      case .text(let literal): text += literal
      case .malformed(let message, let range):
        sink.error(
          .badValue, message, at: places.place(range),
          help: "write $${ for a literal ${")
      case .variable(let names, let range):
        let place = places.place(range)
        sink.step()
        guard let value = lookUp(names, at: place) else { continue }
        guard let inner = value.text else {
          sink.error(
            .variableValue,
            "`\(names.joined(separator: "."))` is \(value.node?.shape ?? "nothing")",
            at: place, label: "only text goes into text",
            help: "name one of its values, or use it as the whole value")
          continue
        }
        guard text.utf8.count + inner.utf8.count <= ExpansionBudget.maximumText else {
          reportTooLong(at: place)
          return node
        }
        text += inner
      }
    }
    guard isAffordable(text: text, at: node.position) else { return node }
    if let what = SecretScan.problem(in: text) {
      sink.note(secret: text)
      sink.error(
        .secretInManifest, "\(what), assembled here from variables", at: node.position,
        label: "not shown", help: "keep secrets out of manifests and variables")
      return node
    }
    return Self.text(text, at: node.position)
  }

  /// Takes the cost of a value without its parts from the budget; false, after one report, if nothing
  /// is left.
  private func isAffordable(_ node: YAMLNode, at place: SourcePosition) -> Bool {
    switch node.content {
    case .scalar(let scalar): isAffordable(text: scalar.text, at: place)
    case .sequence: isAffordable(text: "", at: place)
    case .mapping(let pairs):
      pairs.allSatisfy { isAffordable(text: $0.key, at: place) }
        && isAffordable(text: "", at: place)
    }
  }

  private func isAffordable(text: String, at place: SourcePosition) -> Bool {
    let wasSpent = variables.budget.isSpent
    if variables.budget.take(text.utf8.count) { return true }
    sink.markBroken(place)
    guard !wasSpent else { return false }
    sink.error(
      .expansionTooLarge,
      "variables and `each` expand these manifests to more than \(ExpansionBudget.maximumTotal >> 20) MiB",
      at: place, label: "the limit was reached here",
      help: "shorten the values, or use them less often")
    return false
  }

  private func reportTooLong(at place: SourcePosition) {
    sink.error(
      .expansionTooLarge,
      "the text is over \(ExpansionBudget.maximumText >> 20) MiB with its variables replaced",
      at: place, label: "the limit was reached here",
      help: "shorten the values, or use them less often")
  }

  private func namesBroken(_ template: Template) -> Bool {
    template.parts.contains {
      if case .variable(let names, _) = $0 { variables.broken.contains(names[0]) } else { false }
    }
  }

  private mutating func lookUp(_ names: [String], at place: SourcePosition) -> Variables.Value? {
    let name = names[0]
    used.insert(name)
    guard var value = locals[name] ?? variables.values[name] else {
      reportUndefined(name, at: place)
      return nil
    }
    for (index, step) in names.enumerated().dropFirst() {
      guard let inner = value.member(step) else {
        let whole = names[..<index].joined(separator: ".")
        sink.error(
          .undefinedVariable, "`\(whole)` has no `\(step)`", at: place,
          label: sink.suggestion(for: step, in: value.memberNames))
        return nil
      }
      value = inner
    }
    return value
  }

  private mutating func reportUndefined(_ name: String, at place: SourcePosition) {
    guard !variables.broken.contains(name) else { return }
    if let declaration = variables.missing[name] {
      sink.error(
        .undefinedVariable, "variable `\(name)` has no value", at: place,
        related: [.init(declaration, "declared here without a default")],
        help: "give it one: --var \(name)=VALUE")
      return
    }
    let local = localNames ?? Vocabulary(locals.keys.sorted())
    localNames = local
    sink.error(
      .undefinedVariable, "variable `\(name)` is not declared", at: place,
      label: sink.suggestion(for: name, in: [local, variables.names]),
      help: "declare it in the Stack (spec.variables), or in `each`; $${ is a literal ${")
  }

  /// A replaced text loses its quotes, so that `"${count}"` can be a number; an empty one stays the empty text.
  private static func text(_ text: String, at position: SourcePosition) -> YAMLNode {
    let plain = YAMLScalar(text, style: .plain)
    return YAMLNode(.scalar(plain.isNull ? YAMLScalar(text, style: .quoted) : plain), at: position)
  }

  /// A variable's list or map, with the place where it is used as the place of every part.
  private func moved(_ node: YAMLNode, to position: SourcePosition) -> YAMLNode {
    var node = node
    node.position = position
    guard isAffordable(node, at: position) else {
      node.content = .sequence([])
      return node
    }
    switch node.content {
    case .scalar: break
    case .sequence(let items): node.content = .sequence(items.map { moved($0, to: position) })
    case .mapping(let pairs):
      node.content = .mapping(
        pairs.map {
          YAMLPair(key: $0.key, keyPosition: position, value: moved($0.value, to: position))
        })
    }
    return node
  }
}

/// The places of a scalar's parts in the file.
private struct PlacesInScalar {
  private let whole: SourcePosition
  /// The distance of the text from the scalar's first column; nil if its lines are not the file's.
  private let offset: Int?

  init(_ scalar: YAMLScalar, _ whole: SourcePosition) {
    self.whole = whole
    let quotes = scalar.style == .quoted ? 2 : 0
    let isAsWritten =
      scalar.style != .block && whole.length == scalar.text.unicodeScalars.count + quotes
    offset = isAsWritten ? quotes / 2 : nil
  }

  /// The place of a range of code points; the whole scalar's place if that is not known.
  func place(_ range: Range<Int>) -> SourcePosition {
    guard let offset else { return whole }
    return whole.moved(
      toLine: whole.line, column: whole.column + range.lowerBound + offset, length: range.count)
  }
}
