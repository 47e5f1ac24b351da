import Grammar
import JSON
import Model
import YAML

/// A document of the manifest language as text, from the fields of a resource in another form: the output of gcloud, or
/// a document of Config Connector.
///
/// It keeps the fields that a manifest can write and that differ from their defaults. A required field that is missing
/// is written as `...`.
struct DocumentText {
  let kind: any Kind
  var name: String
  /// Fields that the other form does not have in its body: `project`, `location`, the parent.
  var place: [(field: String, text: String)] = []
  var fields: [YAMLPair] = []

  var lines: [String] {
    let spec = placeLines + lines(fields, FieldTable(rest), indent: 2)
    return [
      "apiVersion: \(Document.apiVersion)", "kind: \(kind.name)",
      "metadata: {name: \(Self.scalar(name))}",
    ] + (spec.isEmpty ? [] : ["spec:"] + spec)
  }

  private var placeLines: [String] {
    place.filter { kind.schema[$0.field] != nil }.map { "  \($0.field): \(Self.scalar($0.text))" }
  }

  private var rest: [Field] {
    kind.schema.fields.filter { field in !place.contains { $0.field == field.name } }
  }

  private func lines(_ pairs: [YAMLPair], _ table: FieldTable, indent: Int) -> [String] {
    let names = table.fields.filter { $0.traits.isDisjoint(with: [.outputOnly, .secret]) }
      .map(\.name)
    var written: [String: YAMLNode] = [:]
    for pair in pairs
    where !pair.value.isNull && table[pair.key]?.traits.contains(.outputOnly) != true {
      let name = names.contains(pair.key) ? pair.key : Synonyms.field(pair.key, among: names)
      if let name, written[name] == nil { written[name] = pair.value }
    }
    let space = String(repeating: " ", count: indent)
    return table.fields.flatMap { field -> [String] in
      guard names.contains(field.name) else { return [] }
      guard let node = written[field.name] else {
        return field.traits.contains(.required) ? ["\(space)\(field.name): ..."] : []
      }
      return isDefault(node, field)
        ? [] : member(field.name, node, field.type, table.table(of: field), indent)
    }
  }

  /// `key: value`, or `key:` and the lines of its value.
  private func member(
    _ key: String, _ node: YAMLNode, _ type: FieldType, _ table: FieldTable?, _ indent: Int
  ) -> [String] {
    let head = String(repeating: " ", count: indent) + "\(Self.scalar(key)):"
    let inner = value(node, type, table, indent + 2)
    switch inner {
    case .text(let text): return ["\(head) \(text)"]
    case .lines(let lines): return lines.isEmpty ? [] : [head] + lines
    }
  }

  private enum Value {
    case text(String)
    case lines([String])
  }

  private func value(
    _ node: YAMLNode, _ type: FieldType, _ table: FieldTable?, _ indent: Int
  ) -> Value {
    switch (node.content, type) {
    case (.mapping(let pairs), .object):
      guard !pairs.isEmpty, let table else { return .text("{}") }
      return .lines(lines(pairs, table, indent: indent))
    case (.mapping(let pairs), .map(let inner, let idField)):
      return .lines(
        pairs.flatMap { pair in
          let node = idField.map { pair.value.without($0) } ?? pair.value
          return member(pair.key, node, inner, table, indent)
        })
    case (.mapping(let pairs), _):
      return .lines(pairs.flatMap { member($0.key, $0.value, .any, nil, indent) })
    case (.sequence(let items), .list(let inner, _)):
      return .lines(items.flatMap { item($0, inner, table, indent) })
    case (.sequence(let items), _):
      return .lines(items.flatMap { item($0, .any, nil, indent) })
    case (.scalar(let scalar), .list):
      // One member where a list is expected: `member: user:a@example.com`.
      return .text("[\(JSONValue.string(scalar.text).text())]")
    case (.scalar(let scalar), .enumeration(let enumeration)):
      return .text(
        enumeration.wireValue(for: scalar.text).map(enumeration.shortName(of:))
          ?? Self.scalar(scalar.text))
    case (.scalar(let scalar), .string(let rule)) where rule.check?(scalar.text) != nil:
      // A text of another form may be a secret in the wrong place.
      return .text("...")
    case (.scalar(let scalar), _): return .text(Self.scalar(scalar.text))
    }
  }

  private func item(
    _ node: YAMLNode, _ type: FieldType, _ table: FieldTable?, _ indent: Int
  ) -> [String] {
    let space = String(repeating: " ", count: indent)
    switch value(node, type, table, indent + 2) {
    case .text(let text): return ["\(space)- \(text)"]
    case .lines(let lines):
      guard let first = lines.first else { return [] }
      return ["\(space)- \(first.dropFirst(indent + 2))"] + lines.dropFirst()
    }
  }

  /// Whether a manifest need not write the value.
  private func isDefault(_ node: YAMLNode, _ field: Field) -> Bool {
    if field.traits.contains(.required) { return false }
    guard let text = node.scalar?.text else { return false }
    switch field.type {
    case .boolean: return text == "\(field.defaultValue?.bool ?? false)"
    case .enumeration(let enumeration):
      return enumeration.wireValue(for: text) == field.defaultValue?.string
    default: return text.isEmpty
    }
  }

  /// A scalar, quoted if YAML could read it as something else.
  static func scalar(_ text: String) -> String {
    let isPlain =
      text.unicodeScalars.allSatisfy {
        ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
          || "_./@- ".unicodeScalars.contains($0)
      } && text.first.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "/" } == true
      && text.last != " " && !YAMLScalar(text).isNull
    return isPlain ? text : JSONValue.string(text).text()
  }
}

extension YAMLNode {
  /// A map without one of its keys.
  fileprivate func without(_ key: String) -> YAMLNode {
    guard let pairs else { return self }
    return YAMLNode(.mapping(pairs.filter { $0.key != key }), at: position)
  }
}
