import CommandLine
import Diagnostics
import Kinds
import Model

/// Finds the repository that the user means.
struct RepositoryChoice: Sendable {
  let graph: DesiredGraph
  /// `--repository-format`.
  let format: String?
  let reporter: Reporter

  /// A declared repository and its address; the address is nil for an undeclared one.
  struct Found: Sendable {
    let place: RepositoryPlace
    let address: Address?
  }

  /// The repositories of the manifests, in order of their addresses.
  var declared: [Found] {
    graph.resources.values.filter { $0.origin == .declared && $0.lifecycle.ensure == .present }
      .compactMap { resource in
        RepositoryPlace(resource.address, spec: resource.spec).map {
          Found(place: $0, address: resource.address)
        }
      }.sorted { ($0.address?.description ?? "") < ($1.address?.description ?? "") }
  }

  /// The repository with this id, address or full name.
  func find(_ name: String) throws -> Found {
    let fits = declared.filter { names(of: $0).contains(name) }
    if fits.count == 1 { return fits[0] }
    guard fits.isEmpty else { throw ambiguous(fits, name) }
    guard name.hasPrefix("projects/") else { throw undeclared(name) }
    guard let format else {
      throw UsageError(
        "no document declares `\(escapedForTerminal(name))`: give its format with `--repository-format`"
      )
    }
    guard let place = RepositoryPlace(fullName: name, format: format) else {
      throw UsageError(
        "`\(escapedForTerminal(name))` with `--repository-format \(escapedForTerminal(format))`: expected "
          + "projects/P/locations/L/repositories/ID and a format such as `python`")
    }
    return Found(place: place, address: nil)
  }

  /// The only repository that one of the tools uses.
  func only(for tools: [ClientTool]) throws -> Found {
    let fits = declared.filter { found in
      tools.contains { $0.formats.contains(found.place.format) }
    }
    if fits.count == 1 { return fits[0] }
    guard fits.isEmpty else { throw ambiguous(fits, nil) }
    throw reporter.earlyExit(
      .invalid, code: .danglingReference,
      "no document declares a repository for `\(tools[0].name)`",
      help: [
        "name one: arctl settings projects/P/locations/L/repositories/ID --repository-format FORMAT"
      ])
  }

  /// The repository to publish to: itself, or behind a virtual one the first that takes uploads.
  ///
  /// - Parameter snapshots: whether Maven's snapshots are published.
  func target(of found: Found, snapshots: Bool = false) -> Found? {
    ([found] + upstreams(of: found).found).first { $0.place.takes(snapshots: snapshots) }
  }

  /// The declared repositories behind a virtual one at any depth, those with the greatest priority first, and whether these
  /// are all.
  func upstreams(of found: Found) -> (found: [Found], isWhole: Bool) {
    let byName = Dictionary(
      declared.map { ($0.place.fullName, $0) }, uniquingKeysWith: { first, _ in first })
    var seen: Set = [found.place.fullName]
    var result: [Found] = []
    var isWhole = found.address != nil
    var open = found.place.upstreams[...]
    while let name = open.popFirst() {
      guard seen.insert(name).inserted else { continue }
      guard let upstream = byName[name] else {
        isWhole = false
        continue
      }
      result.append(upstream)
      open = upstream.place.upstreams[...] + open
    }
    return (result, isWhole)
  }

  /// A name that `find` takes for this repository only.
  func uniqueName(of found: Found) -> String {
    let isUnique = declared.filter { $0.place.id == found.place.id }.count == 1
    return isUnique ? found.place.id : found.address?.description ?? found.place.fullName
  }

  /// The virtual repositories that serve this one together with others.
  func fronts(of found: Found) -> [Found] {
    declared.filter { $0.place.upstreams.contains(found.place.fullName) }
  }

  private func names(of found: Found) -> Set<String> {
    var names: Set = [
      found.place.id, found.place.fullName, "\(found.place.location)/\(found.place.id)",
      "repository/\(found.place.id)",
    ]
    if let address = found.address { names.formUnion([address.description, address.local]) }
    return names
  }

  private func ambiguous(_ fits: [Found], _ name: String?) -> UsageError {
    let list = fits.compactMap(\.address?.description).joined(separator: ", ")
    let subject =
      name.map { "`\(escapedForTerminal($0))` is the name of" } ?? "the manifests declare"
    return UsageError("\(subject) several repositories: write one of \(list)")
  }

  private func undeclared(_ name: String) -> EarlyExit {
    let near = closestMatch(to: name, in: declared.map(\.place.id))
    let known = declared.compactMap(\.address?.description).joined(separator: ", ")
    let help =
      near.map { "did you mean `\($0)`?" }
      ?? (known.isEmpty ? "the manifests declare no repository" : "the manifests declare \(known)")
    return reporter.earlyExit(
      .invalid, code: .danglingReference,
      "no document declares the repository `\(escapedForTerminal(name))`",
      help: [
        help,
        "for one that is managed elsewhere, write projects/P/locations/L/repositories/ID and --repository-format",
      ])
  }
}
