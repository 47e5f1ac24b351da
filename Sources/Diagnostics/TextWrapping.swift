/// The text in lines of at most `width` columns, broken at spaces alone: a longer word stays whole, and a `--flag` stays
/// with what follows it.
public func wrap(_ text: String, to width: Int?) -> [String] {
  guard let width, displayWidth(text) > width else { return [text] }
  var lines: [String] = []
  var line = ""
  for word in unbreakable(text) {
    if line.isEmpty {
      line = word
    } else if displayWidth(line) + 1 + displayWidth(word) <= width {
      line += " \(word)"
    } else {
      while line.last == " " { line.removeLast() }
      lines.append(line)
      line = word
    }
  }
  if !line.isEmpty { lines.append(line) }
  return lines
}

private func unbreakable(_ text: String) -> [String] {
  var words: [String] = []
  for word in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
    if let last = words.last, last.hasPrefix("--"), !last.contains(" "), !last.contains("=") {
      words[words.count - 1] += " \(word)"
    } else {
      words.append(word)
    }
  }
  return words
}

/// The same for a text that follows a prefix of `indent` columns: each line with its own indentation.
///
/// What is too long for that, an address or a command, gets a line of its own, further to the left; the prefix then has an
/// empty line. Longer than the terminal, it is left for the terminal to break.
public func wrap(_ text: String, behind indent: Int, to width: Int?) -> [(
  indent: Int, text: String
)] {
  guard let width else { return [(indent, text)] }
  let lines = wrap(text, to: max(20, width - indent)).map { line -> (indent: Int, text: String) in
    let room = width - displayWidth(line)
    return (room >= indent ? indent : max(0, min(8, room)), line)
  }
  guard let first = lines.first, first.indent < indent else { return lines }
  return [(indent, "")] + lines
}
