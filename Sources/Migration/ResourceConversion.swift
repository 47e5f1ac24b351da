import JSON
import Model

extension ConversionBuilder {
  /// Converts the members of one resource and adds it. Nothing is added if a required field is missing.
  mutating func convert(
    _ members: JSONObject, by conversion: FieldConversion, to address: Address,
    _ item: inout ConvertedItem
  ) {
    guard let kind = address.resource else { return }
    var conversion = conversion
    var spec = conversion.object(members, kind.schema.fields)
    resolveProjects(&spec, kind.schema.fields)
    for loss in conversion.losses { item.lose(loss) }
    for path in conversion.creationOnly {
      item.note(
        "`\(Self.shown(path))` only matters when the resource is created, so it is not written")
    }
    let missing = kind.schema.fields.filter {
      $0.traits.contains(.required) && !$0.traits.contains(.manifestOnly) && spec[$0.name] == nil
    }
    guard missing.isEmpty else {
      item.skipped =
        "no usable value of \(missing.map { "`\($0.name)`" }.joined(separator: ", "))"
      return
    }
    put(spec, at: address, &item)
  }

  /// Replaces numbers of projects in references to other resources.
  private func resolveProjects(_ spec: inout JSONObject, _ fields: [Field]) {
    for field in fields {
      guard let value = spec[field.name] else { continue }
      spec[field.name] = resolved(value, field.type)
    }
  }

  private func resolved(_ value: JSONValue, _ type: FieldType) -> JSONValue {
    switch type {
    case .string(let rule):
      guard rule.reference != nil, let text = value.string else { return value }
      return .string(withProjectID(text))
    case .object(let fields):
      guard var object = value.object else { return value }
      resolveProjects(&object, fields)
      return .object(object)
    case .list(let element, _):
      return .array((value.array ?? []).map { resolved($0, element) })
    default: return value
    }
  }
}
