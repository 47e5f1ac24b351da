import Diagnostics
import JSON
import Model

/// Finds what two stacks both declare, so that each apply would undo the other's: a field, a key, or grants that
/// contradict each other.
///
/// Two equal values count, because one of them may change; those of a field that is fixed once created cannot.
struct StackOverlap {
  /// The set of the run.
  let own: DesiredGraph
  /// Another stack.
  let other: DesiredGraph

  /// The errors, in order of their places.
  func diagnostics() -> [Diagnostic] {
    (resources() + keys() + GrantOverlap(own: own, other: other).diagnostics())
      .sorted { ($0.position.map(\.description) ?? "") < ($1.position.map(\.description) ?? "") }
  }

  private func resources() -> [Diagnostic] {
    own.resources.values.flatMap { mine -> [Diagnostic] in
      guard mine.origin == .declared, let theirs = other.resources[mine.address],
        theirs.origin == .declared
      else { return [] }
      guard mine.lifecycle.ensure == theirs.lifecycle.ensure else {
        return [
          Self.diagnostic(
            "`\(mine.address)` must exist in one stack and must not exist in another",
            at: mine.source, and: theirs.source)
        ]
      }
      return fields(of: mine, theirs)
    }
  }

  private func fields(of mine: DesiredResource, _ theirs: DesiredResource) -> [Diagnostic] {
    let schema = mine.address.resource?.schema.fields ?? []
    let others = WrittenField.all(in: theirs.spec, schema)
    return WrittenField.all(in: mine.spec, schema).compactMap { field in
      guard let twin = others.first(where: field.overlaps),
        !(field.isImmutable && twin.isImmutable && field.value == twin.value)
      else { return nil }
      return Self.diagnostic(
        "`\(field.path)` of `\(mine.address)` is declared in two stacks",
        at: mine.positions[field.path.description] ?? mine.source,
        and: theirs.positions[twin.path.description] ?? theirs.source)
    }
  }

  private func keys() -> [Diagnostic] {
    let same = own.keys.values.compactMap { mine -> Diagnostic? in
      other.keys[mine.address].map {
        Self.diagnostic(
          "the key `\(mine.address)` is declared in two stacks", at: mine.source, and: $0.source)
      }
    }
    let both = own.keys.values.map { ($0, 0) } + other.keys.values.map { ($0, 1) }
    let claims = KeyClaims.doubles(in: both).filter { first, second in
      first.address != second.address && own.keys[first.address]?.source == first.source
        && other.keys[second.address]?.source == second.source
    }.map { mine, theirs in
      Self.diagnostic(
        "`\(mine.address)` and `\(theirs.address)` of another stack claim the same key of \(mine.email)",
        at: mine.source, and: theirs.source)
    }
    return same + claims
  }

  static func diagnostic(
    _ message: String, at place: SourcePosition?, and second: SourcePosition,
    label: String = "declared here too"
  ) -> Diagnostic {
    Diagnostic(
      .stackOverlap, message, at: place, related: [.init(second, label)],
      help: ["keep one of the two"])
  }
}

/// A field that a document writes: one key of a map of labels, one field of an object, or another value as a whole.
private struct WrittenField {
  let path: FieldPath
  let value: JSONValue
  /// Whether it is fixed once the resource is created.
  let isImmutable: Bool

  static func all(in spec: JSONObject, _ fields: [Field]) -> [WrittenField] {
    all(in: spec, fields, FieldPath(), isImmutable: false)
  }

  private static func all(
    in object: JSONObject, _ fields: [Field], _ path: FieldPath, isImmutable: Bool
  ) -> [WrittenField] {
    object.keys.flatMap { name -> [WrittenField] in
      guard let value = object[name] else { return [] }
      let path = path.field(name)
      let field = fields.first { $0.name == name }
      let isFixed = isImmutable || field?.traits.contains(.immutable) == true
      switch (field?.type, value.object) {
      case (.object(let inner)?, let object?) where !object.isEmpty:
        return all(in: object, inner, path, isImmutable: isFixed)
      case (.labels?, let labels?) where !labels.isEmpty:
        return labels.keys.map {
          WrittenField(path: path.field($0), value: labels[$0] ?? .null, isImmutable: isFixed)
        }
      default: return [WrittenField(path: path, value: value, isImmutable: isFixed)]
      }
    }
  }

  /// Whether two fields are the same, or one contains the other.
  func overlaps(_ other: WrittenField) -> Bool {
    zip(path.components, other.path.components).allSatisfy(==)
  }
}
