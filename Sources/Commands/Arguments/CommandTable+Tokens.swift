import CommandLine

/// The commands about the credential: `token`, `whoami`, and the protocols of Docker and of keyrings.
extension CommandTable {
  static let tokens = [token, whoami, dockerCredential, keyring]

  static let token = CommandSpec(
    "token", summary: "print a short-lived access token",
    discussion: """
      Prints an access token of the credential that `arctl whoami` names, with which clients sign in as the user \
      oauth2accesstoken. Google's tokens are valid for an hour.

      Standard output is nothing but the token. Keep it out of files that others can read, and out of command lines.
      """,
    options: Flags.group(
      "Token",
      [
        Option(
          "as", .value("ACCOUNT"),
          help:
            "act as this service account: its name in the manifests, or its e-mail",
          environment: .none
        ),
        Option(
          "output", .value("FORM"),
          help:
            "form of the token: text, json, or netrc with the hosts of the declared repositories",
          environment: .none),
      ]) + Flags.manifests + cloud + Flags.output,
    operands: Operands(
      "PATH", count: 0...Int.max,
      help:
        "manifest files and folders, for --as with a name and for netrc; default: the folder `manifests`"
    ),
    exitCodes: codes([
      .success, .unexpected, .invalid, .access, .usage, .interrupted, .terminated,
    ]).map { $0.left == "4" ? .init("4", "no credentials, or no token for them") : $0 },
    examples: [
      .init(
        "TWINE_PASSWORD=$(arctl token) twine upload --repository-url URL -u oauth2accesstoken dist/*",
        "publish a Python package"),
      .init("arctl token --as uploader", "a token of a declared account, by impersonation"),
      .init("arctl token --output netrc > netrc", "for clients that read a netrc file"),
    ])

  static let whoami = CommandSpec(
    "whoami", summary: "print which credential arctl uses",
    discussion:
      "Prints the account, the type of the credential and where it was found. Reads files and the environment only, and "
      + "asks the metadata server if there is no other credential.",
    options: Flags.group(
      "Credential",
      [
        Option(
          "output", .value("FORM"), help: "form of the answer: text or json", environment: .none)
      ]) + cloud + Flags.output,
    exitCodes: codes([.success, .unexpected, .access, .usage, .interrupted, .terminated]).map {
      $0.left == "4" ? .init("4", "no credentials") : $0
    })

  static let dockerCredential = CommandSpec(
    "docker-credential", summary: "answer Docker's requests for credentials",
    discussion: """
      Docker's protocol for credential helpers. A link to arctl with the name docker-credential-arctl in PATH, and \
      {"credHelpers": {"us-east4-docker.pkg.dev": "arctl"}} in ~/.docker/config.json, let Docker use it.

      get reads the server from standard input and prints a token for it, or that it has none. list prints the servers. \
      store and erase are refused: arctl stores no passwords.
      """,
    options: helperCloud + Flags.output,
    operands: Operands("ACTION", count: 1...1, help: "get, list, store or erase"),
    exitCodes: [
      .init("0", "success"),
      .init(
        "1", "not a server of Artifact Registry, no token, or refused; standard output says which"),
      .init("64", "invalid usage"),
    ])

  static let keyring = CommandSpec(
    "keyring", summary: "answer the requests of pip and uv for credentials",
    discussion: """
      The protocol of the program keyring, which pip and uv run with --keyring-provider subprocess. A link to arctl with \
      the name keyring in PATH lets them use it.

      get prints a token for a package server of Artifact Registry. For every other server, the next keyring in PATH \
      answers. set and del are refused: arctl stores no passwords.
      """,
    options: Flags.group(
      "Keyring",
      [
        Option(
          "mode", .value("MODE"), help: "print the `password`, or user name and password: `creds`",
          environment: .none),
        Option(
          "output", .value("FORM"), help: "form of the answer: plain or json", environment: .none),
      ]) + helperCloud + Flags.output,
    operands: Operands(
      "WORD", count: 0...3, help: "get URL USER: the server, and oauth2accesstoken"),
    exitCodes: [
      .init("0", "success"),
      .init("1", "no token, refused, or no other keyring in PATH; standard error says which"),
      .init("64", "invalid usage"),
    ],
    examples: [
      .init("ln -s \"$(command -v arctl)\" ~/.local/bin/keyring", "let pip and uv find it"),
      .init(
        "arctl keyring get https://us-east4-python.pkg.dev/ oauth2accesstoken", "what they run"),
    ])

  /// Options for the server and the credential.
  static let cloud = Flags.cloud.filter {
    [
      "sandbox", "endpoint", "impersonate-service-account", "ca-file", "allow-local-proxy",
      "timeout",
    ].contains($0.name)
  }
  /// A client asks about a server that runs already.
  private static let helperCloud = cloud.filter { $0.name != "sandbox" }
}
