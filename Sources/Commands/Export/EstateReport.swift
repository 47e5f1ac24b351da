import Diagnostics
import Model
import Rendering

/// The report of what no document holds, with the reasons; one paragraph for each weight.
struct EstateReport {
  let leftOut: [LeftOut]
  let style: TextStyle

  /// Empty if everything is in a document.
  var text: String { losses + standard }

  /// The same without what Google made.
  var losses: String {
    section("Could not be read, so it is not known what is there:", .unread)
      + section("Lives, and is in no document:", .missing)
  }

  /// How many things with one reason are named.
  private static let limit = 20

  private func section(_ title: String, _ weight: LeftOut.Weight) -> String {
    let things = leftOut.filter { $0.weight == weight }
    guard !things.isEmpty else { return "" }
    let groups = Dictionary(grouping: things, by: \.reason)
    let lines = groups.sorted { $0.key < $1.key }.flatMap { reason, things in
      ["  \(escapedForTerminal(reason)):"]
        + Self.cut(things.map { "    \(escapedForTerminal($0.thing))\(place(of: $0))" }.sorted())
    }
    return ([title] + lines + ["", ""]).joined(separator: "\n")
  }

  private static func cut(_ lines: [String]) -> [String] {
    guard lines.count > limit else { return lines }
    return lines.prefix(limit) + ["    and \(lines.count - limit) more: --output json"]
  }

  private func place(of thing: LeftOut) -> String {
    thing.source.map { "  (\(escapedForTerminal($0.file)):\($0.line))" } ?? ""
  }

  /// What Google made, counted.
  private var standard: String {
    let things = leftOut.filter { $0.weight == .standard }
    guard !things.isEmpty else { return "" }
    let groups = Dictionary(grouping: things, by: \.reason)
    let lines = groups.sorted { $0.key < $1.key }.map { reason, things in
      "  \(things.count)  \(escapedForTerminal(reason))"
    }
    return (["Needs no document (`--output json` names each):"] + lines + ["", ""])
      .joined(separator: "\n")
  }
}
