extension String {
  /// The parts between occurrences of an ASCII character, also the empty ones.
  ///
  /// Compares bytes: a path has no characters to tell apart, and every request is cut a few times.
  package func parts(between separator: UInt8) -> [Substring] {
    var found: [Substring] = []
    var start = startIndex
    while let end = utf8[start...].firstIndex(of: separator) {
      found.append(self[start..<end])
      start = utf8.index(after: end)
    }
    found.append(self[start...])
    return found
  }
}

extension Substring {
  /// Whether it ends with an ASCII text. Compares bytes.
  package func hasASCIISuffix(_ ending: String) -> Bool {
    utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8)
  }
}
