import Authoring
import CommandLine
import Diagnostics
import GoogleCloud
import JSON
import Kinds
import Model
import Resources

/// `arctl get ADDRESS`: prints one live resource as the document that declares it.
enum GetVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    var run = try RunOptions(arguments)
    run.manifests.paths = []
    let project = run.manifests.project
    run.manifests.project = nil
    let target = try Target(arguments.operands.first ?? "", project: project)
    return try await Session.run(
      run, in: context,
      load: { _ in
        LoadedManifests(
          graph: DesiredGraph(), source: { _, _ in nil }, diagnostics: [],
          otherProjects: [target.resource.project])
      }
    ) { session in
      let live = try await session.readEstate(target.resource, withPolicyOnly: target.isPolicy)
      try session.endIfNothingIsReadable(live)
      if live.resources.isEmpty, let problem = live.problems.first {
        throw session.reporter.earlyExit(
          .access, code: .permissionDenied, "\(target.address): \(problem.reason.message)",
          help: problem.reason.help.isEmpty ? [] : [problem.reason.help])
      }
      guard !live.resources.isEmpty, target.key.map({ live.has(key: $0) }) ?? true else {
        let isDeleted = live.deleted.contains(target.resource)
        throw session.reporter.earlyExit(
          .unexpected, code: .mustExist,
          "`\(target.address)` "
            + (isDeleted ? "is deleted, and can still be restored" : "does not exist"),
          help: ["what there is: arctl ls, or arctl export --project \(target.resource.project)"])
      }
      return try await print(live, target, session)
    }
  }

  private static func print(
    _ live: LiveEstate, _ target: Target, _ session: Session
  ) async throws -> Outcome {
    var live = live
    // A policy alone is written as grants, a key without its account.
    let resource = target.resource
    let isAlone = target.isPolicy || target.key != nil
    let snapshotOnly = isAlone ? [resource: live.resources[resource] ?? [:]] : [:]
    if isAlone { live.resources = [:] }
    if let key = target.key {
      live.policies = [:]
      live.keys = live.keys.mapValues { $0.filter { $0.id == key } }
    }
    var options = EstateWriter.Options(stack: nil)
    options.writesKeys = target.key != nil
    options.now = session.now
    let export = LiveExport(
      live: live, session: session, options: options, unwritten: snapshotOnly)
    let result = try await export.result()
    guard result.written.hasResources else {
      throw session.reporter.earlyExit(
        .unexpected, code: .mustExist,
        target.isPolicy && result.leftOut.isEmpty
          ? "`\(target.address)` has no grants" : "`\(target.address)`: no document can hold it",
        help: result.leftOut.map { "\($0.thing): \($0.reason)" })
    }
    // So that it can be appended to a file of manifests.
    session.context.console.out("---\n" + result.written.files.map(\.text).joined())
    let report = EstateReport(leftOut: result.leftOut, style: session.reporter.outputStyle)
    session.context.console.err(session.reporter.options.isQuiet ? report.losses : report.text)
    return result.leftOut.contains { $0.weight == .unread } ? .access : .success
  }

  /// What the user named: a resource, or its policy alone.
  private struct Target {
    let address: Address
    var isPolicy: Bool { address.isPolicy }
    /// What is read: of a policy its resource, of a key its account.
    var resource: Address {
      address.policyResource ?? (key == nil ? address : address.parent ?? address)
    }
    /// Google's id of the key that the user named.
    var key: String? { address.resource?.isCredential == true ? address.id : nil }

    /// Reads an address, its part after the project if `--project` says which, or a name of Google's.
    init(_ text: String, project: String?) throws(UsageError) {
      let texts = [text] + (project.map { ["\($0)/\(text)"] } ?? [])
      let known = texts.compactMap { Kinds.catalog.address(parsing: $0) }.first(where: Self.isWhole)
      guard let found = known ?? Self.named(text, project) else {
        throw UsageError(
          "`\(escapedForTerminal(text))` is not an address: \(Self.advice(on: text))")
      }
      if let problem = Self.problem(with: found) {
        throw UsageError("`\(escapedForTerminal(text))`: \(escapedForTerminal(problem))")
      }
      address = found
    }

    /// The form of the kind that a text seems to name.
    private static func advice(on text: String) -> String {
      let words = text.lowercased().split(separator: "/").map(String.init)
      let kind = Kinds.catalog.resources.first { kind in
        let names = [kind.addressName, kind.name, kind.collection].map { $0.lowercased() }
        return words.contains { names.contains($0) }
      }
      guard let kind, !kind.place.isRoot else {
        return
          "write PROJECT/KIND/NAME, such as my-project-id/repository/us-east4/my-python-libraries; "
          + "plans and `arctl ls` print them"
      }
      let form = ["PROJECT", kind.addressName] + places(of: kind) + ["NAME"]
      return "write \(form.joined(separator: "/"))"
    }

    /// The names before that of a resource: its location, and those of its parents.
    private static func places(of kind: any ResourceKind) -> [String] {
      switch kind.place {
      case .root, .setting, .project: return []
      case .location: return ["LOCATION"]
      case .child(let parent, _):
        guard let parent = parent.resource else { return [] }
        return places(of: parent) + [parent.name.uppercased()]
      }
    }

    /// Why nothing can have this address; nil if something can.
    private static func problem(with address: Address) -> String? {
      guard let kind = (address.policyResource ?? address).resource else { return nil }
      if address.isPolicy, !kind.hasPolicy { return "a \(kind.addressName) has no policy" }
      guard !kind.isCredential, !kind.place.isRoot, let problem = kind.problem(withName: address.id)
      else { return nil }
      return "the name of a \(kind.addressName) \(problem.message)"
    }

    private static func isWhole(_ address: Address) -> Bool {
      let subject = address.policyResource ?? address
      let count = address.isPolicy ? address.names.count - 1 : address.names.count
      return subject.resource?.place.nameCount == count
        && NameCheck.isSafe(subject.project) && address.names.allSatisfy(NameCheck.isSafe)
    }

    private static func named(_ text: String, _ project: String?) -> Address? {
      for kind in Kinds.catalog.resources {
        if case .full(let address)? = kind.read(reference: text, project: project ?? ""),
          isWhole(address)
        {
          return address
        }
      }
      return nil
    }
  }

  /// Names that cannot change the path of a request.
  private enum NameCheck {
    static func isSafe(_ name: String) -> Bool {
      !name.isEmpty && name != "." && name != ".."
        && name.unicodeScalars.allSatisfy { !$0.isHidden && $0 != "/" && $0 != "*" && $0 != " " }
    }
  }
}

extension LiveEstate {
  /// Whether an account has a key with this id.
  fileprivate func has(key id: String) -> Bool {
    keys.values.contains { $0.contains { $0.id == id } }
  }
}

extension Session {
  /// Reads one resource with its policy and its keys.
  func readEstate(_ address: Address, withPolicyOnly: Bool) async throws -> LiveEstate {
    let reader = EstateReader(client: client, kinds: Kinds.catalog, projects: [address.project])
    return try await interruption.cancelling {
      await reader.read(address, withPolicyOnly: withPolicyOnly)
    }
  }
}
