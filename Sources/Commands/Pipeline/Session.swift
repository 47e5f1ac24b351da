import Diagnostics
import GoogleCloud
import Keys
import Kinds
import Model
import Platform
import Reconcile
import Rendering
import Resources

/// One run against one cloud: valid manifests, a client with a credential, and the key store.
struct Session: Sendable {
  let options: RunOptions
  let reporter: Reporter
  let interruption: Interruption
  let manifests: LoadedManifests
  let client: APIClient
  let keys: KeyStore

  var context: RunContext { reporter.context }
  /// Unix seconds by the server's clock, by which dates are compared.
  var now: Int64 { Int64(client.run.serverNow) }
  var selectionCheck: SelectionCheck {
    SelectionCheck(options: options, manifests: manifests, reporter: reporter)
  }

  /// Loads the manifests, connects, runs `body`, and disconnects.
  ///
  /// - Parameter load: reads the manifests, if not as the options say.
  static func run(
    _ options: RunOptions, in context: RunContext,
    load: ((Reporter) throws(EarlyExit) -> LoadedManifests)? = nil,
    body: (Session) async throws -> Outcome
  ) async throws -> Outcome {
    try options.checkSandbox(context.files)
    let reporter = Reporter(context, options.output)
    let manifests = try await manifests(options, reporter, load)
    try SelectionCheck(options: options, manifests: manifests, reporter: reporter).check()
    return try await Connection.open(options, reporter, projects: manifests.existingProjects) {
      connection, sandbox, interruption in
      let client = try await connection.client(sandbox, interruption)
      try await interruption.cancelling { await client.followSandboxClock() }
      var manifests = manifests
      if client.run.serverLead != 0 {
        reporter.note(ClockNote.sandbox(client.run))
        manifests = try await Self.manifests(options, reporter.quiet(at: client.run), load)
      }
      let keys = KeyFolder(context: context, keyDirectory: options.keyDirectory).store(
        sandbox: sandbox?.keyDirectory, stack: manifests.graph.stack.name,
        endpoints: client.endpoints)
      return try await body(
        Session(
          options: options, reporter: reporter, interruption: interruption,
          manifests: manifests, client: client, keys: keys))
    }
  }

  private static func manifests(
    _ options: RunOptions, _ reporter: Reporter,
    _ load: ((Reporter) throws(EarlyExit) -> LoadedManifests)?
  ) async throws -> LoadedManifests {
    if let load { return try load(reporter) }
    var manifests = try await options.loadManifests(reporter)
    if let file = options.approvals {
      manifests.approvals = try await file.load(
        reporter, manifests: options.manifests.readPaths, since: manifests.since?.commit)
    }
    return manifests
  }

  /// Reads the cloud and compares it with the manifests; `Planner` is the pure part.
  ///
  /// - Parameters:
  ///   - show: the rows to show; what the Stack's scope ignores is read only to show it.
  ///   - report: what this run has done already.
  ///   - reach: how far the run looks for what is undeclared.
  ///   - baseline: the undeclared things that the run does not report.
  func plan(
    show: Set<PlanShow> = [], after report: ExecutionReport = ExecutionReport(),
    reach: ReportReach = ReportReach(), baseline: Baseline? = nil
  ) async throws -> Plan {
    let lead = client.run.serverLead
    var snapshot = try await read(listsIgnored: show.contains(.ignored), reach: reach)
    if client.run.serverLead != lead { reporter.note(ClockNote.server(client.run)) }
    snapshot.notChecked += manifests.notChecked
    if let problem = snapshot.commonProblem {
      let code: DiagnosticCode =
        problem.reason == .notReachable ? .notReachable : .noCredentials
      throw reporter.earlyExit(.access, code: code, problem.message, help: advice(on: problem))
    }
    var plan = try await sincePlan(snapshot, show, report, reach, baseline)
    plan.inputs = options.manifests.inputs
    if !report.done.isEmpty { plan.diagnostics.removeAll { $0.code == .approvalUnused } }
    plan.diagnostics = manifests.approvals.diagnostics + manifests.diagnostics + plan.diagnostics
    return plan
  }

  /// In GitHub Actions, annotates the manifests with the findings of a plan.
  func annotate(_ plan: Plan) {
    let reported = Set(manifests.diagnostics)
    let findings = plan.obstacles + plan.diagnostics.filter { !reported.contains($0) }
    reporter.annotate(findings.map(placedInPresent))
  }

  func advice(on problem: ReadProblem) -> [String] {
    if !problem.help.isEmpty { return [problem.help] }
    // The server that does not answer may be another one: that of a credential.
    guard problem.reason == .notReachable,
      let origin = options.endpoint.flatMap({ Origin(of: $0) }), origin.isLoopback,
      problem.message.contains("\(origin.host):\(origin.port)")
    else { return [] }
    return [
      "is `arctl-sandbox` still running? With `--sandbox` instead of the endpoint, arctl starts it"
    ]
  }

  var reader: SnapshotReader {
    SnapshotReader(
      client: client, keys: keys, kinds: Kinds.catalog,
      environment: secretEnvironment)
  }

  /// The variables in which tokens for other services may be; none for a sandbox that this run has started.
  var secretEnvironment: [String: String] {
    options.sandbox == nil ? context.environment.variables : [:]
  }

  /// The addresses of a graph that the run is limited to; nil for all.
  func selected(in graph: DesiredGraph) -> Set<Address>? {
    options.selection.isWhole ? nil : graph.selected(by: options.selection)
  }

  private func read(listsIgnored: Bool, reach: ReportReach) async throws -> Snapshot {
    let progress = ReadingProgress(reporter)
    let graph = manifests.wholeGraph
    let selected = selected(in: graph)
    let reader = reader
    defer { progress.end() }
    return try await interruption.cancelling {
      let observer = RequestContext.PauseObserver { progress.wait(for: $0) }
      return await RequestContext.$pauseObserver.withValue(observer) {
        await reader.readSnapshot(
          of: graph, selected: selected, listsIgnored: listsIgnored, reach: reach
        ) { done, total in
          progress.update(done, total)
        }
      }
    }
  }

  func losses(
    of addresses: [Address], _ snapshot: Snapshot
  ) async throws -> [Address: DeletionLosses] {
    let reader = LossReader(client: client)
    return try await interruption.cancelling {
      await reader.losses(of: addresses, besides: snapshot)
    }
  }

  /// The constraints of organisations that these keys would violate, as far as the caller may read them.
  func constraints(
    on keys: [DesiredKey]
  ) async throws -> [String: Set<OrganisationConstraint>] {
    let reader = ConstraintReader(client: client)
    return try await interruption.cancelling { await reader.enforced(on: keys) }
  }

  /// The options that leave out the blocked rows of a plan.
  func exclusion(of plan: Plan) -> Exclusion {
    Exclusion(plan: plan, graph: manifests.plannedGraph)
  }

  /// The text form of this run's plans on standard output; with the next command if `plan` is given.
  func text(show: Set<PlanShow> = [], nextTo plan: Plan? = nil) -> PlanText {
    PlanText(
      style: reporter.outputStyle, show: show, values: .kinds, applyArguments: repeatedArguments,
      exclusion: plan.flatMap { exclusion(of: $0).flags }, showsCommand: plan != nil,
      keyDirectory: keys.directory,
      alreadyReported: Set(manifests.diagnostics))
  }
}

extension ValueText {
  /// With the schemas of all kinds.
  static let kinds = ValueText(
    schemas: Dictionary(
      uniqueKeysWithValues: Kinds.catalog.documents.compactMap(\.resource).map {
        ($0.id, $0.schema)
      }))
}

extension Snapshot {
  /// The reason why nothing could be read, if all reads failed for the same one: no server answers, or none accepts the
  /// credential.
  var commonProblem: ReadProblem? {
    var problems: [ReadProblem] = []
    func isReadable<Value>(_ observation: Observation<Value>) -> Bool {
      switch observation {
      case .present, .softDeleted, .absent(.confirmed), .absent(.notVisible): return true
      case .absent(.notYetThere): return false
      case .unreadable(let problem):
        problems.append(problem)
        return false
      }
    }
    let isPartlyRead =
      resources.values.contains(where: isReadable) || policies.values.contains(where: isReadable)
      || keys.values.contains(where: isReadable)
    guard !isPartlyRead, let first = problems.min(by: { $0.message < $1.message }),
      problems.allSatisfy({ $0.reason == first.reason }),
      first.reason == .notReachable || first.reason == .unauthenticated
    else { return nil }
    return first
  }
}
