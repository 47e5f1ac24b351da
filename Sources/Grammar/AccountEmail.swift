package import Model

/// The e-mail of a service account that users create: `uploader@my-project-id.iam.gserviceaccount.com`.
public struct AccountEmail: Sendable, Hashable, CustomStringConvertible {
  /// The part before `@`: `uploader`; 6 to 30 characters, or what older rules allowed. For an account that Google made, the whole e-mail.
  public let id: String
  /// The project's id; `example.com:p` for accounts at `p.example.com.iam.gserviceaccount.com`.
  public let project: String

  /// Takes the parts unchecked; `init(parsing:)` checks them.
  public init(id: String, project: String) {
    self.id = id
    self.project = project
  }

  /// Reads an e-mail in any case; nil for e-mails of people and of Google's own accounts.
  public init?(parsing email: String) {
    let email = email.lowercased()
    guard email.hasSuffix(Self.suffix), let at = email.firstIndex(of: "@") else { return nil }
    let id = String(email[..<at])
    let host = email[email.index(after: at)...].dropLast(Self.suffix.count)
    guard NameRules.existingAccountID(id) == nil, !ServiceAgents.isAgentHost(host + Self.suffix)
    else {
      return nil
    }
    let parts = host.split(separator: ".", maxSplits: 1)
    let project = parts.count == 2 ? "\(parts[1]):\(parts[0])" : String(host)
    guard NameRules.projectID(project) == nil else { return nil }
    self.init(id: id, project: project)
  }

  public var description: String { id.contains("@") ? id : "\(id)@\(Self.host(of: project))" }

  /// The id in an e-mail of one of this project's own accounts, even if the id breaks Google's current rules; nil for
  /// every other e-mail, such as those of accounts that Google creates (`*@developer.gserviceaccount.com`).
  package static func id(in email: String, of project: String) -> String? {
    let suffix = "@" + host(of: project)
    let email = email.lowercased()
    guard email.hasSuffix(suffix), email.utf8.count > suffix.utf8.count else { return nil }
    return String(email.dropLast(suffix.count))
  }

  /// The part after `@`. In a project with an id of the old form `example.com:p` the domain comes after the id
  /// (docs/google-apis.md#project-ids).
  private static func host(of project: String) -> String {
    let parts = project.split(separator: ":", maxSplits: 1)
    return (parts.count == 2 ? "\(parts[1]).\(parts[0])" : project) + suffix
  }

  private static let suffix = ".iam.gserviceaccount.com"

  /// The problem with a lower-case address, or nil: one `@`, a local part, a domain name.
  package static func problem(withEmail email: String) -> Problem? {
    let parts = email.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...64).contains(parts[0].utf8.count),
      NameRules.domain(String(parts[1])) == nil
    else { return "is not an e-mail address: `name@example.com`" }
    let isPlain = parts[0].utf8.allSatisfy { byte in
      NameRules.isAlphanumeric(byte) || byte >= 128 || ".!#$%&'*+/=?^_`{|}~-".utf8.contains(byte)
    }
    return isPlain ? nil : "is not an e-mail address: the part before `@` is not valid"
  }
}
