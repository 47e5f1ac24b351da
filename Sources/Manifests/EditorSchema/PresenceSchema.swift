import JSON
import Model

/// Which fields a document must have, and which go together: what a document that asks for absence need not obey.
enum PresenceSchema {
  /// Nil if there is nothing to say of these fields.
  ///
  /// - Parameter known: a field that the key of a map says, so that the value need not repeat it.
  static func value(of fields: [Field], known: String? = nil) -> JSONValue? {
    var schema = JSONObject()
    let writable = fields.filter(\.isWritable)
    let needed = writable.filter { $0.traits.contains(.required) && $0.name != known }
    let required = needed.filter { $0.exception == nil }
    if !required.isEmpty { schema["required"] = .array(required.map { .string($0.name) }) }
    var properties = JSONObject()
    for field in writable { properties[field.name] = inside(field.type) }
    if !properties.isEmpty { schema["properties"] = .object(properties) }
    let rules =
      writable.flatMap { field in
        field.relations.flatMap { RelationSchema(field, $0, among: writable).rules }
      } + needed.compactMap { RelationSchema.exception(of: $0, among: writable) }
    if !rules.isEmpty { schema["allOf"] = .array(rules) }
    return schema.isEmpty ? nil : .object(schema)
  }

  private static func inside(_ type: FieldType) -> JSONValue? {
    switch type {
    case .object(let fields): value(of: fields)
    case .map(.object(let fields), let idField):
      value(of: fields, known: idField).map { ["additionalProperties": $0] }
    case .map(let inner, _): inside(inner).map { ["additionalProperties": $0] }
    case .list(let inner, _): inside(inner).map { ["items": $0] }
    case .string, .boolean, .booleanOr, .integer, .duration, .timestamp, .int64, .enumeration,
      .labels, .any:
      nil
    }
  }
}

/// One relation of a field as schemas of the object that holds it.
private struct RelationSchema {
  private let name: String
  private let relation: Field.Relation
  private let fields: [Field]

  init(_ field: Field, _ relation: Field.Relation, among fields: [Field]) {
    name = field.name
    self.relation = relation
    self.fields = fields
  }

  var rules: [JSONValue] {
    switch relation {
    case .notNull: [["properties": [name: ["not": ["type": "null"]]]]]
    case .notEmpty: [["properties": [name: ["minItems": 1]]]]
    case .notEmptyWithout(let other):
      [["if": Self.not(isOn(other)), "then": ["properties": [name: ["minItems": 1]]]]]
    case .excludes(let other):
      [["not": ["allOf": [isWritten(name), isWritten(other)]]]]
    case .requiredWithout(let other):
      [["anyOf": [isWritten(name), isWritten(other)]]]
    case .needs(let other):
      [["if": isOn(name), "then": isWritten(other)]]
    case .belongsTo(let other, let value, let isNeeded):
      belongs(to: other, value, isNeeded: isNeeded)
    case .notWith(let other, let value):
      [["if": isWritten(name), "then": Self.not(holds(other, value))]]
    }
  }

  /// A required field that one value of another makes unnecessary; nil if nothing does. A value with a variable may be
  /// that one.
  static func exception(of field: Field, among fields: [Field]) -> JSONValue? {
    guard let exception = field.exception else { return nil }
    let rule = RelationSchema(field, .notNull, among: fields)
    return [
      "if": not(rule.holds(exception.field, exception.value, orVariable: true)),
      "then": ["required": [.string(field.name)]],
    ]
  }

  /// The other field is an enum, and has this value.
  private func holds(
    _ other: String, _ value: String, orVariable: Bool = false
  ) -> JSONValue {
    guard case .enumeration(let enumeration)? = fields.first(where: { $0.name == other })?.type
    else { return false }
    let spelling = SchemaPattern.whole([SchemaPattern.spellings(of: value, in: enumeration)])
    let pattern =
      orVariable ? SchemaPattern.any(of: [spelling, SchemaPattern.variable]) : spelling
    return [
      "required": [.string(other)],
      "properties": [other: ["type": "string", "pattern": .string(pattern)]],
    ]
  }

  /// Only with one value of another field, and if `isNeeded` always with it.
  private func belongs(to other: String, _ value: String, isNeeded: Bool) -> [JSONValue] {
    guard case .enumeration(let enumeration)? = fields.first(where: { $0.name == other })?.type
    else { return [] }
    let spelling = SchemaPattern.whole([SchemaPattern.spellings(of: value, in: enumeration)])
    let short = enumeration.shortName(of: value)
    let mayHold: JSONValue = [
      "required": [.string(other)],
      "properties": [
        other: [
          "pattern": .string(SchemaPattern.any(of: [spelling, SchemaPattern.variable])),
          "patternErrorMessage": .string("`\(name)` is for `\(other): \(short)`"),
        ]
      ],
    ]
    let allowed: JSONValue = ["if": isWritten(name), "then": mayHold]
    return isNeeded ? [allowed, ["if": holds(other, value), "then": isWritten(name)]] : [allowed]
  }

  /// The field is there, and not null.
  private func isWritten(_ name: String) -> JSONValue {
    ["required": [.string(name)], "properties": [name: ["not": ["type": "null"]]]]
  }

  /// The field is there, and neither null nor false.
  private func isOn(_ name: String) -> JSONValue {
    ["required": [.string(name)], "properties": [name: ["not": ["enum": [.null, false]]]]]
  }

  private static func not(_ schema: JSONValue) -> JSONValue { ["not": schema] }
}
