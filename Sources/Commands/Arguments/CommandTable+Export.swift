import Authoring
import CommandLine

/// `arctl export` and `arctl get`.
extension CommandTable {
  static let export = CommandSpec(
    "export", summary: "write what is live as manifests",
    discussion: """
      Reads everything that arctl manages in the projects, in all locations, and writes it as manifests: with a Stack whose \
      defaults hold what the documents share, with short references, and with grants on their resources. Before it prints \
      them, it reads them like any manifests and plans them against what it has read: the plan is empty, and what a manifest \
      cannot hold is in the report with its reason, not in the files. Google's own accounts, agents, default services and \
      labels are left out and counted.
      """,
    options: Flags.group(
      "Export",
      [
        Option("project", .repeated("ID"), help: "export this project"),
        Option(
          "projects", .value("GLOB"),
          help: "export the active projects that you may see and that match, such as 'acme-*'"),
        Option(
          "out", .value("DIR"),
          help: "write files to DIR; replaces only files that an export wrote and nobody edited",
          environment: .none),
        Option(
          "layout", .value("LAYOUT"),
          help:
            "with --out: a file for each kind, for each project, or a single one (default: project for several projects, else kind)"
        ).offering(ManifestLayout.allCases.map(\.rawValue)),
        Option(
          "kind", .repeated("KIND"), help: "export only this kind: Repository, ServiceAccount, ...",
          environment: .none
        ).offering(ExportOptions.kindNames),
        Option(
          "fold",
          help: "write documents that differ in their project or name only as one, with `each`"),
        Option(
          "stack", .value("NAME"),
          help: "the name of the Stack (default: the only project, or `registry`)"),
        Option("location", .value("ID"), help: "look for repositories only here"),
        Option(
          "output", .value("FORM"), help: "form of the result: text or json", environment: .none
        )
        .offering(ExportOptions.Form.allCases.map(\.rawValue)),
      ]) + exportCloud + Flags.output,
    operands: Operands(
      "PROJECT", count: 0...Int.max, help: "the projects to export, like --project"),
    exitCodes: codes(
      [.success, .unexpected, .invalid, .access, .refused, .usage, .interrupted, .terminated]),
    examples: [
      .init(
        "arctl export my-project-id --out manifests", "begin with an existing project"),
      .init(
        "arctl export --projects 'acme-*' --out manifests --fold", "an estate of many projects"),
      .init("arctl export my-project-id --kind Repository", "print its repositories"),
    ],
    foreignHints: ForeignCommandHints.exports)

  static let get = CommandSpec(
    "get", summary: "print a live resource as a manifest",
    discussion: """
      Prints the document that declares one resource as it lives, with its grants; for the address of a policy, such as \
      my-project-id/iam/project, its grants alone. Like an export, it is checked: adding the document to the manifests \
      plans no change.
      """,
    options: Flags.group(
      "Resource", [Option("project", .value("ID"), help: "the project of an address without one")])
      + exportCloud + Flags.output,
    operands: Operands(
      "ADDRESS", count: 1...1,
      help:
        "an address as plans print it, or a name of Google's: projects/P/locations/L/repositories/R"
    ),
    exitCodes: codes([.success, .unexpected, .access, .usage, .interrupted, .terminated]),
    examples: [
      .init(
        "arctl get my-project-id/repository/us-east4/my-python-libraries >> manifests/registry.yaml",
        "declare what somebody made by hand"),
      .init(
        "arctl get my-project-id/iam/project", "the grants on a project, as IAMBinding documents"),
    ],
    foreignHints: ForeignCommandHints.get)

  /// Options about servers, without those about writes and keys.
  static let exportCloud = Flags.cloud.filter {
    !["write-parallelism", "key-dir"].contains($0.name)
  }
}

extension ForeignCommandHints {
  /// Options of `export`.
  static let exports: [CommandSpec.Row] = [
    .init("-o --format", "the result is YAML; `--output json` adds the report"),
    .init("--resource-types", "write `--kind KIND`"),
  ]

  /// Options of `get`.
  static let get: [CommandSpec.Row] = [
    .init("-o --output --format", "the result is always a manifest; `arctl ls --output json` lists")
  ]
}
