import Diagnostics
import Grammar
import JSON
import Model

/// Turns the members of a resource in another tool into fields in Google's wire form, by the schema of a kind.
///
/// Every member is either converted, known to be needless, or a loss: nothing is left out in silence.
struct FieldConversion {
  /// How the other tool spells the names of Google's fields.
  enum Spelling {
    /// `kms_key_name`.
    case snakeCase
    /// `kmsKeyName`, as Google.
    case same
  }

  let spelling: Spelling
  /// Google's names of members that have another one, by their path without indices.
  var renamed: [String: String] = [:]
  /// Paths of members that say nothing about the resource, or that the caller reads.
  var ignored: Set<String> = []
  /// What was not converted; paths of members with the reason.
  private(set) var losses: [String] = []
  /// What is only used when the resource is created, and therefore compared with nothing.
  private(set) var creationOnly: [String] = []

  init(_ spelling: Spelling, renamed: [String: String] = [:], ignored: Set<String> = []) {
    self.spelling = spelling
    self.renamed = renamed
    self.ignored = ignored
  }

  /// The fields of the members; those that mean "not set" are left out.
  mutating func object(
    _ members: JSONObject, _ fields: [Field], at path: String = ""
  ) -> JSONObject {
    var result = JSONObject()
    for (name, value) in members {
      let place = path.isEmpty ? name : "\(path).\(name)"
      let rule = Self.withoutIndices(place)
      guard !ignored.contains(rule), !Self.isEmpty(value) || isMarker(name, fields, value) else {
        continue
      }
      let wireName = renamed[rule] ?? googleName(of: name)
      guard let field = fields.first(where: { $0.name == wireName }),
        field.traits.isDisjoint(with: [.manifestOnly, .secret])
      else {
        lose(place, "arctl has no field for it")
        continue
      }
      if field.traits.contains(.outputOnly) { continue }
      if field.traits.contains(.inputOnly) {
        creationOnly.append(place)
        continue
      }
      if let converted = self.value(value, field.type, at: place) {
        result[field.name] = converted
      }
    }
    return result
  }

  private mutating func lose(_ path: String, _ reason: String) {
    losses.append("`\(escapedForTerminal(path))` is not converted: \(reason)")
  }

  /// Whether a member means something by its presence: `no_cache {}`.
  private func isMarker(_ name: String, _ fields: [Field], _ value: JSONValue) -> Bool {
    guard value.array?.count == 1 || value.object != nil,
      case .object(let inner)? = fields.first(where: { $0.name == googleName(of: name) })?.type
    else { return false }
    return inner.isEmpty
  }

  /// Google's spelling of a name.
  private func googleName(of name: String) -> String {
    switch spelling {
    case .same: return name
    case .snakeCase:
      let parts = name.split(separator: "_", omittingEmptySubsequences: false)
      return parts.enumerated().map { index, part in
        index == 0 ? String(part) : part.prefix(1).uppercased() + part.dropFirst()
      }.joined()
    }
  }

  /// `a[0].b` as `a.b`.
  static func withoutIndices(_ path: String) -> String {
    guard path.contains("[") else { return path }
    var result = ""
    var depth = 0
    for scalar in path.unicodeScalars {
      if scalar == "[" { depth += 1 }
      if depth == 0 { result.unicodeScalars.append(scalar) }
      if scalar == "]" { depth -= 1 }
    }
    return result
  }

  /// Whether a value means "not set" in both tools.
  static func isEmpty(_ value: JSONValue) -> Bool {
    switch value {
    case .null: true
    case .bool(let value): !value
    case .integer(let value): value == 0
    case .real(let value): value == 0
    case .string(let value): value.isEmpty
    case .array(let elements): elements.allSatisfy(isEmpty)
    case .object(let members): members.allSatisfy { isEmpty($0.value) }
    }
  }
}

extension FieldConversion {
  /// A value in wire form; nil if it means "not set", or after a loss was noted.
  private mutating func value(
    _ value: JSONValue, _ type: FieldType, at path: String
  ) -> JSONValue? {
    switch type {
    case .object(let fields): return object(value, fields, at: path)
    case .list(let element, _): return list(value, element, at: path)
    case .map(let element, let idField): return map(value, element, idField, at: path)
    case .labels: return labels(value, at: path)
    case .any: return value
    default: break
    }
    if value.isNull || value == "" { return nil }
    guard let result = Self.scalar(value, type) else {
      lose(path, "its value is of a form that arctl does not know")
      return nil
    }
    return result
  }

  /// A scalar in wire form; nil for a value of another form.
  private static func scalar(_ value: JSONValue, _ type: FieldType) -> JSONValue? {
    switch type {
    case .boolean, .booleanOr:
      if let known = value.bool { return .bool(known) }
      return value == "true" ? true : value == "false" ? false : nil
    case .integer(let range):
      let number = value.integer ?? value.string.flatMap { Int64($0) }
      return number.flatMap { range.contains($0) ? .integer($0) : nil }
    case .duration:
      return value.string.flatMap(ApiDuration.init(parsing:)).map { .string($0.wire) }
    case .enumeration(let enumeration):
      guard let text = value.string else { return nil }
      if text == enumeration.unspecified { return .string(text) }
      return enumeration.wireValue(for: text).map(JSONValue.string)
    default: return value.string.map(JSONValue.string)
    }
  }

  /// Terraform writes an object as a list of at most one.
  private mutating func object(
    _ value: JSONValue, _ fields: [Field], at path: String
  ) -> JSONValue? {
    var value = value
    var place = path
    if let elements = value.array {
      guard elements.count <= 1 else {
        lose(path, "there is more than one")
        return nil
      }
      guard let first = elements.first else { return nil }
      value = first.isNull ? .object([:]) : first
      place += "[0]"
    }
    guard let members = value.object else {
      lose(path, "its value is of a form that arctl does not know")
      return nil
    }
    let result = object(members, fields, at: place)
    return result.isEmpty && !fields.isEmpty ? nil : .object(result)
  }

  private mutating func list(
    _ value: JSONValue, _ element: FieldType, at path: String
  ) -> JSONValue? {
    guard let elements = value.array else {
      lose(path, "it is not a list")
      return nil
    }
    var result: [JSONValue] = []
    for (index, member) in elements.enumerated() {
      let place = "\(path)[\(index)]"
      if let converted = self.value(member, element, at: place) { result.append(converted) }
    }
    return .array(result)
  }

  /// A map of Google's, which the other tool writes as a list of objects that hold their keys.
  private mutating func map(
    _ value: JSONValue, _ element: FieldType, _ idField: String?, at path: String
  ) -> JSONValue? {
    var result = JSONObject()
    if let members = value.object {
      for (key, member) in members {
        result[key] = self.value(member, element, at: "\(path)[\(key)]")
      }
      return .object(result)
    }
    guard let elements = value.array, let idField else {
      lose(path, "its value is of a form that arctl does not know")
      return nil
    }
    for (index, member) in elements.enumerated() {
      let place = "\(path)[\(index)]"
      guard let id = member[idField]?.string, !id.isEmpty, result[id] == nil else {
        lose(place, "its `\(idField)` is missing, or another one has it")
        continue
      }
      result[id] = self.value(member, element, at: place) ?? .object([:])
    }
    return .object(result)
  }

  private mutating func labels(_ value: JSONValue, at path: String) -> JSONValue? {
    guard let members = value.object else {
      lose(path, "it is not a map")
      return nil
    }
    var result = JSONObject()
    for (key, label) in members where !label.isNull {
      guard label.string != nil else {
        lose("\(path)[\(key)]", "it is not a text")
        continue
      }
      result[key] = label
    }
    return .object(result)
  }
}
