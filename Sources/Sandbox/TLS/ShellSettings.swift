import Diagnostics
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

  /// The variables that would bring in another credential or another server.
  private static var removed: [String] {
    [
      "ARCTL_ACCESS_TOKEN", "ARCTL_IMPERSONATE_SERVICE_ACCOUNT", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE",
      "CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT", "CLOUDSDK_AUTH_TOKEN_HOST",
      "CLOUDSDK_PROXY_ADDRESS", "CLOUDSDK_PROXY_TYPE", "CLOUDSDK_PROXY_PORT",
      "CLOUDSDK_PROXY_USERNAME", "CLOUDSDK_PROXY_PASSWORD", "CLOUDSDK_PROXY_RDNS",
      "CLOUDSDK_CORE_ACCOUNT", "GOOGLE_CLOUD_QUOTA_PROJECT",
      "GOOGLE_OAUTH_ACCESS_TOKEN", "ARCTL_SANDBOX", "PIP_PROXY",
      // Passwords for the same host names that were set for Google.
      "TWINE_USERNAME", "TWINE_PASSWORD", "TWINE_REPOSITORY_URL", "PIP_INDEX_URL",
      "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL",
      "UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD", "UV_PUBLISH_TOKEN",
    ]
      + API.allCases.filter { $0 != .tokens && $0 != .sandbox }.map {
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_\($0.service.prefix { $0 != "." }.uppercased())"
      }
  }

  /// Lines for a shell, for `. FILE` or to paste.
  var text: String {
    let exports = variables.map { "export \($0.name)=\(shellQuoted($0.value))\n" }.joined()
    return Self.unsets + exports
  }

  /// As many names on a line as fit.
  private static var unsets: String {
    var lines: [String] = []
    for name in removed {
      if let last = lines.last, last.utf8.count + name.utf8.count < 80 {
        lines[lines.count - 1] += " \(name)"
      } else {
        lines.append("unset \(name)")
      }
    }
    return lines.map { "\($0)\n" }.joined()
  }
}
