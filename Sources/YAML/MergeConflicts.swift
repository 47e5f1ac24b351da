import Diagnostics

/// The lines that git leaves in a file with a merge conflict: `<<<<<<< HEAD`, `=======`, `>>>>>>> feature`.
extension SourceBytes {
  /// One diagnostic for each unresolved conflict. YAML cannot read such a file, and its errors would not say why.
  func mergeConflicts() -> [Diagnostic] {
    var found: [Diagnostic] = []
    var start: Int?
    for line in lineStarts.indices {
      guard found.count < Self.maximumDiagnostics, let marker = conflictMarker(line) else {
        continue
      }
      switch (marker, start) {
      case (Self.ours, _):
        if let start { found.append(conflict(from: start, to: nil)) }
        start = line
      case (Self.theirs, let first?):
        found.append(conflict(from: first, to: line))
        start = nil
      case (Self.theirs, nil), (Self.base, nil): found.append(conflict(from: line, to: nil))
      default: break
      }
    }
    if let start { found.append(conflict(from: start, to: nil)) }
    return found
  }

  private static let ours = UInt8(ascii: "<")
  private static let base = UInt8(ascii: "|")
  private static let middle = UInt8(ascii: "=")
  private static let theirs = UInt8(ascii: ">")
  /// Git's default length of a marker.
  private static let length = 7

  /// The character of the marker that a line is: seven of it at the start, and then nothing or a space.
  private func conflictMarker(_ line: Int) -> UInt8? {
    let start = lineStarts[line]
    guard start < bytes.count,
      [Self.ours, Self.base, Self.middle, Self.theirs].contains(bytes[start])
    else { return nil }
    let text = self.line(line)
    guard let first = text.first, text.prefix(Self.length).count == Self.length,
      text.prefix(Self.length).allSatisfy({ $0 == first })
    else { return nil }
    let rest = text.dropFirst(Self.length)
    return rest.isEmpty || rest.first == UInt8(ascii: " ") ? first : nil
  }

  private func conflict(from line: Int, to end: Int?) -> Diagnostic {
    var place = SourcePosition(file: file, line: line + 1, column: 1)
    place.length = max(1, textLength(line: line))
    let related = end.map {
      [Diagnostic.Related(SourcePosition(file: file, line: $0 + 1, column: 1), "it ends here")]
    }
    return Diagnostic(
      .yamlSyntax, "an unresolved merge conflict", at: place, related: related ?? [],
      help: [
        "keep one of the two versions, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>"
      ])
  }
}
