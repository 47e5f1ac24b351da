import GoogleCloud
import HTTP

/// What a token must allow for a call, in the words of GitHub's settings
/// (https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens).
struct GitHubPermission: Sendable, Hashable {
  /// `Secrets`, `Variables`, `Environments`.
  let name: String
  /// `read` or `write`.
  let level: String

  /// What a call on secrets or variables needs.
  init(_ name: String, in place: GitHubPlace, writes: Bool) {
    self.name = place.environment == nil ? name : "Environments"
    level = writes ? "write" : "read"
  }

  private init(name: String, level: String) {
    self.name = name
    self.level = level
  }

  /// The first of the permissions in `X-Accepted-GitHub-Permissions`, `secrets=write`; nil without one that can be
  /// shown.
  init?(answering response: HTTPResponse, without secrets: Secrets) {
    let text = secrets.removed(from: response.headers["X-Accepted-GitHub-Permissions"] ?? "")
    let first = text.split { $0 == ";" || $0 == "," }.first ?? ""
    let parts = first.split(separator: "=")
    guard parts.count == 2, parts.allSatisfy({ (1...40).contains($0.utf8.count) }),
      parts.joined().utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x5F })
    else { return nil }
    let words = parts[0].replacing("_", with: " ")
    self.init(name: words.prefix(1).uppercased() + words.dropFirst(), level: String(parts[1]))
  }

  /// `"Secrets": write`.
  var text: String { "\"\(name)\": \(level)" }

  /// What to do about a refusal, by the kind of the token.
  func advice(for place: GitHubPlace, token: GitHubToken) -> PermissionAdvice {
    let help =
      switch token.kind {
      case .classic:
        "a classic token needs the scope `repo`, and its user write access to \(place.repository)"
      case .fineGrained: "a fine-grained token needs the permission \(text) on \(place.repository)"
      case .app:
        "a GitHub App needs the permission \(text) on \(place.repository); the token of a workflow run never has it"
      case .sandbox, .unknown:
        "the token needs the permission \(text) on \(place.repository), a classic one the scope `repo`"
      }
    return PermissionAdvice(permission: text, help: help)
  }
}
