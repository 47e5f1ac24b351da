import CommandLine
import Diagnostics
import JSON
import Kinds
import Manifests
import Model
import Platform

/// `arctl schema [KIND]`: the JSON Schema of the manifest language, for editors.
enum SchemaVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) throws -> Outcome {
    let kind = try arguments.operands.first.map(kind)
    let schema = DocumentSchema(Kinds.catalog).value(
      of: kind, comment: "Printed by `arctl schema` of arctl \(arctlVersion).")
    context.console.out(schema.text(.pretty) + "\n")
    return .success
  }

  /// The names of the kinds, for completion.
  static var names: [String] { Kinds.catalog.documents.map(\.name) }

  private static func kind(_ name: String) throws(UsageError) -> any Kind {
    let kinds = Kinds.catalog.documents
    if let kind = kinds.first(where: { $0.name.lowercased() == name.lowercased() }) { return kind }
    let near = closestMatch(to: name, in: names).map { "; did you mean `\($0)`?" } ?? "."
    throw UsageError(
      "unknown kind `\(escapedForTerminal(name))`\(near) The kinds are \(names.joined(separator: ", "))"
    )
  }
}
