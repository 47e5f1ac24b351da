import Testing

@testable import Commands

/// The help of the commands about tokens, to the byte.
@Suite struct TokenHelpTests {
  @Test(arguments: [("token", token), ("keyring", keyring), ("docker-credential", docker)])
  func helpIsGolden(_ command: String, _ page: String) async {
    let context = TestContext()
    #expect(await context.run(command, "--help") == .success)
    #expect(context.console.output == page)
  }

  static let token = """
    arctl token: print a short-lived access token

    Usage: arctl token [OPTION...] [PATH...]

    Prints an access token of the credential that `arctl whoami` names, with which
    clients sign in as the user oauth2accesstoken. Google's tokens are valid for an
    hour.

    Standard output is nothing but the token. Keep it out of files that others can
    read, and out of command lines.

    Arguments:
      PATH  manifest files and folders, for --as with a name and for netrc; default:
            the folder `manifests`

    Token:
          --as ACCOUNT   act as this service account: its name in the manifests, or
                         its e-mail
          --output FORM  form of the token: text, json, or netrc with the hosts of
                         the declared repositories

    Manifests:
          --var NAME=VALUE...  set a variable [ARCTL_VAR_<NAME>]
          --var-file FILE...   read variables from a YAML file [ARCTL_VAR_FILE]
          --project ID         default project for documents that set none
                               [ARCTL_PROJECT]
          --location ID        default location for documents that set none
                               [ARCTL_LOCATION]
          --projects GLOB      limit all reads and writes to these projects
                               [ARCTL_PROJECTS]

    Cloud:
          --sandbox[=DIR]      start a local arctl-sandbox and use it; its data is
                               in DIR (default: .arctl/sandbox) [ARCTL_SANDBOX]
          --endpoint URL       use the server at URL: https, or a loopback address
                               [ARCTL_ENDPOINT]
          --impersonate-service-account EMAIL
                               act as this service account; EMAIL,DELEGATE,... goes
                               through delegates [ARCTL_IMPERSONATE_SERVICE_ACCOUNT]
          --ca-file FILE       PEM file of certificate authorities to trust
                               [ARCTL_CA_FILE]
          --allow-local-proxy  send credentials through a proxy on this machine,
                               which could be a sandbox
          --timeout TIME       maximum duration of the run (default: 30m)
                               [ARCTL_TIMEOUT]

    Output:
          --color WHEN  use colours: auto, always or never [ARCTL_COLOR]
      -q, --quiet       print no progress and no notes [ARCTL_QUIET]
      -v, --verbose     print each request, without bodies and secrets
                        [ARCTL_VERBOSE]

    Other options:
      -h, --help  print this help

    Exit codes:
      0    success
      1    unexpected error
      3    invalid manifests; no request was sent
      4    no credentials, or no token for them
      64   invalid usage
      130  interrupted (SIGINT), after finishing operations in flight
      143  terminated (SIGTERM), after finishing operations in flight

    Examples:
      # publish a Python package
      TWINE_PASSWORD=$(arctl token) twine upload --repository-url URL -u oauth2accesstoken dist/*
      # a token of a declared account, by impersonation
      arctl token --as uploader
      # for clients that read a netrc file
      arctl token --output netrc > netrc

    """

  static let keyring = """
    arctl keyring: answer the requests of pip and uv for credentials

    Usage: arctl keyring [OPTION...] [WORD...]

    The protocol of the program keyring, which pip and uv run with
    --keyring-provider subprocess. A link to arctl with the name keyring in PATH
    lets them use it.

    get prints a token for a package server of Artifact Registry. For every other
    server, the next keyring in PATH answers. set and del are refused: arctl stores
    no passwords.

    Arguments:
      WORD  get URL USER: the server, and oauth2accesstoken

    Keyring:
          --mode MODE    print the `password`, or user name and password: `creds`
          --output FORM  form of the answer: plain or json

    Cloud:
          --endpoint URL       use the server at URL: https, or a loopback address
                               [ARCTL_ENDPOINT]
          --impersonate-service-account EMAIL
                               act as this service account; EMAIL,DELEGATE,... goes
                               through delegates [ARCTL_IMPERSONATE_SERVICE_ACCOUNT]
          --ca-file FILE       PEM file of certificate authorities to trust
                               [ARCTL_CA_FILE]
          --allow-local-proxy  send credentials through a proxy on this machine,
                               which could be a sandbox
          --timeout TIME       maximum duration of the run (default: 30m)
                               [ARCTL_TIMEOUT]

    Output:
          --color WHEN  use colours: auto, always or never [ARCTL_COLOR]
      -q, --quiet       print no progress and no notes [ARCTL_QUIET]
      -v, --verbose     print each request, without bodies and secrets
                        [ARCTL_VERBOSE]

    Other options:
      -h, --help  print this help

    Exit codes:
      0   success
      1   no token, refused, or no other keyring in PATH; standard error says which
      64  invalid usage

    Examples:
      # let pip and uv find it
      ln -s "$(command -v arctl)" ~/.local/bin/keyring
      # what they run
      arctl keyring get https://us-east4-python.pkg.dev/ oauth2accesstoken

    """

  static let docker = """
    arctl docker-credential: answer Docker's requests for credentials

    Usage: arctl docker-credential [OPTION...] ACTION

    Docker's protocol for credential helpers. A link to arctl with the name
    docker-credential-arctl in PATH, and {"credHelpers": {"us-east4-docker.pkg.dev":
    "arctl"}} in ~/.docker/config.json, let Docker use it.

    get reads the server from standard input and prints a token for it, or that it
    has none. list prints the servers. store and erase are refused: arctl stores no
    passwords.

    Arguments:
      ACTION  get, list, store or erase

    Cloud:
          --endpoint URL       use the server at URL: https, or a loopback address
                               [ARCTL_ENDPOINT]
          --impersonate-service-account EMAIL
                               act as this service account; EMAIL,DELEGATE,... goes
                               through delegates [ARCTL_IMPERSONATE_SERVICE_ACCOUNT]
          --ca-file FILE       PEM file of certificate authorities to trust
                               [ARCTL_CA_FILE]
          --allow-local-proxy  send credentials through a proxy on this machine,
                               which could be a sandbox
          --timeout TIME       maximum duration of the run (default: 30m)
                               [ARCTL_TIMEOUT]

    Output:
          --color WHEN  use colours: auto, always or never [ARCTL_COLOR]
      -q, --quiet       print no progress and no notes [ARCTL_QUIET]
      -v, --verbose     print each request, without bodies and secrets
                        [ARCTL_VERBOSE]

    Other options:
      -h, --help  print this help

    Exit codes:
      0   success
      1   not a server of Artifact Registry, no token, or refused; standard output
          says which
      64  invalid usage

    """
}
