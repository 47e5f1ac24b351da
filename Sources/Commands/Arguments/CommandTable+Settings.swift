import CommandLine
import Kinds

extension CommandTable {
  static let settings = CommandSpec(
    "settings", summary: "print what a client needs to use a repository",
    discussion: """
      Prints files and commands for one tool: pip, twine, uv, docker, npm and others. Without --tool, lists the tools of each \
      repository. Reads the manifests only and sends nothing. What it prints holds no secret: it says where the client finds \
      its credential when it runs.
      """,
    options: Flags.group(
      "Settings",
      [
        Option("tool", .value("TOOL"), help: "the program that uses the repository").offering(
          ClientTools.names),
        Option(
          "auth", .value("METHOD"),
          help:
            "keyring: a program answers with a token; env: a variable holds a token; key: the file of a key is read when the client runs; federation: a CI system's own token is exchanged"
        ).offering(AuthMethod.allCases.map(\.rawValue)),
        Option(
          "account", .value("ACCOUNT"),
          help: "the service account that the client uses: id, address or e-mail"),
        Option(
          "repository-format", .value("FORMAT"),
          help:
            "the format of a repository that no manifest declares, given as projects/P/locations/L/repositories/ID"
        ),
        Option(
          "extra-index",
          help: "put the index beside the public one; read the warning about dependency confusion",
          environment: .none),
        Option("output", .value("FORM"), help: "text or json").offering(["text", "json"]),
      ])
      + Flags.group(
        "Federation",
        [
          Option(
            "pool", .value("POOL"),
            help: "the workload identity pool: id or address; not needed if only one provider fits",
            environment: .none),
          Option(
            "provider", .value("PROVIDER"),
            help: "the provider in the pool: id, address or full name", environment: .none),
          Option(
            "project-number", .value("NUMBER"),
            help: "the number of the pool's project, which manifests do not hold",
            environment: .none),
          Option(
            "token-file", .value("FILE"),
            help: "credential-config: the file in which programs find the issuer's token",
            environment: .none),
          Option(
            "token-url", .value("URL"),
            help: "credential-config: the server that answers programs with the issuer's token",
            environment: .none),
          Option(
            "token-field", .value("NAME"),
            help:
              "credential-config: the member that holds the token, if the file or the answer is JSON",
            environment: .none),
        ])
      + Flags.group(
        "Files",
        [
          Option(
            "write", .value("DIR"),
            help: "write the files into DIR (mode 0600), and print only the commands",
            environment: .none),
          Option(
            "overwrite", help: "replace files that arctl did not write, and keep them as backups",
            environment: .none),
        ])
      + Flags.group(
        "Manifests",
        [
          Option(
            "manifests", .repeated("PATH"),
            help: "a manifest file or folder (default: the folder `manifests`)")
        ]) + Flags.manifests
      + Flags.cloud.filter { ["sandbox", "endpoint", "key-dir"].contains($0.name) }.map(
        Self.offline)
      + Flags.offlineOutput,
    operands: Operands(
      "REPOSITORY", count: 0...1,
      help: "id, address or full name; not needed if only one repository fits the tool"),
    exitCodes: codes([.success, .unexpected, .invalid, .refused, .usage]),
    examples: [
      .init("arctl settings", "list the tools of each repository"),
      .init(
        "arctl settings python-packages --tool pip",
        "install with a token of the current credential"),
      .init(
        "arctl settings python-packages --tool twine --auth key --account publisher",
        "publish with the key of a declared account"),
      .init(
        "arctl settings python-packages --tool github-actions --auth federation --account publisher",
        "a workflow that publishes without a key"),
      .init(
        "arctl settings --tool credential-config --pool workflows",
        "the file by which programs sign in without a key"),
      .init(
        "arctl settings python-packages --tool uv --sandbox",
        "the same for the sandbox in .arctl/sandbox"),
    ])

  /// The help of an option for a command that only prints addresses.
  private static func offline(_ option: Option) -> Option {
    var option = option
    switch option.name {
    case "sandbox":
      option.help =
        "print the addresses of the sandbox in DIR (default: .arctl/sandbox), which must run"
    case "endpoint": option.help = "print the addresses of the sandbox at URL"
    default: break
    }
    return option
  }
}
