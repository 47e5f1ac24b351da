/// The rules by which two members of a policy are the same.
///
/// Source: docs/google-apis.md#members-of-policies. E-mail parts are case-insensitive; `principal://` and
/// `principalSet://` are case-sensitive.
public enum PolicyMember {
  private static let insensitive: Set<String> = ["user", "serviceAccount", "group", "domain"]

  /// The normal form: equal members have equal texts. `deleted:` members stay unchanged.
  public static func normalized(_ member: String) -> String {
    // Nearly all are in it already.
    guard member.utf8.contains(where: { (0x41...0x5A).contains($0) || $0 >= 0x80 }),
      let colon = member.firstIndex(of: ":")
    else { return member }
    let kind = String(member[..<colon])
    guard insensitive.contains(kind) else { return member }
    let rest = member[member.index(after: colon)...]
    // A Kubernetes account: `serviceAccount:P.svc.id.goog[NS/KSA]`, whose brackets are case-sensitive.
    guard let bracket = rest.firstIndex(of: "[") else { return "\(kind):\(rest.lowercased())" }
    return "\(kind):\(rest[..<bracket].lowercased())\(rest[bracket...])"
  }

  /// For `deleted:serviceAccount:E?uid=N`: the live member with the same name, and N; nil for all others.
  public static func deletedPrincipal(_ member: String) -> (member: String, uid: String)? {
    guard member.hasPrefix("deleted:") else { return nil }
    let rest = member.dropFirst("deleted:".count)
    guard let mark = rest.range(of: "?uid=") else { return nil }
    return (normalized(String(rest[..<mark.lowerBound])), String(rest[mark.upperBound...]))
  }
}

extension StringProtocol {
  /// The first range of a text in this one.
  func range(of other: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(other) {
        return start..<index(start, offsetBy: other.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
