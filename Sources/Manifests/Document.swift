import Diagnostics
import Grammar
import Model
import YAML

/// One document of a file, its top-level keys read and its `${...}` not yet replaced.
struct Document {
  let kind: any Kind
  /// Where the document begins.
  let position: SourcePosition
  let metadata: YAMLNode
  let spec: YAMLNode?
  let lifecycle: YAMLNode?
  let each: YAMLNode?
  /// If a part of an object in `spec` was written outside of it: the point before that was reported. The rules between
  /// the fields are then not checked.
  private(set) var incompleteSince: DiagnosticSink.Checkpoint?

  static let apiVersion = "arctl.dev/v1"
  static let keys = ["apiVersion", "kind", "metadata", "spec", "lifecycle", "each"]

  /// Nil, after a report, if its kind is not known.
  init?(_ node: YAMLNode, _ sink: DiagnosticSink) {
    if ForeignDocument.report(node, sink) { return nil }
    guard let pairs = node.pairs else {
      sink.error(
        .notADocument, "a document is a map, and this is \(node.shape)", at: node.position,
        help: "begin with apiVersion: \(Self.apiVersion)")
      return nil
    }
    position = pairs.first?.keyPosition ?? node.position
    guard Self.checkVersion(node, at: position, sink),
      let kind = Self.kind(node, at: position, sink)
    else { return nil }
    self.kind = kind
    // A misspelt or misplaced key is read as the one that was probably meant, so that it is not reported as missing too.
    var meant: [String: YAMLNode] = [:]
    var misplaced: [String: [YAMLPair]] = [:]
    for pair in pairs where !Self.keys.contains(pair.key) {
      let place = Self.place(of: pair.key, kind)
      let near = place == nil ? sink.nearest(to: pair.key, in: Self.keys) : nil
      if let near { meant[near] = pair.value }
      if let place { misplaced[place, default: []].append(pair) }
      let inner = near == nil && place == nil ? Self.inner(pair, kind, node["spec"], sink) : nil
      if inner != nil { incompleteSince = sink.checkpoint }
      sink.error(
        .unknownField, "unknown field `\(pair.key)` in a document", at: pair.keyPosition,
        label: near.map { "did you mean `\($0)`?" } ?? place.map { "this goes under `\($0)`" }
          ?? inner ?? "",
        help: "the keys are \(Self.keys.joined(separator: ", "))")
    }
    func part(_ name: String) -> YAMLNode? {
      Self.joined(node[name] ?? meant[name], misplaced[name] ?? [])
    }
    spec = part("spec")
    lifecycle = part("lifecycle")
    each = node["each"] ?? meant["each"]
    guard let metadata = part("metadata") else {
      sink.error(
        .missingField, "\(kind.name) needs `metadata`", at: position,
        help: "write metadata: {name: ...}")
      return nil
    }
    guard metadata.pairs != nil else {
      sink.error(
        .wrongType, "`metadata` is \(metadata.shape), not a map", at: metadata.position,
        help: "write metadata: {name: ...}")
      return nil
    }
    self.metadata = metadata
  }

  /// The top-level key that a field of a document of this kind belongs to; nil for a name that is not a field.
  static func place(of key: String, _ kind: any Kind) -> String? {
    if DocumentFields.metadata.contains(where: { $0.name == key }) { return "metadata" }
    if let field = kind.schema[key], !field.traits.contains(.outputOnly) { return "spec" }
    let isInLifecycle = DocumentFields.lifecycle.contains { $0.name == key }
    return isInLifecycle && kind.part != .settings ? "lifecycle" : nil
  }

  /// The advice about a field of an object within `spec`, written at the left margin.
  private static func inner(
    _ pair: YAMLPair, _ kind: any Kind, _ spec: YAMLNode?, _ sink: DiagnosticSink
  ) -> String? {
    guard let pairs = spec?.pairs else { return nil }
    let level = Misplacement.Level(
      path: "", table: FieldTable(kind.schema.fields), pairs: pairs)
    return Misplacement(names: sink.names, owner: kind.name, kind: kind, levels: [level])
      .hint(below: pair)
  }

  /// A map together with the fields that belong to it and were written beside it.
  private static func joined(_ node: YAMLNode?, _ misplaced: [YAMLPair]) -> YAMLNode? {
    guard let first = misplaced.first else { return node }
    guard let node, !node.isNull else {
      return YAMLNode(.mapping(misplaced), at: first.keyPosition)
    }
    guard let pairs = node.pairs else { return node }
    let more = misplaced.filter { pair in !pairs.contains { $0.key == pair.key } }
    return YAMLNode(.mapping(pairs + more), at: node.position)
  }

  private static func checkVersion(
    _ node: YAMLNode, at position: SourcePosition, _ sink: DiagnosticSink
  ) -> Bool {
    guard let version = node["apiVersion"] else {
      sink.error(
        .missingField, "the document has no `apiVersion`", at: position,
        help: "write apiVersion: \(apiVersion)")
      return false
    }
    guard version.scalar?.text == apiVersion else {
      let text = version.scalar?.text ?? version.shape
      sink.error(
        .notADocument, "`apiVersion` is `\(text)`; arctl reads `\(apiVersion)`",
        at: version.position, label: "write \(apiVersion)")
      return false
    }
    return true
  }

  private static func kind(_ node: YAMLNode, at position: SourcePosition, _ sink: DiagnosticSink)
    -> (any Kind)?
  {
    let names = sink.kinds.documents.map(\.name)
    guard let kind = node["kind"] else {
      sink.error(
        .missingField, "the document has no `kind`", at: position,
        help: "one of: \(names.joined(separator: ", "))")
      return nil
    }
    let text = kind.scalar?.text ?? ""
    if let known = sink.kinds.named(text) { return known }
    // `RoleBinding` begins with `Role`, and means another kind.
    let foreign = ForeignKind(text, sink.kinds)?.advice(sink.kinds)
    let near = sink.nearest(to: text, in: names).flatMap { near in
      foreign == nil || near.lowercased() == text.lowercased() ? near : nil
    }
    sink.error(
      .unknownKind, kind.scalar == nil ? "`kind` is \(kind.shape)" : "unknown kind `\(text)`",
      at: kind.position,
      label: Template.mayHaveVariables(text)
        ? "variables are not replaced here"
        : near.map { "did you mean `\($0)`?" } ?? foreign ?? "",
      help: "one of: \(names.joined(separator: ", "))")
    return nil
  }
}
