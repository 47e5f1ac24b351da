extension String {
  /// The parts between occurrences of an ASCII character, also the empty ones.
  ///
  /// Compares bytes: a path or a name of Google has no characters to tell apart, and each request and each resource of
  /// an answer is cut a few times.
  package func parts(between separator: UInt8) -> [Substring] {
    var text = self
    let ends = text.withUTF8 { bytes in bytes.indices.filter { bytes[$0] == separator } }
    var found: [Substring] = []
    found.reserveCapacity(ends.count + 1)
    var (start, offset) = (text.startIndex, 0)
    for end in ends {
      let index = text.utf8.index(start, offsetBy: end - offset)
      found.append(text[start..<index])
      start = text.utf8.index(after: index)
      offset = end + 1
    }
    found.append(text[start...])
    return found
  }
}
