/// The members that a policy may hold.
enum MemberGrammar {
  /// The member as Google stores it (e-mails in lower case); nil when it is not a member.
  static func normalize(_ member: String) -> String? {
    if member == "allUsers" || member == "allAuthenticatedUsers" { return member }
    if member.hasPrefix("principal://") || member.hasPrefix("principalSet://") {
      return isPrincipal(member) ? member : nil
    }
    guard let colon = member.firstIndex(of: ":") else { return nil }
    let type = member[..<colon]
    let value = String(member[member.index(after: colon)...])
    switch type {
    case "user", "group": return isEmail(value) ? "\(type):\(value.lowercased())" : nil
    case "serviceAccount":
      if value.wholeMatch(of: /[a-z0-9.:-]+\.svc\.id\.goog\[[^\[\]\/ ]+\/[^\[\]\/ ]+\]/) != nil {
        return member
      }
      return isEmail(value) ? "\(type):\(value.lowercased())" : nil
    case "domain":
      return value.wholeMatch(of: /[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/) != nil
        ? "domain:\(value.lowercased())" : nil
    case "projectOwner", "projectEditor", "projectViewer":
      return value.wholeMatch(of: /[a-z0-9.:-]+/) != nil ? member : nil
    case "deleted": return isDeleted(value) ? member : nil
    default: return nil
    }
  }

  static func isEmail(_ text: String) -> Bool {
    text.utf8.count <= 320 && text.wholeMatch(of: /[^@\s:\/]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+/) != nil
  }

  /// `deleted:` has been cut off.
  private static func isDeleted(_ value: String) -> Bool {
    if value.hasPrefix("principal://") { return isPrincipal(value) }
    return value.wholeMatch(of: /(user|group|serviceAccount):[^@\s]+@[^?\s]+\?uid=[0-9]+/) != nil
  }

  private static func isPrincipal(_ text: String) -> Bool {
    let workload =
      /iam\.googleapis\.com\/projects\/[0-9]+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+/
    let workforce = /iam\.googleapis\.com\/locations\/global\/workforcePools\/[a-z0-9-]+/
    let single = text.hasPrefix("principal://")
    let rest = text.dropFirst(single ? "principal://".count : "principalSet://".count)
    guard
      let match = rest.prefixMatch(of: workload)?.range ?? rest.prefixMatch(of: workforce)?.range
    else { return false }
    let tail = rest[match.upperBound...]
    if single { return tail.prefixMatch(of: /\/subject\/.+/) != nil }
    return tail == "/*" || tail.prefixMatch(of: /\/group\/.+/) != nil
      || tail.prefixMatch(of: /\/attribute\.[A-Za-z0-9_]+\/.+/) != nil
  }
}
