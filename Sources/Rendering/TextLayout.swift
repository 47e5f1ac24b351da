import Diagnostics

/// The text; if it is too wide, its start and `...`.
func cut(_ text: String, to width: Int?) -> String {
  guard let width, displayWidth(text) > width else { return text }
  var result = ""
  var used = 3
  for character in text {
    let step = displayWidth(String(character))
    guard used + step <= width else { break }
    result.append(character)
    used += step
  }
  return result + "..."
}

/// Two texts, cut so that their difference stays visible: if needed, their common start is left out.
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

/// Texts in as many columns as fit, row by row.
func columns(_ items: [String], gap: Int, width: Int?) -> [String] {
  let cell = (items.map(displayWidth).max() ?? 0) + gap
  let perRow = max(1, ((width ?? 100) + gap) / max(1, cell))
  return stride(from: 0, to: items.count, by: perRow).map { start in
    let row = items[start..<min(start + perRow, items.count)]
    return row.dropLast().map { $0 + spaces(cell - displayWidth($0)) }.joined() + (row.last ?? "")
  }
}
