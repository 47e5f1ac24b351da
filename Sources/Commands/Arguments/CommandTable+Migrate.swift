import Authoring
import CommandLine

/// `arctl migrate`, with one command for each tool.
extension CommandTable {
  /// The command of each tool.
  static let migrationVerbs: [(tool: MigrationSource.Tool, spec: CommandSpec)] = [
    (.terraform, migrateTerraform), (.connector, migrateConnector),
  ]

  /// The group, then its commands.
  static let migrateCommands = [migrate] + migrationVerbs.map(\.spec)

  private static let migrate = CommandSpec(
    "migrate", summary: "write the files of another tool as manifests",
    discussion: """
      Converts what another tool manages into manifests, reports everything that is not converted, and prints the commands \
      that take it out of the other tool without changing anything at Google. Sends nothing.
      """,
    examples: [
      .init("terraform show -json | arctl migrate terraform - --out manifests", "from Terraform"),
      .init(
        "arctl migrate config-connector config/ --out manifests", "from Config Connector"),
    ])

  private static let migrateTerraform = CommandSpec(
    "migrate terraform", summary: "write a state of Terraform or OpenTofu as manifests",
    discussion: """
      Reads a state file of version 4, or what `terraform show -json` prints for a state or for a saved plan; of a plan, what \
      existed before it. The configuration (*.tf) is not read: the state says what exists and what each value is.

      IAM keeps its meaning: `_member` adds, `_binding` becomes `exclusive: true`, and each role of a `_policy` becomes \
      `exclusive: role`. A state holds private keys and passwords in clear text: none is copied or printed.
      """,
    options: options,
    operands: Operands("FILE", count: 1...1, help: "the state; `-`: standard input"),
    exitCodes: exits,
    examples: [
      .init(
        "terraform show -json | arctl migrate terraform - --out manifests",
        "without a copy of the secrets in a file"),
      .init("arctl migrate terraform terraform.tfstate", "print the manifests"),
    ])

  private static let migrateConnector = CommandSpec(
    "migrate config-connector", summary: "write objects of Config Connector as manifests",
    discussion: """
      Reads the YAML files of a folder, or one file, with any number of documents and lists. References are resolved within \
      the input. IAM keeps its meaning: IAMPolicyMember and IAMPartialPolicy add, and each role of an IAMPolicy becomes \
      `exclusive: role`.
      """,
    options: options,
    operands: Operands("PATH", count: 1...1, help: "a folder or a YAML file; `-`: standard input"),
    exitCodes: exits,
    examples: [
      .init("arctl migrate config-connector config/ --out manifests", "a folder of files"),
      .init(
        "kubectl get gcp -A -o yaml | arctl migrate config-connector -",
        "what is in a cluster, with the ids of keys in its status"),
    ])

  private static let options =
    Flags.group(
      "Migration",
      [
        Option(
          "out", .value("DIR"),
          help:
            "write manifests and release.txt to DIR; replaces only files that a migration wrote and nobody edited",
          environment: .none),
        Option(
          "allow-partial", help: "exit 0 although something is not converted", environment: .none),
        Option(
          "layout", .value("LAYOUT"),
          help:
            "with --out: a file for each kind, for each project, or a single one (default: project for several projects, else kind)"
        ).offering(ManifestLayout.allCases.map(\.rawValue)),
        Option(
          "fold",
          help: "write documents that differ in their project or name only as one, with `each`"),
        Option(
          "stack", .value("NAME"),
          help: "the name of the Stack (default: the only project, or `registry`)"),
        Option(
          "output", .value("FORM"),
          help: "form of the report: text on standard error, or json on standard output with --out",
          environment: .none
        ).offering(MigrateOptions.Form.allCases.map(\.rawValue)),
      ]) + Flags.offlineOutput

  private static let exits = codes([
    .success, .unexpected, .invalid, .refused, .incomplete, .usage,
  ]).map { row -> CommandSpec.Row in
    switch row.left {
    case "3": .init("3", "the input cannot be read, or is something else")
    case "5": .init("5", "refused: a file that arctl did not write is in the way")
    case "7": .init("7", "something is not converted, or only in part; see --allow-partial")
    default: row
    }
  }
}
