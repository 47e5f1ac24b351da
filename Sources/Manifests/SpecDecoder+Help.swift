import Model
import YAML

/// What to type in place of a value of another shape.
extension SpecDecoder {
  /// `{group: a@b}` was meant as `group:a@b`: YAML reads a colon followed by a space as a key.
  static func withoutBlank(_ node: YAMLNode, _ type: FieldType) -> String {
    guard case .string(let rule) = type, rule.reference == .member, let pairs = node.pairs,
      pairs.count == 1, let value = pairs[0].value.scalar, !value.text.isEmpty
    else { return "" }
    return "write `\(pairs[0].key):\(value.text)`, without a space after the colon"
  }

  /// The smallest valid object: `write condition: {title: ..., expression: ...}`.
  static func example(_ table: FieldTable, _ path: String) -> String {
    // An element of a list or map has no name of its own.
    let name = path.isEmpty ? "spec: " : path.hasSuffix("]") ? "" : "\(last(path)): "
    let required = table.required.map { "\($0.name): ..." }
    guard required.isEmpty else { return "write \(name){\(required.joined(separator: ", "))}" }
    let names = table.fields.filter { !$0.traits.contains(.outputOnly) }.prefix(8).map(\.name)
    return "its fields are \(names.joined(separator: ", "))"
  }

  /// The name of the field at the end of a path.
  static func last(_ path: String) -> String {
    let name = path.split(separator: ".").last ?? ""
    return String(name.prefix { $0 != "[" })
  }
}
