import CommandLine
import Model

/// `arctl drift`.
extension CommandTable {
  static let drift = CommandSpec(
    "drift", summary: "check in CI what changed without the manifests",
    discussion: """
      Compares like `plan`, and looks further: in all locations, in the policies of all declared resources and of all that \
      it finds, and for the keys of all declared accounts. Writes nothing, needs permissions to read only, and never exits \
      with 5 or 9: what a guard would refuse is drift.
      """,
    options: Flags.group(
      "Drift",
      [
        Option(
          "fail-on", .value("CAUSES"),
          help: "exit 2 for these, separated by commas: \(DriftFlags.causes)", environment: .none
        ),
        Option(
          "baseline", .value("FILE"),
          help: "do not report the undeclared things that FILE accepts for now",
          environment: .none),
        Option(
          "write-baseline", .value("FILE"),
          help:
            "write a baseline of what is undeclared, without public and privileged grants",
          environment: .none),
        Option(
          "accept", .repeated("ADDRESS"),
          help:
            "with --write-baseline: also the public and privileged grants of this policy, or one of them ('ADDRESS "
            + "role=R member=M')", environment: .none),
        Option(
          "look-in", .value("WHERE"),
          help: "where to look for repositories: `all` locations (default), or the `declared` ones",
          environment: .none),
      ]) + Flags.format + Flags.selection + Flags.sinceAlone + Flags.manifests + Flags.also
      + ListFlags.cloud + Flags.output,
    operands: paths,
    exitCodes: codes([
      .success, .unexpected, .changes, .invalid, .access, .usage, .interrupted, .hungUp,
      .terminated,
    ]).map {
      switch $0.left {
      case "0": .init("0", "no drift for which --fail-on asks")
      case "2": .init("2", "drift for which --fail-on asks")
      case "3": .init("3", "invalid manifests or an invalid baseline; no request was sent")
      case "4":
        .init("4", "no credentials, no permission or something unreadable: not all drift is known")
      default: $0
      }
    },
    examples: [
      .init("arctl drift", "fail for anything that differs or that no manifest declares"),
      .init(
        "arctl drift --fail-on public,privileged,changed,missing",
        "let other undeclared things pass"),
      .init(
        "arctl drift --write-baseline baseline.yaml",
        "accept what is there now, for 90 days; give each entry its reason"),
      .init(
        "arctl drift --baseline baseline.yaml --markdown-into drift.md",
        "a nightly job that opens an issue"),
    ], foreignHints: ForeignCommandHints.options)
}

private enum DriftFlags {
  static let causes =
    Drift.Cause.allCases.map(\.rawValue).joined(separator: ",") + " (default: all but expiring)"
}
