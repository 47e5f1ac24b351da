import Diagnostics
import Grammar
import JSON
import Model
import YAML

/// Decodes a YAML map by a schema into wire form, and reports every problem in it.
///
/// The result contains only written fields. A null that requests the default stays a null.
struct SpecDecoder {
  /// The owner of the map, for messages: `Repository`.
  let owner: String
  let sink: DiagnosticSink
  /// Whether required fields must be present; false in a document that is `ensure: absent`.
  var requiresAll = true
  /// The place of each written value, by the text of its path.
  private(set) var positions: [String: SourcePosition] = [:]
  /// The paths placed since the element of a list with ids began; nil outside of one.
  private var placed: [String]?

  /// The objects around the value that is decoded, the outermost first.
  private var levels: [Misplacement.Level] = []
  private let kind: (any Kind)?

  init(owner: String, kind: (any Kind)? = nil, sink: DiagnosticSink) {
    self.owner = owner
    self.kind = kind
    self.sink = sink
  }

  /// `place` is the place of errors about missing fields; the field `known` comes from elsewhere.
  mutating func decode(
    _ node: YAMLNode, _ table: FieldTable, at path: String = "", missing place: SourcePosition,
    known: String? = nil
  ) -> JSONObject {
    var result = JSONObject()
    guard let pairs = node.pairs else {
      reportShape(node, wanted: "a map", at: path, help: Self.example(table, path))
      return result
    }
    levels.append(Misplacement.Level(path: path, table: table, pairs: pairs))
    defer { levels.removeLast() }
    // A required field with a misspelt name is not reported as missing.
    var misspelled: Set<String> = []
    let observed = pairs.filter { table[$0.key]?.traits.contains(.outputOnly) == true }
    reportObserved(observed)
    for pair in pairs {
      guard let field = table[pair.key] else {
        if let meant = reportUnknown(pair, fields: table.fields, at: path) {
          misspelled.insert(meant)
        }
        continue
      }
      guard isWritable(field, pair) else { continue }
      let child = path.isEmpty ? field.name : "\(path).\(field.name)"
      setPlace(child, pair.value.position)
      if let value = decode(pair.value, field, in: table, at: child) { result[field.name] = value }
    }
    if requiresAll, !sink.isBroken(node.position) {
      for field in table.required where field.name != known {
        guard !misspelled.contains(field.name), !pairs.contains(where: { $0.key == field.name }),
          !Self.isExcepted(field, result, pairs)
        else { continue }
        let whole = path.isEmpty ? "" : " in `\(path)`"
        sink.error(
          .missingField, "\(owner) needs `\(field.name)`\(whole)", at: place,
          help: Self.example(field))
      }
    }
    return result
  }

  /// Whether another field makes a required one unnecessary, or has no value that could be read.
  private static func isExcepted(_ field: Field, _ object: JSONObject, _ pairs: [YAMLPair]) -> Bool
  {
    guard let exception = field.exception else { return false }
    guard let value = object[exception.field] else {
      return pairs.contains { $0.key == exception.field }
    }
    return value.string == exception.value
  }

  /// Fields that only Google sets: one error, because they come together, in the output of gcloud.
  private func reportObserved(_ pairs: [YAMLPair]) {
    guard let first = pairs.first else { return }
    let names = pairs.map { "`\($0.key)`" }.joined(separator: ", ")
    sink.error(
      .outputOnlyField,
      "\(names) \(pairs.count == 1 ? "is" : "are") set by Google and cannot be written",
      at: first.keyPosition,
      help: pairs.count == 1 ? "remove it" : "remove them")
  }

  private func isWritable(_ field: Field, _ pair: YAMLPair) -> Bool {
    if field.traits.contains(.outputOnly) { return false }
    if field.traits.contains(.secret) {
      sink.error(
        .secretInManifest, "`\(field.name)` holds a secret, which does not belong in a manifest",
        at: pair.keyPosition)
      return false
    }
    return true
  }

  private mutating func decode(
    _ node: YAMLNode, _ field: Field, in table: FieldTable, at path: String
  ) -> JSONValue? {
    // A map that lost a key still has the others.
    if node.pairs == nil, sink.isBroken(node.position) { return nil }
    guard node.isNull else {
      return field.traits.contains(.secretReference)
        ? reference(node, field: field, at: path)
        : decode(node, field.type, in: table.table(of: field), at: path)
    }
    let reason: String? =
      field.traits.contains(.required)
      ? "required" : field.traits.contains(.immutable) ? "immutable" : nil
    if let reason {
      sink.error(
        .nullNotAllowed, "`\(field.name)` is \(reason) and cannot be reset to nothing",
        at: node.position, help: "write a value, or leave the field out")
      return nil
    }
    return .null
  }

  /// A reference to a secret: a text that does not match its grammar may be the secret itself, so no message repeats it.
  private mutating func reference(
    _ node: YAMLNode, field: Field, at path: String
  ) -> JSONValue? {
    guard case .string(let rule) = field.type, let scalar = node.scalar else {
      sink.note(secretsIn: node)
      reportShape(node, wanted: ScalarDecoder.name(of: field.type), at: path)
      return nil
    }
    guard let problem = rule.check?(scalar.text) else { return .string(scalar.text) }
    sink.note(secret: scalar.text)
    sink.hide(line: node.position.line, from: node.position.column, of: node.position.file)
    sink.secretError(.badValue, problem.of("`\(field.name)`").message, at: node.position)
    return nil
  }

  /// `table` is the table of the objects within the type.
  private mutating func decode(
    _ node: YAMLNode, _ type: FieldType, in table: FieldTable?, at path: String
  ) -> JSONValue? {
    switch type {
    case .string, .boolean, .booleanOr, .integer, .duration, .enumeration, .timestamp, .int64:
      guard let scalar = node.scalar else {
        reportShape(
          node, wanted: ScalarDecoder.name(of: type), at: path, help: Self.withoutBlank(node, type))
        return nil
      }
      return ScalarDecoder(path: path, node: node, scalar: scalar, sink: sink).decode(type)
    case .any: return node.json
    case .object(let fields):
      return .object(
        decode(node, table ?? FieldTable(fields), at: path, missing: node.position))
    case .labels: return labels(node, path)
    case .map(let inner, let idField):
      return map(node, inner: inner, idField: idField, table: table, at: path)
    case .list(let inner, let semantics):
      return list(node, inner: inner, semantics: semantics, table: table, at: path)
    }
  }

  private mutating func labels(_ node: YAMLNode, _ path: String) -> JSONValue? {
    guard let pairs = node.pairs else {
      reportShape(node, wanted: "a map", at: path, help: "write \(Self.last(path)): {KEY: VALUE}")
      return nil
    }
    if pairs.isEmpty, !sink.isBroken(node.position) {
      sink.warning(
        .lint, "`\(path)` is empty, which changes nothing", at: node.position,
        help: "labels: null removes all of them")
    }
    var object = JSONObject()
    for pair in pairs {
      setPlace("\(path).\(pair.key)", pair.value.position)
      if sink.isBroken(pair.value.position) { continue }
      guard let scalar = pair.value.scalar else {
        reportShape(pair.value, wanted: "text", at: "\(path).\(pair.key)")
        continue
      }
      object[pair.key] = scalar.isNull ? .null : .string(scalar.text)
    }
    return .object(object)
  }

  private mutating func map(
    _ node: YAMLNode, inner: FieldType, idField: String?, table: FieldTable?, at path: String
  ) -> JSONValue? {
    guard let pairs = node.pairs else {
      reportShape(
        node, wanted: "a map from ids to values", at: path,
        help: "write \(Self.last(path)): {ID: ...}")
      return nil
    }
    var object = JSONObject()
    for pair in pairs {
      let child = "\(path)[\"\(pair.key)\"]"
      setPlace(child, pair.value.position)
      if sink.isBroken(pair.value.position) { continue }
      if pair.value.isNull {
        sink.error(
          .nullNotAllowed, "`\(child)` is empty", at: pair.keyPosition,
          help: "remove the line: what is not written here is removed")
        continue
      }
      object[pair.key] = element(pair, inner: inner, idField: idField, table: table, at: child)
    }
    return .object(object)
  }

  /// One value of a map; it may repeat its own id.
  private mutating func element(
    _ pair: YAMLPair, inner: FieldType, idField: String?, table: FieldTable?, at path: String
  ) -> JSONValue? {
    guard let idField, var pairs = pair.value.pairs, case .object = inner, let table
    else {
      return decode(pair.value, inner, in: table, at: path)
    }
    if let index = pairs.firstIndex(where: { $0.key == idField }) {
      let written = pairs.remove(at: index)
      if written.value.scalar?.text != pair.key {
        sink.error(
          .fieldConflict, "`\(idField)` is not `\(pair.key)`", at: written.value.position,
          related: [.init(pair.keyPosition, "known by this key")],
          help: "remove `\(idField)`: the key is the id")
      }
    }
    let rest = YAMLNode(.mapping(pairs), at: pair.value.position)
    var value = decode(
      rest, table, at: path, missing: pair.keyPosition, known: idField)
    value[idField] = .string(pair.key)
    return .object(value)
  }

  private mutating func list(
    _ node: YAMLNode, inner: FieldType, semantics: FieldType.ListSemantics,
    table: FieldTable?, at path: String
  ) -> JSONValue? {
    guard let items = node.items else {
      sink.error(
        .wrongType, "`\(path)` is \(node.shape), not a list", at: node.position,
        help: node.scalar.map { "write [\($0.text)]" } ?? "begin each element with `- `")
      return nil
    }
    var values: [JSONValue] = []
    var places: [JSONValue: SourcePosition] = [:]
    for item in items {
      var child = "\(path)[\(values.count)]"
      if case .keyed(let key) = semantics, let id = item[key]?.scalar?.text {
        child = "\(path)[\"\(id)\"]"
      }
      if sink.isBroken(item.position) { continue }
      if item.isNull {
        sink.error(.nullNotAllowed, "an element of `\(path)` is empty", at: item.position)
        continue
      }
      let before = positions[child]
      let outside = placed
      if case .keyed = semantics { placed = [] }
      defer {
        if case .keyed = semantics { placed = outside.map { $0 + (placed ?? []) } }
      }
      guard let value = decode(item, inner, in: table, at: child) else { continue }
      switch semantics {
      case .ordered: break
      case .set where places[value] != nil: continue
      case .set: places[value] = item.position
      case .keyed(let key):
        guard let id = value[key] else { break }
        if let first = places[id] {
          sink.error(
            .duplicateKey, "`\(path)` has `\(id.string ?? "")` twice",
            at: item[key]?.position ?? item.position, related: [.init(first, "first here")])
          positions[child] = before
          continue
        }
        places[id] = item[key]?.position ?? item.position
      }
      setPlace(child, item.position)
      if case .keyed = semantics { addIndexed("\(path)[\(values.count)]", to: child) }
      values.append(value)
    }
    return .array(values)
  }

  /// A diff identifies elements with ids by their ids, a kind's own rules by their index.
  private mutating func addIndexed(_ indexed: String, to child: String) {
    for path in placed ?? [] {
      positions[indexed + path.dropFirst(child.count)] = positions[path]
    }
  }

  private mutating func setPlace(_ path: String, _ position: SourcePosition) {
    positions[path] = position
    placed?.append(path)
  }

  private func reportShape(
    _ node: YAMLNode, wanted: String, at path: String, help: String = ""
  ) {
    let subject = path.isEmpty ? "`spec` of \(owner)" : "`\(path)`"
    sink.error(
      .wrongType, "\(subject) is \(node.shape), not \(wanted)", at: node.position, help: help)
  }

  /// Returns the field that was probably meant.
  private func reportUnknown(_ pair: YAMLPair, fields: [Field], at path: String) -> String? {
    let names = fields.filter { !$0.traits.contains(.outputOnly) }.map(\.name)
    let misplacement = Misplacement(names: sink.names, owner: owner, kind: kind, levels: levels)
    let place = misplacement.hint(pair)
    let isFree = { (name: String) in levels.last?.pairs.contains { $0.key == name } != true }
    let advice = place ?? Synonyms.advice(pair.key, among: names, of: kind, sink.kinds)
    let near =
      advice == nil
      ? Synonyms.field(pair.key, among: names.filter(isFree))
        ?? sink.nearest(to: pair.key, in: names) : nil
    let whole = path.isEmpty ? owner : "`\(path)`"
    sink.error(
      .unknownField, "unknown field `\(pair.key)` in \(whole)", at: pair.keyPosition,
      label: advice ?? near.map { "did you mean `\($0)`?" } ?? "",
      help: page(path, near))
    return near
  }

  /// `arctl explain Repository.cleanupPolicies`; the path's indexes and ids left out.
  private func page(_ path: String, _ field: String?) -> String {
    guard sink.kinds.named(owner) != nil || owner == "lifecycle" else { return "" }
    var names = ""
    var depth = 0
    for character in path {
      if character == "[" { depth += 1 }
      if depth == 0 { names.append(character) }
      if character == "]" { depth -= 1 }
    }
    let parts = [owner, names, field ?? ""].filter { !$0.isEmpty }
    return "arctl explain \(parts.joined(separator: "."))"
  }

  private static func example(_ field: Field) -> String {
    switch field.type {
    case .enumeration(let enumeration):
      let names = enumeration.values.map(enumeration.shortName(of:))
      return "write \(field.name): one of \(names.joined(separator: ", "))"
    case .list: return "write \(field.name): [...]"
    case .object(let inner):
      let names = inner.filter { $0.traits.contains(.required) }.map { "\($0.name): ..." }
      return "write \(field.name): {\(names.joined(separator: ", "))}"
    default: return "write \(field.name): ..."
    }
  }
}
