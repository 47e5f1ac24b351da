public import JSON

extension SchemaDiff {
  /// The body and the update mask of a PATCH that makes these changes and leaves everything else as it is.
  ///
  /// A mask names a whole top-level field, so its unwritten parts are carried over from `live`, which is best read
  /// directly before. A field in the mask and not in the body is reset.
  public static func patchBody(
    spec: JSONObject, fields: [FieldChange], live: JSONValue, schema: Schema
  ) -> (body: JSONObject, mask: [String]) {
    var body = JSONObject()
    var mask: [String] = []
    for change in fields where !mask.contains(change.mask) {
      mask.append(change.mask)
      let names = change.mask.split(separator: ".").map(String.init)
      let value = merged(names[...], .object(spec), live, schema.fields)
      if let value { set(value, at: names[...], in: &body) }
    }
    return (body, mask)
  }

  /// The fields of a create: what is written, without what asks for a default.
  public static func createBody(spec: JSONObject, schema: Schema) -> JSONObject {
    overlay(nil, .object(spec), schema.fields)?.object ?? [:]
  }

  private static func merged(
    _ names: ArraySlice<String>, _ spec: JSONValue?, _ live: JSONValue?, _ fields: [Field]
  ) -> JSONValue? {
    guard let name = names.first, let field = fields.first(where: { $0.name == name }) else {
      return nil
    }
    // What resets an object resets everything in it.
    let written = spec?.isNull == true ? .null : spec?[name]
    if names.count > 1, case .object(let inner) = field.type {
      return merged(names.dropFirst(), written, live?[name], inner)
    }
    return overlay(live?[name], written, field.type)
  }

  private static func set(
    _ value: JSONValue, at names: ArraySlice<String>, in body: inout JSONObject
  ) {
    guard let name = names.first else { return }
    if names.count == 1 {
      body[name] = value
    } else {
      var inner = body[name]?.object ?? [:]
      set(value, at: names.dropFirst(), in: &inner)
      body[name] = .object(inner)
    }
  }

  /// What is written laid over what is live; nil when nothing is left.
  private static func overlay(
    _ live: JSONValue?, _ desired: JSONValue?, _ type: FieldType
  ) -> JSONValue? {
    guard let desired else { return live }
    if desired.isNull { return nil }
    switch type {
    case .object(let fields): return overlay(live, desired, fields)
    case .labels:
      var labels = live?.object ?? [:]
      for (key, value) in desired.object ?? [:] { labels[key] = value.isNull ? nil : value }
      return .object(labels)
    default: return desired
    }
  }

  private static func overlay(
    _ live: JSONValue?, _ desired: JSONValue, _ fields: [Field]
  ) -> JSONValue? {
    var result = live?.object ?? [:]
    for field in fields where field.traits.contains(.outputOnly) { result[field.name] = nil }
    for (name, value) in desired.object ?? [:] {
      guard let field = fields.first(where: { $0.name == name }) else {
        result[name] = value.isNull ? nil : value
        continue
      }
      result[name] = overlay(result[name], value, field.type)
    }
    return .object(result)
  }
}
