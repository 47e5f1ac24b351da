import Diagnostics
import Model
import Rendering

/// The `--exclude` options that leave out exactly the rows that block an apply, with what depends on them.
struct Exclusion {
  let plan: Plan
  let graph: DesiredGraph

  /// The most options in a command that is printed.
  static let maximumCount = 20

  /// The options; nil if nothing can be left out, or too many options would be needed.
  var flags: [String]? {
    let blocked = excludable
    guard !blocked.isEmpty else { return nil }
    let exact = blocked.map(\.description)
    let patterns = exact.count <= 10 ? exact : shorter(blocked) ?? exact
    guard patterns.count <= Self.maximumCount else { return nil }
    return patterns.flatMap { ["--exclude", shellQuoted($0)] }
  }

  /// The help for the user: the options, or what to do without them.
  var help: String {
    if let flags { return "to apply the rest: \(flags.joined(separator: " "))" }
    return excludable.isEmpty
      ? "to apply the rest: remove `authoritative` from the Stack's `scope.kinds`"
      : "to apply the rest: exclude these \(excludable.count) resources with --exclude GLOB"
  }

  /// The refused and unreadable rows that a manifest declares. Undeclared resources are deleted only by an authoritative
  /// scope, which has no effect with `--exclude`.
  private var excludable: [Address] {
    let known = graph.addresses
    return plan.blocked.map(\.address).filter { address in
      known.contains(address) || address.policyResource.map(known.contains) == true
    }
  }

  /// Few globs of a project, kind or location that match the blocked rows and nothing that could be applied.
  private func shorter(_ blocked: [Address]) -> [String]? {
    let before = graph.selected(by: plan.selection)
    let after = selected(without: blocked.map(\.description))
    let applicable = before.intersection(after).union(
      plan.changes.filter(\.isWrite).map(\.address).filter { !before.contains($0) })
    var rest = Set(blocked)
    var patterns: [String] = []
    for pattern in Set(blocked.flatMap(Self.patterns)).sorted(by: {
      ($0.count, $0) < ($1.count, $1)
    }) {
      let glob = AddressGlob(pattern)
      guard rest.contains(where: glob.selects), !applicable.contains(where: glob.selects) else {
        continue
      }
      patterns.append(pattern)
      rest = rest.filter { !glob.selects($0) }
    }
    patterns += rest.map(\.description).sorted()
    // Check the result: both must leave the same rows.
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
