import CommandLine
import Diagnostics
import GoogleCloud
import Kinds
import Manifests
import Model
import Rendering
import Resources

/// `arctl ls LIST [PATTERN]`, `arctl keys list`: lists what is live.
enum ListVerb {
  static func run(
    _ list: CommandTable.List, _ arguments: ParsedArguments, _ context: RunContext
  ) async throws -> Outcome {
    let options = try ListOptions(arguments)
    try options.checkOrder(ListReader.columns(of: list.name, kinds: Kinds.catalog))
    return try await Session.run(
      options.run, in: context,
      load: { (reporter) throws(EarlyExit) in try options.load(reporter) }
    ) { session in
      var scope = try options.scope(session)
      scope.isDeclaredOnly = list.isDeclaredOnly
      let operands = try ListOperands(
        list.name, options.operands, scope, location: options.run.manifests.location,
        session.reporter)
      try options.checkProjects(of: operands.required, session.reporter)
      var listing = try await read(list.name, operands.containers, scope, session)
      try session.endIfNothingIsReadable(listing)
      if let pattern = operands.pattern { listing.keep(pattern) }
      if options.member != nil || options.role != nil {
        let filter = GrantFilter(member: options.member, role: options.role)
        listing.rows.removeAll { !filter.keeps($0) }
      }
      if let order = options.order { listing.sort(by: [order]) }
      return ListPage(options: options, operands: operands, session: session).write(listing)
    }
  }

  private static func read(
    _ name: String, _ containers: ListContainers, _ scope: ListScope, _ session: Session
  ) async throws -> Listing {
    let reader = ListReader(
      client: session.client, keys: session.keys, kinds: Kinds.catalog, scope: scope,
      environment: session.secretEnvironment)
    let progress = ReadingProgress(session.reporter)
    defer { progress.end() }
    let listing = try await session.interruption.cancelling {
      let observer = RequestContext.PauseObserver { progress.wait(for: $0) }
      return await RequestContext.$pauseObserver.withValue(observer) {
        await reader.read(name, in: containers)
      }
    }
    return listing ?? Listing(name, [])
  }
}

extension ListOptions {
  /// Reads the manifests. Without them, `--project` must name what to list.
  func load(_ reporter: Reporter) throws(EarlyExit) -> LoadedManifests {
    let folder = try? reporter.context.files.status(of: LoadOptions.defaultFolder)
    guard defaultProjects.isEmpty || namesManifests || folder != nil else {
      return LoadedManifests(
        graph: DesiredGraph(), source: { _, _ in nil }, diagnostics: [],
        otherProjects: defaultProjects)
    }
    var loaded = try run.manifests.load(reporter, warns: false)
    loaded.otherProjects = projects
    return loaded
  }

  /// What the list is about. Throws, reported, if no project is left.
  func scope(_ session: Session) throws(EarlyExit) -> ListScope {
    var graph = session.manifests.graph
    let declared = graph.resources.values.filter { $0.origin == .declared }.map(\.address)
    var listed = projects
    if listed.isEmpty { listed = declared.map(\.project) }
    // There are no manifests, and the project is in the environment.
    if listed.isEmpty { listed = defaultProjects }
    let selected = Set(listed.filter { projectGlob?.matches($0) ?? true }).sorted()
    guard !selected.isEmpty else {
      throw session.reporter.earlyExit(
        .invalid, code: .selectionEmpty,
        projectGlob.map { "`--projects \($0)` matches no project" }
          ?? "the manifests declare nothing in any project",
        help: ["name a project: `--project ID`"])
    }
    if !projects.isEmpty || projectGlob != nil {
      // A policy that the manifests name in another project is not asked for.
      graph.policies = graph.policies.filter { selected.contains($0.key.project) }
    }
    var scope = ListScope(
      projects: selected, graph: graph, limit: projectGlob, now: session.now)
    if let location = run.manifests.location, place == .all {
      scope.locations = [location]
    } else if place == .declared {
      let named = declared.filter { $0.resource?.place.isLocation == true }
        .compactMap(\.names.first)
      scope.locations = Set(named + [graph.stack.defaultLocation].compactMap { $0 }).sorted()
    }
    return scope
  }

  /// Throws, reported, if `--projects` excludes a resource that the user named.
  func checkProjects(of addresses: [Address], _ reporter: Reporter) throws(EarlyExit) {
    guard let glob = projectGlob,
      let outside = addresses.first(where: { !glob.matches($0.project) })
    else { return }
    throw reporter.earlyExit(
      .invalid, code: .outsideProjects, "`\(outside)` is outside `--projects \(glob)`")
  }
}
