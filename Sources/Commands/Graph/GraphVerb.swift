import CommandLine
import Diagnostics
import GoogleCloud
import Kinds
import Model
import Rendering
import Resources

/// `arctl graph [PATH...]`: draws the order of an apply or, with `--access`, who may use which repository.
enum GraphVerb {
  /// What a command without requests does at once.
  enum Start {
    case finished(Outcome)
    case reads(@Sendable () async throws -> Outcome)
  }

  static func start(_ arguments: ParsedArguments, _ context: RunContext) throws -> Start {
    let options = try GraphOptions(arguments)
    guard options.isLive else { return .finished(try draw(options, context)) }
    return .reads { try await drawLive(options, context) }
  }

  private static func draw(_ options: GraphOptions, _ context: RunContext) throws -> Outcome {
    let reporter = Reporter(context, options.run.output)
    let graph = try options.load(reporter).graph
    guard options.isAboutAccess else {
      try options.check(graph.addresses, reporter)
      write(OrderDrawing(graph, options).drawing, options, reporter)
      return .success
    }
    let access = DeclaredAccess(graph).access
    try options.check(access.containers, reporter)
    write(AccessDrawing(access, options).drawing, options, reporter)
    return .success
  }

  private static func drawLive(
    _ options: GraphOptions, _ context: RunContext
  ) async throws -> Outcome {
    try await Session.run(
      options.run, in: context,
      load: { (reporter) throws(EarlyExit) in try options.load(reporter) }
    ) { session in
      let access = try await read(options, session)
      // Without an answer, nothing can be said of what there is.
      if access.problems.isEmpty { try options.check(access.containers, session.reporter) }
      write(AccessDrawing(access, options).drawing, options, session.reporter)
      session.reporter.report(ListPage.diagnostics(of: access.problems))
      return access.problems.isEmpty ? .success : .access
    }
  }

  private static func read(_ options: GraphOptions, _ session: Session) async throws -> LiveAccess {
    let graph = session.manifests.graph
    let declared = graph.addresses.map(\.project) + session.manifests.otherProjects
    let projects = Set(declared.filter(options.draws)).sorted()
    guard !projects.isEmpty else {
      throw session.reporter.earlyExit(
        .invalid, code: .selectionEmpty,
        options.projectGlob.map { "`--projects \($0)` matches no project" }
          ?? "the manifests declare nothing in any project",
        help: ["name a project: `--project ID`"])
    }
    let scope = ListScope(
      projects: projects, graph: graph, limit: options.projectGlob,
      now: session.now)
    let reader = ListReader(
      client: session.client, keys: nil, kinds: Kinds.catalog, scope: scope)
    let progress = ReadingProgress(session.reporter)
    defer { progress.end() }
    let access = try await session.interruption.cancelling {
      let observer = RequestContext.PauseObserver { progress.wait(for: $0) }
      return await RequestContext.$pauseObserver.withValue(observer) { await reader.readAccess() }
    }
    // As a list, so that a run without any answer ends with its reason.
    var listing = Listing(ListReader.grantsName, [])
    listing.rows = access.grants.map { ListRow(names: [$0.policy.description], values: [:]) }
    listing.problems = access.problems
    try session.endIfNothingIsReadable(listing)
    return access
  }

  private static func write(_ drawing: Drawing, _ options: GraphOptions, _ reporter: Reporter) {
    let text =
      switch options.form {
      case .mermaid: MermaidText().render(drawing)
      case .dot: DOTText().render(drawing)
      }
    reporter.context.console.out(text)
    if drawing.groups.isEmpty { reporter.note("There is nothing to draw.") }
    let limits = MermaidText.limits
    guard options.form == .mermaid,
      drawing.edges.count > limits.edges || text.count > limits.characters
    else { return }
    reporter.note(
      "Mermaid draws \(limits.edges) edges and \(limits.characters) characters at most unless its configuration says more; "
        + "this has \(drawing.edges.count) and \(text.count). Use `--output dot`, or draw a part: `--target GLOB`, `--projects GLOB`."
    )
  }
}
