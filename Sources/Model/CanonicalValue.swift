import JSON

/// Canonical forms: two values that mean the same have the same form.
enum CanonicalValue {
  /// The canonical form; nil for everything that means "not set": absent, null, empty, false, 0, the unspecified enum
  /// value.
  ///
  /// - Parameter without: a member of the object to leave out (the id that repeats its key).
  static func of(_ value: JSONValue?, _ type: FieldType, without: String? = nil) -> JSONValue? {
    guard let value, !value.isNull else { return nil }
    switch type {
    case .string(let rule):
      return text(value, rule.equality)
    case .timestamp, .int64:
      return value == "" ? nil : value
    case .boolean, .booleanOr:
      return value == false ? nil : value
    case .integer:
      return integer(value).flatMap { $0 == 0 ? nil : .integer($0) }
    case .duration:
      return duration(value)
    case .enumeration(let enumeration):
      guard let text = value.string else { return value }
      if text == enumeration.unspecified { return nil }
      return .string(enumeration.wireValue(for: text) ?? text)
    case .object(let fields):
      return object(value, fields, without: without)
    case .labels:
      return value.object?.isEmpty == true ? nil : value
    case .map(let element, let idField):
      return map(value, element: element, idField: idField)
    case .list(let element, let semantics):
      return list(value, element: element, semantics: semantics)
    case .any:
      return value
    }
  }

  /// A text, in the form by which its rule compares.
  private static func text(_ value: JSONValue, _ equality: StringRule.Equality) -> JSONValue? {
    guard let text = value.string else { return value }
    switch equality {
    case .text: return text.isEmpty ? nil : value
    case .trimmed:
      let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace)
      return trimmed.isEmpty ? nil : .string(String(trimmed.reversed()))
    case .json:
      guard !text.isEmpty else { return nil }
      let parsed = try? JSONValue(parsing: Array(text.utf8), maximumBytes: 1 << 20)
      return parsed.map { .string($0.text(.canonical)) } ?? value
    }
  }

  /// The value as an integer, in each form that Google's JSON uses; nil for everything else.
  static func integer(_ value: JSONValue) -> Int64? {
    switch value {
    case .integer(let number): number
    case .real(let number): Int64(exactly: number)
    case .string(let text): Int64(text)
    default: nil
    }
  }

  /// Seconds without a needless fraction: `2592000.000s` is `2592000s`.
  private static func duration(_ value: JSONValue) -> JSONValue? {
    guard let text = value.string, text.hasSuffix("s") else { return value }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first.flatMap({ Int64($0) }) else { return value }
    if parts.count == 2, parts[1].contains(where: { $0 != "0" }) { return value }
    return whole == 0 ? nil : .string("\(whole)s")
  }

  /// An object without fields of its own has a meaning by its presence; any other object is reduced to its set fields.
  private static func object(
    _ value: JSONValue, _ fields: [Field], without: String?
  ) -> JSONValue? {
    guard let object = value.object else { return value }
    // Members that arctl does not know are not a difference.
    if fields.isEmpty { return [:] }
    var result = JSONObject()
    for field in fields
    where field.name != without && field.traits.isDisjoint(with: [.outputOnly, .inputOnly]) {
      if let member = of(object[field.name], field.type), member != field.defaultValue {
        result[field.name] = member
      }
    }
    return result.isEmpty ? nil : .object(result)
  }

  private static func map(_ value: JSONValue, element: FieldType, idField: String?)
    -> JSONValue?
  {
    guard let object = value.object else { return value }
    if object.isEmpty { return nil }
    var result = JSONObject()
    for (key, member) in object { result[key] = of(member, element, without: idField) ?? [:] }
    return .object(result)
  }

  private static func list(
    _ value: JSONValue, element: FieldType, semantics: FieldType.ListSemantics
  ) -> JSONValue? {
    guard let array = value.array else { return value }
    if array.isEmpty { return nil }
    let members = array.map { of($0, element) ?? .null }
    switch semantics {
    case .ordered: return .array(members)
    case .set, .keyed:
      let texts = Set(members).map { (key: $0.text(.canonical), value: $0) }
      return .array(texts.sorted { $0.key < $1.key }.map(\.value))
    }
  }
}
