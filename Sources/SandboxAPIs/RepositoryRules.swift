import JSON
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// The rules for a repository beyond the types of its fields.
struct RepositoryRules {
  let project: String
  let location: String
  let id: String
  /// In the stored form.
  let fields: JSONObject
  let state: State
  /// Microseconds since 1970 on the sandbox's clock.
  let now: Int64

  private var format: String { fields["format"]?.string ?? "" }
  private var mode: String { fields["mode"]?.string ?? "" }

  /// Throws Google's refusal of the first rule that is broken.
  func check() throws(APIError) {
    try checkModes()
    try checkLabels()
    try checkEncryptionKey()
    try checkCleanup()
    try checkUpstreams()
    try checkRemote()
  }

  /// The repositories that replace Container Registry's hosts, each in its own location ([transition to gcr.io
  /// repositories](https://cloud.google.com/artifact-registry/docs/transition/setup-gcr-repo)).
  private static let containerRegistry = [
    "gcr.io": "us", "us.gcr.io": "us", "eu.gcr.io": "europe", "asia.gcr.io": "asia",
  ]

  /// Refuses malformed ids (docs/google-apis.md#repository-ids).
  static func checkID(_ id: String, location: String) throws(APIError) {
    if containerRegistry[id] == location { return }
    guard id.utf8.count <= 63, id.utf8.first.map(isLetter) ?? false, id.utf8.last != hyphen,
      id.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == hyphen })
    else {
      throw .badField(
        "repository_id",
        "Invalid repository ID \"\(id)\": up to 63 lower-case letters, digits or hyphens, starting "
          + "with a letter and ending with a letter or digit.")
    }
  }

  private func checkModes() throws(APIError) {
    if format.isEmpty { throw .badField("repository.format", "The repository format is required.") }
    if Self.containerRegistry[id] != nil, format != "DOCKER" {
      throw .badField(
        "repository.format", "Repository \"\(id)\" can be of format DOCKER only.")
    }
    let settled = ["KFP", "GENERIC", "GOOGET", "RUBY", "CONDA"].contains(format)
    if mode != "STANDARD_REPOSITORY" && settled {
      throw .badField("repository.mode", "Mode \(mode) is not supported for format \(format).")
    }
    try only("mavenConfig", when: format == "MAVEN", "format MAVEN")
    try only("dockerConfig", when: format == "DOCKER", "format DOCKER")
    try only(
      "virtualRepositoryConfig", when: mode == "VIRTUAL_REPOSITORY", "mode VIRTUAL_REPOSITORY")
    try only("remoteRepositoryConfig", when: mode == "REMOTE_REPOSITORY", "mode REMOTE_REPOSITORY")
    if mode == "REMOTE_REPOSITORY", fields["remoteRepositoryConfig"] == nil {
      throw .badField(
        "repository.remote_repository_config",
        "A repository of mode REMOTE_REPOSITORY needs a remote repository config.")
    }
  }

  /// Refuses a config on a repository that it does not apply to. An empty config is accepted everywhere, because
  /// clients send back what they read.
  private func only(_ name: String, when holds: Bool, _ condition: String) throws(APIError) {
    guard !holds, let config = fields[name]?.object, !config.isEmpty else { return }
    throw .badField(
      "repository.\(name)",
      "\(name) can be set only on a repository of \(condition); this one is of format \(format), "
        + "mode \(mode).")
  }

  private func checkLabels() throws(APIError) {
    guard let labels = fields["labels"]?.object else { return }
    guard labels.count <= 64 else {
      throw .badField("repository.labels", "A repository can have at most 64 labels.")
    }
    for (key, value) in labels {
      guard Self.isLabelKey(key) else {
        throw .badField("repository.labels", "Invalid label key \"\(key)\".")
      }
      let text = value.string ?? ""
      guard Self.isLabelValue(text) else {
        throw .badField("repository.labels", "Invalid value \"\(text)\" of label \"\(key)\".")
      }
    }
  }

  /// Whether a text can be the key of a label. Regular expressions take most of the time of a creation, so they judge
  /// only texts beyond ASCII, which few labels are.
  static func isLabelKey(_ text: String) -> Bool {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      let form = /\p{Ll}[\p{Ll}\p{Lo}\p{N}_-]{0,62}|\p{Lo}[\p{Ll}\p{Lo}\p{N}_-]{0,62}/
      return text.wholeMatch(of: form) != nil
    }
    return text.utf8.first.map(isLetter) ?? false && isLabelValue(text)
  }

  /// Whether a text can be the value of a label.
  static func isLabelValue(_ text: String) -> Bool {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
      return text.wholeMatch(of: /[\p{Ll}\p{Lo}\p{N}_-]{0,63}/) != nil
    }
    return text.utf8.count <= 63
      && text.utf8.allSatisfy {
        isLetter($0) || isDigit($0) || $0 == hyphen || $0 == UInt8(ascii: "_")
      }
  }

  private static let hyphen = UInt8(ascii: "-")
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private func checkEncryptionKey() throws(APIError) {
    guard let name = fields["kmsKeyName"]?.string else { return }
    guard
      let match = name.wholeMatch(
        of: /projects\/[^\/]+\/locations\/([^\/]+)\/keyRings\/[^\/]+\/cryptoKeys\/[^\/]+/)
    else { throw .badField("repository.kms_key_name", "Invalid KMS key name \"\(name)\".") }
    guard match.1 == location else {
      throw .badField(
        "repository.kms_key_name",
        "The KMS key is in location \(match.1), the repository in \(location); they must be the same."
      )
    }
  }

  private func checkCleanup() throws(APIError) {
    guard let policies = fields["cleanupPolicies"]?.object else { return }
    guard policies.count <= 10 else {
      throw .badField(
        "repository.cleanup_policies",
        "A repository can have at most 10 cleanup policies; there are \(policies.count).")
    }
    for (id, policy) in policies { try checkCleanup(id, policy) }
  }

  private func checkCleanup(_ id: String, _ policy: JSONValue) throws(APIError) {
    func bad(_ message: String) -> APIError {
      .badField("repository.cleanup_policies[\(id)]", "Cleanup policy \"\(id)\": \(message)")
    }
    guard !id.isEmpty, id.count < 128 else { throw bad("the ID must have 1 to 127 characters.") }
    if let inner = policy["id"]?.string, inner != id {
      throw bad("the ID \"\(inner)\" is not the key of the map.")
    }
    let recent = policy["mostRecentVersions"]?.object
    switch policy["action"]?.string {
    case "KEEP": break
    case "DELETE":
      if recent != nil { throw bad("most recent versions can be used with action KEEP only.") }
    default: throw bad("the action is required.")
    }
    let condition = policy["condition"]?.object
    if (condition == nil) == (recent == nil) {
      throw bad("it needs either a condition or most recent versions.")
    }
    if recent != nil, (recent?["keepCount"]?.integer ?? 0) < 1 {
      throw bad("the keep count must be at least 1.")
    }
  }
}

// MARK: - Virtual and remote repositories

extension RepositoryRules {
  private func checkUpstreams() throws(APIError) {
    let policies = fields["virtualRepositoryConfig"]?["upstreamPolicies"]?.array ?? []
    guard policies.count <= 30 else {
      throw upstreamError("at most 30 upstream policies; there are \(policies.count).")
    }
    var ids: Set<String> = []
    for policy in policies {
      let id = policy["id"]?.string ?? ""
      guard !id.isEmpty else { throw upstreamError("every upstream policy needs an ID.") }
      guard ids.insert(id).inserted else { throw upstreamError("the ID \"\(id)\" occurs twice.") }
      try checkUpstream(policy["repository"]?.string ?? "")
    }
  }

  private func checkUpstream(_ name: String) throws(APIError) {
    guard let place = UpstreamPlace(name: name, state) else {
      throw upstreamError("invalid repository name \"\(name)\".")
    }
    // The same error for an absent repository and for one that must not be read, so that callers cannot learn which
    // repositories another project has.
    let permission = "artifactregistry.repositories.readViaVirtualRepository"
    guard place.isReadable(from: project, permission, state, now: now),
      let found = state.repository(project: place.project, location: place.location, id: place.id)
    else {
      throw upstreamError(
        place.project == project
          ? "upstream repository \(name) was not found."
          : "upstream repository \(name) was not found, or \(agent) lacks \(permission) on it.")
    }
    guard found.location == location else {
      throw upstreamError("upstream repository \(name) is not in location \(location).")
    }
    guard found.fields.value["format"]?.string == format else {
      throw upstreamError("upstream repository \(name) is not of format \(format).")
    }
    guard found.fields.value["mode"]?.string != "VIRTUAL_REPOSITORY" else {
      throw upstreamError("upstream repository \(name) is itself virtual.")
    }
  }

  private var agent: String {
    state[ProjectRecord.self][project].map { Principal.registryAgent(of: $0).email } ?? ""
  }

  private func upstreamError(_ message: String) -> APIError {
    .badField(
      "repository.virtual_repository_config.upstream_policies",
      "Invalid virtual repository config: \(message)")
  }

  private func checkRemote() throws(APIError) {
    guard let config = fields["remoteRepositoryConfig"]?.object, !config.isEmpty else { return }
    func bad(_ message: String) -> APIError {
      .badField(
        "repository.remote_repository_config", "Invalid remote repository config: \(message)")
    }
    let sources = RepositorySchema.remoteSources.keys.filter { config[$0] != nil }.sorted()
    guard sources.count + (config["commonRepository"] == nil ? 0 : 1) == 1 else {
      throw bad("it needs exactly one upstream source.")
    }
    if let source = sources.first {
      let wanted = RepositorySchema.remoteSources[source] ?? ""
      guard wanted == format else {
        throw bad("\(source) does not fit a repository of format \(format).")
      }
      let upstream = config[source]?.object ?? [:]
      guard upstream.count == 1 else {
        throw bad("\(source) needs either a public or a custom repository.")
      }
      if let custom = upstream["customRepository"] { try checkURI(custom["uri"]?.string, bad) }
      if let base = upstream["publicRepository"]?.object {
        guard base["repositoryBase"] != nil, base["repositoryPath"] != nil else {
          throw bad("\(source).publicRepository needs a repository base and a path.")
        }
      }
    } else if config["commonRepository"]?["uri"]?.string?.isEmpty ?? true {
      throw bad("commonRepository needs a URI.")
    }
    try checkCredentials(config["upstreamCredentials"]?["usernamePasswordCredentials"], bad)
  }

  private func checkURI(_ uri: String?, _ bad: (String) -> APIError) throws(APIError) {
    guard let uri, uri.hasPrefix("https://") || uri.hasPrefix("http://127.0.0.1") else {
      throw bad("a custom repository needs an https URI.")
    }
  }

  private func checkCredentials(
    _ credentials: JSONValue?, _ bad: (String) -> APIError
  ) throws(APIError) {
    guard let name = credentials?["passwordSecretVersion"]?.string else { return }
    guard name.wholeMatch(of: /projects\/[^\/]+\/secrets\/[^\/]+\/versions\/[^\/]+/) != nil else {
      throw bad("invalid secret version \"\(name)\".")
    }
  }
}
