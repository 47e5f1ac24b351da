import CommandLine

/// All options of arctl, in the groups that commands combine.
enum Flags {
  /// Options for the manifests and the values in them.
  static let manifests = group(
    "Manifests",
    [
      Option(
        "var", .repeated("NAME=VALUE"), help: "set a variable [ARCTL_VAR_<NAME>]",
        environment: .none),
      Option("var-file", .repeated("FILE"), help: "read variables from a YAML file"),
      Option("project", .value("ID"), help: "default project for documents that set none"),
      Option(
        "location", .value("ID"), help: "default location for documents that set none"),
      Option(
        "projects", .value("GLOB"), help: "limit all reads and writes to these projects"),
    ])

  /// The option for other stacks beside these manifests.
  static let also = group(
    "Manifests",
    [
      Option(
        "also", .repeated("PATH"),
        help:
          "another stack's manifests, as context: what they declare is not undeclared, and is never changed"
      )
    ])

  /// Options that select a part of the set.
  static let selection = group(
    "Selection",
    [
      Option(
        "target", .repeated("GLOB"), help: "plan only these addresses and what they depend on",
        environment: .none),
      Option(
        "exclude", .repeated("GLOB"),
        help:
          "leave out these addresses and what depends on them; 'POLICY role=R member=M condition=TITLE' leaves out grants",
        environment: .none),
    ])

  /// Options for the comparison with an earlier commit.
  static let since =
    sinceAlone
    + group(
      sinceTitle,
      [Option("prune", help: "remove it, under all guards; needs --since", environment: .none)])

  /// The same for a command that changes nothing.
  static let sinceAlone = group(
    sinceTitle,
    [
      Option(
        "since", .value("REF"),
        help:
          "show what the manifests declared at this commit and no longer declare; `auto`: since the last apply or the branch",
        environment: .none)
    ])

  private static let sinceTitle = "What left the manifests"

  /// Options for the server, the credential and the connections.
  static let cloud = group(
    "Cloud",
    [
      Option(
        "sandbox", .optionalValue("DIR"),
        help: "start a local arctl-sandbox and use it; its data is in DIR (default: .arctl/sandbox)"
      ),
      Option(
        "endpoint", .value("URL"), help: "use the server at URL: https, or a loopback address"),
      Option(
        "impersonate-service-account", .value("EMAIL"),
        help: "act as this service account; EMAIL,DELEGATE,... goes through delegates"),
      Option("key-dir", .value("DIR"), help: "folder for key files"),
      Option("ca-file", .value("FILE"), help: "PEM file of certificate authorities to trust"),
      Option(
        "allow-local-proxy", .flag,
        help: "send credentials through a proxy on this machine, which could be a sandbox",
        environment: .none),
      Option("parallelism", .value("N"), help: "concurrent reads (default: 64)"),
      Option("write-parallelism", .value("N"), help: "concurrent writes (default: 10)"),
      Option("timeout", .value("TIME"), help: "maximum duration of the run (default: 30m)"),
    ])

  /// Options that allow one hazard each.
  static let hazards = group(
    "Hazards (repeatable; ADDRESS: PROJECT/KIND/..., or a glob with a project)",
    [
      hazard("allow-delete", "delete this resource"),
      hazard("allow-data-loss", "delete this resource with everything in it"),
      hazard("allow-replace", "delete and recreate this resource if a field is immutable"),
      hazard("allow-cleanup", "let a cleanup policy delete more packages"),
      hazard(
        "allow-lockout",
        "remove your own right to set the policy or your way to sign in, or all owners but one"),
      hazard("allow-privileged", "grant a role whose holder can get more roles"),
      hazard("allow-public", "grant a role to everyone"),
      hazard("reissue", "create a new key; the live key and its file are kept"),
      Option(
        "max-deletes", .value("N"), help: "allow N deletions per kind and project",
        environment: .none),
      Option(
        "max-removals", .value("N"), help: "allow N members to be removed from policies",
        environment: .none),
    ])

  /// Options for approvals of refused rows.
  static let approvals = group(
    "Approvals",
    [
      Option(
        "approvals", .value("FILE"),
        help: "a file of entries that allow one guard for one row each, by the row's digest",
        environment: .none),
      Option(
        "approvals-from", .value("REF"),
        help: "read that file as it is in git at REF, such as the protected branch",
        environment: .none),
    ])

  /// When output is coloured.
  static let color = group(
    "Output",
    [
      Option("color", .value("WHEN"), help: "use colours: auto, always or never").offering(
        Terminal.ColorChoice.allCases.map(\.rawValue))
    ])

  /// Output options of commands that make no request.
  static let offlineOutput =
    color + group("Output", [Option("quiet", short: "q", help: "print no progress and no notes")])

  /// Output options of commands that make requests.
  static let output =
    offlineOutput
    + group(
      "Output",
      [Option("verbose", short: "v", help: "print each request, without bodies and secrets")])

  /// The forms in which a plan is printed.
  static let format = group(
    "Plan",
    [
      Option("output", .value("FORM"), help: "form of the plan: text, json or markdown").offering(
        PlanFormat.Form.allCases.map(\.rawValue)),
      Option("json-into", .value("FILE"), help: "also write the plan as JSON to FILE"),
      Option("markdown-into", .value("FILE"), help: "also write the plan as Markdown to FILE"),
      Option(
        "show", .value("WHAT"),
        help: "also list: unchanged, ignored, undeclared; separated by commas"),
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
