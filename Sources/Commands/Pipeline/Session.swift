import Diagnostics
import GoogleCloud
import Keys
import LiveState
import Model
import Platform
import Reconcile
import Registry
import Rendering

/// One run against one cloud: good manifests, a credential, a client, and the way from there to a plan.
struct Session: Sendable {
  let options: RunOptions
  let reporter: Reporter
  let interruption: Interruption
  let manifests: LoadedManifests
  let client: APIClient
  let keys: KeyStore

  var context: RunContext { reporter.context }
  var selectionCheck: SelectionCheck {
    SelectionCheck(options: options, manifests: manifests, reporter: reporter)
  }

  /// Loads, connects, runs `body`, and puts everything away: the transport, the sandbox, the signal handlers.
  static func run(
    _ options: RunOptions, _ context: RunContext,
    _ body: (Session) async throws -> Outcome
  ) async throws -> Outcome {
    try options.checkSandbox(context.files)
    let reporter = Reporter(context, options.output)
    let manifests = try options.manifests.load(reporter)
    try SelectionCheck(options: options, manifests: manifests, reporter: reporter).check()
    try Self.check(caFile: options.caFile, reporter)
    let interruption = Interruption()
    let listener = interruption.listen(context)
    defer { listener.cancel() }
    var sandbox: Sandbox?
    if let directory = options.sandbox {
      sandbox = try await Sandbox.start(
        in: directory, projects: manifests.existingProjects, reporter, interruption)
    }
    let share = ConnectionShare(options, free: context.freeDescriptors())
    if let note = share.note(options) { reporter.note(note) }
    let transport = context.transport(options.caFile, share.connections)
    let result: Result<Outcome, any Error>
    do {
      let connection = Connection(
        options: options, reporter: reporter, transport: transport, share: share)
      let client = try await connection.client(sandbox, interruption)
      let keys = connection.keyStore(
        sandbox, stack: manifests.graph.stack.name, endpoints: client.endpoints)
      result = .success(
        try await body(
          Session(
            options: options, reporter: reporter, interruption: interruption,
            manifests: manifests, client: client, keys: keys)))
    } catch {
      result = .failure(error)
    }
    transport.shutdown()
    await sandbox?.stop()
    return try result.get()
  }

  /// libcurl opens the file itself, and would wait for ever at a pipe.
  private static func check(caFile path: String?, _ reporter: Reporter) throws {
    guard let path else { return }
    do throws(FileError) {
      _ = try reporter.context.files.read(path, maximumBytes: 16 << 20)
    } catch {
      throw reporter.stop(
        .access, .unreadableFile, "--ca-file: cannot read `\(path)`: \(error.reason)")
    }
  }

  /// Reads the cloud and compares: the pure part between two reads is `Planner`.
  ///
  /// - Parameters:
  ///   - show: what will be shown of it; what the Stack's scope ignores is read only where that is asked for.
  ///   - report: what this run has done already.
  func plan(
    show: Set<PlanShow> = [], after report: ExecutionReport = ExecutionReport()
  ) async throws -> Plan {
    let snapshot = try await read(listsIgnored: show.contains(.ignored))
    if let problem = snapshot.commonProblem {
      let code: DiagnosticCode =
        problem.reason == .notReachable ? .notReachable : .noCredentials
      throw reporter.stop(.access, code, problem.message, help: advice(on: problem))
    }
    var planner = Planner(
      graph: manifests.graph, snapshot: snapshot, kinds: Kinds.catalog)
    planner.selection = options.selection
    planner.permissions = options.permissions
    planner.caller = client.credential.principal ?? client.credential.caller
    planner.now = Int64(context.clock.now)
    planner.deletedKeys = report.deletedKeys
    planner.issuedKeys = report.issuedKeys
    planner.isWholeSet = manifests.isWholeSet
    var plan = planner.plan()
    plan.diagnostics = manifests.diagnostics + plan.diagnostics
    return plan
  }

  /// In GitHub Actions: what a plan has to say, where it belongs in the manifests.
  func annotate(_ plan: Plan) {
    let told = Set(manifests.diagnostics)
    reporter.annotate(plan.obstacles + plan.diagnostics.filter { !told.contains($0) })
  }

  private func advice(on problem: ReadProblem) -> [String] {
    if !problem.help.isEmpty { return [problem.help] }
    // Another server may be the one that is not there: that of a credential.
    guard problem.reason == .notReachable,
      let origin = options.endpoint.flatMap({ Origin(of: $0) }), origin.isLoopback,
      problem.message.contains("\(origin.host):\(origin.port)")
    else { return [] }
    return [
      "is `arctl-sandbox` still running? With `--sandbox` in place of the endpoint arctl starts one itself"
    ]
  }

  private func read(listsIgnored: Bool) async throws -> Snapshot {
    let progress = ReadingProgress(reporter)
    let selected =
      options.selection.isWhole ? nil : manifests.graph.selected(by: options.selection)
    let reader = SnapshotReader(client: client, keys: keys)
    let graph = manifests.graph
    defer { progress.end() }
    return try await interruption.cancelling {
      await reader.readSnapshot(
        of: graph, selected: selected, listsIgnored: listsIgnored
      ) { done, total in
        progress.update(done, total)
      }
    }
  }

  /// What of a plan is to be left out to apply the rest.
  func exclusion(of plan: Plan) -> Exclusion { Exclusion(plan: plan, graph: manifests.graph) }

  /// How plans of this run are printed on standard output; with the next command where `plan` is given.
  func text(show: Set<PlanShow> = [], nextTo plan: Plan? = nil) -> PlanText {
    PlanText(
      style: reporter.outputStyle, show: show, values: .kinds, applyArguments: options.repeated,
      exclusion: plan.flatMap { exclusion(of: $0).flags }, showsCommand: plan != nil,
      keyDirectory: keys.directory,
      told: Set(manifests.diagnostics))
  }
}

extension ValueText {
  /// With the schemas of all kinds.
  static let kinds = ValueText(
    schemas: Dictionary(
      uniqueKeysWithValues: Kinds.all.compactMap(\.resource).map { ($0.id, $0.schema) }))
}

extension Snapshot {
  /// Why nothing at all could be read, where that has one reason: nobody answers, or nobody knows the caller.
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
