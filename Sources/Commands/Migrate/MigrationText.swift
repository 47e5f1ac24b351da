import Diagnostics
import Migration

/// The report of a conversion: each thing that the other tool manages, and what became of it; problems last.
struct MigrationText {
  private let conversion: Conversion
  private let source: String
  private let width: Int?
  /// The column of the addresses.
  private let column: Int
  /// Whether what was converted completely is left out.
  var onlyProblems = false

  /// The longest name that its address stands beside.
  private static let nameWidth = 64

  /// - Parameters:
  ///   - source: what was converted, as the user named it.
  ///   - width: columns of the terminal; nil if lines are not wrapped.
  init(conversion: Conversion, source: String, width: Int?) {
    self.conversion = conversion
    self.source = source
    self.width = width
    let widths = conversion.items.filter { $0.skipped == nil }
      .map { displayWidth(escapedForTerminal($0.name)) }.filter { $0 <= Self.nameWidth }
    column = (widths.max() ?? 0) + 2
  }

  /// Lines with a newline each.
  var text: String {
    let complete =
      onlyProblems ? [] : converted + detailed(.noted, "Converted, with something to know:")
    let sections =
      complete + detailed(.inPart, "Converted in part; what is missing is in no manifest:")
      + skipped
      + remarks
    return (sections + [summary]).map { $0 + "\n" }.joined()
  }

  private func items(_ outcome: ConvertedItem.Outcome) -> [ConvertedItem] {
    conversion.items.filter { $0.outcome == outcome }
  }

  private var converted: [String] {
    let items = items(.converted)
    guard !items.isEmpty else { return [] }
    return ["Converted:"] + items.flatMap(lines) + [""]
  }

  /// Its name, what it became, and its place; on two lines where the name is long.
  private func lines(_ item: ConvertedItem) -> [String] {
    let name = escapedForTerminal(item.name)
    let rest =
      [item.address.map { escapedForTerminal("\($0)") }, place(item)].compactMap { $0 }
      .joined(separator: "  ")
    guard displayWidth(name) <= Self.nameWidth else { return ["  \(name)", "    \(rest)"] }
    let gap = String(repeating: " ", count: column - displayWidth(name))
    return ["  \(name)\(gap)\(rest)"]
  }

  private func place(_ item: ConvertedItem) -> String? {
    item.position.map { "(\(escapedForTerminal($0.file)):\($0.line))" }
  }

  private func detailed(_ outcome: ConvertedItem.Outcome, _ title: String) -> [String] {
    let items = items(outcome)
    guard !items.isEmpty else { return [] }
    return [title]
      + items.flatMap { item in
        lines(item) + item.notes.flatMap { indented($0.text, 6, mark: $0.isLoss ? "! " : "") }
      } + [""]
  }

  /// Grouped by reason: hundreds of things of one type share theirs.
  private var skipped: [String] {
    let items = items(.skipped)
    guard !items.isEmpty else { return [] }
    var reasons: [String] = []
    var groups: [String: [ConvertedItem]] = [:]
    for item in items {
      let reason = item.skipped ?? ""
      if groups[reason] == nil { reasons.append(reason) }
      groups[reason, default: []].append(item)
    }
    var lines = ["Skipped:"]
    for reason in reasons {
      lines += indented("\(reason):", 2)
      for item in groups[reason] ?? [] {
        let rest = place(item).map { "  \($0)" } ?? ""
        lines.append("    \(escapedForTerminal(item.name))\(rest)")
      }
    }
    return lines + [""]
  }

  private var remarks: [String] {
    let lines = conversion.remarks.flatMap { indented("Note: \($0).", 0) }
    return lines.isEmpty ? [] : lines + [""]
  }

  private func indented(_ text: String, _ indent: Int, mark: String = "") -> [String] {
    wrap(mark + text, to: width.map { max(20, $0 - indent) }).map {
      String(repeating: " ", count: indent) + $0
    }
  }

  /// `12 of 15 resources of terraform.tfstate converted: 3 with notes, 1 in part. 3 skipped.`
  private var summary: String {
    let total = conversion.items.count
    let skipped = conversion.count(.skipped)
    var details: [String] = []
    for (outcome, words) in [(ConvertedItem.Outcome.noted, "with notes"), (.inPart, "in part")] {
      let count = conversion.count(outcome)
      if count > 0 { details.append("\(count) \(words)") }
    }
    var text = "\(total - skipped) of \(total) resources of \(escapedForTerminal(source)) converted"
    text += details.isEmpty ? "." : ": \(details.joined(separator: ", "))."
    if skipped > 0 { text += " \(skipped) skipped." }
    if !conversion.foreign.isEmpty {
      let names = conversion.foreign.sorted { $0.key < $1.key }.map {
        "\($0.value) of \(escapedForTerminal($0.key))"
      }
      text += " Not Google's, so not looked at: \(names.joined(separator: ", "))."
    }
    return wrap(text, to: width).joined(separator: "\n")
  }
}
