/// One line of source text as printed, and the position of the carets below it.
struct SourceExcerpt {
  /// Safe to print, cut to the width.
  let text: String
  /// Terminal columns in front of the carets, and below them.
  let indentation: Int
  let width: Int

  private static let ellipsis = "..."

  /// `column` counts code points from 1.
  init(line: String, column: Int, length: Int, width: Int) {
    self.init(line: Array(line.unicodeScalars), column: column, length: length, width: width)
  }

  /// A line may be as long as a file, so only the part near the carets is processed.
  init(line: [Unicode.Scalar], column: Int, length: Int, width limit: Int) {
    let start = min(column - 1, line.count)
    let near = max(0, start - 2 * limit)
    let far = min(start + min(max(1, length), limit) + 2 * limit, line.count)
    let cells = line[near..<far].map { scalar in
      let text = escapedForTerminal(scalar)
      return (text: text, width: displayWidth(text))
    }
    let first = start - near
    let last = min(first + max(1, length), cells.count)
    let before = cells[..<first].reduce(0) { $0 + $1.width }
    let marked = cells[first..<last].reduce(0) { $0 + $1.width }
    let total = cells.reduce(0) { $0 + $1.width }
    guard total > limit else {
      text = cells.map(\.text).joined()
      (indentation, self.width) = (before, max(1, marked))
      return
    }
    // The window begins a third of the width before the carets, and ends at the line's end.
    let room = max(1, limit - 2 * Self.ellipsis.count)
    let from = max(0, min(before - room / 3, total - room))
    var shown = ""
    var (at, shownBefore, shownMarked) = (0, 0, 0)
    for (index, cell) in cells.enumerated() {
      defer { at += cell.width }
      guard at >= from, at + cell.width <= from + room else { continue }
      shown += cell.text
      if index < first { shownBefore += cell.width }
      if (first..<last).contains(index) { shownMarked += cell.width }
    }
    let head = from > 0 ? Self.ellipsis : ""
    let tail = from + room < total ? Self.ellipsis : ""
    text = head + shown + tail
    (indentation, self.width) = (head.count + shownBefore, max(1, shownMarked))
  }
}
