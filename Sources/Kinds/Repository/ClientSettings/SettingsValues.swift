import Diagnostics

extension SettingsRequest {
  /// The values of the places in templates. All but the path of the key consist of checked names.
  var values: [String: String] {
    let target = target ?? install
    var values = [
      "SCHEME": scheme, "HOST": host(of: install), "PROJECT": install.project,
      "LOCATION": install.location, "NAME": name(of: install), "ID": install.id,
      "ENV": Self.variable(name(of: install)),
      "INSTALL": base(of: install) + "/", "INSTALL_BARE": base(of: install),
      "PUBLISH": base(of: target) + "/", "PUBLISH_BARE": base(of: target),
      "PUBLISH_NAME": name(of: target), "PUBLISH_ID": target.id,
      "IMAGES": images(of: install), "PUBLISH_IMAGES": images(of: target),
      "PUBLISH_URL": publishes ? "publish-url = \"\(scheme)://\(base(of: target))/\"" : "",
      "YARN_PUBLISH": publishes
        ? "    npmPublishRegistry: \"\(scheme)://\(base(of: target))/\"" : "",
      "VERIFY": scheme == "https" ? "true" : "false",
      "INDEX_OPTION": isExtraIndex ? "extra-index-url" : "index-url",
      "INDEX_VARIABLE": isExtraIndex ? "PIP_EXTRA_INDEX_URL" : "PIP_INDEX_URL",
      "SCOPE": "@SCOPE", "SCOPE_NAME": "SCOPE", "MAVEN_SCHEME": mavenScheme,
      "DISTRIBUTION": distribution,
      "MAVEN_PUBLISH": publishes ? "  id \"maven-publish\"" : "",
      "RELEASES": "\(install.versionPolicy != "SNAPSHOT")",
      "SNAPSHOTS": "\(install.versionPolicy != "RELEASE")",
      "KEY_PATH": keyFile ?? "KEY_FILE", "KEY_FILE": keyFile.map(shellQuoted) ?? "KEY_FILE",
      "SECRET": storedSecret ?? "GOOGLE_CREDENTIALS",
      "USER": method == .key ? "_json_key_base64" : "oauth2accesstoken",
    ]
    values["PASSWORD"] = password(for: install, values)
    values["PUBLISH_PASSWORD"] = password(for: target, values)
    if let federation { values.merge(federation.values) { _, new in new } }
    return values
  }

  /// The command whose output is the password. It runs when the client runs, so no secret is in a file.
  private func password(for place: RepositoryPlace, _ values: [String: String]) -> String {
    switch method {
    case .keyring: "$(arctl keyring get \(scheme)://\(base(of: place))/ oauth2accesstoken)"
    // Of the credential file that GOOGLE_APPLICATION_CREDENTIALS names.
    case .env, .federation: "$(arctl token)"
    case .key: "$(base64 -w0 \(values["KEY_FILE"] ?? "KEY_FILE"))"
    }
  }

  private var scheme: String { endpoint?.hasPrefix("http://") == true ? "http" : "https" }
  private var mavenScheme: String { method == .keyring ? "artifactregistry" : scheme }

  /// Where Maven publishes snapshots and releases to.
  private var distribution: String {
    func block(_ name: String, _ place: RepositoryPlace) -> String {
      """
          <\(name)>
            <id>artifact-registry</id>
            <url>\(mavenScheme)://\(base(of: place))</url>
          </\(name)>
      """
    }
    let blocks = [
      publishSnapshots.map { block("snapshotRepository", $0) },
      publish.map { block("repository", $0) },
    ].compactMap { $0 }
    guard !blocks.isEmpty else { return "" }
    return
      "  <distributionManagement>\n\(blocks.joined(separator: "\n"))\n  </distributionManagement>\n"
  }

  /// The name of a repository in the files of clients: its id, unless a client gives that name a meaning of its own
  /// (docs/settings.md#names).
  private func name(of place: RepositoryPlace) -> String {
    ["pypi", "testpypi", "distutils", "main"].contains(place.id) ? "gar-\(place.id)" : place.id
  }

  /// The caller refuses a repository without a host.
  private func host(of place: RepositoryPlace) -> String { place.host ?? "" }

  /// The address without its scheme and without a slash at the end.
  private func base(of place: RepositoryPlace) -> String {
    let path = "\(host(of: place))/\(project(of: place))/\(place.id)"
    guard let endpoint else { return path }
    return "\(endpoint.dropFirst("\(scheme)://".count))/\(path)"
  }

  private func images(of place: RepositoryPlace) -> String {
    place.isContainerHost ? "\(place.id)/\(project(of: place))" : base(of: place)
  }

  /// An id with a domain, `example.com:project`, has a slash for the colon in the names of images
  /// (docs/settings.md#names). The other formats are refused before.
  private func project(of place: RepositoryPlace) -> String {
    place.project.replacing(":", with: "/")
  }

  /// A name as uv and Poetry write it in the names of variables.
  static func variable(_ name: String) -> String {
    String(name.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }
}
