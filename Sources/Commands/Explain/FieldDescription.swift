import Model
import Rendering

extension FieldType {
  /// The fields inside a value; those of the elements of a list or map.
  var fields: [Field] {
    switch self {
    case .object(let fields): fields
    case .map(let element, _), .list(let element, _): element.fields
    case .string, .boolean, .booleanOr, .integer, .duration, .timestamp, .int64, .enumeration,
      .labels, .any:
      []
    }
  }

  /// What a manifest holds for it, in a few words.
  var description: String {
    switch self {
    case .string(let rule): rule.reference.map(Self.referenceName) ?? "text"
    case .boolean: "true or false"
    case .booleanOr(let names): "true, false or \(names.joined(separator: ", "))"
    case .integer(let range): Self.description(of: range)
    case .duration: "duration (30d, 12h)"
    case .timestamp: "time"
    case .int64: "number"
    case .enumeration(let names):
      names.values.count == 1
        ? names.shortName(of: names.values[0]) : "one of \(names.values.count) values"
    case .object(let fields): fields.isEmpty ? "{}" : "map"
    case .labels: "map of labels"
    case .map(.any, _): "map"
    case .map(let element, _): "\(element.plural) by name"
    case .list(let element, .ordered): "list of \(element.plural)"
    case .list(let element, .set): "set of \(element.plural)"
    case .list(let element, .keyed(let id)): "list of \(element.plural), identified by \(id)"
    case .any: "any value"
    }
  }

  /// The values of an enum, in a list of enums and alike too, as manifests write them.
  var values: [String] {
    switch self {
    case .enumeration(let names): names.values.map(names.shortName(of:))
    case .list(let element, _), .map(let element, _): element.values
    default: []
    }
  }

  private var plural: String {
    switch self {
    case .string(let rule): rule.reference.map { Self.referenceName($0) + "s" } ?? "texts"
    case .object: "maps"
    case .enumeration: "values"
    case .list: "lists"
    case .any: "values"
    default: "\(description)s"
    }
  }

  private static func referenceName(_ reference: StringRule.Target) -> String {
    switch reference {
    case .project: "project id"
    case .role: "role"
    case .member: "member"
    case .policyResource: "reference to a resource"
    case .kind(let kind): "reference to a \(spaced(kind.name))"
    }
  }

  /// `serviceAccount` is `service account`.
  private static func spaced(_ name: String) -> String {
    name.reduce(into: "") { words, letter in
      words += letter.isUppercase ? " \(letter.lowercased())" : String(letter)
    }
  }

  private static func description(of range: ClosedRange<Int64>) -> String {
    switch (range.lowerBound, range.upperBound) {
    case (0, Int64(Int32.max)): "number"
    case (Int64(Int32.min), Int64(Int32.max)): "number, may be negative"
    default: "number, \(range.lowerBound) to \(range.upperBound)"
    }
  }
}

extension Field {
  /// Its traits and its default: `required`, `fixed once created`, `default 90d`.
  var remarks: [String] {
    let names: [(Field.Traits, String)] = [
      (.required, "required"), (.immutable, "fixed once created"), (.outputOnly, "set by Google"),
      (.inputOnly, "sent, never compared"), (.secret, "never written in a manifest"),
    ]
    let held = names.filter { traits.contains($0.0) }.map { trait, name in
      guard trait == .required, let exception else { return name }
      return "required unless \(exception.field) is \(exception.value)"
    }
    guard let defaultValue else { return held }
    return held + ["default \(ValueText().text(defaultValue, of: type))"]
  }

  /// Whether a manifest may set it.
  var isWritable: Bool { traits.isDisjoint(with: [.outputOnly, .secret]) }
}
