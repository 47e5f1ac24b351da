import CommandLine

/// The verbs that there are: their arguments and their help, in one table.
enum CommandTable {
  static let program = Program(
    "arctl", summary: "Google Artifact Registry setup as code", environmentPrefix: "ARCTL_",
    commands: [plan, apply, validate, show, explain, version],
    footer: """
      Options have an environment form, ARCTL_<OPTION>, except those that approve, select or allow a hazard.

      To try it with no cloud account: arctl apply --sandbox
      """, habits: Habits.commands)

  private static let paths = Operands(
    "PATH", count: 0...Int.max, help: "manifest files and folders; `manifests` when none is given")

  private static let run =
    Flags.selection + Flags.hazards + Flags.manifests + Flags.cloud + Flags.output

  static let plan = CommandSpec(
    "plan", summary: "show what would change in the live cloud",
    discussion: "Reads the manifests and the live cloud, prints the difference, writes nothing.",
    options: Flags.group(
      "Plan",
      [
        Option("out", .value("FILE"), help: "save the plan in FILE", environment: .none),
        Option("detailed-exitcode", help: "exit 2 when there are changes"),
      ]) + Flags.format + run, operands: paths,
    exitCodes: codes(
      [
        .success, .unexpected, .changes, .invalid, .access, .refused, .keys, .usage, .interrupted,
        .terminated,
      ], success: "success, with changes or without; see --detailed-exitcode"),
    examples: [
      .init("arctl plan", "the manifests in ./manifests against the live cloud"),
      .init("arctl plan --sandbox", "against a local server, with no cloud account"),
      .init("arctl plan --detailed-exitcode --out plan.json", "in CI: exit 2 means changes"),
    ], habits: Habits.options)

  static let apply = CommandSpec(
    "apply", summary: "make the changes that a plan shows",
    discussion: """
      Plans, asks, carries it out in dependency order, and reads everything again. A failure skips what depends on \
      it and nothing else; running again is always safe.
      """,
    options: Flags.group(
      "Approval",
      [
        Option("auto-approve", help: "do not ask", environment: .none),
        Option(
          "expect", .value("ID"), help: "only if the plan's id is still this one",
          environment: .none),
        Option(
          "plan", .value("FILE"), help: "only if the plan is still the one saved in FILE",
          environment: .none),
      ]) + run, operands: paths,
    exitCodes: codes(Outcome.allCases.filter { $0 != .changes }),
    examples: [
      .init("arctl apply", "plan, ask, apply, verify"),
      .init("arctl apply --expect 9c1f4e0b52d07a13 --auto-approve", "exactly what a plan printed"),
    ], habits: Habits.options)

  static let validate = CommandSpec(
    "validate", summary: "check the manifests, with no network",
    options: Flags.manifests + Flags.offlineOutput, operands: paths,
    exitCodes: codes([.success, .unexpected, .invalid, .usage]), habits: Habits.options)

  static let show = CommandSpec(
    "show", summary: "print a saved plan", options: Flags.format + Flags.offlineOutput,
    operands: Operands("FILE", count: 1...1, help: "what `arctl plan --out` wrote"),
    exitCodes: codes([.success, .unexpected, .usage]))

  static let explain = CommandSpec(
    "explain", summary: "explain a kind, a field or a diagnostic's code",
    discussion: "Without an argument: what there is to be explained.",
    options: [
      Option("markdown", help: "as Markdown, for documentation", environment: .none)
    ] + Flags.color,
    operands: Operands(
      "TOPIC", count: 0...1, help: "KIND, KIND.FIELD at any depth, a code like AR0104, or `codes`"),
    exitCodes: codes([.success, .usage]),
    examples: [
      .init("arctl explain Repository", "the fields of a repository"),
      .init("arctl explain Repository.cleanupPolicies.condition", "one field of it"),
      .init("arctl explain AR0207", "what a diagnostic means, and what to do"),
    ])

  static let version = CommandSpec("version", summary: "print the version")

  private static func codes(
    _ outcomes: [Outcome], success: String = Outcome.success.meaning
  ) -> [CommandSpec.Row] {
    outcomes.sorted { $0.code < $1.code }.map {
      .init("\($0.code)", $0 == .success ? success : $0.meaning)
    }
  }
}
