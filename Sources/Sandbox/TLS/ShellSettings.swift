import Diagnostics
import SandboxGitHub
import SandboxWire

/// The settings with which the tools of one shell reach the sandbox under Google's host names, and nothing of Google's:
/// the proxy, the certificates, and the credential. Also in `DIR/tls/env.sh`.
struct ShellSettings {
  /// Such as `http://127.0.0.1:8085`.
  let baseURL: String
  /// Such as `http://127.0.0.1:8443`.
  let proxy: String
  /// The absolute path of the data folder.
  let folder: String

  static let file = "\(LocalAuthority.folder)/env.sh"

  /// What each variable is set to, in order.
  var variables: [(name: String, value: String)] {
    let bundle = "\(folder)/\(LocalAuthority.bundleFile)"
    let owner = "\(folder)/owner.json"
    let direct = "localhost,127.0.0.1,::1"
    return [
      // Both spellings, because tools read one or the other, and the lower one wins where both are set.
      ("HTTPS_PROXY", proxy), ("https_proxy", proxy), ("NO_PROXY", direct), ("no_proxy", direct),
    ]
      + Self.bundleNames.map { ($0, bundle) }
      + [
        ("ARCTL_ENDPOINT", baseURL), ("GOOGLE_APPLICATION_CREDENTIALS", owner),
        // `arctl keyring` answers for Google's package hosts only where this is the proxy to them.
        ("ARCTL_SANDBOX_PROXY", proxy),
        // The GitHub of the sandbox takes this token, and none of GitHub's.
        ("ARCTL_GITHUB_TOKEN", GitHubService.token), ("GH_TOKEN", GitHubService.token),
        ("GITHUB_TOKEN", GitHubService.token),
        // A netrc file has passwords by host name.
        ("NETRC", "/dev/null"),
        ("CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", owner),
        // A folder of its own, so that gcloud finds no account of the user's.
        ("CLOUDSDK_CONFIG", "\(folder)/gcloud"),
      ]
  }

  /// The variables that name a file of roots: OpenSSL and uv, requests, pip, curl, httplib2, gcloud.
  private static let bundleNames = [
    "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "CURL_CA_BUNDLE", "HTTPLIB2_CA_CERTS",
    "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
  ]

  /// Takes away every setting of these tools from the shell: one of them may hold a password for the same host names that was
  /// set for Google, another credential, or another server. The first name is there because zsh refuses `unset` without one.
  private static let unsets =
    [["ARCTL", "CLOUDSDK", "GOOGLE"], ["HATCH", "PDM", "PIP"], ["POETRY", "TWINE", "UV"]].map {
      "unset ARCTL_SANDBOX $(env | grep -oE '^(\($0.joined(separator: "|")))_[A-Z0-9_]+')\n"
    }.joined()

  /// Lines for a shell, for `. FILE` or to paste.
  var text: String {
    let exports = variables.map { "export \($0.name)=\(shellQuoted($0.value))\n" }.joined()
    return Self.unsets + exports
  }
}
