import Diagnostics
import JSON
import YAML

/// The variables of a set with their values, and which of them were used.
struct Variables {
  /// The value of a name: its text if it is used alone, and the value that names after a dot select from.
  struct Value {
    let text: String?
    let node: YAMLNode?
    private let members: Members

    /// A scalar has its own text; a list or map has none.
    init(_ node: YAMLNode) {
      self.node = node
      text = node.scalar?.text
      members = Members(node)
    }
    /// One entry of a map that `each` walks over: its key, and its value after a dot.
    init(key: String, _ node: YAMLNode) {
      self.node = node
      text = key
      members = Members(node)
    }
    /// The value after a dot; nil if there is none with this name.
    func member(_ name: String) -> Value? { members.values[name] }
    /// The names that may follow a dot.
    var memberNames: Vocabulary { members.names }
    /// The value of `${...}` written alone, if it is not a text.
    var collection: YAMLNode? { text == nil ? node : nil }
  }

  var values: [String: Value] = [:]
  /// Declared variables without a value: the place of the declaration.
  var missing: [String: SourcePosition] = [:]
  /// Names whose declaration has an error of its own, so that no further errors are reported about them.
  var broken: Set<String> = []
  /// The budget for their expansion.
  let budget = ExpansionBudget()

  /// The names of variables with a value, for suggestions; read only after all values are set.
  var names: Vocabulary { nameCache.names(values) }
  private let nameCache = NameCache()

  /// The values for the plan's header.
  var effective: [String: JSONValue] {
    var effective: [String: JSONValue] = [:]
    for (name, value) in values {
      guard let json = value.node?.json ?? value.text.map({ .string($0) }) else { continue }
      effective[name] = Self.shown(json, name)
    }
    return effective
  }

  /// The value of a name that suggests a secret is neither shown nor saved.
  private static func shown(_ value: JSONValue, _ name: String) -> JSONValue {
    if SecretName.promises(name) { return .string(HiddenText.mark) }
    switch value {
    case .object(let object):
      return .object(JSONObject(object.map { ($0.key, shown($0.value, $0.key)) }))
    case .array(let items): return .array(items.map { shown($0, "") })
    case .null, .bool, .integer, .real, .string: return value
    }
  }

  /// The texts whose names suggest that they are secrets.
  func noteSecrets(_ sink: DiagnosticSink) {
    func look(_ node: YAMLNode, _ name: String) {
      if SecretName.promises(name) { return sink.note(secretsIn: node) }
      for pair in node.pairs ?? [] { look(pair.value, pair.key) }
      for item in node.items ?? [] { look(item, "") }
    }
    for (name, value) in values {
      if let node = value.node { look(node, name) }
    }
  }
}

/// The entries of a map variable by their keys, indexed because a document may use every one of thousands.
private final class Members {
  private let node: YAMLNode
  init(_ node: YAMLNode) { self.node = node }

  lazy var values = Dictionary(
    (node.pairs ?? []).map { ($0.key, Variables.Value($0.value)) }
  ) { first, _ in first }
  lazy var names = Vocabulary(node.pairs?.map(\.key) ?? [])
}

/// The names of variables, sorted once.
private final class NameCache {
  private var known: Vocabulary?
  func names(_ values: [String: Variables.Value]) -> Vocabulary {
    if let known { return known }
    let names = Vocabulary(values.keys.sorted())
    known = names
    return names
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
    let start = sink.checkpoint
    defer { isSound = sink.isSound(since: start) }
    if !Template.isName(pair.key) {
      sink.error(
        .badName, "`\(pair.key)` is not a valid variable name", at: position,
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
    let allowed = Set(oneOf)
    for text in texts where !allowed.contains(text) {
      guard !SecretName.promises(name) else {
        sink.error(
          .variableValue, "the value of variable `\(name)` is not one of `oneOf`\(by)",
          at: position ?? self.position)
        return false
      }
      sink.error(
        .variableValue, "`\(text)` is not a value of variable `\(name)`\(by)",
        at: position ?? self.position, label: sink.suggestion(for: text, in: oneOf),
        help: "one of: \(oneOf.joined(separator: ", "))")
      return false
    }
    return true
  }
}
