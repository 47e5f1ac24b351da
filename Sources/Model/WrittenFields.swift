public import JSON

/// The fields of a live resource as a document writes them.
public enum WrittenFields {
  /// The fields that a manifest can hold and that differ from their defaults, in wire form and in the schema's order.
  public static func of(_ live: JSONValue, _ schema: Schema) -> JSONObject {
    var spec = JSONObject()
    for field in schema.fields
    where field.traits.isDisjoint(with: [
      .outputOnly, .inputOnly, .manifestOnly, .otherAPI, .secret,
    ]) {
      guard let value = CanonicalValue.of(live[field.name], field.type),
        value != field.defaultValue || field.traits.contains(.required)
      else { continue }
      spec[field.name] = withoutGooglesLabels(value, field.type)
    }
    return spec
  }

  /// The fields of an answer that a document could hold and whose value no later answer confirms.
  public static func unwritten(in live: JSONValue, _ schema: Schema) -> [String] {
    schema.fields.filter {
      $0.traits.contains(.inputOnly) && CanonicalValue.of(live[$0.name], $0.type) != nil
    }.map(\.name)
  }

  /// The members of an answer that the schema does not name, as paths: arctl does not know what they mean.
  public static func unknown(in live: JSONValue, _ schema: Schema) -> [String] {
    unknown(live, schema.fields, at: FieldPath())
  }

  private static func unknown(
    _ live: JSONValue, _ fields: [Field], at path: FieldPath
  ) -> [String] {
    guard let object = live.object else { return [] }
    return object.flatMap { name, value -> [String] in
      guard let field = fields.first(where: { $0.name == name }) else {
        return ["\(path.field(name))"]
      }
      return unknown(value, field.type, at: path.field(name))
    }
  }

  private static func unknown(
    _ live: JSONValue, _ type: FieldType, at path: FieldPath
  ) -> [String] {
    switch type {
    case .object(let fields): return unknown(live, fields, at: path)
    case .map(let element, _):
      return (live.object ?? [:]).flatMap {
        unknown($0.value, element, at: path.appending(.element($0.key)))
      }
    case .list(let element, _):
      return (live.array ?? []).enumerated().flatMap {
        unknown($0.element, element, at: path.appending(.index($0.offset)))
      }
    default: return []
    }
  }

  /// The value without the labels that Google writes; nil if nothing is left.
  private static func withoutGooglesLabels(_ value: JSONValue, _ type: FieldType) -> JSONValue? {
    guard case .labels = type, let labels = value.object else { return value }
    let own = labels.filter { !GoogleLabels.contains($0.key) }.sorted { $0.key < $1.key }
    return own.isEmpty ? nil : .object(JSONObject(own.map { ($0.key, $0.value) }))
  }
}
