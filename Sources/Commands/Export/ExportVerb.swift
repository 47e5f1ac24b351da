import Authoring
import CommandLine
import Diagnostics
import GoogleCloud
import Kinds
import Model
import Resources

/// `arctl export`: writes what lives in some projects as manifests.
enum ExportVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    try await run(try ExportOptions(arguments), context) ?? .success
  }

  /// Nil, and nothing is written, if there are only projects and the options do not want them alone.
  static func run(_ options: ExportOptions, _ context: RunContext) async throws -> Outcome? {
    var isBare = false
    let outcome = try await Session.run(
      options.run, in: context,
      load: { _ in
        LoadedManifests(
          graph: DesiredGraph(), source: { _, _ in nil }, diagnostics: [],
          otherProjects: options.projects)
      }
    ) { session in
      let projects = try await projects(options, session)
      let live = try await session.readEstate(
        projects, kinds: options.kinds, locations: options.location.map { [$0] })
      try session.endIfNothingIsReadable(live)
      if let folder = options.folder { try session.refuseUnfinished(live, folder) }
      if !options.writesBareProjects, live.holdsProjectsOnly {
        isBare = true
        return .success
      }
      var writing = EstateWriter.Options(
        stack: options.stack ?? UsualChoices.stack(of: Set(projects)))
      writing.layout = UsualChoices.layout(
        options.layout, folder: options.folder, projects: projects.count)
      writing.folds = options.folds
      writing.now = session.now
      let result = try await LiveExport(live: live, session: session, options: writing).result()
      return try ExportPage(options: options, projects: projects, reporter: session.reporter)
        .write(result)
    }
    return isBare ? nil : outcome
  }

  /// Those by name, and those that the caller sees and the pattern matches.
  private static func projects(
    _ options: ExportOptions, _ session: Session
  ) async throws -> [String] {
    var projects = Set(options.projects)
    if let glob = options.glob {
      let found = try await session.interruption.cancelling {
        () -> Result<[String], APIError> in
        session.client.run.beginReading()
        do throws(APIError) {
          return .success(try await ProjectSearch(client: session.client).projects(matching: glob))
        } catch {
          return .failure(error)
        }
      }
      do throws(APIError) {
        projects.formUnion(try found.get())
      } catch {
        throw session.reporter.earlyExit(
          .access, code: .permissionDenied, "the projects could not be searched: \(error.message)",
          help: ["name them: `--project ID`, as often as needed"])
      }
    }
    guard !projects.isEmpty else {
      throw session.reporter.earlyExit(
        .invalid, code: .selectionEmpty,
        "`--projects \(options.glob.map(String.init(describing:)) ?? "")` matches no active project that you may see",
        help: ["name the projects: `--project ID`, as often as needed"])
    }
    return projects.sorted()
  }
}

extension LiveEstate {
  /// Whether everything was read, and there is nothing in the projects but services.
  fileprivate var holdsProjectsOnly: Bool {
    problems.allSatisfy { $0.reason.reason == .serviceDisabled }
      && resources.keys.allSatisfy {
        $0.resource?.place.isRoot == true || $0.resource?.place.isSetting == true
      }
  }
}

extension Session {
  /// Reads everything that lives in some projects, with a progress line.
  func readEstate(
    _ projects: [String], kinds: Set<KindID>? = nil, locations: [String]? = nil
  ) async throws -> LiveEstate {
    let progress = ReadingProgress(reporter)
    defer { progress.end() }
    let reader = EstateReader(
      client: client, kinds: Kinds.catalog, projects: projects, wanted: kinds, locations: locations
    ) { done, total in progress.update(done, total) }
    return try await interruption.cancelling {
      let observer = RequestContext.PauseObserver { progress.wait(for: $0) }
      return await RequestContext.$pauseObserver.withValue(observer) { await reader.read() }
    }
  }

  /// Throws, reported, if the run lost its servers or its time half-way: its files would look like a smaller estate.
  fileprivate func refuseUnfinished(_ live: LiveEstate, _ folder: String) throws(EarlyExit) {
    guard let lost = live.problems.first(where: { $0.reason.reason == .notReachable }) else {
      return
    }
    let count = live.problems.count { $0.reason.reason == .notReachable }
    throw reporter.earlyExit(
      .access, code: .notReachable,
      "\(lost.project): \(lost.what): \(lost.reason.message)"
        + (count > 1 ? " (and \(count - 1) more)" : ""),
      help: ["nothing was written to `\(folder)`; run it again, with more time: --timeout 2h"])
  }

  /// Throws, reported, if all reads failed for the same reason: no server answers, or none accepts the credential.
  func endIfNothingIsReadable(_ live: LiveEstate) throws(EarlyExit) {
    guard live.resources.isEmpty, live.policies.isEmpty,
      let first = live.problems.map(\.reason).min(by: { $0.message < $1.message }),
      first.reason == .notReachable || first.reason == .unauthenticated,
      live.problems.allSatisfy({ $0.reason.reason == first.reason })
    else { return }
    throw reporter.earlyExit(
      .access, code: first.reason == .notReachable ? .notReachable : .noCredentials,
      first.message, help: advice(on: first))
  }
}
