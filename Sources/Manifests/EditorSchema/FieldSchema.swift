import Grammar
import JSON
import Model

/// The schema of single fields: their types, as `SpecDecoder` and `ScalarDecoder` read them. Which fields must be there,
/// `PresenceSchema` says.
///
/// A value is one flat schema where possible, because an editor's message about several alternatives helps less.
struct FieldSchema {
  /// Whether `${...}` is replaced in the values.
  var hasVariables = true

  /// An object with these fields and no others.
  func object(of fields: [Field], acceptsVariable: Bool) -> JSONObject {
    var properties = JSONObject()
    for field in fields where field.isWritable { properties[field.name] = property(field) }
    var schema: JSONObject = ["type": "object"]
    schema["properties"] = .object(properties)
    schema["additionalProperties"] = false
    return acceptsVariable ? collection(schema) : schema
  }

  /// A field with its documentation; null resets it if it is neither required nor fixed.
  func property(_ field: Field) -> JSONValue {
    var schema: JSONObject = ["description": .string(field.documentation)]
    schema.merge(value(of: field.type))
    schema["default"] = field.defaultValue.flatMap { Self.written($0, field.type) }
    let isNullable = field.traits.isDisjoint(with: [.required, .immutable])
    return .object(isNullable ? schema.acceptingNull : schema)
  }

  private func value(of type: FieldType) -> JSONObject {
    switch type {
    case .string(let rule): text(rule)
    case .boolean: word("boolean", [], message: "true or false, without quotes")
    case .booleanOr(let words):
      word(
        "boolean", [SchemaPattern.whole(words)],
        examples: [true, false] + words.map(JSONValue.string),
        message: "true, false or \(words.joined(separator: ", "))")
    case .integer(let range):
      word("integer", [], message: "a number, without quotes").merging([
        "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
      ])
    case .duration:
      word(nil, [SchemaPattern.duration], message: "a duration: \(ApiDuration.grammar)")
    case .timestamp, .int64: ["type": ["string", "number", "boolean"]]
    case .enumeration(let enumeration): values(enumeration)
    case .object(let fields): object(of: fields, acceptsVariable: hasVariables)
    case .labels: keyed(["type": ["string", "number", "boolean", "null"]])
    case .map(let inner, _): keyed(element(inner))
    case .list(let inner, _): collection(["type": "array", "items": element(inner)])
    case .any: [:]
    }
  }

  /// Any scalar is a text: `no`, `0123` and `1e3` too.
  private func text(_ rule: StringRule) -> JSONObject {
    var schema: JSONObject = ["type": ["string", "number", "boolean"]]
    guard let maximum = rule.maximumBytes else { return schema }
    // The text counts after the variables are replaced; a character has at least one byte.
    let limit: JSONValue = ["maxLength": .integer(Int64(maximum))]
    if hasVariables {
      schema["anyOf"] = [limit, ["pattern": .string(SchemaPattern.variable)]]
    } else {
      schema.merge(limit.object ?? [:])
    }
    return schema
  }

  /// A scalar of another type, or a text that matches one of the expressions or has a variable in it.
  private func word(
    _ type: String?, _ patterns: [String], examples: [JSONValue] = [], message: String
  ) -> JSONObject {
    let all = patterns + (hasVariables ? [SchemaPattern.variable] : [])
    var schema = JSONObject()
    guard !all.isEmpty else { return type.map { ["type": .string($0)] } ?? [:] }
    schema["type"] = type.map { [.string($0), "string"] } ?? "string"
    schema["pattern"] = .string(SchemaPattern.any(of: all))
    schema["patternErrorMessage"] = .string(message)
    if !examples.isEmpty { schema["examples"] = .array(examples) }
    return schema
  }

  private func values(_ enumeration: Enumeration) -> JSONObject {
    let names = enumeration.values.map(enumeration.shortName(of:))
    // YAML 1.1 reads these words as true and false.
    let isBoolean = names.contains {
      ["on", "off", "yes", "no", "y", "n", "true", "false"].contains($0)
    }
    return word(
      isBoolean ? "boolean" : nil, [SchemaPattern.values(of: enumeration)],
      examples: names.map(JSONValue.string), message: "one of: \(names.joined(separator: ", "))")
  }

  /// A map with keys of the user's, in which variables are not replaced.
  private func keyed(_ element: JSONValue) -> JSONObject {
    var schema: JSONObject = ["type": "object", "additionalProperties": element]
    if hasVariables {
      schema["propertyNames"] = ["not": ["pattern": .string(SchemaPattern.reference)]]
    }
    return collection(schema)
  }

  /// An element of a list or a map, which is never null.
  private func element(_ type: FieldType) -> JSONValue {
    if case .any = type { return ["not": ["type": "null"]] }
    return .object(value(of: type))
  }

  /// A variable can hold the whole of a list or a map.
  private func collection(_ schema: JSONObject) -> JSONObject {
    guard hasVariables, let type = schema["type"] else { return schema }
    return schema.merging([
      "type": [type, "string"], "pattern": .string(SchemaPattern.wholeVariable),
      "patternErrorMessage": .string(
        type == "array" ? "a list is expected here" : "a map is expected here"),
    ])
  }

  /// A default as manifests write it; nil for those of lists and maps.
  private static func written(_ value: JSONValue, _ type: FieldType) -> JSONValue? {
    switch (type, value) {
    case (.enumeration(let enumeration), .string(let text)):
      .string(enumeration.shortName(of: text))
    case (.duration, .string(let text)): ApiDuration(parsing: text).map { .string($0.text) }
    case (.boolean, .bool), (.integer, .integer), (.string, .string): value
    default: nil
    }
  }
}

extension Field {
  /// Whether a manifest may set it.
  var isWritable: Bool { traits.isDisjoint(with: [.outputOnly, .secret]) }
}
