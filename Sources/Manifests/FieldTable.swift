import Grammar
import Model

/// The fields of one object of a schema, indexed once for all documents.
final class FieldTable {
  let fields: [Field]
  let required: [Field]
  private let byName: [String: Field]
  private var nested: [String: FieldTable] = [:]

  init(_ fields: [Field]) {
    self.fields = fields
    required = fields.filter { $0.traits.contains(.required) }
    byName = Dictionary(fields.map { ($0.name, $0) }) { first, _ in first }
  }

  subscript(name: String) -> Field? { byName[name] }

  /// The table of the objects that a field holds, also within a list or map; nil for other fields.
  func table(of field: Field) -> FieldTable? {
    if let known = nested[field.name] { return known }
    guard let inner = Self.fields(of: field.type) else { return nil }
    let table = FieldTable(inner)
    nested[field.name] = table
    return table
  }

  static func fields(of type: FieldType) -> [Field]? {
    switch type {
    case .object(let fields): fields
    case .map(let inner, _), .list(let inner, _): fields(of: inner)
    case .string, .boolean, .booleanOr, .integer, .duration, .timestamp, .int64, .enumeration,
      .labels, .any:
      nil
    }
  }
}

/// The field tables of all kinds.
final class FieldTables {
  private var byKind: [String: FieldTable] = [:]

  func table(of kind: any Kind) -> FieldTable {
    let name = kind.name
    if let known = byKind[name] { return known }
    let table = FieldTable(kind.schema.fields)
    byKind[name] = table
    return table
  }
}
