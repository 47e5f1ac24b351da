import JSON

/// The public registries in which anyone can publish a package under a new name, and from which clients choose the highest
/// version.
///
/// Docker Hub is not among them: a client names the tag. Nor are the mirrors of Debian, Ubuntu and the like, whose
/// maintainers choose the packages, nor Go's proxy, whose module names contain a host name.
enum PublicRegistries {
  /// The public registry that a remote repository mirrors: `PyPI`; nil for any other upstream.
  static func name(of config: JSONValue?) -> String? {
    for (field, value) in config?.object ?? [:] {
      if let preset = value["publicRepository"]?.string { return presets[preset] }
      let uri = field == "commonRepository" ? value["uri"] : value["customRepository"]?["uri"]
      if let host = uri?.string.flatMap(host(of:)), let name = hosts[host] { return name }
    }
    return nil
  }

  /// Google's own names for them.
  private static let presets = ["PYPI": "PyPI", "NPMJS": "npmjs", "MAVEN_CENTRAL": "Maven Central"]

  private static let hosts = [
    "pypi.org": "PyPI", "registry.npmjs.org": "npmjs", "registry.yarnpkg.com": "npmjs",
    "repo.maven.apache.org": "Maven Central", "repo1.maven.org": "Maven Central",
    "rubygems.org": "RubyGems",
  ]

  /// The host of an address, without a port.
  static func host(of uri: String) -> String? {
    guard let scheme = uri.firstRange(of: "://") else { return nil }
    return uri[scheme.upperBound...].prefix { $0 != "/" && $0 != ":" }.lowercased()
  }
}
