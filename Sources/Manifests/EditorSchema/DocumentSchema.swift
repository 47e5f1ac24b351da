package import JSON
package import Model

/// The JSON Schema of the manifest language, for editors and validators that know JSON Schema (draft 7).
///
///     DocumentSchema(Kinds.catalog).value(of: nil)   // of any document
///
/// It accepts every document that the loader accepts, and refuses what can be known of one document without the
/// others and without the values of variables. docs/decisions/0045-schema-for-editors.md says what it leaves out.
package struct DocumentSchema {
  private let kinds: KindSet

  /// For the documents of these kinds.
  package init(_ kinds: KindSet) { self.kinds = kinds }

  /// The schema of the documents of one kind, or of any document.
  ///
  /// - Parameter comment: where the schema comes from.
  package func value(of kind: (any Kind)? = nil, comment: String = "") -> JSONValue {
    var schema: JSONObject = ["$schema": "http://json-schema.org/draft-07/schema#"]
    if !comment.isEmpty { schema["$comment"] = .string(comment) }
    schema["title"] = .string(kind.map { "\($0.name) of arctl" } ?? "Document of arctl")
    let description =
      kind?.summary ?? "One document of a set of manifests, `apiVersion: \(Document.apiVersion)`."
    schema["description"] = .string(description)
    schema["type"] = "object"
    let required = DocumentFields.all.filter { $0.traits.contains(.required) }.map(\.name)
    schema["required"] = .array(required.map(JSONValue.string))
    let names = (kind.map { [$0] } ?? kinds.documents).map(\.name)
    schema["properties"] = .object(properties(names))
    schema["additionalProperties"] = false
    if let kind {
      schema["allOf"] = [KindSchema(kind, kinds).value]
    } else {
      schema["allOf"] = .array(
        kinds.documents.map { kind in
          [
            "if": ["properties": ["kind": ["const": .string(kind.name)]], "required": ["kind"]],
            "then": ["$ref": .string("#/definitions/\(kind.name)")],
          ]
        })
      schema["definitions"] = .object(
        JSONObject(kinds.documents.map { ($0.name, KindSchema($0, kinds).value) }))
    }
    return .object(schema)
  }

  /// The keys of every document; those whose fields depend on the kind accept anything here.
  private func properties(_ names: [String]) -> JSONObject {
    var properties = JSONObject()
    for field in DocumentFields.all {
      var property = JSONObject()
      switch field.name {
      case "apiVersion":
        property["description"] = .string(field.documentation)
        property["const"] = .string(Document.apiVersion)
      case "kind":
        property["description"] = .string(field.documentation)
        property["enum"] = .array(names.map(JSONValue.string))
      case "metadata":
        property["description"] = .string(field.documentation)
        property.merge(Self.metadata)
      default: break
      }
      properties[field.name] = .object(property)
    }
    return properties
  }

  /// Variables are not replaced in its place, only within it; the name cannot be null.
  private static var metadata: JSONObject {
    FieldSchema().object(of: DocumentFields.metadata, acceptsVariable: false)
      .merging(["required": ["name"]])
  }
}

/// The schema of what a kind says of its documents: `spec`, `lifecycle` and `each`.
struct KindSchema {
  private let kind: any Kind
  private let kinds: KindSet

  init(_ kind: any Kind, _ kinds: KindSet) {
    self.kind = kind
    self.kinds = kinds
  }

  var value: JSONValue {
    var schema: JSONObject = ["properties": .object(properties)]
    if let presence = documentPresence {
      schema["allOf"] = [
        kind.resource == nil ? presence : ["if": Self.mayBeAbsent, "else": presence]
      ]
    }
    return .object(schema)
  }

  private var properties: JSONObject {
    let isSettings = kind.part == .settings
    var spec = FieldSchema().object(of: kind.schema.fields, acceptsVariable: !isSettings)
    if isSettings { spec = SettingsSchema(kinds).adapted(spec) }
    spec["description"] = .string(kind.summary)
    var properties: JSONObject = ["spec": .object(spec.acceptingNull)]
    for name in ["lifecycle", "each"] {
      guard !isSettings else {
        properties[name] = false
        continue
      }
      var value = name == "each" ? EachSchema.value : lifecycle
      let field = DocumentFields.all.first { $0.name == name }
      value["description"] = field.map { .string($0.documentation) }
      properties[name] = .object(value.acceptingNull)
    }
    return properties
  }

  private var lifecycle: JSONObject {
    FieldSchema().object(of: DocumentFields.lifecycle(of: kind.part), acceptsVariable: true)
  }

  /// What a document must have that does not ask for absence; nil if nothing.
  private var documentPresence: JSONValue? {
    guard let spec = PresenceSchema.value(of: kind.schema.fields) else { return nil }
    var schema: JSONObject = ["properties": ["spec": spec]]
    if kind.schema.fields.contains(where: { $0.traits.contains(.required) }) {
      schema["required"] = ["spec"]
      // `spec: ` alone is an object without fields.
      schema["properties"] = [
        "spec": .object((spec.object ?? [:]).merging(["not": ["type": "null"]]))
      ]
    }
    return .object(schema)
  }

  /// A document that asks for absence, or whose variables may ask for it: it needs its identity only.
  private static var mayBeAbsent: JSONValue {
    let absent = SchemaPattern.any(of: [
      SchemaPattern.whole([SchemaPattern.caseless("absent")]), SchemaPattern.variable,
    ])
    return [
      "properties": [
        "lifecycle": [
          "anyOf": [
            ["type": "string"],
            [
              "type": "object", "required": ["ensure"],
              "properties": ["ensure": ["type": "string", "pattern": .string(absent)]],
            ],
          ]
        ]
      ],
      "required": ["lifecycle"],
    ]
  }
}

/// The schema of `each`.
enum EachSchema {
  static var value: JSONObject {
    let text: JSONValue = ["type": ["string", "number", "boolean"]]
    let variable: JSONValue = ["type": "string", "pattern": .string(SchemaPattern.wholeVariable)]
    let elements: JSONValue = [
      "type": "array",
      "items": ["anyOf": [text, ["type": "object", "minProperties": 1]]],
    ]
    let exception: JSONValue = [
      "anyOf": [variable, ["type": "object", "minProperties": 1, "additionalProperties": text]]
    ]
    return [
      "type": "object", "propertyNames": ["pattern": .string(SchemaPattern.name)],
      "properties": [
        "except": [
          "description": "Combinations to leave out.",
          "anyOf": [variable, ["type": "array", "items": exception]],
        ]
      ],
      "additionalProperties": [
        "description": "The values of a variable: one instance of the document for each.",
        "anyOf": [variable, elements, ["type": "object"]],
      ],
    ]
  }
}

extension JSONObject {
  mutating func merge(_ other: JSONObject) {
    for (key, value) in other { self[key] = value }
  }

  func merging(_ other: JSONObject) -> JSONObject {
    var merged = self
    merged.merge(other)
    return merged
  }

  /// The same schema, which also accepts null.
  var acceptingNull: JSONObject {
    var schema = self
    switch self["type"] {
    case .string(let name): schema["type"] = [.string(name), "null"]
    case .array(let names): schema["type"] = .array(names + ["null"])
    default: break
    }
    return schema
  }
}
