import Diagnostics
import JSON
import YAML

/// The variables of a set with their values, and which of them were used.
struct Variables {
  /// What a name stands for: the text that it has when written alone, and what names behind a dot look into.
  struct Value {
    var text: String?
    var node: YAMLNode?

    /// A scalar stands for itself; a list or map has no text.
    init(_ node: YAMLNode) {
      self.node = node
      text = node.scalar?.text
    }
    /// One entry of a map that `each` walks over: its key, and its value behind a dot.
    init(key: String, _ node: YAMLNode) {
      self.node = node
      text = key
    }
    /// What `${...}` written alone stands for when it is no text.
    var collection: YAMLNode? { text == nil ? node : nil }
  }

  var values: [String: Value] = [:]
  /// Declared, but without a value: the place of the declaration.
  var missing: [String: SourcePosition] = [:]
  /// Names whose declaration has an error of its own, so that nothing more is said of them.
  var broken: Set<String> = []
  /// What may still be made of them.
  let budget = ExpansionBudget()

  /// The values for the plan's header.
  var effective: [String: JSONValue] {
    values.compactMapValues { $0.node?.json ?? $0.text.map { .string($0) } }
  }
}

/// How one variable was declared in the Stack.
struct VariableDeclaration {
  enum Kind: String, CaseIterable { case string, list, map }
  var name: String
  var position: SourcePosition
  var kind = Kind.string
  var isRequired = false
  var defaultValue: YAMLNode?
  var oneOf: [String]?
  var isSound = true
}

extension VariableDeclaration {
  private static let keys = ["type", "default", "required", "oneOf", "description"]

  /// Reads `NAME: {type, default, required, oneOf}`.
  init(_ pair: YAMLPair, _ sink: DiagnosticSink) {
    name = pair.key
    position = pair.keyPosition
    let before = sink.errorCount
    defer { isSound = sink.errorCount == before }
    if !Template.isName(pair.key) {
      sink.error(
        .badName, "`\(pair.key)` is no variable's name", at: position,
        label: "letters, digits, `_` and `-`")
    }
    guard let members = pair.value.pairs else {
      guard !pair.value.isNull else { return }
      sink.error(
        .wrongType, "variable `\(pair.key)` is \(pair.value.shape), not a map",
        at: pair.value.position, help: "write \(pair.key): {default: ...}")
      return
    }
    for member in members { read(member, sink) }
    if let node = defaultValue {
      if isRequired {
        sink.error(
          .fieldConflict, "a required variable takes no default", at: node.position,
          help: "remove `required` or `default`")
      }
      check(node, at: node.position, sink)
    }
  }

  private mutating func read(_ member: YAMLPair, _ sink: DiagnosticSink) {
    let node = member.value
    switch member.key {
    case "type":
      if let text = node.scalar?.text, let kind = Kind(rawValue: text) {
        self.kind = kind
      } else {
        sink.error(
          .badEnumValue, "a variable's type is `string`, `list` or `map`", at: node.position,
          label: sink.suggestion(
            for: node.scalar?.text ?? "", in: Kind.allCases.map(\.rawValue)))
      }
    case "default": if !node.isNull { defaultValue = node }
    case "required":
      switch node.scalar?.text {
      case "true": isRequired = true
      case "false": isRequired = false
      default:
        sink.error(
          .wrongType, "`required` is true or false", at: node.position)
      }
    case "oneOf":
      let texts = node.items?.compactMap { $0.scalar?.text }
      if let texts, !texts.isEmpty, texts.count == node.items?.count {
        oneOf = texts
      } else {
        sink.error(
          .wrongType, "`oneOf` is a list of texts with at least one", at: node.position)
      }
    case "description": break
    default:
      sink.error(
        .unknownField, "unknown field `\(member.key)` in a variable", at: member.keyPosition,
        label: sink.suggestion(for: member.key, in: Self.keys))
    }
  }

  /// Whether a value has the declared type and is one of those allowed.
  @discardableResult
  func check(
    _ node: YAMLNode, at position: SourcePosition?, from origin: String = "", _ sink: DiagnosticSink
  )
    -> Bool
  {
    let fits =
      switch kind {
      case .string: node.scalar != nil && !node.isNull
      case .list: node.items != nil
      case .map: node.pairs != nil
      }
    let by = origin.isEmpty ? "" : " (\(origin))"
    guard fits else {
      let wanted = kind == .string ? "text" : "a \(kind.rawValue)"
      sink.error(
        .variableValue, "variable `\(name)` is \(node.shape), not \(wanted)\(by)",
        at: position,
        help: kind == .string && position != nil
          ? "write type: \(node.items == nil ? "map" : "list")" : "")
      return false
    }
    guard let oneOf else { return true }
    let texts = node.items?.compactMap { $0.scalar?.text } ?? node.scalar.map { [$0.text] } ?? []
    for text in texts where !oneOf.contains(text) {
      sink.error(
        .variableValue, "`\(text)` is not a value of variable `\(name)`\(by)",
        at: position ?? self.position, label: sink.suggestion(for: text, in: oneOf),
        help: "one of: \(oneOf.joined(separator: ", "))")
      return false
    }
    return true
  }
}
