import JSON
import Model

/// Rules between the fields of `remoteRepositoryConfig`.
enum RemoteRepositoryRules {
  /// The upstream fields, each with its format; `commonRepository` is for all formats.
  private static let formats = [
    ("dockerRepository", "DOCKER"), ("mavenRepository", "MAVEN"), ("npmRepository", "NPM"),
    ("pythonRepository", "PYTHON"), ("aptRepository", "APT"), ("yumRepository", "YUM"),
  ]
  private static let path = FieldPath().field("remoteRepositoryConfig")

  static func problems(in spec: JSONObject) -> [Problem] {
    guard let config = spec["remoteRepositoryConfig"]?.object else { return [] }
    return countProblems(config, format: spec["format"]?.string)
      + formatProblems(config, format: spec["format"]?.string)
      + formats.flatMap { sourceProblems(config, $0.0) }
      + commonProblems(config) + credentialProblems(config)
  }

  /// A live remote repository has an upstream. Without one, or with one of a type that is newer than arctl, a
  /// comparison would replace it by the written upstream.
  static func problem(inLive live: JSONValue, written: JSONObject) -> String? {
    guard live["mode"] == "REMOTE_REPOSITORY",
      let wanted = written["remoteRepositoryConfig"]?.object
    else { return nil }
    let names = formats.map(\.0) + ["commonRepository"]
    guard names.contains(where: { RepositoryRules.isWritten(wanted[$0]) }) else { return nil }
    let config = live["remoteRepositoryConfig"]
    guard let source = names.first(where: { RepositoryRules.isWritten(config?[$0]) }) else {
      return "`\(path)` does not name an upstream that arctl knows"
    }
    guard source != "commonRepository" else { return nil }
    let isNamed = ["publicRepository", "customRepository"].contains { name in
      guard let value = config?[source]?[name] else { return false }
      return value != "PUBLIC_REPOSITORY_UNSPECIFIED" && value != "" && value != [:]
    }
    return isNamed ? nil : "`\(path.field(source))` does not name an upstream that arctl knows"
  }

  private static func countProblems(_ config: JSONObject, format: String?) -> [Problem] {
    let names = formats.map(\.0) + ["commonRepository"]
    let written = names.filter { RepositoryRules.isWritten(config[$0]) }
    if written.count > 1 {
      return [
        Problem(
          path.field(written[1]), "`\(written[0])` and `\(written[1])` cannot be used together",
          help: "a remote repository has one upstream")
      ]
    }
    guard written.isEmpty else { return [] }
    let own = formats.first { $0.1 == format }.map { "`\($0.0)` or " } ?? ""
    return [
      Problem(
        path, "the upstream is missing", help: "write \(own)`commonRepository: {uri: ...}`")
    ]
  }

  private static func formatProblems(_ config: JSONObject, format: String?) -> [Problem] {
    guard let format else { return [] }
    return formats.compactMap { field, needed in
      guard RepositoryRules.isWritten(config[field]), format != needed else { return nil }
      let own = formats.first { $0.1 == format }?.0 ?? "commonRepository"
      return Problem(
        path.field(field), "`\(field)` is for `format: \(needed.lowercased())`",
        help: "for `format: \(format.lowercased())` write `\(own)`")
    }
  }

  /// Public or by its address, exactly one of the two.
  private static func sourceProblems(_ config: JSONObject, _ field: String) -> [Problem] {
    guard let source = config[field]?.object else { return [] }
    let isPublic = RepositoryRules.isWritten(source["publicRepository"])
    let isCustom = RepositoryRules.isWritten(source["customRepository"])
    if isPublic != isCustom { return [] }
    let place = path.field(field)
    return [
      isPublic
        ? Problem(
          place.field("customRepository"),
          "`publicRepository` and `customRepository` cannot be used together")
        : Problem(
          place, "`\(field)` does not name its upstream",
          help: "write `publicRepository`, or `customRepository: {uri: https://...}`")
    ]
  }

  private static func commonProblems(_ config: JSONObject) -> [Problem] {
    guard let uri = config["commonRepository"]?["uri"]?.string, uri.hasPrefix("http://") else {
      return []
    }
    return [
      Problem(
        path.field("commonRepository").field("uri"),
        "packages from an `http://` upstream can be replaced in transit", isWarning: true,
        help: "write `https://\(uri.dropFirst("http://".count))`")
    ]
  }

  private static func credentialProblems(_ config: JSONObject) -> [Problem] {
    let name = "usernamePasswordCredentials"
    guard let written = config["upstreamCredentials"]?[name]?.object else { return [] }
    let place = path.field("upstreamCredentials").field(name)
    let hasName = RepositoryRules.isWritten(written["username"])
    let hasPassword = RepositoryRules.isWritten(written["passwordSecretVersion"])
    var problems: [Problem] = []
    if hasName && !hasPassword {
      problems.append(
        Problem(
          place.field("username"), "`username` needs `passwordSecretVersion`",
          help: "write `passwordSecretVersion: projects/P/secrets/S/versions/V`"))
    }
    if hasPassword && !hasName {
      problems.append(
        Problem(
          place.field("passwordSecretVersion"), "`passwordSecretVersion` needs `username`"))
    }
    if let version = written["passwordSecretVersion"]?.string, version.hasSuffix("/versions/latest")
    {
      problems.append(
        Problem(
          place.field("passwordSecretVersion"),
          "`latest` changes without a plan, and Google decides when to look it up", isWarning: true,
          help: "name the version by its number"))
    }
    return problems
  }
}
