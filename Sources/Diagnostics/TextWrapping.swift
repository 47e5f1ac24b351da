/// The text in lines of at most `width` columns, broken only at spaces: a longer word stays whole, and a `--flag` stays
/// with its value.
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

/// The same for a text after a prefix of `indent` columns: each line with its own indentation.
///
/// A word that is too long for that, such as an address or a command, starts further to the left on a line of its own. If
/// it is the first word, the line of the prefix stays empty. The terminal breaks a word that is longer than its width.
public func wrap(_ text: String, indent: Int, to width: Int?) -> [(
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
