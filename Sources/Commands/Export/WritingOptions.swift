import Authoring
import CommandLine
import Diagnostics
import Kinds

/// The options of commands that write manifests, checked.
enum WritingOptions {
  /// One of the words of an option; nil if it is not given.
  static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ arguments: ParsedArguments, _ name: String, _ type: Choice.Type
  ) throws(UsageError) -> Choice? {
    guard let text = arguments.value(name) else { return nil }
    guard let known = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("`--\(name) \(escapedForTerminal(text))`: expected one of \(names)")
    }
    return known
  }

  /// `--layout`, which needs a folder; nil if it is not given.
  static func layout(
    _ arguments: ParsedArguments, folder: String?
  ) throws(UsageError) -> ManifestLayout? {
    let layout = try choice(arguments, "layout", ManifestLayout.self)
    guard let layout, layout != .single, folder == nil else { return layout }
    throw UsageError(
      "`--layout` distributes the documents over files: give a folder, `--out DIR`")
  }

  /// `--stack`, a possible name of a Stack; nil if it is not given.
  static func stack(_ arguments: ParsedArguments) throws(UsageError) -> String? {
    let stack = arguments.value("stack")
    guard let stack, let kind = Kinds.catalog.documents.first(where: { $0.part == .settings }),
      let problem = kind.problem(withName: stack)
    else { return stack }
    throw UsageError(
      "`--stack \(escapedForTerminal(stack))`: the name of a Stack \(escapedForTerminal(problem.message))"
    )
  }
}
