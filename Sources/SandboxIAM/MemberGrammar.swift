/// The grammar of policy members (docs/google-apis.md#members-of-policies).
enum MemberGrammar {
  /// The member as Google stores it (e-mails in lower case); nil if it is not a valid member.
  static func normalize(_ member: String) -> String? {
    if member == "allUsers" || member == "allAuthenticatedUsers" { return member }
    // Before the types, because these have a colon too. They are case-sensitive, so they stay as they are
    // (docs/google-apis.md#members-of-policies).
    if member.hasPrefix("principal://") || member.hasPrefix("principalSet://") {
      return Principals.isPrincipal(member) ? member : nil
    }
    guard let colon = member.firstIndex(of: ":") else { return nil }
    let type = member[..<colon]
    let value = String(member[member.index(after: colon)...])
    switch type {
    case "user", "group": return isEmail(value) ? "\(type):\(value.lowercased())" : nil
    case "serviceAccount":
      // A workload in a cluster: the brackets hold a namespace and a name, and the whole is not an e-mail.
      if value.hasSuffix("]") { return isKubernetes(value) ? member : nil }
      return isEmail(value) ? "\(type):\(value.lowercased())" : nil
    case "domain":
      return value.wholeMatch(of: /[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/) != nil
        ? "domain:\(value.lowercased())" : nil
    case "projectOwner", "projectEditor", "projectViewer":
      return value.wholeMatch(of: /[a-z0-9.:-]+/) != nil ? member : nil
    // Unchanged: clients write such members back as they read them.
    case "deleted": return isDeleted(value) ? member : nil
    default: return nil
    }
  }

  /// Whether a text has the form of an e-mail address. Without a regular expression, which takes a tenth of a
  /// millisecond: a policy may have 1,500 members.
  static func isEmail(_ text: String) -> Bool {
    // Only the form: whether an account exists is for `PolicyMembers`.
    let bytes = Array(text.utf8)
    // RFC 5321: 64 bytes before the at sign, 255 after it.
    guard bytes.count <= 320, let at = bytes.firstIndex(of: UInt8(ascii: "@")), at > 0 else {
      return false
    }
    let local = bytes[..<at]
    let labels = bytes[(at + 1)...].split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return local.allSatisfy { $0 > 0x20 && $0 != 0x7F && !":/".utf8.contains($0) }
      && labels.count > 1 && labels.allSatisfy { !$0.isEmpty && $0.allSatisfy(isHostByte) }
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
    default: false
    }
  }

  /// `PROJECT.svc.id.goog[NAMESPACE/ACCOUNT]`, or for a fleet `PROJECT.hub.id.goog[...]`.
  private static func isKubernetes(_ value: String) -> Bool {
    value.wholeMatch(of: /[a-z0-9.:-]+\.(svc|hub)\.id\.goog\[[^\[\]\/ ]+\/[^\[\]\/ ]+\]/) != nil
  }

  /// Whether the part after `deleted:` is valid.
  private static func isDeleted(_ value: String) -> Bool {
    if value.hasPrefix("principal://") || value.hasPrefix("principalSet://") {
      return Principals.isPrincipal(value)
    }
    return value.wholeMatch(of: /(user|group|serviceAccount):[^@\s]+@[^?\s]+\?uid=[0-9]+/) != nil
  }
}
