public import JSON

/// The comparison of written fields with live ones, by the rules of the schema.
///
/// Only written fields are compared. Inside an element of an exact set (a cleanup policy, an upstream policy) the
/// element is the unit: a field that it leaves out means the default.
public enum SchemaDiff {
  /// The differences between the written fields and the live resource, in the schema's order; empty if they agree.
  ///
  /// With `isMade` the resource is created, perhaps in place of the live one: then the result also holds the fields
  /// that Google accepts and never returns.
  public static func changes(
    desired: JSONObject, live: JSONValue, schema: Schema, isMade: Bool = false
  ) -> [FieldChange] {
    var walk = Walk(ignored: isMade ? [.outputOnly] : [.outputOnly, .inputOnly])
    walk.object(desired, live: live.object ?? [:], fields: schema.fields, in: Context())
    return walk.changes
  }

  /// The properties that a field inherits from those around it.
  struct Context {
    var isImmutable = false
    /// The update mask of the top-level field; nil at the top.
    var mask: String?
    /// Within an element of an exact set: a field that is not written means its default.
    var isExact = false
    /// Whether an unknown enum value stays if the manifest does not write the field: yes in an element, no in a reset
    /// of the whole.
    var carriesUnknown = false

    /// - Parameter path: of the field.
    func entering(_ field: Field, at path: FieldPath) -> Context {
      var inner = self
      inner.isImmutable = isImmutable || field.traits.contains(.immutable)
      if field.traits.contains(.changeable) { inner.isImmutable = false }
      if field.traits.contains(.ownMask) {
        inner.isImmutable = false
        inner.mask = path.description
      } else if mask == nil {
        inner.mask = field.name
      }
      return inner
    }
    func element(isExact: Bool) -> Context {
      var inner = self
      inner.isExact = isExact
      inner.carriesUnknown = isExact
      return inner
    }
  }

  private struct Walk {
    /// Traits of the fields that the comparison skips.
    let ignored: Field.Traits
    /// Where the walk is.
    var path = FieldPath()
    var changes: [FieldChange] = []

    mutating func object(
      _ desired: JSONObject, live: JSONObject, fields: [Field], in context: Context
    ) {
      for field in fields where field.traits.isDisjoint(with: ignored) {
        let missing: JSONValue? = context.isExact ? .null : nil
        guard let written = desired[field.name] ?? missing else { continue }
        if desired[field.name] == nil, context.carriesUnknown,
          field.type.isUnknown(live[field.name])
        {
          continue
        }
        path.components.append(.field(field.name))
        compare(
          written, live: live[field.name], field: field, in: context.entering(field, at: path))
        path.components.removeLast()
      }
    }

    mutating func compare(
      _ desired: JSONValue, live: JSONValue?, field: Field, in context: Context
    ) {
      switch field.type {
      case .object(let fields) where !fields.isEmpty && !desired.isNull:
        object(desired.object ?? [:], live: live?.object ?? [:], fields: fields, in: context)
      case .object(let fields) where !fields.isEmpty:
        var resetting = context
        resetting.isExact = true
        resetting.carriesUnknown = false
        object([:], live: live?.object ?? [:], fields: fields, in: resetting)
      case .labels:
        labels(desired, live: live?.object ?? [:], in: context)
      case .map(let element, let idField):
        elements(
          Elements(map: desired, idField: idField), live: Elements(map: live, idField: idField),
          of: element, in: context)
      case .list(let element, .keyed(let key)):
        elements(
          Elements(list: desired, key: key), live: Elements(list: live, key: key), of: element,
          in: context)
      default:
        let to = CanonicalValue.of(desired, field.type) ?? field.defaultValue
        let from = CanonicalValue.of(live, field.type) ?? field.defaultValue
        if to != from { add(shown(from, field), to: shown(to, field), in: context) }
      }
    }

    /// A value that is not a valid reference to a secret may be the secret itself, so plans do not show it.
    private func shown(_ value: JSONValue?, _ field: Field) -> JSONValue? {
      guard field.traits.contains(.secretReference), let value, !value.isNull else { return value }
      guard case .string(let rule) = field.type, let text = value.string, rule.check?(text) == nil
      else { return .string("(not shown)") }
      return value
    }

    mutating func labels(_ desired: JSONValue, live: JSONObject, in context: Context) {
      let wanted =
        desired.object
        ?? JSONObject(
          live.filter { !GoogleLabels.contains($0.key) }.map { ($0.key, JSONValue.null) })
      for (key, value) in wanted.sorted(by: { $0.key < $1.key }) {
        let to = value.isNull ? nil : value
        if live[key] != to {
          path.components.append(.field(key))
          add(live[key], to: to, in: context.element(isExact: false))
          path.components.removeLast()
        }
      }
    }

    mutating func elements(
      _ desired: Elements, live: Elements, of type: FieldType, in context: Context
    ) {
      for id in Set(desired.byID.keys).union(live.byID.keys).sorted() {
        let inner = context.element(isExact: true)
        path.components.append(.element(id))
        defer { path.components.removeLast() }
        switch (desired.byID[id], live.byID[id]) {
        case (let wanted?, let existing?):
          if case .object(let fields) = type {
            object(
              wanted.object ?? [:], live: existing.object ?? [:],
              fields: fields.filter { $0.name != desired.idField }, in: inner)
          } else if CanonicalValue.of(wanted, type) != CanonicalValue.of(existing, type) {
            add(existing, to: wanted, in: inner)
          }
        case (let wanted, let existing):
          add(
            existing.map { whole($0, type: type, idField: desired.idField) },
            to: wanted.map { whole($0, type: type, idField: desired.idField) }, in: inner)
        }
      }
    }

    /// An added or removed element; an element with only its id exists all the same.
    private func whole(_ value: JSONValue, type: FieldType, idField: String?) -> JSONValue {
      CanonicalValue.of(value, type, without: idField) ?? [:]
    }

    mutating func add(_ from: JSONValue?, to: JSONValue?, in context: Context) {
      changes.append(
        FieldChange(
          path: path, from: from, to: to, isImmutable: context.isImmutable,
          mask: context.mask ?? path.description))
    }
  }

  /// The elements of an exact set by their ids.
  private struct Elements {
    var byID: [String: JSONValue] = [:]
    var idField: String?

    init(map: JSONValue?, idField: String?) {
      self.idField = idField
      for (key, value) in map?.object ?? [:] { byID[key] = value }
    }
    init(list: JSONValue?, key: String) {
      idField = key
      for (index, value) in (list?.array ?? []).enumerated() {
        byID[value[key]?.string ?? "#\(index)"] = value
      }
    }
  }
}
