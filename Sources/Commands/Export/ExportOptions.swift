import Authoring
import CommandLine
import Diagnostics
import Kinds
import Model

/// The options of `arctl export`, checked.
struct ExportOptions: Sendable {
  enum Form: String, Sendable, Hashable, CaseIterable { case text, json }

  var run: RunOptions
  var form = Form.text
  /// The projects by name.
  var projects: [String]
  /// A pattern of the projects that the caller sees; nil: only those by name.
  var glob: AddressGlob?
  /// The kinds to export; nil: all.
  var kinds: Set<KindID>?
  /// The folder to write to; nil: standard output.
  var folder: String?
  /// How the documents are distributed over files; nil: by how many projects there are.
  var layout: ManifestLayout?
  var folds: Bool
  /// The Stack's name; nil: made from the projects.
  var stack: String?
  /// The only location to look in; nil: all.
  var location: String?
  /// Whether a result of projects alone, without anything in them, is written.
  var writesBareProjects = true

  init(_ arguments: ParsedArguments) throws(UsageError) {
    run = try RunOptions(arguments)
    run.manifests.paths = []
    let (names, pattern) = Self.named(arguments)
    projects = names
    if let text = pattern {
      if text.contains("*") { glob = AddressGlob(text) } else { projects.append(text) }
    }
    for name in projects {
      guard let problem = Kinds.catalog.root.resource?.problem(withName: name) else { continue }
      throw UsageError(
        "`\(escapedForTerminal(name))`: the id of a project \(escapedForTerminal(problem.message)); "
          + "for a pattern write `--projects`")
    }
    run.manifests.project = nil
    run.manifests.projects = nil
    location = run.manifests.location
    run.manifests.location = nil
    guard !projects.isEmpty || glob != nil else {
      throw UsageError(
        "name what to export: `arctl export PROJECT`, or a pattern, `--projects 'acme-*'`")
    }
    folder = arguments.value("out")
    folds = arguments.has("fold")
    stack = try WritingOptions.stack(arguments)
    form = try WritingOptions.choice(arguments, "output", Form.self) ?? .text
    layout = try WritingOptions.layout(arguments, folder: folder)
    let words = arguments.values("kind")
    if !words.isEmpty {
      kinds = Set(try words.map { word throws(UsageError) in try Self.kind(word) })
    }
  }

  /// The projects by name, and the pattern. What the command line says silences the environment.
  private static func named(_ arguments: ParsedArguments) -> ([String], String?) {
    let isNamed = arguments.source("project") == .commandLine
    let isMatched = arguments.source("projects") == .commandLine
    let isGiven = !arguments.operands.isEmpty || isNamed || isMatched
    func counts(_ name: String) -> Bool { !isGiven || arguments.source(name) == .commandLine }
    return (
      arguments.operands + (counts("project") ? arguments.values("project") : []),
      counts("projects") ? arguments.value("projects") : nil
    )
  }

  /// The kinds that can be exported alone, by the names in manifests.
  static var kindNames: [String] { exportable.map(\.name) }

  private static var exportable: [any ResourceKind] {
    Kinds.catalog.documents.compactMap(\.resource).filter { !$0.isCredential }
  }

  private static func kind(_ word: String) throws(UsageError) -> KindID {
    let wanted = word.lowercased()
    for kind in exportable
    where [kind.name, kind.addressName, kind.collection].contains(where: {
      $0.lowercased() == wanted
    }) {
      return kind.id
    }
    let near = closestMatch(to: word, in: kindNames).map { "did you mean `\($0)`? " } ?? ""
    throw UsageError(
      "`--kind \(escapedForTerminal(word))`: \(near)The kinds are \(kindNames.joined(separator: ", "))"
    )
  }
}
