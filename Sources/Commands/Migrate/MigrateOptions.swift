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
    stack = try WritingOptions.stack(arguments)
    allowsPartial = arguments.has("allow-partial")
    form = try WritingOptions.choice(arguments, "output", Form.self) ?? .text
    layout = try WritingOptions.layout(arguments, folder: folder)
    if form == .json, folder == nil {
      throw UsageError(
        "`--output json` prints the report instead of the manifests: give them a folder, `--out DIR`"
      )
    }
  }
}
