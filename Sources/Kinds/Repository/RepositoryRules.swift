import Grammar
import JSON
import Model

/// Rules between the fields of a repository: errors where the API would refuse, warnings otherwise.
enum RepositoryRules {
  static func problems(in spec: JSONObject) -> [Problem] {
    LabelRules.repository.problems(in: spec["labels"])
      + modeProblems(spec) + formatProblems(spec) + keyProblems(spec)
      + RemoteRepositoryRules.problems(in: spec)
      + UpstreamPolicyRules.problems(in: spec["virtualRepositoryConfig"]?["upstreamPolicies"])
      + CleanupRules.problems(in: spec["cleanupPolicies"])
      + IAMRules.problems(inEntriesOf: spec)
  }

  static let standard = "STANDARD_REPOSITORY"
  static let remote = "REMOTE_REPOSITORY"
  static let virtual = "VIRTUAL_REPOSITORY"

  static func mode(of spec: JSONObject) -> String { spec["mode"]?.string ?? standard }

  private static func modeProblems(_ spec: JSONObject) -> [Problem] {
    let mode = mode(of: spec)
    let configs = [("remoteRepositoryConfig", remote), ("virtualRepositoryConfig", virtual)]
    return configs.compactMap { field, needed in
      let isWritten = isWritten(spec[field])
      guard isWritten != (mode == needed) else { return nil }
      let short = RepositoryKind.modes.shortName(of: needed)
      if isWritten {
        return Problem(
          FieldPath().field(field), "`\(field)` is for repositories with `mode: \(short)`",
          help: "write `mode: \(short)`, or leave `\(field)` out")
      }
      let help =
        needed == remote
        ? "say what it mirrors: `remoteRepositoryConfig: {commonRepository: {uri: https://...}}`"
        : "say what it serves: `virtualRepositoryConfig: {upstreamPolicies: [...]}`"
      return Problem(
        FieldPath().field("mode"), "`mode: \(short)` needs `\(field)`", help: help)
    }
  }

  private static func formatProblems(_ spec: JSONObject) -> [Problem] {
    guard let format = spec["format"]?.string else { return [] }
    return [("dockerConfig", "DOCKER"), ("mavenConfig", "MAVEN")].compactMap { field, needed in
      guard isWritten(spec[field]), format != needed else { return nil }
      return Problem(
        FieldPath().field(field), "`\(field)` is for `format: \(needed.lowercased())`",
        help: "this repository has `format: \(format.lowercased())`; leave `\(field)` out")
    }
  }

  /// A key encrypts only repositories in its own location; the server decides which keys a multi-region accepts.
  private static func keyProblems(_ spec: JSONObject) -> [Problem] {
    guard let key = spec["kmsKeyName"]?.string, let location = spec["location"]?.string else {
      return []
    }
    let parts = key.split(separator: "/")
    guard parts.count == 8, parts[3] != location else { return [] }
    return [
      Problem(
        FieldPath().field("kmsKeyName"),
        "the key is in `\(parts[3])` and the repository in `\(location)`", isWarning: true,
        help: "Artifact Registry accepts only keys in the repository's location")
    ]
  }

  /// Whether a field is written and does not request its default.
  static func isWritten(_ value: JSONValue?) -> Bool {
    value.map { !$0.isNull } ?? false
  }
}
