public import JSON

extension SchemaDiff {
  /// The members of a live resource that the schema does not name, in its order: at the top, in objects, and in
  /// elements with an id.
  public static func unknownMembers(of live: JSONValue, schema: Schema) -> [FieldPath] {
    unknown(live, schema.fields, at: FieldPath())
  }

  /// The losses of an update that no manifest can name: unknown members of elements that the update removes.
  public static func unknownLosses(
    spec: JSONObject, fields: [FieldChange], live: JSONValue, schema: Schema
  ) -> [FieldPath] {
    let (body, mask) = patchBody(spec: spec, fields: fields, live: live, schema: schema)
    let kept = Set(unknownMembers(of: .object(body), schema: schema))
    return unknownMembers(of: live, schema: schema).filter { path in
      // A mask below the top level does not change its siblings.
      guard case .field(let top)? = path.components.first, mask.contains(top) else { return false }
      return !kept.contains(path)
    }
  }

  private static func unknown(
    _ live: JSONValue, _ fields: [Field], at path: FieldPath
  ) -> [FieldPath] {
    let known = Set(fields.map(\.name))
    let here = (live.object ?? [:]).keys.filter { !known.contains($0) }.sorted().map(path.field)
    return here
      + fields.flatMap { field in
        live[field.name].map { unknown($0, field.type, at: path.field(field.name)) } ?? []
      }
  }

  private static func unknown(
    _ live: JSONValue, _ type: FieldType, at path: FieldPath
  ) -> [FieldPath] {
    switch type {
    case .object(let fields): unknown(live, fields, at: path)
    case .map(let element, _):
      (live.object ?? [:]).sorted { $0.key < $1.key }.flatMap { key, member in
        unknown(member, element, at: path.appending(.element(key)))
      }
    case .list(let element, .keyed(let key)):
      (live.array ?? []).flatMap { member in
        unknown(member, element, at: path.appending(.element(member[key]?.string ?? "")))
      }
    default: []
    }
  }
}
