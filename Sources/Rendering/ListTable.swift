import Diagnostics
import Grammar
import JSON
package import Model

/// The text form of a list: a heading, and a line for each thing.
///
/// On a terminal that is too narrow it cuts texts that do not identify a thing, leaves out the least important columns
/// (`Output.omitted`), and then cuts the others. Elsewhere every line has its full width.
package struct ListTable: Sendable {
  private let style: TextStyle

  /// Takes the colours, and the width of the terminal.
  package init(style: TextStyle = TextStyle()) { self.style = style }

  /// A table as text.
  package struct Output: Sendable, Hashable {
    /// The lines, with a line break at the end; empty without rows.
    package var text = ""
    /// The names of the columns that did not fit on the terminal.
    package var omitted: [String] = []
  }

  /// The table of a listing.
  package func render(_ listing: Listing) -> Output {
    guard !listing.rows.isEmpty else { return Output() }
    let all = listing.columns.filter { !$0.isDetail }
    let columns = fitting(
      all.map { column in
        Cells(column, listing.rows.map { Self.text($0.values[column.name] ?? .null, column.form) })
      })
    var text = line(columns.map { ($0, $0.column.name, .heading) })
    for index in listing.rows.indices {
      text += line(columns.map { ($0, $0.texts[index], nil) })
    }
    let shown = Set(columns.map(\.column.name))
    return Output(text: text, omitted: all.map(\.name).filter { !shown.contains($0) })
  }

  // MARK: values

  /// A value as people read it: `1.2 GB`, `2026-11-29`, `never`.
  static func text(_ value: JSONValue, _ form: ListColumn.Form) -> String {
    switch form {
    case .text, .address, .choice: value.string.flatMap { $0.isEmpty ? nil : $0 } ?? none
    // The day of RFC 3339.
    case .time: value.string.map { String($0.prefix(10)) } ?? none
    case .end: value.string.map { String($0.prefix(10)) } ?? "never"
    case .bytes: value.integer.map { "\(ByteCount($0))" } ?? none
    case .count: value.integer.map(String.init) ?? none
    case .flag: value.bool.map { $0 ? "yes" : "no" } ?? "unknown"
    case .age: value.integer.map(age) ?? none
    case .condition: condition(value)
    }
  }

  private static let none = "-"

  private static func age(_ seconds: Int64) -> String {
    switch seconds {
    case 172_800...: "\(seconds / 86_400)d"
    case 7200...: "\(seconds / 3600)h"
    default: "\(seconds / 60)m"
    }
  }

  private static func condition(_ value: JSONValue) -> String {
    guard let title = value["title"]?.string, let expression = value["expression"]?.string else {
      return none
    }
    if title.isEmpty { return expression }
    // The title of an `until` says it all.
    let isUntil = PolicyCondition(title: title, expression: expression).isUntil
    return isUntil ? title : "\(title) (\(expression))"
  }

  // MARK: layout

  /// A column with its texts, and the width that they get.
  private struct Cells {
    let column: ListColumn
    var texts: [String]
    var width: Int

    init(_ column: ListColumn, _ values: [String]) {
      self.column = column
      texts = values.map(\.escapedForTerminal)
      width = texts.reduce(displayWidth(column.name)) { max($0, displayWidth($1)) }
    }

    var isText: Bool {
      switch column.form {
      case .text, .address, .choice, .condition: true
      case .time, .end, .bytes, .count, .flag, .age: false
      }
    }

    /// Numbers are aligned on the right, so that their magnitudes can be compared.
    var isNumber: Bool {
      switch column.form {
      case .bytes, .count, .age: true
      case .text, .address, .choice, .condition, .time, .end, .flag: false
      }
    }

    var least: Int { isText ? min(width, max(8, displayWidth(column.name))) : width }
  }

  private static let gap = 2
  /// The width to which texts are cut before a column is left out.
  private static let comfortable = 24

  private func fitting(_ all: [Cells]) -> [Cells] {
    guard let room = style.width else { return all }
    var columns = all
    func isTooWide() -> Bool {
      columns.reduce(-Self.gap) { $0 + $1.width + Self.gap } > room
    }
    for index in columns.indices
    where isTooWide() && columns[index].isText && columns[index].column.rank > 0 {
      columns[index].width = min(columns[index].width, Self.comfortable)
    }
    while isTooWide(), let rank = columns.map(\.column.rank).max(), rank > 0 {
      columns.removeAll { $0.column.rank == rank }
    }
    // The widest text loses a column at a time, so that the others keep theirs as long as possible.
    while isTooWide(),
      let widest = columns.indices.filter({ columns[$0].width > columns[$0].least })
        .max(by: { columns[$0].width < columns[$1].width })
    {
      columns[widest].width -= 1
    }
    return columns
  }

  private func line(_ cells: [(Cells, String, Style.Role?)]) -> String {
    var line = StyledLine()
    var column = 0
    for (cells, text, ink) in cells {
      let isAddress = cells.column.form == .address
      let cell = isAddress ? cutStart(text, to: cells.width) : cut(text, to: cells.width)
      line.pad(to: column + (cells.isNumber ? cells.width - displayWidth(cell) : 0))
      line.add(cell, ink)
      column += cells.width + Self.gap
    }
    return line.text(style.style) + "\n"
  }
}

/// The text; if it is too wide, `...` and its end.
private func cutStart(_ text: String, to width: Int) -> String {
  guard displayWidth(text) > width else { return text }
  var kept: [Character] = []
  var used = 3
  for character in text.reversed() {
    used += displayWidth(String(character))
    guard used <= width else { break }
    kept.append(character)
  }
  return "..." + String(kept.reversed())
}
