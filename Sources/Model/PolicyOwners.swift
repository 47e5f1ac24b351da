public import JSON

/// The direct owners of a policy: whoever is left can undo any other mistake.
public enum PolicyOwners {
  /// Why a write that takes too many of them away is not made.
  public static let tooFew = Statement(
    "lockout.owners", "fewer than two direct owners would stay")

  /// The members that hold `roles/owner` without a condition, and are not deleted.
  public static func of(_ policy: JSONValue) -> Set<String> {
    let key = PolicyDocument.Key(role: "roles/owner", condition: nil)
    return Set((PolicyDocument(policy).members[key] ?? []).map(PolicyMember.normalized))
      .filter { !$0.hasPrefix("deleted:") }
  }

  /// Whether a policy has lost an owner, and fewer than two are left.
  public static func areTooFew(in policy: JSONValue, after old: JSONValue) -> Bool {
    let owners = of(policy)
    return owners.count < 2 && !of(old).isSubset(of: owners)
  }
}
