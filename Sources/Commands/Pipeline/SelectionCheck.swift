import Diagnostics
import Kinds
import Model

/// Checks that each glob on the command line matches something: one that matches nothing is almost always a mistake.
struct SelectionCheck {
  let options: RunOptions
  let manifests: LoadedManifests
  let reporter: Reporter

  /// Reports, before any request, the globs that cannot match whatever the cloud holds.
  func check() throws(EarlyExit) {
    let graph = manifests.wholeGraph
    let problems =
      graph.unmatched(options.selection).map { glob in
        let near = closestMatch(to: glob.pattern, in: graph.addresses.map(\.local))
        return Diagnostic(
          .selectionEmpty, "`\(glob)` matches nothing that the manifests declare",
          help: near.map { ["did you mean `\($0)`?"] } ?? [])
      } + graph.unmatchedGrants(options.selection).map(unmatched)
      + options.overrides.globs.compactMap { flag, glob in outsider(flag, glob) }
      + options.overrides.reissue.compactMap(reissueElsewhere)
    guard problems.isEmpty else {
      reporter.report(problems)
      throw EarlyExit(.invalid)
    }
    warnOfScope()
  }

  private func unmatched(_ pattern: GrantPattern) -> Diagnostic {
    let policies = manifests.wholeGraph.policies.keys
    let selected = policies.filter { pattern.policies.selects($0) }
    let near =
      selected.isEmpty
      ? closestMatch(to: pattern.policies.pattern, in: policies.map(\.local).sorted())
        .map { "did you mean `\($0)`? Only policies have grants" } : nil
    let what =
      selected.isEmpty
      ? "`\(pattern.policies)` matches no declared policy"
      : "`\(pattern)` matches no grant that the manifests declare"
    return Diagnostic(
      .selectionEmpty, what,
      help: [near ?? "write role and member as the plan prints them, and a condition by its title"])
  }

  /// Warns, after the plan, of hazard flags that match nothing in it.
  func warn(of plan: Plan) {
    let rows = plan.changes.map(\.address)
    reporter.report(
      options.overrides.globs.filter { _, glob in !rows.contains { glob.matchesWhole($0) } }
        .map { flag, glob in
          Diagnostic(
            .selectionEmpty, severity: .warning, "`--\(flag) \(glob)` matches nothing in this plan",
            help: suggestion(for: glob, among: rows))
        })
  }

  /// The error for a hazard flag whose project is not in the manifests.
  private func outsider(_ flag: String, _ glob: AddressGlob) -> Diagnostic? {
    let project = glob.pattern.prefix { $0 != "/" }
    let addresses = manifests.wholeGraph.addresses
    guard !addresses.contains(where: { $0.project == project }) else { return nil }
    let all = addresses.union(addresses.map(\.policy)).sorted()
    return Diagnostic(
      .selectionEmpty, "`--\(flag) \(glob)`: the manifests name no project `\(project)`",
      help: suggestion(for: glob, among: all))
  }

  /// The error for a `--reissue` that names only keys that were made elsewhere.
  private func reissueElsewhere(_ glob: AddressGlob) -> Diagnostic? {
    let keys = manifests.wholeGraph.keys.values.filter { glob.matchesWhole($0.address) }
    guard let first = keys.min(by: { $0.address < $1.address }),
      keys.allSatisfy({ $0.origin == .external })
    else { return nil }
    return Diagnostic(
      .selectionEmpty,
      "`--reissue \(glob)`: arctl did not make this key (`origin: external`), and cannot make another",
      at: first.source,
      help: [
        "make a new key where this one was made and write its id as `keyId`, or declare a key that arctl makes"
      ])
  }

  /// The same glob with its project, if only that is missing; otherwise the closest address.
  private func suggestion(for glob: AddressGlob, among addresses: [Address]) -> [String] {
    let projects = Set(addresses.filter { glob.matches($0.local) }.map(\.project)).sorted()
    if !projects.isEmpty {
      let whole = projects.map { "`\($0)/\(glob)`" }
      return ["did you mean \(whole.joined(separator: " or "))?"]
    }
    return closestMatch(to: glob.pattern, in: addresses.map(\.description))
      .map { ["did you mean `\($0)`?"] } ?? []
  }

  private func warnOfScope() {
    let scope = manifests.graph.stack.scope
    guard !options.selection.isWhole, scope.kinds.values.contains(.authoritative) else { return }
    reporter.report(
      [
        Diagnostic(
          .lint, severity: .warning,
          "`authoritative` has no effect: only a part of the set is selected",
          at: scope.positions.values.min() ?? manifests.graph.stack.source,
          help: ["run without `--target` and `--exclude` to apply it"])
      ], source: manifests.source)
  }
}
