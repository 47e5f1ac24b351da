import CommandLine

/// What people type who come from other programs, and what arctl has in its place.
enum Habits {
  static let commands: [CommandSpec.Row] = [
    .init("diff preview dry-run", "`arctl plan` shows what would change"),
    .init(
      "destroy delete rm",
      "write `lifecycle: {ensure: absent}` in the document, then `arctl apply --allow-delete ADDRESS`"
    ),
    .init("init", "there is nothing to set up: write a manifest, then `arctl plan`"),
    .init(
      "import refresh state",
      "arctl keeps no state: declare what is there, and `arctl plan` compares it"),
    .init("create deploy up sync", "`arctl apply` makes the changes"),
    .init("check lint test", "`arctl validate` checks the manifests"),
    .init("describe docs", "`arctl explain` tells about kinds and fields"),
  ]

  /// Of `plan`, `apply` and `validate`.
  static let options: [CommandSpec.Row] = [
    .init("--dry-run --diff", "`arctl plan` shows what apply would do"),
    .init(
      "-f --file --filename", "files and folders are given without an option: `arctl plan FILE`"),
    .init("-y --yes --approve", "write `--auto-approve`"),
    .init("--force", "there is none: each hazard has a flag of its own, see `arctl apply --help`"),
    .init("--destroy", "write `lifecycle: {ensure: absent}` and `--allow-delete ADDRESS`"),
    .init("-o --json --format", "`arctl plan --output json` prints a plan as JSON"),
    .init("--region", "write `--location`"),
  ]
}
