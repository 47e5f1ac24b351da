import Diagnostics
import Kinds
import Manifests
import Model

/// The reference pages as Markdown, as in `docs/`.
struct ExplainMarkdown {
  /// A page, ended by a newline.
  func render(_ topic: ExplainTopic) -> String {
    switch topic {
    case .overview: ([document] + Kinds.catalog.documents.map(section)).joined(separator: "\n")
    case .kind(let kind): section(kind)
    case .document: document
    case .field(let topic): "### `\(topic.name)`\n\n" + table([topic.field], below: topic.prefix)
    case .code(let code): section(code)
    case .codes: DiagnosticCode.allCases.map(section).joined(separator: "\n")
    }
  }

  private var document: String {
    "### Every document\n\n" + table(DocumentFields.all, below: "")
  }

  private func section(_ kind: any Kind) -> String {
    let fields = kind.schema.fields
    let observed = fields.filter { !$0.isWritable }.map { "`\($0.name)`" }
    var blocks = ["### \(kind.name)", kind.summary]
    if let form = kind.addressForm { blocks.append("Address: `\(form)`") }
    let document = kind.example.isEmpty ? kind.outline : kind.example
    blocks.append("```yaml\n\(document.joined(separator: "\n"))\n```")
    var text =
      blocks.joined(separator: "\n\n") + "\n\n" + table(fields.filter(\.isWritable), below: "")
    if !observed.isEmpty {
      text += "\nSet by Google, not allowed in manifests: \(observed.joined(separator: ", ")).\n"
    }
    return text
  }

  private func table(_ fields: [Field], below prefix: String) -> String {
    let lines = fields.flatMap { rows($0, below: prefix) }
    return "| field | type | description |\n|---|---|---|\n" + lines.map { $0 + "\n" }.joined()
  }

  /// A row for a field and a row for each field inside it, each with the full path.
  private func rows(_ field: Field, below prefix: String) -> [String] {
    let name = prefix + field.name
    let values = field.type.values
    var text = field.documentation
    if values.count > 1 { text += " Values: \(values.map { "`\($0)`" }.joined(separator: ", "))." }
    let type = ([field.type.description] + field.remarks).joined(separator: ", ")
    let row = "| `\(name)` | \(cell(type)) | \(cell(text)) |"
    let inner = field.type.fields.filter(\.isWritable)
    return [row] + inner.flatMap { rows($0, below: name + field.type.step) }
  }

  private func section(_ code: DiagnosticCode) -> String {
    let page = code.page
    let (example, language) =
      switch page.example {
      case .manifest(let text): (text, "yaml")
      case .output(let text): (text, "text")
      }
    let end = example.hasSuffix("\n") ? "" : "\n"
    return """
      ### \(code.rawValue): \(page.title)

      \(page.meaning)

      ```\(language)
      \(example)\(end)```

      \(page.remedy)

      """
  }

  private func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}

extension FieldTopic {
  /// The path above the field, with which each row of its table begins.
  fileprivate var prefix: String {
    path.dropLast().map { "\($0)." }.joined()
  }
}

extension FieldType {
  /// The separator between a field and the fields inside it: `.`, `[].` for lists, `.NAME.` for maps by name.
  fileprivate var step: String {
    switch self {
    case .list: "[]."
    case .map: ".NAME."
    default: "."
    }
  }
}
