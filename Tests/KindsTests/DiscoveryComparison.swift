import JSON
import Model

/// Compares a kind's fields with a schema of a Google discovery document, at every depth.
struct DiscoveryComparison {
  let document: JSONValue
  /// Paths at which the two may differ in who writes the field, each with the reason.
  var writers: [String: String] = [:]
  /// Whether fields may be output-only here although Google's document does not mark them so.
  var observesOnly = false
  private(set) var differences: [String] = []
  private(set) var usedWriters: Set<String> = []

  init(document: JSONValue, writers: [String: String] = [:], observesOnly: Bool = false) {
    self.document = document
    self.writers = writers
    self.observesOnly = observesOnly
  }

  /// Compares, and returns one line for each difference.
  mutating func run(_ fields: [Field], with schema: String) -> [String] {
    differences = []
    compare(fields, schema, "", isOutput: false)
    for path in writers.keys.sorted() where !usedWriters.contains(path) {
      differences.append("exception: \(path) is not needed")
    }
    return differences
  }

  private mutating func compare(
    _ fields: [Field], _ schema: String, _ path: String, isOutput: Bool
  ) {
    guard let definition = document["schemas"]?[schema] else {
      return differences.append("missing schema: \(schema) at \(path)")
    }
    let properties = definition["properties"]?.object ?? [:]
    let ours = fields.filter { $0.traits.isDisjoint(with: [.manifestOnly, .otherAPI]) }
    for name in Set(ours.map(\.name)).subtracting(properties.keys).sorted() {
      differences.append("extra: \(path)\(name)")
    }
    for (name, property) in properties {
      guard let field = ours.first(where: { $0.name == name }) else {
        differences.append("missing: \(path)\(name)")
        continue
      }
      let place = path + name
      if !isOutput { compareWriter(field, property, place) }
      compareType(
        field.type, property, place, isOutput: isOutput || field.traits.contains(.outputOnly))
    }
  }

  private mutating func compareWriter(_ field: Field, _ property: JSONValue, _ path: String) {
    let description = property["description"]?.string ?? ""
    let theirs: Field.Traits =
      property["readOnly"]?.bool == true
      ? [.outputOnly] : description.contains("Input only") ? [.inputOnly] : []
    let ours = field.traits.intersection([.outputOnly, .inputOnly])
    guard ours != theirs else { return }
    if observesOnly && ours == [.outputOnly] { return }
    if writers[path] != nil {
      usedWriters.insert(path)
    } else {
      differences.append("writer: \(path) is \(theirs) in the document and \(ours) here")
    }
  }

  private mutating func compareType(
    _ type: FieldType, _ property: JSONValue, _ path: String, isOutput: Bool
  ) {
    switch (type, property["type"]?.string, property["format"]?.string) {
    // Of an object that only Google sets, the fields may be left out: nothing in it is looked at.
    case (.object(let fields), nil, _) where fields.isEmpty && isOutput: break
    case (.object(let fields), nil, _):
      compare(fields, property["$ref"]?.string ?? "", path + ".", isOutput: isOutput)
    case (.list(let element, _), "array", _):
      compareType(element, property["items"] ?? .null, path + "[]", isOutput: isOutput)
    case (.map(let element, _), "object", _):
      compareType(
        element, property["additionalProperties"] ?? .null, path + "{}", isOutput: isOutput)
    case (.labels, "object", _):
      compareType(
        .string(), property["additionalProperties"] ?? .null, path + "{}", isOutput: isOutput)
    case (.enumeration(let enumeration), "string", _) where property["enum"] != nil:
      compareValues(enumeration, property["enum"]?.array ?? [], path)
    case (.string, "string", nil), (.string, "string", "byte"):
      if property["enum"] != nil { mistyped(type, property, path) }
    case (.boolean, "boolean", _), (.integer, "integer", "int32"),
      (.duration, "string", "google-duration"), (.timestamp, "string", "google-datetime"),
      (.int64, "string", "int64"):
      break
    default: mistyped(type, property, path)
    }
  }

  private mutating func mistyped(_ type: FieldType, _ property: JSONValue, _ path: String) {
    let theirs = [
      property["type"]?.string, property["format"]?.string, property["$ref"]?.string,
      property["enum"].map { _ in "enum" },
    ]
    let ours = String(describing: type).prefix { $0 != "(" }
    differences.append(
      "type: \(path) is \(theirs.compactMap(\.self).joined(separator: " ")) in the document and \(ours) here"
    )
  }

  private mutating func compareValues(
    _ enumeration: Enumeration, _ values: [JSONValue], _ path: String
  ) {
    let theirs = values.compactMap(\.string)
    let ours = [enumeration.unspecified].compactMap(\.self) + enumeration.values
    for value in theirs where !ours.contains(value) {
      differences.append("missing value: \(path) \(value)")
    }
    for value in ours where !theirs.contains(value) {
      differences.append("extra value: \(path) \(value)")
    }
    let first = theirs.first { $0.hasSuffix("UNSPECIFIED") }
    if first != enumeration.unspecified {
      differences.append("unspecified value: \(path) is \(first ?? "none") in the document")
    }
  }
}
