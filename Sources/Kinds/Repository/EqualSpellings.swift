import JSON
import Model

/// Settings of a repository that Google's API spells in two ways (docs/google-apis.md#fields-of-a-repository).
///
/// A repository that was created with one spelling and declared with the other is the one that is declared: a comparison
/// field by field would find a difference that only a replacement could remove. So the spec takes the spelling of the live
/// repository before it is compared, and what differs then, differs in meaning.
enum EqualSpellings {
  /// The spec in the spelling of the live repository.
  static func adopted(_ spec: JSONObject, live: JSONValue?) -> JSONObject {
    guard let live else { return spec }
    var spec = spec
    if let mode = spec["mode"]?.string, let other = live["mode"]?.string, mode != other,
      modes.contains(mode), modes.contains(other)
    {
      spec["mode"] = .string(other)
    }
    // A repository of another format is replaced, and what is created is then what the manifest says.
    if spec["format"] == nil || spec["format"] == live["format"] {
      adoptUpstream(in: &spec, live: live["remoteRepositoryConfig"])
    }
    return spec
  }

  /// The mode for Google's Assured Open Source Software has an older name.
  private static let modes: Set<String> = ["AOSS_REPOSITORY", "ASSURED_OSS_REPOSITORY"]

  private static func adoptUpstream(in spec: inout JSONObject, live: JSONValue?) {
    guard var config = spec["remoteRepositoryConfig"]?.object,
      let written = source(in: .object(config)), let existing = source(in: live)
    else { return }
    let isSame = Self.isSame(written.address, existing.address)
    // Two addresses in different fields are shown as a change of the address; a public upstream by its name has none.
    guard isSame || (written.isAddress && existing.isAddress) else { return }
    for name in sources { config[name] = nil }
    if isSame {
      config[existing.field] = existing.value
    } else if existing.field == common {
      config[common] = ["uri": .string(written.address)]
    } else {
      config[existing.field] = ["customRepository": ["uri": .string(written.address)]]
    }
    spec["remoteRepositoryConfig"] = .object(config)
  }

  private struct Source {
    var field: String
    var value: JSONValue
    var address: String
    /// Whether the address is written; otherwise it is that of a public registry that Google knows by name.
    var isAddress: Bool
  }

  private static let common = "commonRepository"
  /// The addresses of the public registries; an enum value that is not here equals no address.
  private static let publicAddresses = [
    "DOCKER_HUB": "https://registry-1.docker.io",
    "MAVEN_CENTRAL": "https://repo.maven.apache.org/maven2",
    "NPMJS": "https://registry.npmjs.org",
    "PYPI": "https://pypi.org",
  ]
  private static let sources = [
    common, "aptRepository", "dockerRepository", "mavenRepository", "npmRepository",
    "pythonRepository", "yumRepository",
  ]

  /// The upstream of a remote repository; nil without one, for one that has no address, and for several.
  private static func source(in config: JSONValue?) -> Source? {
    let found = sources.compactMap { field -> Source? in
      guard let value = config?[field], RepositoryRules.isWritten(value) else { return nil }
      let written =
        field == common
        ? value["uri"]?.string : value["customRepository"]?["uri"]?.string
      let known = value["publicRepository"]?.string.flatMap { publicAddresses[$0] }
      guard let address = written ?? known else { return nil }
      return Source(field: field, value: value, address: address, isAddress: written != nil)
    }
    return found.count == 1 ? found[0] : nil
  }

  /// A slash at the end means nothing.
  private static func isSame(_ one: String, _ other: String) -> Bool {
    func trimmed(_ text: String) -> Substring {
      var text = Substring(text)
      while text.last == "/" { text = text.dropLast() }
      return text
    }
    return trimmed(one) == trimmed(other)
  }
}
