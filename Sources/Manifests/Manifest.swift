package import Diagnostics
import Grammar
package import JSON
package import Model
import YAML

/// One decoded document, or one instance of a document with `each`.
package struct Manifest {
  /// What the document declares.
  package let kind: any Kind
  /// `metadata.name`.
  package let name: String
  /// Where `metadata.name` is: the place of errors about the document as a whole.
  package let namePosition: SourcePosition
  /// `metadata.note`, printed with errors and deletions.
  package let note: String?
  /// Where the document begins.
  package let source: SourcePosition
  /// All written fields, those of the language included, in wire form.
  package var spec: JSONObject
  /// Where each written value is, by the text of its path: `cleanupPolicies.old.action`.
  package var positions: [String: SourcePosition]
  /// What `lifecycle` says, with its defaults.
  package var lifecycle: Lifecycle
  /// The place of `ensure`, else that of the document.
  package var ensurePosition: SourcePosition
  /// The project, from the document or the Stack; empty until `DesiredState` has filled it in.
  package var project = ""
  /// The location, from the document or the Stack; nil for kinds that have none.
  package var location: String?
  /// The address; nil until `DesiredState` has filled it in, and for kinds without one.
  package var address: Address?
  /// Whether it is free of errors; otherwise its missing fields prove nothing.
  package var isSound: Bool

  /// Whether its name was refused: references then mean the name after its correction.
  package var hasBadName: Bool { nameProblem != nil }

  /// What is wrong with its name. Only a resource that this set may create needs a name that Google accepts today.
  var nameProblem: Problem? {
    let isCreated = lifecycle.create && !isAbsent
    return kind.problem(withName: name)
      ?? (isCreated ? kind.resource?.problem(creating: name) : nil)
  }

  /// Whether it asks for the resource to be absent.
  package var isAbsent: Bool { lifecycle.ensure == .absent }

  /// The place of a field, or of the nearest written field around it.
  package func position(of path: FieldPath) -> SourcePosition {
    var path = path
    while !path.components.isEmpty {
      if let place = positions[path.description] { return place }
      path.components.removeLast()
    }
    return namePosition
  }

  /// Where the field of exactly this path is; else the document's name.
  package func position(of path: String) -> SourcePosition { positions[path] ?? namePosition }

  /// A text field with its place; nil where it was not written.
  package func text(_ name: String) -> SourcedText? {
    spec[name]?.string.map { SourcedText($0, position(of: name)) }
  }
}

/// Creates manifests from documents after the replacement of variables.
struct ManifestDecoder {
  let sink: DiagnosticSink
  private let tables = FieldTables()
  private let lifecycleTable = FieldTable(DocumentFields.lifecycle)
  private let bindingTable = FieldTable(DocumentFields.lifecycle(of: .grants))

  init(sink: DiagnosticSink) { self.sink = sink }

  /// The manifest is sound if nothing went wrong since `start`, from before its values were evaluated.
  func decode(
    kind: any Kind, metadata: YAMLNode, spec: YAMLNode?, lifecycle: YAMLNode?,
    at position: SourcePosition, since start: DiagnosticSink.Checkpoint
  ) -> Manifest? {
    let known = self.metadata(metadata, kind)
    var life = Lifecycle()
    var ensurePosition = position
    if let lifecycle {
      (life, ensurePosition) = self.lifecycle(lifecycle, kind: kind, at: position)
    }
    var decoder = SpecDecoder(owner: kind.name, kind: kind, sink: sink)
    decoder.requiresAll = life.ensure == .present || kind.resource == nil
    let place = known?.position ?? position
    let node =
      spec.map { $0.isNull ? YAMLNode(.mapping([]), at: $0.position) : $0 }
      ?? YAMLNode(.mapping([]), at: place)
    let object = decoder.decode(node, tables.table(of: kind), missing: place)
    guard let known else { return nil }
    var manifest = Manifest(
      kind: kind, name: known.text, namePosition: known.position, note: known.note,
      source: position, spec: object, positions: decoder.positions, lifecycle: life,
      ensurePosition: ensurePosition, isSound: sink.isSound(since: start))
    if lifecycle?["create"] == nil, let resource = kind.resource {
      manifest.lifecycle.create = resource.isMade(object)
    }
    reportName(of: &manifest)
    if manifest.isSound, !manifest.isAbsent || kind.resource == nil { check(&manifest) }
    return manifest
  }

  private struct Name {
    var text: String
    var position: SourcePosition
    var note: String?
  }

  private func metadata(_ node: YAMLNode, _ kind: any Kind) -> Name? {
    var name: Name?
    var wasWritten = false
    var note: String?
    for pair in node.pairs ?? [] {
      switch pair.key {
      case "name":
        wasWritten = true
        name = self.name(pair.value, kind)
      case "note":
        note = pair.value.scalar?.text
        guard note == nil else { continue }
        sink.error(
          .wrongType, "`metadata.note` is \(pair.value.shape), not text", at: pair.value.position,
          help: "write note: TEXT")
      default:
        sink.error(
          .unknownField, "unknown field `\(pair.key)` in `metadata`", at: pair.keyPosition,
          label: Self.hint(pair.key, kind: kind, sink: sink))
      }
    }
    if !wasWritten {
      sink.error(
        .missingField, "\(kind.name) needs `metadata.name`", at: node.position,
        help: "write metadata: {name: ...}")
    }
    name?.note = note
    return name
  }

  private static func hint(_ key: String, kind: any Kind, sink: DiagnosticSink) -> String {
    if Document.keys.contains(key) { return "this goes beside `metadata`, not into it" }
    if let place = Document.place(of: key, kind) { return "this goes under `\(place)`" }
    return sink.suggestion(for: key, in: ["name", "note"])
  }

  private func name(_ node: YAMLNode, _ kind: any Kind) -> Name? {
    if sink.isBroken(node.position) { return nil }
    guard let text = node.scalar?.text, !node.isNull else {
      sink.error(
        .badName, "`metadata.name` is \(node.shape), not a name", at: node.position)
      return nil
    }
    return Name(text: text, position: node.position)
  }

  private func reportName(of manifest: inout Manifest) {
    guard let problem = manifest.nameProblem else { return }
    manifest.isSound = false
    sink.report(
      problem.of("`\(manifest.name)`"), as: .badName, at: manifest.namePosition,
      label: manifest.name.isEmpty ? "" : "not a name of a \(manifest.kind.name)")
  }

  private func lifecycle(_ node: YAMLNode, kind: any Kind, at position: SourcePosition)
    -> (Lifecycle, SourcePosition)
  {
    var lifecycle = Lifecycle()
    if kind.part == .settings {
      sink.error(
        .unknownField, "a \(kind.name) has no `lifecycle`", at: node.position,
        help: "remove it")
      return (lifecycle, position)
    }
    if node.isNull { return (lifecycle, position) }
    var decoder = SpecDecoder(owner: "lifecycle", kind: kind, sink: sink)
    let object = decoder.decode(
      node, kind.part == .grants ? bindingTable : lifecycleTable, missing: node.position)
    if object["ensure"]?.string == "absent" { lifecycle.ensure = .absent }
    lifecycle.protect = object["protect"]?.bool ?? false
    lifecycle.allowReplace = object["allowReplace"]?.bool ?? false
    lifecycle.create = object["create"]?.bool ?? true
    return (lifecycle, decoder.positions["ensure"] ?? position)
  }

  /// The kind's own rules, between fields.
  private func check(_ manifest: inout Manifest) {
    for problem in manifest.kind.check(manifest.spec) {
      sink.report(problem, at: manifest.position(of: problem.path))
      if !problem.isWarning { manifest.isSound = false }
    }
  }

}
