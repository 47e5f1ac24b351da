package import JSON
package import Model

/// Complete live values of a kind, built from its schema alone: every field has a value.
package enum LiveSamples {
  /// A server's answer about a resource, with every field of the schema. `fields` override the sample values.
  package static func value(of schema: Schema, _ fields: JSONObject) -> JSONObject {
    var value = object(
      schema.fields.filter { $0.traits.isDisjoint(with: [.manifestOnly, .otherAPI]) })
    for (name, field) in fields { value[name] = field }
    return value
  }

  /// The fields of a manifest for exactly this live value.
  package static func spec(of live: JSONObject, _ schema: Schema) -> JSONObject {
    written(.object(live), schema.fields)?.object ?? [:]
  }

  /// A remote repository for each way in which the schema lets one name its upstream.
  package static func upstreams(_ config: [Field]) -> [JSONObject] {
    var all = object(config.filter { !$0.traits.contains(.inputOnly) })
    let sources = config.filter { $0.name.hasSuffix("Repository") }
    for source in sources { all[source.name] = nil }
    return sources.flatMap { source -> [JSONObject] in
      guard case .object(let fields) = source.type else { return [] }
      let ways = fields.count > 1 ? fields.map { [$0] } : [fields]
      return ways.map { way in
        var config = all
        config[source.name] = .object(object(way))
        return config
      }
    }
  }

  private static func object(_ fields: [Field]) -> JSONObject {
    var result = JSONObject()
    for field in fields where !field.traits.contains(.inputOnly) {
      result[field.name] = value(of: field.type, field.name)
    }
    return result
  }

  private static func value(of type: FieldType, _ name: String) -> JSONValue {
    switch type {
    case .string, .any: return .string("\(name)-text")
    case .boolean, .booleanOr: return true
    case .integer: return 7
    case .duration: return "2592000s"
    case .timestamp: return "2026-01-01T00:00:00.000001Z"
    case .int64: return "12"
    case .enumeration(let enumeration): return .string(enumeration.values.last ?? "")
    case .object(let fields): return .object(object(fields))
    case .labels: return ["team": "web", "tier": "one"]
    case .map(let element, let idField):
      return .object(
        JSONObject(["one", "two"].map { ($0, member(element, id: $0, in: idField)) }))
    case .list(let element, .keyed(let key)):
      return .array(["one", "two"].map { member(element, id: $0, in: key) })
    case .list(let element, _):
      return .array(["a", "b"].map { value(of: element, $0) })
    }
  }

  private static func member(_ type: FieldType, id: String, in idField: String?) -> JSONValue {
    var element = value(of: type, "element")
    if let idField, var object = element.object {
      object[idField] = .string(id)
      element = .object(object)
    }
    return element
  }

  private static func written(_ live: JSONValue, _ fields: [Field]) -> JSONValue? {
    var result = JSONObject()
    for field in fields
    where field.traits.isDisjoint(with: [.outputOnly, .inputOnly, .manifestOnly, .otherAPI]) {
      guard let value = live[field.name] else { continue }
      if case .object(let inner) = field.type, !inner.isEmpty {
        result[field.name] = written(value, inner)
      } else {
        result[field.name] = value
      }
    }
    return .object(result)
  }
}
