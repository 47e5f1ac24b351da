import JSON
import Model

/// What `StackReader` reads by rules of its own: the declarations of variables, in which no variable is replaced, and
/// the kinds of `scope.kinds`.
struct SettingsSchema {
  private let kinds: KindSet

  init(_ kinds: KindSet) { self.kinds = kinds }

  /// The schema of the fields of a Stack, with the parts that have their own rules.
  func adapted(_ spec: JSONObject) -> JSONObject {
    var properties = spec["properties"]?.object ?? [:]
    properties["variables"] = properties["variables"].map(variables)
    properties["scope"] = properties["scope"].map(scope)
    return spec.merging(["properties": .object(properties)])
  }

  private func variables(_ schema: JSONValue) -> JSONValue {
    let types = VariableDeclaration.Kind.allCases.map(\.rawValue)
    let text: JSONValue = ["type": ["string", "number", "boolean"]]
    let described = schema["additionalProperties"]?["properties"]?.object ?? [:]
    let rules: JSONObject = [
      "type": ["enum": .array(types.map(JSONValue.string))],
      "required": ["type": "boolean"],
      "default": [:],
      "oneOf": [
        "type": "array", "minItems": 1,
        "items": ["type": ["string", "number", "boolean", "null"]],
      ],
      "description": [:],
    ]
    var properties = JSONObject()
    for (name, rule) in rules {
      var property = rule.object ?? [:]
      property["description"] = described[name]?["description"]
      properties[name] = .object(property)
    }
    let shapes: [(String, JSONValue)] = [
      ("list", ["type": ["array", "null"]]), ("map", ["type": ["object", "null"]]),
    ]
    let typed = shapes.map { type, shape -> JSONValue in
      [
        "if": ["required": ["type"], "properties": ["type": ["const": .string(type)]]],
        "then": ["properties": ["default": shape]],
      ]
    }
    let plain: JSONValue = [
      "if": ["properties": ["type": ["const": "string"]]],
      "then": ["properties": ["default": ["anyOf": [text, ["type": "null"]]]]],
    ]
    let required: JSONValue = [
      "if": ["required": ["required"], "properties": ["required": ["const": true]]],
      "then": ["properties": ["default": ["type": "null"]]],
    ]
    var adapted: JSONObject = [:]
    adapted["description"] = schema["description"]
    adapted["type"] = ["object", "null"]
    adapted["propertyNames"] = ["pattern": .string(SchemaPattern.name)]
    adapted["additionalProperties"] = [
      "type": ["object", "null"], "properties": .object(properties),
      "additionalProperties": false, "allOf": .array([plain] + typed + [required]),
    ]
    return .object(adapted)
  }

  private func scope(_ schema: JSONValue) -> JSONValue {
    var scope = schema.object ?? [:]
    var properties = scope["properties"]?.object ?? [:]
    var listed = properties["kinds"]?.object ?? [:]
    let names = kinds.resources.filter(\.canBeListed).map(\.addressName)
    listed["propertyNames"] = ["enum": .array(names.map(JSONValue.string))]
    properties["kinds"] = .object(listed)
    scope["properties"] = .object(properties)
    return .object(scope)
  }
}
