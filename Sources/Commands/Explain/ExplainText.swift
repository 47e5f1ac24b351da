import Diagnostics
import Kinds
import Manifests
import Model
import Rendering

/// Reference pages for a terminal: the same topic, width and style give the same bytes.
struct ExplainText {
  /// Columns of a line.
  let width: Int
  let style: Style

  /// The whole page, each line ended by a newline.
  func render(_ topic: ExplainTopic) -> String {
    let blocks =
      switch topic {
      case .overview: overview
      case .kind(let kind): page(kind)
      case .document: document
      case .field(let topic): page(topic)
      case .code(let code): page(code)
      case .codes: codes
      }
    return blocks.filter { !$0.isEmpty }.map { block in
      block.map { $0.text(style) + "\n" }.joined()
    }.joined(separator: "\n")
  }

  private var overview: [[StyledLine]] {
    let rows = Kinds.catalog.documents.map { ($0.name, $0.summary) }
    return [
      prose(
        "Topics: a kind, a field of a kind at any depth, or the code of a diagnostic."),
      [heading("Kinds")] + table(rows),
      [heading("More")]
        + table([
          ("document", "The keys of every document beside `spec`: metadata, lifecycle, each."),
          ("codes", "All diagnostic codes."),
        ]),
      [heading("Examples")]
        + ["Repository", "Repository.cleanupPolicies.condition", "lifecycle.ensure", "AR0207"]
        .map { StyledLine("arctl explain \($0)", indent: 2) },
    ]
  }

  private func page(_ kind: any Kind) -> [[StyledLine]] {
    let fields = kind.schema.fields
    let observed = fields.filter { !$0.isWritable }.map(\.name)
    var blocks = [[title(kind.name)] + prose(kind.summary)]
    if let form = kind.addressForm { blocks.append([StyledLine("Address: \(form)")]) }
    blocks.append(
      [heading("Document with the required fields")]
        + kind.outline.map { StyledLine($0, indent: 2) })
    if !kind.example.isEmpty {
      blocks.append([heading("Example")] + kind.example.map { StyledLine($0, indent: 2) })
    }
    blocks.append([heading("Fields of spec")] + rows(fields.filter(\.isWritable)))
    if !observed.isEmpty {
      blocks.append(
        [heading("Set by Google, not allowed in manifests")]
          + prose(observed.joined(separator: ", "), indent: 2))
    }
    blocks.append(
      prose(
        "`arctl explain \(kind.name).FIELD` describes a field, `arctl explain document` the keys beside "
          + "`spec`."))
    return blocks
  }

  private var document: [[StyledLine]] {
    [
      [title("document")]
        + prose(
          "The keys of every document. A file holds any number of documents, separated by `---`."),
      [heading("Keys")] + rows(DocumentFields.all),
    ]
  }

  private func page(_ topic: FieldTopic) -> [[StyledLine]] {
    let field = topic.field
    let values = field.type.values
    var blocks = [
      [title(topic.name)]
        + prose(([field.type.description] + field.remarks).joined(separator: ", ")),
      prose(field.documentation),
    ]
    if values.count > 1 {
      blocks.append([heading("Values")] + prose(values.joined(separator: ", "), indent: 2))
    }
    let inner = field.type.fields
    if !inner.isEmpty { blocks.append([heading("Fields")] + rows(inner)) }
    return blocks
  }

  private func page(_ code: DiagnosticCode) -> [[StyledLine]] {
    let page = code.page
    let example =
      switch page.example {
      case .manifest(let text), .output(let text): text
      }
    let lines = example.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return [
      [title("\(code.rawValue): \(page.title)")] + prose(page.meaning),
      [heading("Example")]
        + lines.reversed().drop(while: \.isEmpty).reversed().map { StyledLine($0, indent: 2) },
      [heading("What to do")] + prose(page.remedy, indent: 2),
    ]
  }

  private var codes: [[StyledLine]] {
    [
      [title("codes")]
        + table(DiagnosticCode.allCases.map { ($0.rawValue, $0.page.title) })
    ]
  }

  // MARK: pieces

  /// A field in two parts: its name, type and traits; below them its description.
  private func rows(_ fields: [Field]) -> [StyledLine] {
    fields.flatMap { field in
      var line = StyledLine(field.name, .heading, indent: 2)
      line.add("   \(([field.type.description] + field.remarks).joined(separator: ", "))", .dimmed)
      let inner = field.type.fields.map(\.name)
      let values = field.type.values
      var text = field.documentation
      if values.count > 1 { text += " Values: \(values.joined(separator: ", "))." }
      if !inner.isEmpty { text += " Fields: \(inner.joined(separator: ", "))." }
      return [line] + prose(text, indent: 6)
    }
  }

  private func table(_ rows: [(String, String)]) -> [StyledLine] {
    let column = 2 + (rows.map { displayWidth($0.0) }.max() ?? 0) + 2
    return rows.flatMap { name, text in
      wrap(text, to: max(20, width - column)).enumerated().map { index, part in
        var line = StyledLine(index == 0 ? name : "", .heading, indent: 2)
        line.pad(to: column)
        line.add(part)
        return line
      }
    }
  }

  private func title(_ text: String) -> StyledLine { StyledLine(text, .heading) }
  private func heading(_ text: String) -> StyledLine { StyledLine("\(text):", .heading) }

  private func prose(_ text: String, indent: Int = 0) -> [StyledLine] {
    wrap(text, to: max(20, width - indent)).map { StyledLine($0, indent: indent) }
  }
}
