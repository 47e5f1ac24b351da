import Diagnostics
import Model
import YAML

/// A document of another tool: the output of `gcloud ... --format yaml`, of Config Connector, Kubernetes or Pulumi.
///
/// Where the other form holds enough, the help is the document to write instead.
struct ForeignDocument {
  let message: String
  let position: SourcePosition
  let help: [String]
  /// The document to write instead.
  let lines: [String]

  /// Nil for a document of arctl, or of an unknown form.
  init?(_ node: YAMLNode, _ kinds: KindSet) {
    guard let pairs = node.pairs else { return nil }
    let reader = ForeignReader(node: node, kinds: kinds)
    if let version = node["apiVersion"]?.scalar {
      guard version.text != Document.apiVersion,
        let found = reader.connector(version.text) ?? reader.kubernetes(version.text)
      else { return nil }
      self = found
    } else if let found = reader.policy() ?? reader.project() ?? reader.resource()
      ?? reader.program()
    {
      self = found
    } else if node["kind"] == nil, let items = pairs.first?.value.items, pairs.count == 1,
      let first = items.lazy.compactMap({ ForeignDocument($0, kinds) }).first
    {
      // `{"repositories": [...]}`, the answer of a list.
      self = first
    } else {
      return nil
    }
  }

  fileprivate init(
    _ message: String, at position: SourcePosition, help: [String], lines: [String]
  ) {
    self.message = message
    self.position = position
    self.help = help
    self.lines = lines
  }

  /// Reports a document, or each element of a list of them; false if it is not of another tool.
  static func report(_ node: YAMLNode, _ sink: DiagnosticSink) -> Bool {
    let found = (node.items ?? [node]).compactMap { ForeignDocument($0, sink.kinds) }
    for document in found {
      var diagnostic = Diagnostic(
        .notADocument, document.message, at: document.position, help: document.help)
      diagnostic.pasted = document.lines
      sink.report(diagnostic)
    }
    return !found.isEmpty
  }
}

/// Recognises documents of other tools by their keys.
private struct ForeignReader {
  let node: YAMLNode
  let kinds: KindSet

  /// The file of the document, as a shell reads it.
  private var file: String { shellQuoted(node.position.file) }

  private func text(_ key: String) -> String? {
    node[key]?.scalar.flatMap { $0.isNull ? nil : $0.text }
  }

  private func found(
    _ message: String, at key: String, _ help: [String], lines: [String] = []
  ) -> ForeignDocument {
    let pair = node.pairs?.first { $0.key == key } ?? node.pairs?.first
    return ForeignDocument(
      message, at: pair?.value.position ?? node.position, help: help, lines: lines)
  }

  private func instead(
    _ message: String, at key: String, _ help: [String], _ document: DocumentText
  ) -> ForeignDocument {
    found(message, at: key, help + ["or write this document instead:"], lines: document.lines)
  }

  // MARK: Config Connector and Kubernetes

  /// `artifactregistry.cnrm.cloud.google.com/v1beta1`.
  func connector(_ version: String) -> ForeignDocument? {
    guard version.contains(".cnrm.cloud.google.com/") else { return nil }
    let written = text("kind") ?? ""
    let message =
      "this is a document of Config Connector; arctl reads `apiVersion: \(Document.apiVersion)`"
    let command = "convert the file: `arctl migrate config-connector \(file)`"
    guard let meaning = ForeignKind(written, kinds) else {
      return found(message, at: "apiVersion", ["arctl has no kind for `\(written)`"])
    }
    guard case .kind(let kind) = meaning, kind.part != .settings else {
      return found(
        message, at: "apiVersion", [command, "for `\(written)`, \(meaning.advice(kinds))"])
    }
    let spec = node["spec"]
    let metadata = node["metadata"]
    let name = spec?["resourceID"]?.scalar?.text ?? metadata?["name"]?.scalar?.text ?? "..."
    var document = DocumentText(kind: kind, name: name, fields: spec?.pairs ?? [])
    let annotations = metadata?["annotations"]
    if let project = annotations?["cnrm.cloud.google.com/project-id"]?.scalar?.text {
      document.place.append(("project", project))
    }
    if let resource = target(spec?["resourceRef"]) { document.place.append(("resource", resource)) }
    for (key, field) in [("serviceAccountRef", "serviceAccount")] {
      if let name = spec?[key]?["name"]?.scalar?.text { document.place.append((field, name)) }
    }
    if let labels = metadata?.pairs?.first(where: { $0.key == "labels" }) {
      document.fields.append(labels)
    }
    return instead(message, at: "apiVersion", [command], document)
  }

  /// `resourceRef: {kind: ArtifactRegistryRepository, name: r}` as `repository/r`.
  private func target(_ reference: YAMLNode?) -> String? {
    if let full = reference?["external"]?.scalar?.text { return full }
    guard let word = reference?["kind"]?.scalar?.text, let name = reference?["name"]?.scalar?.text,
      case .kind(let kind)? = ForeignKind(word, kinds), let resource = kind.resource
    else { return nil }
    return "\(resource.addressName)/\(name)"
  }

  /// Another `apiVersion` with a kind that arctl does not have.
  func kubernetes(_ version: String) -> ForeignDocument? {
    guard let written = text("kind"), kinds.named(written) == nil, !version.hasPrefix("arctl")
    else { return nil }
    return found(
      "a `\(written)` of `\(version)` is not a document of arctl, which reads `\(Document.apiVersion)`",
      at: "apiVersion", ["keep documents of other tools outside the manifests folder"])
  }

  // MARK: gcloud

  private static let gcloud = "this is output of gcloud, not a document of arctl"

  /// `gcloud ... get-iam-policy`: bindings, and nothing else.
  func policy() -> ForeignDocument? {
    guard let bindings = node["bindings"]?.items, node["kind"] == nil, text("name") == nil,
      let grants = kinds.documents.first(where: { $0.part == .grants })
    else { return nil }
    let fields = FieldTable(grants.schema.fields)
    var lines: [String] = []
    for binding in bindings {
      guard let role = binding["role"]?.scalar?.text else { continue }
      lines.append("  - role: \(DocumentText.scalar(role))")
      lines.append("    members:")
      for member in binding["members"]?.items ?? [] {
        lines.append("      - \(DocumentText.scalar(member.scalar?.text ?? ""))")
      }
      if let condition = binding["condition"], fields["condition"] != nil {
        lines.append("    condition: \(condition.json.text())")
      }
    }
    return found(
      Self.gcloud, at: "bindings",
      ["write the bindings into the `spec` of the resource, or as \(grants.name) documents:"],
      lines: ["iam:"] + lines)
  }

  /// `gcloud projects describe`.
  func project() -> ForeignDocument? {
    guard let id = text("projectId"), node["projectNumber"] != nil || node["lifecycleState"] != nil,
      let kind = kinds.root.resource
    else { return nil }
    return instead(
      Self.gcloud, at: "projectId",
      [
        "write all that is in it as manifests: `arctl export --project \(shellQuoted(id)) --out DIR`"
      ],
      DocumentText(kind: kind, name: id))
  }

  /// A resource with Google's full name: `projects/P/locations/L/repositories/ID`.
  func resource() -> ForeignDocument? {
    guard let name = text("name"), name.contains("/") else { return nil }
    for kind in kinds.resources {
      guard case .full(let address)? = kind.read(reference: name, project: "") else { continue }
      if kind.id == kinds.setting {
        return found(
          Self.gcloud, at: "name",
          [
            "a service is an entry of `services` in a \(kinds.root.resource?.name ?? "project"): "
              + "services: [\(address.names.last ?? "")]"
          ])
      }
      return instead(
        Self.gcloud, at: "name",
        ["print the live one as a document: `arctl get \(shellQuoted("\(address)"))`"],
        document(kind, address))
    }
    return nil
  }

  private func document(_ kind: any ResourceKind, _ address: Address) -> DocumentText {
    var names = address.names
    let id = names.popLast().map { String($0.prefix { $0 != "@" }) } ?? address.project
    var document = DocumentText(kind: kind, name: id)
    document.place.append(("project", address.project))
    if let parent = kind.parent?.resource {
      // A child names its parent in a field of the schema.
      let field = kind.schema.fields.first {
        if case .string(let rule) = $0.type { rule.reference == .kind(parent.id) } else { false }
      }
      if let field, let name = names.popLast() {
        document.place.append((field.name, String(name.prefix { $0 != "@" })))
        // The location of the parent follows from its name.
        if document.place.contains(where: { $0.field == "location" }) { names.removeAll() }
      }
    }
    if let location = names.last, kind.schema["location"] != nil {
      document.place.append(("location", location))
    }
    document.fields = node.pairs ?? []
    return document
  }

  // MARK: Other programs

  /// Terraform's JSON, Pulumi, Deployment Manager.
  func program() -> ForeignDocument? {
    let help = ["`arctl init` writes a first manifest, `arctl explain` lists the kinds"]
    if node["terraform_version"] != nil || node["terraform"] != nil {
      return found(
        "this is a file of Terraform, not a document of arctl", at: "",
        ["convert a state: `arctl migrate terraform \(file)`; keep it outside the manifests folder"]
      )
    }
    if node["runtime"] != nil, node["name"] != nil {
      return found("this is a program of Pulumi, not a document of arctl", at: "", help)
    }
    let types = node["resources"]?.items?.compactMap { $0["type"]?.scalar?.text } ?? []
    if node["kind"] == nil, !types.isEmpty {
      return found(
        "this is a configuration of Deployment Manager, not a document of arctl", at: "", help)
    }
    return nil
  }
}
