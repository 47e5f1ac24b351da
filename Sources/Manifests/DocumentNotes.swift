package import Diagnostics
import YAML

/// The `metadata.note` of each document, to print with its errors.
package struct DocumentNotes {
  private struct Note {
    let lines: ClosedRange<Int>
    let text: String
  }
  private var byFile: [String: [Note]] = [:]

  init(_ documents: [Document], _ names: FieldNames) {
    for document in documents {
      guard let written = document.metadata["note"]?.scalar?.text,
        !Template.mayHaveVariables(written)
      else { continue }
      let text = SecretFields.shown(
        String(written.reversed().drop(while: \.isNewline).reversed()), names)
      let start = document.position.line
      let nodes = [document.metadata, document.spec, document.lifecycle, document.each]
      let end = nodes.compactMap { $0?.lastLine }.max() ?? start
      byFile[document.position.file, default: []].append(
        Note(lines: start...max(start, end), text: text))
    }
  }

  /// The same diagnostics, each error with the note of its document.
  package func adding(to diagnostics: [Diagnostic]) -> [Diagnostic] {
    if byFile.isEmpty { return diagnostics }
    return diagnostics.map { diagnostic in
      guard diagnostic.severity == .error, let position = diagnostic.position,
        let notes = byFile[position.file]
      else { return diagnostic }
      var diagnostic = diagnostic
      diagnostic.note = Self.note(at: position.line, in: notes)
      return diagnostic
    }
  }

  /// The documents of a file are in the order of their lines and do not overlap.
  private static func note(at line: Int, in notes: [Note]) -> String? {
    var (low, high) = (0, notes.count)
    while low < high {
      let middle = (low + high) / 2
      if notes[middle].lines.lowerBound <= line { low = middle + 1 } else { high = middle }
    }
    guard low > 0, notes[low - 1].lines.contains(line) else { return nil }
    return notes[low - 1].text
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
