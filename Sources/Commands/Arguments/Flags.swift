import CommandLine

/// The options of arctl, each once; verbs pick from these groups.
enum Flags {
  /// Which manifests, with which values.
  static let manifests = group(
    "Manifests",
    [
      Option(
        "var", .repeated("NAME=VALUE"), help: "give a variable a value [ARCTL_VAR_<NAME>]",
        environment: .none),
      Option("var-file", .repeated("FILE"), help: "take variables from a YAML file"),
      Option("project", .value("ID"), help: "the project of what names none"),
      Option("location", .value("ID"), help: "the location of what names none"),
      Option(
        "projects", .value("GLOB"), help: "confine every read and write to these projects"),
    ])

  /// Which part of them.
  static let selection = group(
    "Selection",
    [
      Option(
        "target", .repeated("GLOB"), help: "only these addresses, with what they depend on",
        environment: .none),
      Option(
        "exclude", .repeated("GLOB"),
        help:
          "without these addresses and what depends on them; 'POLICY role=R member=M condition=TITLE' leaves out grants",
        environment: .none),
    ])

  /// Where to, and as whom.
  static let cloud = group(
    "Cloud",
    [
      Option(
        "sandbox", .optionalValue("DIR"),
        help: "run against a local arctl-sandbox with its data in DIR (.arctl/sandbox)"),
      Option("endpoint", .value("URL"), help: "use the server at URL: loopback, or https"),
      Option(
        "impersonate-service-account", .value("EMAIL"),
        help: "act as this account; delegates before it, by commas"),
      Option("key-dir", .value("DIR"), help: "where key files are kept"),
      Option("ca-file", .value("FILE"), help: "certificate authorities to trust, as PEM"),
      Option("parallelism", .value("N"), help: "reads in flight at once (64)"),
      Option("write-parallelism", .value("N"), help: "writes in flight at once (10)"),
      Option("timeout", .value("TIME"), help: "the longest that the run may take (30m)"),
    ])

  /// What each hazard needs.
  static let hazards = group(
    "Hazards (ADDRESS is whole, PROJECT/KIND/...; globs need a project; repeatable)",
    [
      hazard("allow-delete", "delete this"),
      hazard("allow-data-loss", "delete this although packages go with it"),
      hazard("allow-replace", "delete and make anew what cannot be changed"),
      hazard("allow-cleanup", "add or widen a cleanup rule that deletes"),
      hazard("allow-lockout", "take away the caller's own right, or the last owners"),
      hazard("allow-privileged", "grant a role that leads to more roles"),
      hazard("allow-public", "grant something to everyone"),
      hazard("reissue", "make another key beside the live one, whose file is kept"),
      Option(
        "max-deletes", .value("N"), help: "deletions of a kind in a project", environment: .none),
      Option(
        "max-removals", .value("N"), help: "members removed from policies", environment: .none),
    ])

  /// Whether it is coloured.
  static let color = group(
    "Output", [Option("color", .value("WHEN"), help: "auto, always or never")])

  /// How it is told, by a verb that makes no request.
  static let offlineOutput =
    color + group("Output", [Option("quiet", short: "q", help: "no progress, no notes")])

  /// How it is told.
  static let output =
    offlineOutput
    + group(
      "Output",
      [Option("verbose", short: "v", help: "trace requests, without bodies or secrets")])

  /// In which form a plan is printed.
  static let format = group(
    "Plan",
    [
      Option("output", .value("FORM"), help: "text, json or markdown"),
      Option("json-into", .value("FILE"), help: "write the plan's JSON into FILE, too"),
      Option("markdown-into", .value("FILE"), help: "write the plan's Markdown into FILE, too"),
      Option(
        "show", .value("WHAT"),
        help: "also list unchanged, ignored or undeclared; several by commas"),
    ])

  private static func hazard(_ name: String, _ help: String) -> Option {
    Option(name, .repeated("ADDRESS"), help: help, environment: .none)
  }

  static func group(_ title: String, _ options: [Option]) -> [Option] {
    options.map { option in
      var option = option
      option.group = title
      return option
    }
  }
}
