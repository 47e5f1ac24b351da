public import JSON

/// The direct owners of a policy: any remaining owner can undo every other mistake.
public enum PolicyOwners {
  /// Why arctl refuses a write that removes too many owners.
  public static let tooFew = Statement(
    "lockout.owners", "fewer than two direct owners would stay")

  /// The members that hold `roles/owner` without a condition and are not deleted.
  public static func of(_ policy: JSONValue) -> Set<String> {
    let key = PolicyDocument.Key(role: "roles/owner", condition: nil)
    return Set((PolicyDocument(policy).members[key] ?? []).map(PolicyMember.normalized))
      .filter { !$0.hasPrefix("deleted:") }
  }

  /// Whether a policy has lost an owner, and has fewer than two left.
  public static func areTooFew(in policy: JSONValue, after old: JSONValue) -> Bool {
    let owners = of(policy)
    return owners.count < 2 && !of(old).isSubset(of: owners)
  }
}
