import Diagnostics
import Grammar
import JSON
import YAML

/// The objects of all files, and the documents that are none.
struct ConnectorInput {
  /// A part of a file that could not be read, with the reason.
  struct Unreadable {
    var position: SourcePosition
    var reason: String
  }
  private(set) var objects: [ConnectorObject] = []
  private(set) var unreadable: [Unreadable] = []
  /// The projects that the annotations of namespaces name.
  private(set) var projectsOfNamespaces: [String: String] = [:]
  private var index: [Key: Int] = [:]

  private struct Key: Hashable {
    var kind: String
    var namespace: String
    var name: String
  }

  init(_ files: [ConnectorFile]) {
    for file in files { read(file) }
    for (number, object) in objects.enumerated() {
      if object.kind == "Namespace", object.group.isEmpty {
        projectsOfNamespaces[object.name] = object.annotation("project-id")
      }
      guard object.isGoogles else { continue }
      let key = Key(kind: object.kind, namespace: object.namespace, name: object.name)
      if index[key] == nil { index[key] = number }
    }
  }

  /// The object of Config Connector with this name.
  func object(_ kind: String, _ name: String, namespace: String) -> ConnectorObject? {
    index[Key(kind: kind, namespace: namespace, name: name)].map { objects[$0] }
  }

  private mutating func read(_ file: ConnectorFile) {
    if let line = Self.template(in: file.bytes) {
      unreadable.append(
        Unreadable(
          position: SourcePosition(file: file.path, line: line, column: 1),
          reason: "a template of Helm; `helm template` renders it, and arctl reads the result"))
      return
    }
    let parsed = YAMLFile(parsing: file.bytes, file: file.path)
    for diagnostic in parsed.diagnostics where diagnostic.severity == .error {
      // The help of a diagnostic is about manifests of arctl, and may quote a value.
      unreadable.append(
        Unreadable(
          position: diagnostic.position ?? SourcePosition(file: file.path, line: 1, column: 1),
          reason: "the YAML cannot be read here: \(escapedForTerminal(Self.plain(diagnostic)))"))
    }
    for document in parsed.documents { add(document) }
  }

  /// The message without what it quotes of the file.
  private static func plain(_ diagnostic: Diagnostic) -> String {
    diagnostic.code == .duplicateKey ? "a key is repeated" : diagnostic.message
  }

  private mutating func add(_ document: YAMLNode) {
    let found = ConnectorObject.objects(of: document)
    if found.isEmpty, document["kind"]?.scalar?.text != "List", !Self.isHarmless(document) {
      unreadable.append(
        Unreadable(
          position: document.position,
          reason: "it is not an object of Kubernetes: it has no `apiVersion` and `kind`"))
    }
    objects += found
  }

  /// Settings of tools that live beside manifests and have neither: `values.yaml`, `kustomization.yaml`.
  private static func isHarmless(_ document: YAMLNode) -> Bool {
    document.pairs.map { pairs in !pairs.contains { ["spec", "metadata"].contains($0.key) } }
      ?? false
  }

  /// The line of the first `{{` of a template; nil if there is none.
  private static func template(in bytes: [UInt8]) -> Int? {
    var line = 1
    for (index, byte) in bytes.enumerated() {
      if byte == 0x0A { line += 1 }
      guard byte == UInt8(ascii: "{"), index + 2 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "{")
      else { continue }
      // `{{` of a template is followed by a space, `-`, `.`, `/` or `$`; that of a flow mapping in YAML has a key.
      if " -./$\"".utf8.contains(bytes[index + 2]) { return line }
    }
    return nil
  }
}
