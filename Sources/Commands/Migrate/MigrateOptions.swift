import Authoring
import CommandLine
import Diagnostics
import Kinds

/// The options of `arctl migrate terraform` and `arctl migrate config-connector`, checked.
struct MigrateOptions: Sendable {
  enum Form: String, Sendable, Hashable, CaseIterable { case text, json }

  /// The file or folder to convert; `-`: standard input.
  var source: String
  /// The folder to write to; nil: standard output.
  var folder: String?
  /// How the documents are distributed over files; nil: by how many projects there are.
  var layout: ManifestLayout?
  var folds: Bool
  /// The Stack's name; nil: made from the projects.
  var stack: String?
  var form = Form.text
  /// Whether a conversion with something missing is a success.
  var allowsPartial: Bool

  init(_ arguments: ParsedArguments) throws(UsageError) {
    source = arguments.operands.first ?? ""
    folder = arguments.value("out")
    folds = arguments.has("fold")
    stack = arguments.value("stack")
    allowsPartial = arguments.has("allow-partial")
    form = try Self.choice(arguments, "output", Form.self) ?? .text
    layout = try Self.choice(arguments, "layout", ManifestLayout.self)
    if form == .json, folder == nil {
      throw UsageError(
        "`--output json` prints the report instead of the manifests: give them a folder, `--out DIR`"
      )
    }
    if layout != nil, layout != .single, folder == nil {
      throw UsageError(
        "`--layout` distributes the documents over files: give a folder, `--out DIR`")
    }
    if let stack, let kind = Kinds.catalog.documents.first(where: { $0.part == .settings }),
      let problem = kind.problem(withName: stack)
    {
      throw UsageError(
        "`--stack \(escapedForTerminal(stack))`: the name of a Stack \(escapedForTerminal(problem.message))"
      )
    }
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ arguments: ParsedArguments, _ name: String, _ type: Choice.Type
  ) throws(UsageError) -> Choice? {
    guard let text = arguments.value(name) else { return nil }
    guard let known = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("`--\(name) \(escapedForTerminal(text))`: expected one of \(names)")
    }
    return known
  }
}
