import Authoring
import DesiredState
import Diagnostics
import Kinds
import Manifests
import Model
import Platform
import Reconcile

/// Writes an estate, reads the result as a run would, and leaves out what does not come back as it was.
///
/// Whatever the cloud holds, the written manifests are valid; and if the estate is live, their plan is empty.
struct EstateCheck {
  let estate: Estate
  let options: EstateWriter.Options
  let now: Double

  /// The manifests, and what they mean.
  struct Checked {
    var written: WrittenManifests
    /// Nil if the manifests declare nothing.
    var graph: DesiredGraph?
    /// What the check left out, in addition to what the writer did.
    var leftOut: [LeftOut]
    /// The same, as parts of the estate.
    var parts: Set<ManifestMark>
  }

  /// A part that is left out, and why.
  private struct Finding {
    var mark: ManifestMark
    var reason: String
    var weight = LeftOut.Weight.missing
  }

  /// - Parameter compare: the plan of a graph against the estate; nil: the estate is not live.
  func check(_ compare: ((DesiredGraph) async throws -> Plan)? = nil) async throws -> Checked {
    var parts: Set<ManifestMark> = []
    var leftOut: [LeftOut] = []
    while true {
      let written = write(without: parts)
      guard written.hasResources else {
        return Checked(written: written, graph: nil, leftOut: leftOut, parts: parts)
      }
      let result = load(written)
      var findings = findings(in: result.diagnostics, written)
      if let graph = result.graph, let compare {
        findings = try await self.findings(in: compare(graph), graph, written)
      }
      if findings.isEmpty {
        return Checked(written: written, graph: result.graph, leftOut: leftOut, parts: parts)
      }
      let new = findings.filter { parts.insert($0.mark).inserted }
      guard !new.isEmpty else { throw EstateProblem(what: findings[0].reason) }
      leftOut += new.map { LeftOut($0.mark.thing(in: estate), $0.reason, weight: $0.weight) }
    }
  }

  /// With documents folded, if that is wanted and means the same.
  func folded(_ checked: Checked) -> WrittenManifests {
    guard options.folds, let graph = checked.graph else { return checked.written }
    let folded = write(without: checked.parts, folds: true)
    guard let other = load(folded).graph, other.meansTheSame(as: graph) else {
      return checked.written
    }
    return folded
  }

  private func write(
    without parts: Set<ManifestMark>, folds: Bool = false
  ) -> WrittenManifests {
    var options = options
    options.folds = folds
    return EstateWriter(estate, kinds: Kinds.catalog, options: options).write(without: parts)
  }

  /// What the files mean.
  private func load(_ written: WrittenManifests) -> LoadResult {
    let texts = Dictionary(written.files.map { ($0.name, $0.text) }) { first, _ in first }
    return loadManifests(
      LoadOptions(paths: written.files.map(\.name)), kinds: Kinds.catalog,
      fileSystem: TextFiles(texts), now: now)
  }

  // MARK: what validation refuses

  private func findings(
    in diagnostics: [Diagnostic], _ written: WrittenManifests
  ) -> [Finding] {
    var seen: Set<ManifestMark> = []
    return diagnostics.filter { $0.severity == .error }.compactMap { diagnostic in
      guard let mark = diagnostic.position.flatMap(written.mark).map(droppable),
        seen.insert(mark).inserted
      else { return nil }
      return Finding(mark: mark, reason: "manifests cannot hold it: \(diagnostic.message)")
    }
  }

  /// The smallest part around a place that can be left out. Without a field that is required, that never changes, or that
  /// says what the resource is (an object), the document would declare another thing.
  private func droppable(_ mark: ManifestMark) -> ManifestMark {
    guard case .field(let address, let name) = mark, let field = address.resource?.schema[name]
    else { return mark }
    var isObject = false
    if case .object = field.type { isObject = true }
    let isEssential = isObject || !field.traits.isDisjoint(with: [.required, .immutable])
    return isEssential ? .document(address) : mark
  }

  // MARK: what a plan would change

  private func findings(
    in plan: Plan, _ graph: DesiredGraph, _ written: WrittenManifests
  ) -> [Finding] {
    let bad = plan.changes.filter { $0.action != .unchanged }
    let direct = bad.filter { $0.action != .waiting }
    return (direct.isEmpty ? bad : direct).flatMap { change in
      findings(in: change, graph, written)
    }
  }

  private func findings(
    in change: Change, _ graph: DesiredGraph, _ written: WrittenManifests
  ) -> [Finding] {
    let isChange = change.action == .update || change.intended == .update
    if isChange, change.address.isPolicy, change.action != .unreadable {
      let members = change.bindings.flatMap { binding in
        (binding.added + binding.removed.map(\.member)).compactMap { member in
          mark(of: member, binding, change.address)
        }
      }
      if !members.isEmpty {
        return members.map {
          Finding(mark: $0, reason: "Google's policy does not show it as a manifest would write it")
        }
      }
    }
    if isChange, !change.fields.isEmpty {
      let names = Set(
        change.fields.compactMap { field -> String? in
          guard case .field(let name)? = field.path.components.first else { return nil }
          return name
        })
      return names.sorted().map { name in
        Finding(
          mark: droppable(.field(change.address, name)),
          reason: "a manifest would change it: it is not written as it lives")
      }
    }
    let place = change.source ?? graph.resources[change.address]?.source
    guard let mark = place.flatMap(written.mark).map(droppable) else { return [] }
    let reason = change.reason?.text ?? change.refusals.first?.message ?? "its plan is not empty"
    let subject = mark == .document(change.address) ? "" : "\(change.address): "
    return [
      Finding(
        mark: mark, reason: subject + reason,
        weight: change.action == .unreadable ? .unread : .missing)
    ]
  }

  private func mark(
    of member: String, _ binding: BindingChange, _ policy: Address
  ) -> ManifestMark? {
    for (index, grant) in (estate.grants[policy] ?? []).enumerated()
    where grant.role == binding.role && grant.condition == binding.condition {
      guard
        let place = grant.members.firstIndex(where: {
          PolicyMember.normalized($0) == PolicyMember.normalized(member)
        })
      else { continue }
      return .member(policy, index, place)
    }
    return nil
  }
}

extension DesiredGraph {
  /// Whether two sets of manifests declare the same, wherever and in whatever form.
  fileprivate func meansTheSame(as other: DesiredGraph) -> Bool {
    guard resources.keys == other.resources.keys, policies.keys == other.policies.keys,
      keys.keys == other.keys.keys
    else { return false }
    let areEqual = resources.allSatisfy { address, resource in
      let twin = other.resources[address]
      return resource.spec == twin?.spec && resource.lifecycle == twin?.lifecycle
        && resource.origin == twin?.origin
    }
    return areEqual
      && policies.allSatisfy { address, policy in
        policy.entries.map(\.meaning) == other.policies[address]?.entries.map(\.meaning)
      }
  }
}

extension PolicyEntry {
  /// What it grants, without the places.
  fileprivate var meaning: EstateGrant {
    EstateGrant(
      role: role, condition: condition, members: members.map(\.text).sorted(),
      exclusivity: exclusiveRole != nil ? .role : exclusive ? .condition : .additive)
  }
}

/// An estate that arctl could not write in a way that it reads back: a defect of arctl.
struct EstateProblem: Error, CustomStringConvertible {
  let what: String
  var description: String { "the manifests that arctl wrote are not what it read: \(what)" }
}
