public import JSON

extension SchemaDiff {
  /// The body and the update mask of a PATCH that makes these changes and no others.
  ///
  /// A mask names a whole top-level field, so its unwritten parts are copied from `live`, which the caller should read
  /// directly before. A field that is in the mask but not in the body is reset.
  public static func patchBody(
    spec: JSONObject, fields: [FieldChange], live: JSONValue, schema: Schema
  ) -> (body: JSONObject, mask: [String]) {
    var body = JSONObject()
    var mask: [String] = []
    for field in fields.compactMap(\.mask) where !mask.contains(field) {
      mask.append(field)
      let names = field.split(separator: ".").map(String.init)
      let value = merged(names[...], spec: .object(spec), live: live, fields: schema.fields)
      if let value { set(value, at: names[...], in: &body) }
    }
    return (body, mask)
  }

  /// The fields of a create: the written ones, without those that request a default.
  public static func createBody(spec: JSONObject, schema: Schema) -> JSONObject {
    Overlay.fields(live: [:], desired: spec, schema.fields, isExact: false)
  }

  private static func merged(
    _ names: ArraySlice<String>, spec: JSONValue?, live: JSONValue?, fields: [Field]
  ) -> JSONValue? {
    guard let name = names.first, let field = fields.first(where: { $0.name == name }) else {
      return nil
    }
    // A reset of an object resets everything in it.
    let written = spec?.isNull == true ? .null : spec?[name]
    if names.count > 1, case .object(let inner) = field.type {
      return merged(names.dropFirst(), spec: written, live: live?[name], fields: inner)
    }
    return Overlay.value(live: live?[name], desired: written, field.type, isExact: false)
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
}

/// Merges the written value into the live one. Members that the schema does not name stay unchanged at every depth:
/// arctl does not know their meaning, and one of them may restrict what the server deletes.
///
/// In an element of an exact set (`isExact`) a field that is not written means its default, and is removed; unknown
/// members and unknown enum values stay there too.
private enum Overlay {
  /// Nil if nothing is left.
  static func value(
    live: JSONValue?, desired: JSONValue?, _ type: FieldType, isExact: Bool
  ) -> JSONValue? {
    guard let desired else {
      guard isExact else { return live }
      return type.isUnknown(live) ? live : rest(of: live, type)
    }
    if desired.isNull { return rest(of: live, type) }
    switch type {
    case .object(let fields):
      return .object(
        self.fields(
          live: live?.object ?? [:], desired: desired.object ?? [:], fields, isExact: isExact))
    case .labels: return labels(live: live, desired: desired)
    case .map(let element, let idField):
      return map(live: live, desired: desired, element, idField)
    case .list(let element, .keyed(let key)):
      return list(live: live, desired: desired, element, key)
    default: return desired
    }
  }

  static func fields(
    live: JSONObject, desired: JSONObject, _ fields: [Field], isExact: Bool
  ) -> JSONObject {
    var result = live
    for field in fields {
      result[field.name] =
        field.traits.contains(.outputOnly)
        ? nil
        : value(
          live: live[field.name], desired: desired[field.name], field.type, isExact: isExact)
    }
    let known = Set(fields.map(\.name))
    for (name, value) in desired where !known.contains(name) {
      result[name] = value.isNull ? nil : value
    }
    return result
  }

  private static func labels(live: JSONValue?, desired: JSONValue) -> JSONValue {
    var labels = live?.object ?? [:]
    for (key, value) in desired.object ?? [:] { labels[key] = value.isNull ? nil : value }
    return .object(labels)
  }

  private static func map(
    live: JSONValue?, desired: JSONValue, _ type: FieldType, _ idField: String?
  ) -> JSONValue {
    var result = JSONObject()
    for (key, wanted) in desired.object ?? [:] {
      result[key] = element(live: live?[key], desired: wanted, type, idField)
    }
    return .object(result)
  }

  private static func list(
    live: JSONValue?, desired: JSONValue, _ type: FieldType, _ key: String
  ) -> JSONValue {
    let existing = Dictionary(
      (live?.array ?? []).compactMap { member in member[key]?.string.map { ($0, member) } },
      uniquingKeysWith: { first, _ in first })
    return .array(
      (desired.array ?? []).map { wanted in
        let member = wanted[key]?.string.flatMap { existing[$0] }
        return element(live: member, desired: wanted, type, key)
      })
  }

  private static func element(
    live: JSONValue?, desired: JSONValue, _ type: FieldType, _ idField: String?
  ) -> JSONValue {
    let merged = value(live: live, desired: desired, type, isExact: true) ?? desired
    // The id repeats the key, and a manifest need not write it.
    guard let idField, let id = live?[idField], desired[idField] == nil,
      var object = merged.object
    else { return merged }
    object[idField] = id
    return .object(object)
  }

  /// The members that a reset keeps: those that the schema does not name, and Google's labels.
  private static func rest(of live: JSONValue?, _ type: FieldType) -> JSONValue? {
    if case .labels = type {
      let kept = (live?.object ?? [:]).filter { GoogleLabels.contains($0.key) }
      return kept.isEmpty ? nil : .object(JSONObject(kept.map { ($0.key, $0.value) }))
    }
    guard case .object(let fields) = type, !fields.isEmpty, let members = live?.object else {
      return nil
    }
    let known = Set(fields.map(\.name))
    var rest = JSONObject()
    for (name, value) in members where !known.contains(name) { rest[name] = value }
    for field in fields where !field.traits.contains(.outputOnly) {
      rest[field.name] = self.rest(of: members[field.name], field.type)
    }
    return rest.isEmpty ? nil : .object(rest)
  }
}

extension FieldType {
  /// Whether a live value is an enum value that arctl does not know.
  func isUnknown(_ live: JSONValue?) -> Bool {
    guard case .enumeration(let enumeration) = self, let text = live?.string else { return false }
    return !text.isEmpty && !enumeration.knows(text)
  }
}
