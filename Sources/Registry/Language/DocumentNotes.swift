import Diagnostics
import YAML

/// What `metadata.note` of each document says, to be printed with the errors in it.
struct DocumentNotes {
  private struct Note {
    let lines: ClosedRange<Int>
    let text: String
  }
  private var byFile: [String: [Note]] = [:]

  init(_ documents: [Document]) {
    for document in documents {
      guard let written = document.metadata["note"]?.scalar?.text,
        !Template.mayHaveVariables(written)
      else { continue }
      let text = String(written.reversed().drop(while: \.isNewline).reversed())
      let start = document.position.line
      let nodes = [document.metadata, document.spec, document.lifecycle, document.each]
      let end = nodes.compactMap { $0?.lastLine }.max() ?? start
      byFile[document.position.file, default: []].append(
        Note(lines: start...max(start, end), text: text))
    }
  }

  /// The same diagnostics, each error with the note of its document.
  func adding(to diagnostics: [Diagnostic]) -> [Diagnostic] {
    if byFile.isEmpty { return diagnostics }
    return diagnostics.map { diagnostic in
      guard diagnostic.severity == .error, let position = diagnostic.position,
        let notes = byFile[position.file]
      else { return diagnostic }
      var diagnostic = diagnostic
      diagnostic.note = notes.first { $0.lines.contains(position.line) }?.text
      return diagnostic
    }
  }
}

extension YAMLNode {
  /// The line on which the last of its parts begins.
  fileprivate var lastLine: Int {
    switch content {
    case .scalar: position.line
    case .sequence(let items): items.last?.lastLine ?? position.line
    case .mapping(let pairs): pairs.last?.value.lastLine ?? position.line
    }
  }
}
