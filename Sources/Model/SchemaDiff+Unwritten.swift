public import JSON

extension SchemaDiff {
  /// The live fields that the manifest does not write, in the schema's order: those that a replacement would lose.
  /// Defaults and the server's own fields are left out.
  public static func unwritten(
    desired: JSONObject, live: JSONValue, schema: Schema
  ) -> [FieldPath] {
    unwritten(desired, live: live.object ?? [:], fields: schema.fields, at: FieldPath())
  }

  private static func unwritten(
    _ desired: JSONObject, live: JSONObject, fields: [Field], at path: FieldPath
  ) -> [FieldPath] {
    fields.filter {
      $0.traits.isDisjoint(with: [.outputOnly, .inputOnly, .manifestOnly, .otherAPI])
    }
    .flatMap { field -> [FieldPath] in
      let path = path.field(field.name)
      guard let value = live[field.name] else { return [] }
      switch (field.type, desired[field.name]) {
      case (.object(let inner), let written) where !inner.isEmpty && written?.isNull != true:
        return unwritten(written?.object ?? [:], live: value.object ?? [:], fields: inner, at: path)
      case (.labels, let written) where written?.isNull != true:
        return (value.object ?? [:]).keys.sorted()
          .filter { written?[$0] == nil }.map { path.field($0) }
      case (_, nil):
        let held = CanonicalValue.of(value, field.type)
        return held == nil || held == field.defaultValue ? [] : [path]
      case (_, _?): return []
      }
    }
  }
}
