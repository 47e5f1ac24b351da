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
      .init("arctl schema > manifests.schema.json", "write the schema of any document"),
      .init(
        "# yaml-language-server: $schema=../manifests.schema.json",
        "the first line of a manifest in manifests/ that uses it"),
      .init("arctl schema Repository", "the schema of one kind"),
    ])

  static let graph = CommandSpec(
    "graph", summary: "draw the order of an apply, or who may use which repository",
    discussion: """
      Prints a graph for Mermaid, which GitHub and GitLab draw within Markdown, or for Graphviz. Without --access: resources, \
      policies and keys in the order in which an apply writes them. With --access: who may read, write and administer which \
      repository, by the policies of the repositories and of their projects. Reads the manifests and sends nothing, except \
      with --live.
      """,
    options: Flags.group(
      "Graph",
      [
        Option("access", help: "draw who may use which repository", environment: .none),
        Option(
          "live", help: "with --access: by the live policies, not by the manifests",
          environment: .none),
        Option(
          "output", .value("FORM"), help: "mermaid (default) or dot, for Graphviz",
          environment: .none
        ).offering(
          GraphOptions.Form.allCases.map(\.rawValue)),
        Option(
          "target", .repeated("GLOB"),
          help:
            "draw only these addresses and what they depend on; with --access these repositories",
          environment: .none),
      ]) + graphManifests + ListFlags.cloud.filter { $0.name != "key-dir" } + Flags.output,
    operands: paths,
    exitCodes: codes([
      .success, .unexpected, .invalid, .access, .usage, .interrupted, .hungUp, .terminated,
    ]).map {
      switch $0.left {
      case "3": .init("3", "invalid manifests, or options that match nothing")
      case "4":
        .init("4", "with --live: no credentials, no permission, or a policy that could not be read")
      default: $0
      }
    },
    examples: [
      .init(
        "arctl graph --output dot | dot -Tsvg -o order.svg", "the order of an apply as a picture"),
      .init("arctl graph --access --live", "who may use what, as the cloud has it"),
      .init(
        "arctl graph --access --target 'repository/*/python'",
        "who may use the repositories `python`"),
    ], foreignHints: ForeignCommandHints.graph)

  /// Those of manifests; the projects are a selection of what is drawn.
  private static let graphManifests =
    Flags.manifests.filter { $0.name != "projects" }
    + Flags.group(
      "Manifests", [Option("projects", .value("GLOB"), help: "read and draw only these projects")])
}

extension ForeignCommandHints {
  /// Options of `graph`.
  static let graph: [CommandSpec.Row] = [
    .init("-o --format --type", "`--output dot` prints a graph for Graphviz"),
    .init("--dot --graphviz", "write `--output dot`"),
    .init("--mermaid", "write `--output mermaid`"),
    .init("--grants --iam", "write `--access`"),
  ]
}
