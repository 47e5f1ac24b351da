import Authoring
import Diagnostics
import GoogleCloud
import JSON
import Kinds
import Manifests
import Model
import Reconcile
import Resources

/// Turns what was read of a cloud into manifests whose plan is empty.
struct LiveExport {
  let live: LiveEstate
  let session: Session
  let options: EstateWriter.Options
  /// Resources that live and get no document: those of policies that are written alone.
  var unwritten: [Address: JSONValue] = [:]
  private var now: Int64 { session.now }

  /// The manifests, and everything live that they do not hold.
  struct Result {
    var written: WrittenManifests
    var leftOut: [LeftOut]
    var graph: DesiredGraph?
  }

  func result() async throws -> Result {
    let estate = estate()
    let snapshot = snapshot
    let check = EstateCheck(estate: estate, options: options, now: session.client.run.serverNow)
    let checked = try await check.check { graph in
      var planner = Planner(graph: graph, snapshot: try await completed(snapshot, for: graph))
      planner.now = now
      return planner.plan()
    }
    var result = Result(
      written: checked.written, leftOut: checked.written.leftOut + checked.leftOut,
      graph: checked.graph)
    result.written = check.folded(checked)
    result.leftOut = result.leftOut.map(\.masked)
    result.leftOut.sort { ($1.weight, $0.thing, $0.reason) < ($0.weight, $1.thing, $1.reason) }
    return result
  }

  // MARK: the estate

  private func estate() -> Estate {
    var estate = Estate()
    estate.resources = live.resources
    estate.keys = live.keys
    estate.projectNumbers = live.projectNumbers
    for root in namedRoots { estate.resources[root] = [:] }
    for (policy, answer) in live.policies.sorted(by: { $0.key < $1.key }) {
      estate.add(policy: answer, at: policy)
    }
    for policy in live.unreadPolicies {
      estate.notes[policy, default: []].append("Its grants could not be read.")
    }
    estate.leftOut += problems + unknownFields + googleLabels + billing + keys
    estate.leftOut += live.deleted.sorted().map {
      LeftOut("\($0)", "it is deleted and can still be restored", weight: .standard)
    }
    estate.leftOut += live.standard.sorted().map {
      LeftOut(
        "\($0)", $0.resource?.standard.map { "one of \($0.description)" } ?? "Google made it",
        weight: .standard)
    }
    return estate
  }

  /// The projects that could not be read: named nevertheless, so that their services and policies have a document.
  private var namedRoots: Set<Address> {
    let settings = live.resources.keys.filter { $0.resource?.place.isSetting == true }
    let policies = live.policies.keys.compactMap(\.policyResource).filter { $0.parent == nil }
    let roots = (settings + policies).map { Kinds.catalog.project($0.project) }
    return Set(roots).filter { live.resources[$0] == nil && unwritten[$0] == nil }
  }

  private var problems: [LeftOut] {
    Set(live.problems).map { problem in
      let isDisabled = problem.reason.reason == .serviceDisabled
      return LeftOut(
        "\(problem.project): \(problem.what)",
        (isDisabled ? "not looked at, because the API is off: " : "") + Self.words(problem.reason),
        weight: isDisabled ? .missing : .unread)
    }
  }

  /// A missing permission by its name, so that one line serves all projects without it.
  private static func words(_ problem: ReadProblem) -> String {
    guard let missing = problem.missing, missing.isOnlyCause else { return problem.message }
    let role = missing.role.map { ", which \($0) has" } ?? ""
    return "the permission \(missing.permission) is missing\(role)"
  }

  /// Fields of Google's answers that the language does not have.
  private var unknownFields: [LeftOut] {
    live.resources.flatMap { address, value in
      // A service has nothing that a document could hold.
      let schema = address.resource?.schema ?? Schema([])
      let paths = schema.fields.isEmpty ? [] : WrittenFields.unknown(in: value, schema)
      return paths.map { LeftOut("\(address) \($0)", "arctl does not know this field") }
        + WrittenFields.unwritten(in: value, schema).map {
          LeftOut("\(address) \($0)", "Google takes this field only when it creates the resource")
        }
    }
  }

  private var googleLabels: [LeftOut] {
    live.resources.flatMap { address, value in
      (value["labels"]?.object?.keys ?? []).filter(GoogleLabels.contains).map {
        LeftOut("\(address) labels.\($0)", "a label that Google writes", weight: .standard)
      }
    }
  }

  /// Fields that another API stores: an export does not call it.
  private var billing: [LeftOut] {
    let roots = live.resources.keys.filter { $0.parent == nil }.sorted()
    guard let first = roots.first else { return [] }
    let what = roots.count == 1 ? "\(first)" : "\(roots.count) projects"
    let fields = Kinds.catalog.root.resource?.schema.fields ?? []
    return fields.filter { $0.traits.contains(.otherAPI) }.map { field in
      LeftOut(
        "\(what) \(field.name)",
        "an export does not read `\(field.name)`: write it to manage it")
    }
  }

  private var keys: [LeftOut] {
    guard !options.writesKeys else { return [] }
    return live.keys.flatMap { account, keys in
      keys.map { key in
        LeftOut(
          "\(account) key \(KeyRemark.text(key, now))",
          "its private half cannot be exported; `origin: external` with `keyId` declares it")
      }
    }
  }

  // MARK: the plan

  private var snapshot: Snapshot {
    var snapshot = Snapshot()
    let named = Dictionary(uniqueKeysWithValues: namedRoots.map { ($0, JSONValue.object([:])) })
    let all = live.resources.merging(unwritten) { own, _ in own }.merging(named) { own, _ in own }
    for (address, value) in all {
      let isComparable = address.resource?.schema.fields.isEmpty == false
      snapshot.resources[address] = .present(
        LiveResource(address: address, value: isComparable ? value : [:]))
    }
    for (policy, answer) in live.policies { snapshot.policies[policy] = .present(answer) }
    for (account, keys) in live.keys { snapshot.keys[account] = .present(keys) }
    snapshot.projectNumbers = live.projectNumbers
    return snapshot
  }

  /// With what the documents refer to and the export did not read: upstreams and roles of other projects.
  private func completed(_ snapshot: Snapshot, for graph: DesiredGraph) async throws -> Snapshot {
    var snapshot = snapshot
    let missing = Set(graph.resources.keys).filter { snapshot.resources[$0] == nil }
    guard !missing.isEmpty else { return snapshot }
    let reader = session.reader
    let read = try await session.interruption.cancelling {
      await reader.readSnapshot(of: graph, selected: missing)
    }
    for address in missing { snapshot.resources[address] = read.resources[address] }
    snapshot.projectNumbers.merge(read.projectNumbers) { own, _ in own }
    return snapshot
  }
}

extension LeftOut {
  /// Without what looks like a secret.
  fileprivate var masked: LeftOut {
    LeftOut(
      SecretMasking.masked(thing), SecretMasking.masked(reason), weight: weight, source: source)
  }
}
