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
    return Walk().fault(live, schema.fields, written: .object(written))?.description
  }

  /// What is wrong with a value, and where: the path is made on the way out, so that a sound answer costs none.
  private struct Fault: CustomStringConvertible {
    /// The steps to the value, the last one first.
    private var steps: [FieldPath.Component] = []
    private let verdict: String

    init(_ verdict: String) { self.verdict = verdict }

    func inside(_ step: FieldPath.Component) -> Fault {
      var fault = self
      fault.steps.append(step)
      return fault
    }

    var description: String { "`\(FieldPath(steps.reversed()))` \(verdict)" }
  }

  private struct Walk {
    /// Whether the surrounding field cannot be changed in place.
    var isImmutable = false

    func fault(_ live: JSONValue, _ fields: [Field], written: JSONValue?) -> Fault? {
      for field in fields
      where field.traits.isDisjoint(with: [.inputOnly, .manifestOnly, .otherAPI]) {
        var inner = self
        inner.isImmutable = isImmutable || field.traits.contains(.immutable)
        if !field.traits.isDisjoint(with: [.ownMask, .changeable]) { inner.isImmutable = false }
        if let fault = inner.fault(live[field.name], field, written: written?[field.name]) {
          return fault.inside(.field(field.name))
        }
      }
      return nil
    }

    private func fault(_ live: JSONValue?, _ field: Field, written: JSONValue?) -> Fault? {
      if live?.isNull == true { return Fault("is null") }
      if let live, let fault = fault(live, field.type, written: written) { return fault }
      guard CanonicalValue.of(live, field.type) == nil else {
        return stateFault(live, field: field)
      }
      let word = live == nil ? "missing" : "empty"
      if field.traits.contains(.required) { return Fault("is \(word)") }
      guard field.traits.contains(.returned) else { return nil }
      if field.traits.contains(.outputOnly) { return Fault("is \(word)") }
      // A value that equals the default leaves no difference.
      let wanted = written.flatMap { CanonicalValue.of($0, field.type) }
      return wanted == nil || wanted == field.defaultValue ? nil : Fault("is \(word)")
    }

    private func stateFault(_ live: JSONValue?, field: Field) -> Fault? {
      guard field.traits.isSuperset(of: [.returned, .outputOnly]),
        case .enumeration(let enumeration) = field.type
      else { return nil }
      return unknown(live, enumeration: enumeration)
    }

    private func fault(_ live: JSONValue, _ type: FieldType, written: JSONValue?) -> Fault? {
      switch type {
      case .enumeration(let enumeration):
        guard live.string != nil else { return Self.mistyped("a text") }
        return isImmutable && written != nil ? unknown(live, enumeration: enumeration) : nil
      case .object(let fields):
        guard live.object != nil else { return Self.mistyped("an object") }
        return fault(live, fields, written: written)
      case .map(let element, let idField):
        guard let members = live.object else { return Self.mistyped("an object") }
        return fault(members, element, keyedBy: idField, written: written)
      case .list(let element, let semantics):
        guard let members = live.array else { return Self.mistyped("a list") }
        return fault(members, element, semantics: semantics, written: written)
      case .string:
        guard let text = live.string else { return Self.mistyped("a text") }
        // A damaged text must not count as a difference, least of all one that needs a replacement.
        return isImmutable && written != nil && written != live && !ScalarShape.isPlain(text)
          ? Self.mistyped("a plain text") : nil
      default: return ScalarShape.wanted(live, type).map { Self.mistyped($0) }
      }
    }

    private func fault(
      _ members: JSONObject, _ element: FieldType, keyedBy idField: String?, written: JSONValue?
    ) -> Fault? {
      for (key, member) in members {
        if let fault = fault(member, element, written: written?[key]) {
          return fault.inside(.element(key))
        }
        if let idField, let id = member[idField], id != .string(key), id != "" {
          return Fault("differs from its key").inside(.field(idField)).inside(.element(key))
        }
      }
      return nil
    }

    private func fault(
      _ members: [JSONValue], _ element: FieldType, semantics: FieldType.ListSemantics,
      written: JSONValue?
    ) -> Fault? {
      var seen: Set<String> = []
      for (index, member) in members.enumerated() {
        var place = FieldPath.Component.index(index)
        var counterpart: JSONValue?
        if case .keyed(let key) = semantics {
          guard let id = member[key]?.string, !id.isEmpty else {
            return Fault("is missing").inside(.field(key)).inside(place)
          }
          guard seen.insert(id).inserted else { return Fault("holds `\(id)` twice") }
          place = .element(id)
          counterpart = written?.array?.first { $0[key]?.string == id }
        }
        if let fault = fault(member, element, written: counterpart) { return fault.inside(place) }
      }
      return nil
    }

    private func unknown(_ live: JSONValue?, enumeration: Enumeration) -> Fault? {
      guard let text = live?.string, !enumeration.knows(text) else { return nil }
      let isName =
        text.utf8.count <= 64
        && text.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
      return Fault(
        isName
          ? "is `\(text)`, a value that arctl does not know"
          : "is a value that arctl does not know")
    }

    private static func mistyped(_ wanted: String) -> Fault { Fault("is not \(wanted)") }
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
