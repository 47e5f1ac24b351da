import CommandLine

/// All commands with their arguments and their help.
enum CommandTable {
  static let program = Program(
    "arctl", summary: "Google Artifact Registry setup as code", environmentPrefix: "ARCTL_",
    commands: [initialize, export, get] + migrateCommands
      + [plan, apply, drift, validate, show, settings] + listCommands
      + permissionCommands + tokens
      + [explain, schema, graph, completion, man, version],
    footer: """
      Options can also be set in the environment as ARCTL_<OPTION>, except those that approve, select or allow a hazard.

      To begin: arctl init. To try arctl without a cloud account: arctl apply --sandbox
      """, foreignHints: ForeignCommandHints.commands)

  static let paths = Operands(
    "PATH", count: 0...Int.max, help: "manifest files and folders; default: the folder `manifests`")

  private static let run =
    Flags.selection + Flags.since + Flags.hazards + Flags.approvals + Flags.manifests
    + Flags.also + Flags.cloud + Flags.output

  static let initialize = CommandSpec(
    "init", summary: "write a first manifest",
    discussion: """
      With --project alone, writes what lives in the project, like `arctl export`, into manifests/. Otherwise, and for a \
      project with nothing in it, writes manifests/registry.yaml: a Stack, a project with its services, a repository, an \
      account and its grant, with comments; it asks on a terminal for what the options do not say, and sends nothing. \
      Overwrites no file.
      """,
    options: Flags.group(
      "Manifest",
      [
        Option("project", .value("ID"), help: "the project; without a terminal it must be given"),
        Option(
          "location", .value("ID"), help: "the location of the repository (default: us-central1)"),
        Option("format", .value("FORMAT"), help: "the format of its packages (default: python)"),
      ]) + exportCloud + Flags.output,
    exitCodes: codes([.success, .unexpected, .invalid, .access, .refused, .declined, .usage]),
    examples: [
      .init("arctl init", "ask for the project, the location and the format"),
      .init("arctl init --project my-project-id", "begin with what lives in the project"),
      .init(
        "arctl init --project my-project-id --location us-east4 --format docker", "ask nothing"),
    ])

  static let plan = CommandSpec(
    "plan", summary: "show what apply would change",
    discussion:
      "Reads the manifests and the live cloud, and prints the difference. Changes nothing.",
    options: Flags.group(
      "Plan",
      [
        Option("out", .value("FILE"), help: "save the plan to FILE", environment: .none),
        Option("detailed-exitcode", help: "exit 2 when there are changes"),
        Option(
          "preflight",
          help: "test the permissions that applying this plan needs; exit 4 if one is missing"),
      ]) + Flags.format + run, operands: paths,
    exitCodes: codes(
      [
        .success, .unexpected, .changes, .invalid, .access, .refused, .keys, .usage, .interrupted,
        .terminated,
      ], success: "success, with or without changes; see --detailed-exitcode"),
    examples: [
      .init("arctl plan", "compare the manifests in ./manifests with the live cloud"),
      .init("arctl plan --sandbox", "compare them with a local server; needs no cloud account"),
      .init("arctl plan --detailed-exitcode --out plan.json", "in CI: exit 2 means changes"),
    ], foreignHints: ForeignCommandHints.options)

  /// The options that approve a plan.
  private static let approval = Flags.group(
    "Approval",
    [
      Option("auto-approve", help: "apply without asking", environment: .none),
      Option(
        "expect", .value("ID"), help: "apply only if the plan still has this id",
        environment: .none),
    ])

  /// `arctl keys rotate`: an apply of single keys.
  static let keysRotate = CommandSpec(
    "keys rotate", summary: "make a new key now; the old one stays valid for its overlap",
    discussion: """
      Plans and applies these keys and what they depend on, as `arctl apply --target ADDRESS --reissue ADDRESS` does: \
      a new key is made and stored at the destination. Later applies disable the old one after `overlap`, and delete it \
      after twice that time.
      """,
    options: approval + Flags.group("Manifests", [ListFlags.paths])
      + Flags.manifests + Flags.also + Flags.cloud + Flags.output,
    operands: Operands(
      "ADDRESS", count: 1...Int.max, help: "the keys: PROJECT/KIND/ACCOUNT/NAME, or globs"),
    exitCodes: codes(Outcome.allCases.filter { $0 != .changes }),
    examples: [
      .init(
        "arctl keys rotate my-project-id/serviceAccountKey/uploader/uploader-key",
        "replace a key before its time")
    ])

  static let apply = CommandSpec(
    "apply", summary: "make the changes that the plan shows",
    discussion: """
      Plans, tests the permissions that the changes need, asks for approval, makes the changes in dependency order, and \
      reads the cloud again to verify them. After a failure, only the operations that depend on the failed one are \
      skipped. Running apply again is always safe.
      """,
    options: approval
      + Flags.group(
        "Approval",
        [
          Option(
            "plan", .value("FILE"),
            help:
              "apply only if the plan is still the one saved in FILE, made with its selection and variables; with --expect "
              + "also with its hazard flags",
            environment: .none)
        ]) + run, operands: paths,
    exitCodes: codes(Outcome.allCases.filter { $0 != .changes }),
    examples: [
      .init("arctl apply", "plan, ask, apply and verify"),
      .init(
        "arctl apply --expect 9c1f4e0b52d07a13 --auto-approve",
        "apply exactly the plan that printed this id"),
      .init(
        "arctl apply --plan plan.json --expect 9c1f4e0b52d07a13 --auto-approve",
        "the same with all options of the saved plan"),
    ], foreignHints: ForeignCommandHints.options)

  static let validate = CommandSpec(
    "validate", summary: "check the manifests without network access",
    discussion: """
      With --also, also checks that this set and the other stacks declare no field of a resource twice, no key twice, and \
      no grants that contradict each other.
      """,
    options: Flags.manifests + Flags.also + Flags.offlineOutput, operands: paths,
    exitCodes: codes([.success, .unexpected, .invalid, .usage]),
    examples: [
      .init("arctl validate team-a --also team-b --also platform", "three stacks over one project")
    ],
    foreignHints: ForeignCommandHints.options
  )

  static let show = CommandSpec(
    "show", summary: "print a saved plan", options: Flags.format + Flags.offlineOutput,
    operands: Operands("FILE", count: 1...1, help: "a plan that `arctl plan --out` saved"),
    exitCodes: codes([.success, .unexpected, .usage]))

  static let explain = CommandSpec(
    "explain", summary: "explain a kind, a field or a diagnostic code",
    discussion: "Without an argument, lists the topics.",
    options: [
      Option("markdown", help: "print Markdown, for documentation", environment: .none)
    ] + Flags.color,
    operands: Operands(
      "TOPIC", count: 0...1, help: "KIND, KIND.FIELD at any depth, a code like AR0104, or `codes`"
    ).offering(ExplainTopic.names),
    exitCodes: codes([.success, .usage]),
    examples: [
      .init("arctl explain Repository", "the fields of a repository"),
      .init("arctl explain Repository.cleanupPolicies.condition", "one field of a repository"),
      .init("arctl explain AR0207", "what a diagnostic means, and what to do"),
    ])

  static let version = CommandSpec("version", summary: "print the version")

  static let completion = CommandSpec(
    "completion", summary: "print the completion script of a shell",
    discussion: "`make install` puts the scripts and the manual page in their places.",
    operands: Operands("SHELL", count: 1...1, help: "bash, zsh or fish").offering(
      CompletedShell.allCases.map(\.rawValue)),
    exitCodes: codes([.success, .usage]),
    examples: [
      .init("source <(arctl completion bash)", "complete commands and options in this shell"),
      .init("arctl completion fish > ~/.config/fish/completions/arctl.fish", "in every fish shell"),
    ])

  static let man = CommandSpec(
    "man", summary: "print the manual page, for man(1)", exitCodes: codes([.success, .usage]),
    examples: [.init("arctl man | man -l -", "read it")])

  static func codes(
    _ outcomes: [Outcome], success: String = Outcome.success.meaning
  ) -> [CommandSpec.Row] {
    outcomes.sorted { $0.code < $1.code }.map {
      .init("\($0.code)", $0 == .success ? success : $0.meaning)
    }
  }
}
