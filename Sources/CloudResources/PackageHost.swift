import Grammar

/// The host names under which Artifact Registry serves packages, without a scheme and a port
/// (docs/google-apis.md#package-hosts).
///
///     PackageHost.isKnown("us-east4-python.pkg.dev")      // true
///     PackageHost.isKnown("us-east4-python.pkg.dev.evil") // false
public enum PackageHost {
  /// The formats that have a host.
  static let formats: Set<String> = [
    "apt", "docker", "generic", "go", "googet", "kfp", "maven", "npm", "python", "yum",
  ]

  /// The hosts of the former Container Registry, which Artifact Registry serves.
  static let containerHosts: Set<String> = [
    "gcr.io", "us.gcr.io", "eu.gcr.io", "asia.gcr.io",
  ]

  /// The host that serves a repository; nil if its format has none.
  ///
  /// - Parameters:
  ///   - format: In any case, as the wire form's `PYTHON`.
  ///   - location: Its region or multi-region.
  ///   - id: Its id: a repository of the `gcr.io` domain has the name of its host.
  public static func name(format: String, location: String, id: String) -> String? {
    if isContainerHost(format: format, id: id) { return id }
    let name = "\(location)-\(format.lowercased()).pkg.dev"
    return isKnown(name) ? name : nil
  }

  /// Whether a repository belongs to the `gcr.io` domain, in which its id is its host.
  public static func isContainerHost(format: String, id: String) -> Bool {
    format.uppercased() == "DOCKER" && containerHosts.contains(id)
  }

  /// The hosts of container images in all known locations, sorted.
  public static var forContainers: [String] {
    (containerHosts + Locations.known.map { "\($0)-docker.pkg.dev" }).sorted()
  }

  /// Whether a name in lower case is one of these hosts. Compares whole labels, never the end of a name.
  ///
  /// Google adds regions, so a location counts by its form.
  public static func isKnown(_ host: String) -> Bool {
    guard host.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
    if containerHosts.contains(host) { return true }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count == 3, labels[1] == "pkg", labels[2] == "dev",
      let dash = labels[0].lastIndex(of: "-")
    else { return false }
    return formats.contains(String(labels[0][labels[0].index(after: dash)...]))
      && isLocation(labels[0][..<dash])
  }

  /// A multi-region, or the form of a region: an area, a compass direction and a number below 100.
  private static func isLocation(_ name: Substring) -> Bool {
    if Locations.multiRegions.contains(String(name)) { return true }
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, isWord(parts[0].utf8) else { return false }
    let point = parts[1].utf8.prefix { !NameRules.isDigit($0) }
    let number = parts[1].utf8.dropFirst(point.count)
    return isWord(point) && (1...2).contains(number.count)
      && number.allSatisfy(NameRules.isDigit) && number.first != 0x30
  }

  /// 2 to 20 lower-case letters.
  private static func isWord(_ bytes: some Collection<UInt8>) -> Bool {
    (2...20).contains(bytes.count) && bytes.allSatisfy { (0x61...0x7A).contains($0) }
  }
}
