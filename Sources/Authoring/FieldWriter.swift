import Grammar
import JSON
import Model

/// Writes fields in wire form as a person would: enums by their short names, lengths of time in days, references by short
/// names.
struct FieldWriter {
  let names: ShortNames
  /// The document, from whose place references leave out what it shares.
  let referrer: ShortNames.Referrer

  /// The fields of an object in the schema's order.
  func pairs(_ object: JSONObject, _ fields: [Field]) -> [ManifestPair] {
    fields.compactMap { field in
      object[field.name].map { ManifestPair(field.name, value($0, field.type)) }
    }
  }

  private func value(_ value: JSONValue, _ type: FieldType) -> ManifestValue {
    switch (type, value) {
    case (_, .null): .null
    case (.string(let rule), .string(let text)): .text(referred(text, rule))
    case (.duration, .string(let text)):
      ApiDuration(parsing: text).map { .word($0.text) } ?? .text(text)
    case (.enumeration(let enumeration), .string(let text)):
      enumeration.values.contains(text) ? .word(enumeration.shortName(of: text)) : .text(text)
    case (.object(let fields), .object(let object)): .map(pairs(object, fields))
    case (.map(let element, _), .object(let members)):
      .map(
        members.sorted { $0.key < $1.key }
          .map { ManifestPair($0.key, self.value($0.value, element)) })
    case (.list(let element, let semantics), .array(let members)):
      .list(
        sorted(members, semantics).map { ManifestItem(self.value($0, element)) })
    default: Self.plain(value)
    }
  }

  private func referred(_ text: String, _ rule: StringRule) -> String {
    guard case .kind(let kind)? = rule.reference else { return text }
    return names.reference(text, kind: kind, in: referrer)
  }

  /// Sets in an order of their own, so that two exports are equal.
  private func sorted(
    _ members: [JSONValue], _ semantics: FieldType.ListSemantics
  ) -> [JSONValue] {
    switch semantics {
    case .ordered: members
    case .set: members.sorted { $0.text(.canonical) < $1.text(.canonical) }
    case .keyed(let key):
      members.sorted { ($0[key]?.string ?? "") < ($1[key]?.string ?? "") }
    }
  }

  private static func plain(_ value: JSONValue) -> ManifestValue {
    switch value {
    case .null: .null
    case .bool(let flag): .boolean(flag)
    case .integer(let number): .integer(number)
    case .real(let number): .text("\(number)")
    case .string(let text): .text(text)
    case .array(let members): .list(members.map { ManifestItem(plain($0)) })
    case .object(let object): .map(object.map { ManifestPair($0.key, plain($0.value)) })
    }
  }
}
