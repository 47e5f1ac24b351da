import CommandLine
import Diagnostics
import GoogleCloud
import JSON
import Kinds
import Manifests
import Model
import Platform

/// `arctl settings [REPOSITORY] --tool TOOL`: what a client needs to use a repository. It sends nothing, and nothing that it
/// prints or writes holds a secret.
struct SettingsVerb {
  let options: SettingsOptions
  let reporter: Reporter
  let graph: DesiredGraph
  let choice: RepositoryChoice

  /// What a start of the command leads to.
  enum Start {
    case finished(Outcome)
    /// Files are to be written, which may need to ask git.
    case writes(@Sendable () async throws -> Outcome)
  }

  static func start(_ arguments: ParsedArguments, _ context: RunContext) throws -> Start {
    let options = try SettingsOptions(arguments)
    let reporter = Reporter(context, options.output)
    let graph = try Self.graph(options, reporter)
    let verb = SettingsVerb(
      options: options, reporter: reporter, graph: graph,
      choice: RepositoryChoice(graph: graph, format: options.format, reporter: reporter))
    if options.tools.isEmpty { return .finished(try verb.list()) }
    let answer = try verb.answer()
    guard let writes = options.writes else { return .finished(verb.print(answer)) }
    return .writes { try await verb.write(answer, writes) }
  }

  /// The manifests; none if the arguments say all about the repository and there is no folder of manifests.
  private static func graph(_ options: SettingsOptions, _ reporter: Reporter) throws -> DesiredGraph
  {
    let saysAll =
      options.format != nil && options.repository?.hasPrefix("projects/") == true
      && options.manifests.paths.isEmpty
    if saysAll, try reporter.context.files.status(of: LoadOptions.defaultFolder) == nil {
      return DesiredGraph()
    }
    return try options.manifests.load(reporter).graph
  }

  /// The tools of each repository.
  private func list() throws -> Outcome {
    let found = try options.repository.map { [try choice.find($0)] } ?? choice.declared
    let console = reporter.context.console
    switch options.form {
    case .json:
      let rows = found.map { row -> JSONValue in
        [
          "format": .string(row.place.format), "repository": .string(row.place.fullName),
          "tools": .array(ClientTools.tools(for: row.place.format).map { .string($0.name) }),
        ]
      }
      console.out(JSONValue.array(rows).text(.pretty) + "\n")
    case .text:
      for row in found { console.out(section(row)) }
      if found.isEmpty { reporter.note("The manifests declare no repository.") }
      if let first = found.first, let tool = ClientTools.tools(for: first.place.format).first {
        console.out("Next: arctl settings \(choice.uniqueName(of: first)) --tool \(tool.name)\n")
      }
    }
    return .success
  }

  private func section(_ found: RepositoryChoice.Found) -> String {
    let tools = ClientTools.tools(for: found.place.format)
    let width = tools.map(\.name.count).max() ?? 0
    let rows = tools.map { tool in
      "  \(tool.name)\(String(repeating: " ", count: width - tool.name.count))   \(tool.summary)\n"
    }
    let name = found.address?.description ?? found.place.fullName
    let none = "  arctl knows no settings for the format \(found.place.format.lowercased())\n"
    return "\(name)\n\(rows.isEmpty ? none : rows.joined())\n"
  }

  private func answer() throws -> SettingsAnswer {
    if let tool = options.tools.first, tool.formats.isEmpty {
      return try credentialConfiguration(tool)
    }
    let found = try options.repository.map(choice.find) ?? choice.only(for: options.tools)
    let tool = try tool(for: found.place)
    let method = try method(of: tool)
    let server = try SettingsServer(options, reporter)
    try check(found.place, tool, server)
    let federation = try federation(tool, method, server)
    let account = try account(for: method, server)
    try check(account.keyFile, for: tool, method)
    let releases = choice.target(of: found)
    let snapshots = choice.target(of: found, snapshots: true)
    let request = SettingsRequest(
      tool: tool, method: method, install: found.place, publish: releases?.place,
      publishSnapshots: snapshots?.place, keyFile: account.keyFile,
      storedSecret: account.storedSecret, endpoint: server.url,
      isExtraIndex: options.isExtraIndex, federation: federation)
    let notes = SettingsNotes(
      graph: graph, found: found, target: releases ?? snapshots, fronts: choice.fronts(of: found),
      account: account, tool: tool, method: method, choice: choice,
      isExtraIndex: options.isExtraIndex, federation: federation)
    let items = SettingsPage(request).items
    return SettingsAnswer(
      repository: found.place.fullName, provider: federation?.provider.fullName, tool: tool.name,
      method: method,
      items: server.items(for: items, method, account: account) + items,
      notes: notes.all + server.identity(for: items, method, account: account)
        + server.notes(method, hasKey: account.keyFile != nil))
  }

  /// Refuses what the printed text could not do.
  private func check(
    _ place: RepositoryPlace, _ tool: ClientTool, _ server: SettingsServer
  ) throws(UsageError) {
    if options.isExtraIndex, !tool.takesExtraIndex {
      throw UsageError("`\(tool.name)` has no settings for an index beside the public one")
    }
    if server.url != nil, place.format != "PYTHON" {
      throw UsageError(
        "the sandbox serves no \(place.format.lowercased()) packages, and its credentials must not go to Google"
      )
    }
    guard place.host != nil else {
      throw UsageError(
        "arctl does not know the host of \(place.format.lowercased()) repositories in `\(place.location)`"
      )
    }
    if place.project.contains(":"), place.format != "DOCKER" {
      throw UsageError(
        "arctl does not know how clients address repositories in `\(place.project)`, since its id has a domain"
      )
    }
  }

  /// The files of apt and dnf have no quotes for odd characters.
  private func check(
    _ keyFile: String?, for tool: ClientTool, _ method: AuthMethod
  ) throws(UsageError) {
    guard let keyFile, method == .key, ["apt", "yum"].contains(tool.name) else { return }
    let isPlain = keyFile.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0)
        || "/._@+-".utf8.contains($0)
    }
    guard !isPlain else { return }
    throw UsageError(
      "the files of `\(tool.name)` cannot name `\(escapedForTerminal(keyFile))`: use a path of letters, digits and ._@+-"
    )
  }

  private func print(_ answer: SettingsAnswer) -> Outcome {
    let width = reporter.terminal.outputIsTerminal ? min(reporter.terminal.width, 100) : 100
    reporter.context.console.out(
      options.form == .json ? answer.json.text(.pretty) + "\n" : answer.text(width: width))
    return .success
  }

  /// Writes the files, and prints what is left to do.
  private func write(
    _ answer: SettingsAnswer, _ writes: SettingsFiles.Options
  ) async throws -> Outcome {
    let files = SettingsFiles(options: writes, reporter: reporter)
    let written = answer.files
    guard !written.isEmpty else {
      throw UsageError(
        "`\(answer.tool)` needs no file with `--auth \(answer.method.rawValue)`: without `--write`, arctl prints the commands"
      )
    }
    try await files.write(written)
    var rest = answer.withoutFiles
    for file in written {
      let path = files.path(of: file)
      if options.form == .text {
        reporter.context.console.out(
          "# wrote \(escapedForTerminal(path)); its usual place is \(file.place)\n")
      }
      rest.written.append(["path": .string(file.place), "written": .string(path)])
    }
    if options.form == .text { reporter.context.console.out("\n") }
    return print(rest)
  }

  private func tool(for place: RepositoryPlace) throws(UsageError) -> ClientTool {
    if let tool = options.tools.first(where: { $0.formats.contains(place.format) }) { return tool }
    let names = ClientTools.tools(for: place.format).map(\.name)
    let right =
      names.isEmpty
      ? "arctl knows no settings for this format" : "use one of \(names.joined(separator: ", "))"
    throw UsageError(
      "`\(options.tools[0].name)` does not use repositories of the format \(place.format.lowercased()), such as "
        + "`\(place.id)`: \(right)")
  }

  func method(of tool: ClientTool) throws(UsageError) -> AuthMethod {
    guard let method = options.method else { return tool.methods[0] }
    guard tool.methods.contains(method) else {
      let names = tool.methods.map(\.rawValue).joined(separator: ", ")
      guard method != .federation else {
        throw UsageError(
          "`\(tool.name)` has no settings for `--auth federation`, but for \(names): federation is for "
            + "\(FederationOptions.tools.joined(separator: ", "))")
      }
      throw UsageError(
        "`\(tool.name)` has no settings for `--auth \(method.rawValue)`, but for \(names)")
    }
    return method
  }

  /// The named account, or for a key the account of the only declared key.
  private func account(
    for method: AuthMethod, _ server: SettingsServer
  ) throws -> SettingsAccount {
    let accounts = SettingsAccounts(graph: graph, reporter: reporter)
    let store = KeyFolder(context: reporter.context, keyDirectory: options.keyDirectory).store(
      sandbox: server.keyDirectory, stack: graph.stack.name, endpoints: server.endpoints)
    let directory =
      store.directory.hasPrefix("/")
      ? store.directory : "\(reporter.context.resolved("."))/\(store.directory)"
    return try accounts.find(options.account, needsKey: method == .key, directory: directory)
  }
}
