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
    switch parts.first.map(String.init) ?? "" {
    case "user": (category, name, look) = ("user", rest, .person)
    case "group": (category, name, look) = ("group", rest, .person)
    case "domain": (category, name, look) = ("everyone of the domain", rest, .person)
    case "serviceAccount":
      (category, name, look) = ("service account", Self.short(rest), .account)
    case "serviceAgent": (category, name, look) = ("Google's service agent", rest, .account)
    case "principal": (category, name, look) = ("federated identity", Self.path(rest), .federated)
    case "principalSet":
      (category, name, look) = ("federated identities", Self.path(rest), .federated)
    case "projectOwner", "projectEditor", "projectViewer":
      let role = member.dropFirst("project".count).prefix { $0 != ":" }.lowercased()
      (category, name, look) = ("everyone with roles/\(role) on the project", rest, .person)
    case "deleted": (category, name, look) = ("deleted, no longer signs in", rest, .external)
    default: (category, name, look) = ("member of an unknown form", member, .unknown)
    }
  }

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
