import Grammar
import JSON
import Model

/// The places for the private half of a key: a file, a secret of Secret Manager, or a secret of GitHub Actions.
enum KeyDestinationFields {
  static let all = [
    Field(
      "file", .string(StringRules.keyFile), [.manifestOnly],
      "A file on the machine that applies: its name below the key directory (`--key-dir`)."),
    Field(
      "secretManager", .object(secretManager), [.manifestOnly],
      "A secret of Secret Manager: each key is a version of it, with the alias `k-` and the key's id."
    ),
    Field(
      "githubActions", .object(githubActions), [.manifestOnly],
      "A secret of GitHub Actions, which the runs of workflows read. It is written with the token in "
        + "`ARCTL_GITHUB_TOKEN`. A variable beside it, `ARCTL_KEY_` and the secret's name, holds what arctl notes."
    ),
  ]

  private static let secretManager = [
    Field(
      "secret", .string(StringRule(check: NameRules.secretID)), [.required, .manifestOnly],
      "The name of the secret: a Secret of the set, or one that exists."),
    Field(
      "project", .string(StringRule(check: NameRules.projectID)), [.manifestOnly],
      "The secret's project; the account's project when it is not written."),
  ]

  private static let githubActions = [
    Field(
      "repository", .string(StringRule(check: GitHubNames.repository)),
      [.required, .manifestOnly], "The repository: `OWNER/REPOSITORY`."),
    Field(
      "secret", .string(StringRule(check: GitHubNames.secret)), [.required, .manifestOnly],
      "The name of the secret."),
    Field(
      "environment", .string(StringRule(check: GitHubNames.environment)), [.manifestOnly],
      "The environment whose secret it is; the repository's own secret when it is not written."),
    Field(
      "encoding",
      .enumeration(
        Enumeration(
          RemoteDestination.GitHubSecret.Encoding.allCases.map(\.rawValue), unspecified: nil)),
      [.manifestOnly], default: "base64",
      "The form of the value: `base64` of the credential file, or the file's JSON on one line."),
    Field(
      "host", .string(StringRule(check: GitHubNames.host)), [.manifestOnly],
      "The GitHub server, such as `github.example.com`; github.com when it is not written."),
  ]

  /// The problem of a destination that names no place, or several.
  static func problems(in spec: JSONObject) -> [Problem] {
    guard let destination = spec["destination"]?.object else { return [] }
    let written = all.map(\.name).filter { destination[$0].map { !$0.isNull } ?? false }
    guard written.count != 1 else { return [] }
    let path = FieldPath().field("destination")
    let names = all.map { "`\($0.name)`" }.joined(separator: ", ")
    return [
      written.isEmpty
        ? Problem(
          path, "`destination` names no place", code: .missingField, help: "write one of \(names)")
        : Problem(
          path.field(written[1]),
          "`\(written[0])` and `\(written[1])` exclude each other: a key has one destination",
          code: .fieldConflict, help: "declare a key of its own for each place")
    ]
  }
}
