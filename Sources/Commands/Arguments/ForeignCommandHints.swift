import CommandLine

/// Commands and options of other programs, each with what arctl has instead.
enum ForeignCommandHints {
  static let commands: [CommandSpec.Row] = [
    .init("diff preview dry-run", "`arctl plan` shows what would change"),
    .init(
      "destroy delete rm",
      "write `lifecycle: {ensure: absent}` in the document, then `arctl apply --allow-delete ADDRESS`"
    ),
    .init("new setup start scaffold", "`arctl init` writes a first manifest"),
    .init(
      "import refresh state",
      "arctl keeps no state: declare the resource, and `arctl plan` compares it with the cloud; `arctl migrate` converts "
        + "files of other tools"),
    .init(
      "convert terraform tofu config-connector",
      "`arctl migrate terraform FILE` and `arctl migrate config-connector PATH` write manifests"),
    .init("create deploy up sync", "`arctl apply` makes the changes"),
    .init("check lint test", "`arctl validate` checks the manifests"),
    .init(
      "fmt format",
      "arctl does not rewrite manifests: YAML's comments would be lost; use a formatter of YAML that keeps them"
    ),
    .init("visualize visualise diagram dot", "`arctl graph` draws the manifests"),
    .init("jsonschema json-schema", "`arctl schema` prints the JSON Schema of manifests"),
    .init("list", "`arctl ls` lists what is live"),
    .init("describe docs", "`arctl explain` describes kinds and fields"),
  ]

  /// Options of `plan`, `apply` and `validate`.
  static let options: [CommandSpec.Row] = [
    .init("--dry-run --diff", "`arctl plan` shows what apply would change"),
    .init(
      "-f --file --filename", "write files and folders without an option: `arctl plan FILE`"),
    .init("-y --yes --approve", "write `--auto-approve`"),
    .init("--force", "each hazard has its own option, see `arctl apply --help`"),
    .init("--destroy", "write `lifecycle: {ensure: absent}` and `--allow-delete ADDRESS`"),
    .init("-o --json --format", "`arctl plan --output json` prints a plan as JSON"),
    .init("--region", "write `--location`"),
  ]
}
