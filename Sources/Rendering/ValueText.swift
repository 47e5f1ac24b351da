import Grammar
package import JSON
package import Model

/// Field values as manifests write them: short durations (`30d`), short enum names, objects as YAML flow maps.
package struct ValueText: Sendable {
  /// The schema of each kind; the values of other kinds are printed as they are.
  var schemas: [KindID: Schema] = [:]

  /// The schemas by kind; without any, values are printed as they are on the wire.
  package init(schemas: [KindID: Schema] = [:]) { self.schemas = schemas }

  /// The type of the value at `path` in a resource of `kind`; nil if the schema does not have it.
  func type(of path: FieldPath, kind: KindID) -> FieldType? {
    guard let schema = schemas[kind] else { return nil }
    var type = FieldType.object(schema.fields)
    for component in path.components {
      guard let inner = Self.inner(of: type, component) else { return nil }
      type = inner
    }
    return type
  }

  private static func inner(of type: FieldType, _ component: FieldPath.Component) -> FieldType? {
    switch (type, component) {
    case (.object(let fields), .field(let name)): fields.first { $0.name == name }?.type
    case (.map(let value, _), _): value
    case (.labels, _): .string()
    case (.list(let element, _), _): element
    default: nil
    }
  }

  /// A value in one line; nil and null give `(none)`.
  package func text(_ value: JSONValue?, of type: FieldType?) -> String {
    guard let value, !value.isNull else { return "(none)" }
    return text(value, type, isNested: false).escapedForTerminal
  }

  /// The value of a variable in one line: of a long list, its beginning and its length.
  func variable(_ value: JSONValue) -> String {
    let (most, shown) = (10, 3)
    guard let elements = value.array, elements.count > most else { return text(value, of: nil) }
    let first = text(.array(Array(elements.prefix(shown))), of: nil)
    return "\(first.dropLast()), and \(elements.count - shown) more]"
  }

  private func text(_ value: JSONValue, _ type: FieldType?, isNested: Bool) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .real: value.text()
    case .string(let string): text(string, type, isNested: isNested)
    case .array(let elements):
      "["
        + elements.map { text($0, Self.element(of: type), isNested: true) }
        .joined(separator: ", ") + "]"
    case .object(let object):
      "{" + members(of: object, type).joined(separator: ", ") + "}"
    }
  }

  private func members(of object: JSONObject, _ type: FieldType?) -> [String] {
    object.map { key, value in
      let inner =
        type.flatMap { Self.inner(of: $0, .field(key)) ?? Self.inner(of: $0, .element(key)) }
      return "\(key): \(text(value, inner, isNested: true))"
    }
  }

  private func text(_ string: String, _ type: FieldType?, isNested: Bool) -> String {
    if case .duration = type { return Self.shortDuration(string) }
    if case .enumeration(let names) = type { return names.shortName(of: string) }
    let isPlain = isNested ? !string.contains(where: { " ,:[]{}\"".contains($0) }) : true
    let hasEdges = string.first == " " || string.last == " " || string.isEmpty
    return isPlain && !hasEdges ? string : "\"\(string)\""
  }

  private static func element(of type: FieldType?) -> FieldType? {
    if case .list(let element, _) = type { element } else { nil }
  }

  /// `2592000s` is `30d`, `5400s` is `90m`; a value that is not a whole number of seconds does not change.
  static func shortDuration(_ wire: String) -> String {
    guard wire.hasSuffix("s"), let seconds = Int64(wire.dropLast()) else { return wire }
    return ApiDuration(seconds: seconds).text
  }
}
