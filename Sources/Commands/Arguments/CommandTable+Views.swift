import CommandLine

/// The commands that show the manifest language and the manifests in other forms.
extension CommandTable {
  static let schema = CommandSpec(
    "schema", summary: "print the JSON Schema of manifests, for editors",
    discussion: """
      With the schema, an editor completes fields and values, shows their documentation, and marks mistakes while you \
      type. It knows one document at a time: `arctl validate` also checks names, references and what several documents \
      say together. `docs/editors.md` shows the settings of editors.
      """,
    operands: Operands(
      "KIND", count: 0...1, help: "only this kind of document; default: any document"
    ).offering(SchemaVerb.names),
    exitCodes: codes([.success, .usage]),
    examples: [
      .init("arctl schema > .arctl/schema.json", "write the schema of any document"),
      .init(
        "# yaml-language-server: $schema=../.arctl/schema.json",
        "the first line of a manifest in manifests/ that uses it"),
      .init("arctl schema Repository", "the schema of one kind"),
    ])
}
