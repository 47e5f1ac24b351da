import Diagnostics
import JSON
import Manifests
import Model

/// The fields of one document that name other resources, according to its kind's schema.
struct ReferenceFields {
  let resolver: ReferenceResolver
  let manifest: Manifest
  let kind: any ResourceKind
  let referrer: ReferenceResolver.Referrer
  /// The fields of the kind that are or hold references.
  let fields: [Field]

  /// The fields among these that are or hold references to resources.
  static func holding(_ fields: [Field]) -> [Field] {
    fields.filter { holdsReference($0.type) }
  }

  private static func holdsReference(_ type: FieldType) -> Bool {
    switch type {
    case .string(let rule): if case .kind = rule.reference { true } else { false }
    case .object(let fields): fields.contains { holdsReference($0.type) }
    case .list(let element, _), .map(let element, _): holdsReference(element)
    case .boolean, .booleanOr, .integer, .duration, .timestamp, .int64, .enumeration, .labels, .any:
      false
    }
  }

  /// The spec with full names in place of references, and the resources that they name, each with its place.
  func resolve(_ spec: JSONObject) -> (spec: JSONObject, targets: [Address: SourcePosition]) {
    var targets: [Address: SourcePosition] = [:]
    let resolved = object(spec, fields, at: FieldPath(), targets: &targets)
    return (resolved, targets)
  }

  private func object(
    _ object: JSONObject, _ fields: [Field], at path: FieldPath,
    targets: inout [Address: SourcePosition]
  ) -> JSONObject {
    var object = object
    for field in fields {
      guard let value = object[field.name] else { continue }
      object[field.name] = self.value(
        value, field.type, at: path.field(field.name), targets: &targets)
    }
    return object
  }

  private func value(
    _ value: JSONValue, _ type: FieldType, at path: FieldPath,
    targets: inout [Address: SourcePosition]
  ) -> JSONValue {
    switch (type, value) {
    case (.string(let rule), .string(let text)):
      guard case .kind(let kind) = rule.reference else { return value }
      return .string(name(text, kind: kind, at: path, targets: &targets))
    case (.object(let fields), .object(let member)):
      return .object(object(member, fields, at: path, targets: &targets))
    case (.list(let element, let semantics), .array(let elements)):
      return .array(
        elements.enumerated().map { index, member in
          self.value(
            member, element, at: path.appending(place(of: member, index, semantics)),
            targets: &targets)
        })
    case (.map(let element, _), .object(let members)):
      return .object(
        JSONObject(
          members.map {
            (
              $0.key,
              self.value($0.value, element, at: path.appending(.element($0.key)), targets: &targets)
            )
          }))
    default: return value
    }
  }

  private func place(
    of member: JSONValue, _ index: Int, _ semantics: FieldType.ListSemantics
  ) -> FieldPath.Component {
    switch semantics {
    case .keyed(let name): .element(member[name]?.string ?? "")
    case .ordered, .set: .index(index)
    }
  }

  /// Google's full name for a reference; the text itself if it is wrong, which was reported.
  private func name(
    _ text: String, kind: KindID, at path: FieldPath,
    targets: inout [Address: SourcePosition]
  ) -> String {
    let reference = SourcedText(text, manifest.position(of: path.description))
    guard let target = resolver.resource(kind, for: reference, in: referrer) else { return text }
    resolver.check(target, for: reference, of: manifest, kind: self.kind)
    targets[target] = reference.source
    return ReferenceResolver.fullName(target)
  }
}

extension ReferenceResolver {
  /// Reports the problems that the kind of a document finds with its references.
  func check(
    _ target: Address, for reference: SourcedText, of manifest: Manifest, kind: any ResourceKind
  ) {
    guard !manifest.isAbsent, let address = manifest.address else { return }
    let other = index[target]
    let problem = kind.problem(
      referringTo: target, with: other?.spec, from: address, with: manifest.spec)
    guard let problem else { return }
    let related: [Diagnostic.Related] =
      problem.field.flatMap { field in
        other.map { [.init($0.position(of: field.name), field.words)] }
      } ?? []
    sink.error(
      .fieldConflict, problem.message, at: reference.source, related: related, help: problem.help)
  }
}
