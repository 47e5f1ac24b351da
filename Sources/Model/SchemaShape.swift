public import JSON

/// Checks whether arctl understands a live resource.
///
/// A field of another type, a null, or the absence of a field that the server always sends is not evidence. A
/// comparison would report a difference, and the run would write it or replace the resource.
public enum SchemaShape {
  /// Why a live resource cannot be compared with the written fields; nil if it can.
  ///
  /// Members that the schema does not name are ignored. An unknown enum value is a problem only where it decides: in a
  /// written field that cannot be changed in place, or in the field with the resource's state.
  public static func problem(
    in live: JSONValue, schema: Schema, written: JSONObject = [:]
  ) -> String? {
    guard live.object != nil else { return "it is not an object" }
    return Walk().problem(live, schema.fields, at: FieldPath(), written: .object(written))
  }

  private struct Walk {
    /// Whether the surrounding field cannot be changed in place.
    var isImmutable = false

    func problem(
      _ live: JSONValue, _ fields: [Field], at path: FieldPath, written: JSONValue?
    ) -> String? {
      fields.lazy.filter { $0.traits.isDisjoint(with: [.inputOnly, .manifestOnly, .otherAPI]) }
        .compactMap { field in
          var inner = self
          inner.isImmutable = isImmutable || field.traits.contains(.immutable)
          if !field.traits.isDisjoint(with: [.ownMask, .changeable]) { inner.isImmutable = false }
          return inner.problem(
            live[field.name], field, at: path.field(field.name), written: written?[field.name])
        }.first
    }

    private func problem(
      _ live: JSONValue?, _ field: Field, at path: FieldPath, written: JSONValue?
    ) -> String? {
      if live?.isNull == true { return "`\(path)` is null" }
      if let live, let problem = problem(live, field.type, at: path, written: written) {
        return problem
      }
      guard CanonicalValue.of(live, field.type) == nil else {
        return stateProblem(live, field: field, at: path)
      }
      let word = live == nil ? "missing" : "empty"
      if field.traits.contains(.required) { return "`\(path)` is \(word)" }
      guard field.traits.contains(.returned) else { return nil }
      if field.traits.contains(.outputOnly) { return "`\(path)` is \(word)" }
      // A value that equals the default leaves no difference.
      let wanted = written.flatMap { CanonicalValue.of($0, field.type) }
      return wanted == nil || wanted == field.defaultValue ? nil : "`\(path)` is \(word)"
    }

    private func stateProblem(_ live: JSONValue?, field: Field, at path: FieldPath) -> String? {
      guard field.traits.isSuperset(of: [.returned, .outputOnly]),
        case .enumeration(let enumeration) = field.type
      else { return nil }
      return unknown(live, enumeration: enumeration, at: path)
    }

    private func problem(
      _ live: JSONValue, _ type: FieldType, at path: FieldPath, written: JSONValue?
    ) -> String? {
      switch type {
      case .enumeration(let enumeration):
        guard live.string != nil else { return Self.mistyped(path, "a text") }
        return isImmutable && written != nil
          ? unknown(live, enumeration: enumeration, at: path) : nil
      case .object(let fields):
        guard live.object != nil else { return Self.mistyped(path, "an object") }
        return problem(live, fields, at: path, written: written)
      case .map(let element, let idField):
        guard let members = live.object else { return Self.mistyped(path, "an object") }
        return problem(members, element, keyedBy: idField, at: path, written: written)
      case .list(let element, let semantics):
        guard let members = live.array else { return Self.mistyped(path, "a list") }
        return problem(members, element, semantics: semantics, at: path, written: written)
      case .string:
        guard let text = live.string else { return Self.mistyped(path, "a text") }
        // A damaged text must not count as a difference, least of all one that needs a replacement.
        return isImmutable && written != nil && written != live && !ScalarShape.isPlain(text)
          ? Self.mistyped(path, "a plain text") : nil
      default: return ScalarShape.wanted(live, type).map { Self.mistyped(path, $0) }
      }
    }

    private func problem(
      _ members: JSONObject, _ element: FieldType, keyedBy idField: String?, at path: FieldPath,
      written: JSONValue?
    ) -> String? {
      for (key, member) in members {
        let place = path.appending(.element(key))
        if let problem = problem(member, element, at: place, written: written?[key]) {
          return problem
        }
        if let idField, let id = member[idField], id != .string(key), id != "" {
          return "`\(place.field(idField))` differs from its key"
        }
      }
      return nil
    }

    private func problem(
      _ members: [JSONValue], _ element: FieldType, semantics: FieldType.ListSemantics,
      at path: FieldPath, written: JSONValue?
    ) -> String? {
      var seen: Set<String> = []
      for (index, member) in members.enumerated() {
        var place = path.appending(.index(index))
        var counterpart: JSONValue?
        if case .keyed(let key) = semantics {
          guard let id = member[key]?.string, !id.isEmpty else {
            return "`\(place.field(key))` is missing"
          }
          guard seen.insert(id).inserted else { return "`\(path)` holds `\(id)` twice" }
          place = path.appending(.element(id))
          counterpart = written?.array?.first { $0[key]?.string == id }
        }
        if let problem = problem(member, element, at: place, written: counterpart) {
          return problem
        }
      }
      return nil
    }

    private func unknown(
      _ live: JSONValue?, enumeration: Enumeration, at path: FieldPath
    ) -> String? {
      guard let text = live?.string, !enumeration.knows(text) else { return nil }
      let isName =
        text.utf8.count <= 64
        && text.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
      return isName
        ? "`\(path)` is `\(text)`, a value that arctl does not know"
        : "`\(path)` is a value that arctl does not know"
    }

    private static func mistyped(_ path: FieldPath, _ wanted: String) -> String {
      "`\(path)` is not \(wanted)"
    }
  }
}

/// Whether a value has a scalar type, in the form of Google's JSON.
enum ScalarShape {
  /// The expected form, if the value does not have it; nil if it does.
  static func wanted(_ live: JSONValue, _ type: FieldType) -> String? {
    switch type {
    case .boolean: live.bool == nil ? "true or false" : nil
    case .integer(let range):
      CanonicalValue.integer(live).map(range.contains) == true ? nil : "a number in its range"
    case .int64: isCount(live) ? nil : "a count"
    case .duration: live.string.map(isDuration) == true ? nil : "a duration"
    case .timestamp: live.string.map(isTimestamp) == true ? nil : "a time"
    case .labels: isLabels(live) ? nil : "an object of texts"
    case .string, .booleanOr, .enumeration, .object, .map, .list, .any: nil
    }
  }

  /// Whether a text has no control characters except line ends, no white space around it, and no more bytes than a
  /// name, an address or a description.
  static func isPlain(_ text: String) -> Bool {
    text.utf8.count <= 4096
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" }
      && text.first?.isWhitespace != true && text.last?.isWhitespace != true
  }

  /// Google's JSON writes 64-bit numbers as strings. A count decides whether a deletion loses data, so one that does
  /// not fit must not read as zero.
  private static func isCount(_ value: JSONValue) -> Bool {
    value.string.flatMap(Int64.init).map { $0 >= 0 } == true
  }

  private static func isLabels(_ value: JSONValue) -> Bool {
    value.object?.allSatisfy { $0.value.string != nil } == true
  }

  /// `2592000s`, `1.5s`.
  private static func isDuration(_ text: String) -> Bool {
    guard text.hasSuffix("s") else { return false }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = parts.first, Int64(whole) != nil,
      whole.utf8.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "-") })
    else { return false }
    return parts.count == 1
      || (1...9).contains(parts[1].utf8.count) && parts[1].utf8.allSatisfy(isDigit)
  }

  /// RFC 3339: `2026-11-28T15:00:00.123456Z`.
  private static func isTimestamp(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let form = Array("0000-00-00T00:00:00".utf8)
    guard bytes.count > form.count else { return false }
    for (byte, pattern) in zip(bytes, form) {
      guard pattern == UInt8(ascii: "0") ? isDigit(byte) : byte == pattern else { return false }
    }
    var rest = bytes[form.count...]
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix(while: isDigit)
      guard (1...9).contains(digits.count) else { return false }
      rest = rest.dropFirst(1 + digits.count)
    }
    if rest.elementsEqual("Z".utf8) { return true }
    guard let sign = rest.first, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(sign) else {
      return false
    }
    let zone = Array(rest.dropFirst())
    return zone.count == 5 && zone[2] == UInt8(ascii: ":")
      && zone.enumerated().allSatisfy { $0.offset == 2 || isDigit($0.element) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension Enumeration {
  /// Whether a wire value is one of these, or the unspecified one.
  func knows(_ value: String) -> Bool { value == unspecified || values.contains(value) }
}
