import CommandLine
import Kinds
import Resources

/// The commands that list what is live: `arctl ls` with one command for each list, and `arctl keys list`.
extension CommandTable {
  /// A list and its command.
  struct List: Sendable {
    /// As `ListReader` knows it: `repositories`.
    let name: String
    let spec: CommandSpec
    /// Whether keys are listed only of declared accounts.
    var isDeclaredOnly = false
  }

  static let lists =
    ListReader.lists(of: Kinds.catalog).map {
      List(name: $0.name, spec: spec("ls \($0.name)", of: $0.name, summary: $0.summary))
    } + [List(name: "keys", spec: keysList, isDeclaredOnly: true)]

  /// The commands with their groups, in the order of the help.
  static let listCommands =
    [ls] + lists.filter { !$0.isDeclaredOnly }.map(\.spec)
    + [keys] + lists.filter(\.isDeclaredOnly).map(\.spec) + [keysRotate] + keyCommands

  private static let ls = CommandSpec(
    "ls", summary: "list what is live: repositories, packages, accounts, keys, grants",
    discussion: """
      Reads the live state of all declared projects at once, or of the projects that --project names, and prints a \
      table. Changes nothing.
      """,
    examples: [
      .init("arctl ls repositories --sort -size", "the largest repositories first"),
      .init("arctl ls versions my-python-libraries 'greetings/*'", "the versions of a package"),
      .init("arctl ls keys --sort -age", "every user-managed key, the oldest first"),
      .init("arctl ls grants --member ana@example.com", "the grants that name a person"),
    ])

  private static let keys = CommandSpec(
    "keys", summary: "the keys of declared accounts",
    examples: [
      .init("arctl keys list --sort expires", "the next key to expire first"),
      .init("arctl keys revoke ACCOUNT/KEYID", "a key that leaked"),
    ])

  private static let keysList = spec(
    "keys list", of: "keys", summary: "list every user-managed key of the declared accounts",
    discussion: """
      `declared` says whether a ServiceAccountKey document claims the key: `unknown` if its file may be on another \
      machine. `where` is its file on this machine. `arctl ls keys` also lists the keys of undeclared accounts.
      """)

  private static func spec(
    _ command: String, of name: String, summary: String, discussion: String = ""
  ) -> CommandSpec {
    let isInside = ListReader.container(of: name, kinds: Kinds.catalog) != nil
    let isAboutGrants = name == ListReader.grantsName
    let operands =
      isInside
      ? Operands(
        "REPOSITORY [PATTERN]", count: 0...2,
        help:
          "a declared repository, an address, a full name or a glob over the declared ones (default: all of them); then "
          + "a glob over the names in it, such as 'requests/*'")
      : Operands("PATTERN", count: 0...1, help: pattern(of: name))
    return CommandSpec(
      command, summary: summary,
      discussion: isAboutGrants
        ? "Lists what the policies say. What a member has through groups, allUsers, folders or the organisation is not "
          + "in them." : discussion,
      options: (isAboutGrants ? ListFlags.grants : []) + ListFlags.list + ListFlags.manifests
        + ListFlags.cloud + Flags.output,
      operands: operands,
      exitCodes: codes([
        .success, .unexpected, .invalid, .access, .usage, .interrupted, .hungUp, .terminated,
      ]).map {
        switch $0.left {
        case "1" where isInside: .init("1", "unexpected error, or REPOSITORY does not exist")
        case "3":
          .init("3", "invalid manifests, or arguments that match nothing")
        case "4":
          .init("4", "no credentials, no permission, or a list that could not be read in full")
        default: $0
        }
      }, foreignHints: ForeignCommandHints.lists)
  }

  private static func pattern(of name: String) -> String {
    name == ListReader.grantsName
      ? "only policies whose address, or that of their resource, matches this glob"
      : "only those whose address, with or without its project, matches this glob"
  }
}

/// The options of `arctl ls`.
enum ListFlags {
  static let grants = Flags.group(
    "Grants",
    [
      Option(
        "member", .value("MEMBER"),
        help:
          "only this member: user:ana@example.com, ana@example.com, serviceAccount:uploader, or a glob",
        environment: .none),
      Option(
        "role", .value("ROLE"),
        help: "only this role: roles/artifactregistry.reader, artifactregistry.reader, or a glob",
        environment: .none),
    ])

  static let list = Flags.group(
    "List",
    [
      Option(
        "sort", .value("COLUMN"), help: "sort by this column; with - before it, the greatest first",
        environment: .none),
      Option("limit", .value("N"), help: "print at most N lines", environment: .none),
      Option("output", .value("FORM"), help: "form of the list: text or json"),
      Option(
        "look-in", .value("WHERE"),
        help:
          "where to look for repositories: `all` locations (default), or the `declared` ones, which is quicker",
        environment: .none),
    ])

  /// Those of plans, except that manifests are not operands, and that projects can be named.
  /// Where the manifests are, for commands with other operands.
  static let paths = Option(
    "manifests", .repeated("PATH"),
    help: "manifest files and folders; default: the folder `manifests`")

  static let manifests =
    Flags.group(
      "Manifests",
      [
        paths,
        Option(
          "project", .repeated("ID"),
          help: "list this project instead of the declared ones; needs no manifests"),
        Option("projects", .value("GLOB"), help: "limit the list to these projects"),
        Option(
          "location", .value("ID"),
          help: "look only here; the default location for documents that set none"),
      ]) + Flags.manifests.filter { $0.name.hasPrefix("var") }

  static let cloud = Flags.cloud.filter { $0.name != "write-parallelism" }
}

extension ForeignCommandHints {
  /// Options of `ls`.
  static let lists: [CommandSpec.Row] = [
    .init("-o --json --format", "`--output json` prints a list as JSON"),
    .init("--sort-by", "write `--sort COLUMN`"),
    .init("--filter", "write a glob as the last argument"),
    .init("--region", "write `--location`"),
  ]
}
