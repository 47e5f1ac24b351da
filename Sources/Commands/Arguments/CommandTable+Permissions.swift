import CommandLine
import Resources

/// The commands about permissions: `arctl permissions` with one command for each kind of run.
extension CommandTable {
  /// The command of each kind of run.
  static let permissionVerbs: [(verb: RunRights.Verb, spec: CommandSpec)] = RunRights.Verb.allCases
    .map { ($0, spec($0)) }

  /// The group, then its commands.
  static let permissionCommands = [permissions] + permissionVerbs.map(\.spec)

  private static let permissions = CommandSpec(
    "permissions", summary: "print the permissions that a run needs",
    discussion: """
      Prints exactly the permissions that a run needs for these manifests, for each project, and the narrowest predefined \
      roles with them. Reads the manifests only and sends nothing.
      """,
    examples: [
      .init("arctl permissions plan", "what an account needs that plans in CI"),
      .init("arctl permissions apply --output manifest", "a custom role of exactly these"),
    ])

  private static func spec(_ verb: RunRights.Verb) -> CommandSpec {
    CommandSpec(
      "permissions \(verb.rawValue)", summary: summary(verb),
      discussion: """
        Each permission has the resources on which Google checks it: a grant there suffices, and one on the project covers \
        all of them. A role that has more than these manifests need is shown with the number of its further permissions.
        """,
      options: Flags.group(
        "Permissions",
        [
          Option(
            "output", .value("FORM"),
            help: "form of the answer: text, json, or a manifest with a Role for each project",
            environment: .none
          ).offering(PermissionsVerb.Form.allCases.map(\.rawValue))
        ]) + Flags.manifests + Flags.offlineOutput,
      operands: Operands(
        "PATH", count: 0...Int.max,
        help: "manifest files and folders; default: the folder `manifests`"),
      exitCodes: codes([.success, .unexpected, .invalid, .usage]))
  }

  private static func summary(_ verb: RunRights.Verb) -> String {
    switch verb {
    case .plan: "print what `arctl plan` needs: permissions to read"
    case .apply: "print what `arctl apply` needs: permissions to read and to write"
    case .drift: "print what a search for drift needs: permissions to read, in all locations"
    }
  }
}
