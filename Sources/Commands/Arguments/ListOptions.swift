import CommandLine
import Diagnostics
import Model

/// The options of `arctl ls`, checked.
struct ListOptions: Sendable {
  enum Form: String, Sendable, Hashable, CaseIterable { case text, json }
  enum Place: String, Sendable, Hashable, CaseIterable { case all, declared }

  var run: RunOptions
  var form = Form.text
  var place = Place.all
  var order: Listing.Order?
  var limit: Int?
  /// The projects on the command line; empty: the declared ones.
  var projects: [String]
  /// The same, or else the project in the environment: what is listed without manifests.
  var defaultProjects: [String]
  /// Which projects to list, of all these.
  var projectGlob: AddressGlob?
  /// The arguments that are not options.
  var operands: [String]
  var member: String?
  var role: String?
  /// Whether manifests are named, so that they must exist.
  var namesManifests: Bool

  init(_ arguments: ParsedArguments) throws(UsageError) {
    run = try RunOptions(arguments)
    run.manifests.paths = arguments.values("manifests")
    defaultProjects = arguments.values("project")
    projects = arguments.source("project") == .commandLine ? defaultProjects : []
    // One project is the default of the documents, as for `plan`.
    run.manifests.project = defaultProjects.count == 1 ? defaultProjects.first : nil
    projectGlob = run.manifests.projects.map(AddressGlob.init)
    run.manifests.projects = nil
    namesManifests = !run.manifests.paths.isEmpty
    operands = arguments.operands
    member = arguments.value("member")
    role = arguments.value("role")
    limit = try RunOptions.count(arguments, "limit", atLeast: 0)
    if let text = arguments.value("output") {
      guard let known = Form(rawValue: text) else {
        throw UsageError("`--output \(escapedForTerminal(text))`: expected text or json")
      }
      form = known
    }
    if let text = arguments.value("look-in") {
      guard let known = Place(rawValue: text) else {
        throw UsageError("`--look-in \(escapedForTerminal(text))`: expected all or declared")
      }
      place = known
    }
    order = arguments.value("sort").map { text in
      text.hasPrefix("-")
        ? Listing.Order(String(text.dropFirst()), isDescending: true) : Listing.Order(text)
    }
    for project in defaultProjects where project.contains("*") {
      throw UsageError(
        "`--project \(escapedForTerminal(project))`: expected the id of a project; `--projects GLOB` selects declared ones"
      )
    }
  }

  /// Throws for a column that a list does not have.
  func checkOrder(_ columns: [ListColumn]) throws(UsageError) {
    guard let order, !columns.contains(where: { $0.name == order.column }) else { return }
    let names = columns.map(\.name)
    let near = closestMatch(to: order.column, in: names).map { "did you mean `\($0)`? " } ?? ""
    throw UsageError(
      "`--sort \(escapedForTerminal(order.column))`: \(near)The columns are \(names.joined(separator: ", "))"
    )
  }
}
