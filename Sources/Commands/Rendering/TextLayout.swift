/// Columns that a text takes on a terminal: two for CJK and most emoji, none for combining marks.
func displayWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.reduce(0) { $0 + displayWidth($1) }
}

private func displayWidth(_ character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
    return 2
  default:
    return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
  }
}

/// The text, or as much of its beginning as fits before `...`.
func cut(_ text: String, to width: Int?) -> String {
  guard let width, displayWidth(text) > width else { return text }
  var result = ""
  var used = 3
  for character in text {
    let step = displayWidth(character)
    guard used + step <= width else { break }
    result.append(character)
    used += step
  }
  return result + "..."
}

/// Two texts cut so that what differs stays in sight: where their first difference would fall off, their common
/// beginning is left out instead.
func cutPair(_ first: String, _ second: String, to width: Int?) -> (String, String) {
  guard let width, max(displayWidth(first), displayWidth(second)) > width else {
    return (first, second)
  }
  let common = zip(first, second).prefix { $0 == $1 }.count
  guard common > width - 15 else { return (cut(first, to: width), cut(second, to: width)) }
  let dropped = common - 10
  return (
    cut("..." + first.dropFirst(dropped), to: width),
    cut("..." + second.dropFirst(dropped), to: width)
  )
}

/// The text in lines of at most `width` columns, broken at spaces alone: a longer word stays whole, and a `--flag` stays
/// with what follows it.
func wrap(_ text: String, to width: Int?) -> [String] {
  guard let width, displayWidth(text) > width else { return [text] }
  var lines: [String] = []
  var line = ""
  for word in unbreakable(text) {
    if line.isEmpty {
      line = word
    } else if displayWidth(line) + 1 + displayWidth(word) <= width {
      line += " \(word)"
    } else {
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

/// Texts in as many columns as fit, filled row by row.
func columns(_ items: [String], gap: Int, width: Int?) -> [String] {
  let cell = (items.map(displayWidth).max() ?? 0) + gap
  let perRow = max(1, ((width ?? 100) + gap) / max(1, cell))
  return stride(from: 0, to: items.count, by: perRow).map { start in
    let row = items[start..<min(start + perRow, items.count)]
    return row.dropLast().map { $0 + spaces(cell - displayWidth($0)) }.joined() + (row.last ?? "")
  }
}
