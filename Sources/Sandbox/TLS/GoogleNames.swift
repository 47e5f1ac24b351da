import SandboxAPIs
import SandboxGitHub
import SandboxPackages
import SandboxWire

/// The host names that the sandbox answers for in place of Google, of GitHub's API, and of PyPI if a folder stands for it.
enum GoogleNames {
  /// The names that the front takes and the certificate has. A `*` stands for one label, so regional endpoints need a
  /// name for each location: `artifactregistry.us-central1.rep.googleapis.com`, `python.us-east1.rep.pkg.dev`.
  static func served(withPyPI: Bool) -> ServedNames {
    let regional = Locations.ids.flatMap { ["*.\($0).rep.googleapis.com", "*.\($0).rep.pkg.dev"] }
    return ServedNames(
      ["*.googleapis.com", "*.pkg.dev", GitHubAddress.host] + regional
        + (withPyPI ? PublicIndex.hosts : []),
      summary: "*.googleapis.com and *.pkg.dev and \(GitHubAddress.host)"
        + (withPyPI ? " and \(PublicIndex.hosts.joined(separator: " and "))" : ""))
  }

  /// The domains to which the certificate authority is limited.
  static func domains(withPyPI: Bool) -> [String] {
    ["googleapis.com", "pkg.dev", GitHubAddress.host, "localhost"]
      + (withPyPI ? PublicIndex.hosts : [])
  }
}
