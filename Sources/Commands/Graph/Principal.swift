import Grammar
import Model
import Rendering

/// How a member of a policy is drawn.
struct Principal {
  /// The member, as policies have it.
  let member: String
  /// What it is, in a word or two: the first line of its box.
  let category: String
  /// Its name, without what the category says.
  let name: String
  let look: Drawing.Look

  init(_ member: String) {
    self.member = member
    let parts = member.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let rest = parts.count == 2 ? String(parts[1]) : ""
    if let reason = PublicMembers.reason(member) {
      (category, name, look) = ("PUBLIC", reason.text.replacing("`", with: ""), .everyone)
      return
    }
    let kind = parts.first.map(String.init) ?? ""
    if let known = Self.forms[kind] {
      (category, look) = known
      name =
        switch known.look {
        case .account: Self.short(rest)
        case .federated: Self.path(rest)
        default: rest
        }
    } else if ["projectOwner", "projectEditor", "projectViewer"].contains(kind) {
      let role = kind.dropFirst("project".count).lowercased()
      (category, name, look) = ("everyone with roles/\(role) on the project", rest, .person)
    } else {
      (category, name, look) = ("member of an unknown form", member, .unknown)
    }
  }

  /// What a member is, by the word before the colon.
  private static let forms: [String: (category: String, look: Drawing.Look)] = [
    "user": ("user", .person),
    "group": ("group", .person),
    "domain": ("everyone of the domain", .person),
    "serviceAccount": ("service account", .account),
    "serviceAgent": ("Google's service agent", .account),
    "principal": ("federated identity", .federated),
    "principalSet": ("federated identities", .federated),
    "deleted": ("deleted, no longer signs in", .external),
  ]

  /// An account's e-mail without the end that all have.
  private static func short(_ email: String) -> String {
    let end = ".iam.gserviceaccount.com"
    return email.hasSuffix(end) ? String(email.dropLast(end.count)) : email
  }

  /// A federated name without the host that all have.
  private static func path(_ text: String) -> String {
    let host = "//iam.googleapis.com/"
    return text.hasPrefix(host) ? String(text.dropFirst(host.count)) : text
  }
}
