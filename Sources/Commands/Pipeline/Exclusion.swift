import Diagnostics
import Model
import Rendering

/// The options that leave out exactly what keeps a plan from being applied, with what depends on it.
struct Exclusion {
  let plan: Plan
  let graph: DesiredGraph

  /// The most options that make a line that people paste.
  static let longest = 20

  /// Complete and exact, or nil: where nothing can be left out, or no line of bearable length says it.
  var flags: [String]? {
    let hindered = excludable
    guard !hindered.isEmpty else { return nil }
    let exact = hindered.map(\.description)
    let patterns = exact.count <= 10 ? exact : shorter(hindered) ?? exact
    guard patterns.count <= Self.longest else { return nil }
    return patterns.flatMap { ["--exclude", shellQuoted($0)] }
  }

  /// In words, with the options where there are some.
  var help: String {
    if let flags { return "to apply the rest: \(flags.joined(separator: " "))" }
    return excludable.isEmpty
      ? "to apply the rest: take `authoritative` out of the Stack's `scope.kinds`"
      : "to apply the rest: leave these \(excludable.count) out with --exclude GLOB"
  }

  /// What is refused or unread. What no manifest speaks of is left out: it is deleted only because the scope is
  /// authoritative, which it is not with anything excluded.
  private var excludable: [Address] {
    let known = graph.addresses
    return plan.hindered.map(\.address).filter { address in
      known.contains(address) || address.policyResource.map(known.contains) == true
    }
  }

  /// The fewest globs of one project, kind or location that match what is hindered and nothing that could go ahead.
  private func shorter(_ hindered: [Address]) -> [String]? {
    let before = graph.selected(by: plan.selection)
    let after = selected(without: hindered.map(\.description))
    let goesAhead = before.intersection(after).union(
      plan.changes.filter(\.isWrite).map(\.address).filter { !before.contains($0) })
    var rest = Set(hindered)
    var patterns: [String] = []
    for pattern in Set(hindered.flatMap(Self.patterns)).sorted(by: {
      ($0.count, $0) < ($1.count, $1)
    }) {
      let glob = AddressGlob(pattern)
      guard rest.contains(where: glob.selects), !goesAhead.contains(where: glob.selects) else {
        continue
      }
      patterns.append(pattern)
      rest = rest.filter { !glob.selects($0) }
    }
    patterns += rest.map(\.description).sorted()
    // Not believed, but seen: both leave the same.
    return selected(without: patterns) == after ? patterns : nil
  }

  private func selected(without patterns: [String]) -> Set<Address> {
    var selection = plan.selection
    selection.excludes += patterns.map(AddressGlob.init)
    return graph.selected(by: selection)
  }

  /// `P/**`, `P/repository/**`, `P/repository/us-east4/**`.
  private static func patterns(around address: Address) -> [String] {
    let segments = address.local.split(separator: "/").map(String.init)
    return (0..<segments.count).map { count in
      ([address.project] + segments.prefix(count) + ["**"]).joined(separator: "/")
    }
  }
}
