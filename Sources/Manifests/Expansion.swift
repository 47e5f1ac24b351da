import Diagnostics
import YAML

/// Creates manifests from documents: one for each document, or for each combination of `each`.
struct Expansion {
  let variables: Variables
  let sink: DiagnosticSink
  private let decoder: ManifestDecoder
  private(set) var manifests: [Manifest] = []
  /// The variables of the Stack that were used.
  private(set) var used: Set<String> = []

  init(variables: Variables, sink: DiagnosticSink) {
    self.variables = variables
    self.sink = sink
    decoder = ManifestDecoder(sink: sink)
  }

  mutating func add(_ document: Document) {
    guard !variables.budget.isSpent else { return sink.noteLostDocument() }
    guard let node = document.each, !node.isNull else {
      _ = decode(document, values: [:], label: "")
      return
    }
    var substitution = Substitution(variables, sink)
    let each = Each(node, substitution: &substitution, sink: sink)
    used.formUnion(substitution.used)
    guard let each else {
      noteUse(in: document)
      sink.noteLostDocument()
      return
    }
    var usedHere: Set<String> = []
    for instance in each.instances {
      usedHere.formUnion(decode(document, values: instance.values, label: instance.label))
      guard !variables.budget.isSpent else { return sink.noteLostDocument() }
    }
    if each.instances.isEmpty { noteUse(in: document) }
    for name in each.names where !each.instances.isEmpty && !usedHere.contains(name.name) {
      sink.error(
        .unusedVariable, "`\(name.name)` of `each` is used nowhere in the document",
        at: name.position, label: "so its instances would be the same",
        help: "use ${\(name.name)} in a value, or remove it")
    }
  }

  private mutating func decode(
    _ document: Document, values: [String: Variables.Value], label: String
  ) -> Set<String> {
    var substitution = Substitution(variables, sink)
    substitution.locals = values
    var position = document.position
    if !label.isEmpty {
      position.instance = label
      substitution.origin = position
    }
    let start = document.incompleteSince ?? sink.checkpoint
    let metadata = substitution.apply(to: document.metadata)
    let spec = document.spec.map { substitution.apply(to: $0) }
    let lifecycle = document.lifecycle.map { substitution.apply(to: $0) }
    let manifest = decoder.decode(
      kind: document.kind, metadata: metadata, spec: spec, lifecycle: lifecycle, at: position,
      since: start)
    if let manifest {
      manifests.append(manifest)
    } else {
      sink.noteLostDocument()
    }
    used.formUnion(substitution.used)
    return substitution.used
  }

  /// A document without instances still uses its variables.
  private mutating func noteUse(in document: Document) {
    for node in [document.metadata, document.spec, document.lifecycle] {
      if let node { noteUse(in: node) }
    }
  }

  private mutating func noteUse(in node: YAMLNode) {
    switch node.content {
    case .scalar(let scalar):
      for part in Template(scalar.text)?.parts ?? [] {
        if case .variable(let names, _) = part { used.insert(names[0]) }
      }
    case .sequence(let items): for item in items { noteUse(in: item) }
    case .mapping(let pairs): for pair in pairs { noteUse(in: pair.value) }
    }
  }
}
