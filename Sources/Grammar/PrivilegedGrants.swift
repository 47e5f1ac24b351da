public import Model

/// The rules for dangerous grants: tables of 2026-11.
///
/// Roles: cloud.google.com/iam/docs/understanding-roles; permissions: what cloud.google.com/iam/docs/service-account-permissions
/// and public descriptions of privilege escalation agree on (docs/google-apis.md#privileged-roles-and-permissions).
public enum PrivilegedGrants {
  /// Predefined roles whose holder can gain further rights, and what they allow.
  public static let roles: [String: String] = [
    "roles/owner": "everything, and to set policies",
    "roles/editor": "to change nearly everything",
    "roles/iam.securityAdmin": setsPolicies,
    "roles/iam.organizationRoleAdmin": "to change custom roles",
    "roles/iam.roleAdmin": "to change custom roles",
    "roles/iam.denyAdmin": "to change deny policies",
    "roles/iam.principalAccessBoundaryAdmin": "to change access boundaries",
    "roles/iam.serviceAccountAdmin": "to set the policies of service accounts",
    "roles/iam.serviceAccountKeyAdmin": "to make keys of service accounts",
    "roles/iam.serviceAccountTokenCreator": "to sign in as service accounts",
    "roles/iam.serviceAccountOpenIdTokenCreator": "to sign in as service accounts",
    "roles/iam.serviceAccountUser": "to act as service accounts",
    "roles/iam.workloadIdentityPoolAdmin": "to change who may sign in from outside",
    "roles/iam.workforcePoolAdmin": "to change who may sign in from outside",
    "roles/iam.workforcePoolEditor": "to change who may sign in from outside",
    "roles/resourcemanager.projectIamAdmin": setsPolicies,
    "roles/resourcemanager.folderAdmin": setsPolicies,
    "roles/resourcemanager.folderIamAdmin": setsPolicies,
    "roles/resourcemanager.organizationAdmin": setsPolicies,
    "roles/resourcemanager.projectMover": "to move projects",
    "roles/resourcemanager.tagAdmin": "to change tags that conditions look at",
  ]

  /// The dangers of a grant of this role to this member. `permissions` are those of a declared custom role, `written` is the
  /// shorthand by which a manifest names the member.
  public static func hazards(
    granting role: String, to member: String, permissions: [String]?, written: String? = nil
  ) -> [Hazard] {
    var hazards: [Hazard] = []
    if let reason = reason(role: role, permissions: permissions) {
      hazards.append(Hazard(.privileged, reason))
    }
    if let reason = PublicMembers.reason(member, written: written) {
      hazards.append(Hazard(.publicGrant, reason))
    }
    return hazards
  }

  /// Why granting a role needs a flag, or nil. `permissions` are those of a declared custom role.
  public static func reason(role: String, permissions: [String]? = nil) -> Statement? {
    if let allows = roles[role] {
      return Statement("privileged", "`\(role)` allows \(words: allows)")
    }
    guard let found = permissions?.filter(isPrivileged).sorted(), let first = found.first else {
      return nil
    }
    let more: Statement.Sentence = found.count > 1 ? " and \(found.count - 1) more" : ""
    return Statement(
      "privileged.permission", "`\(role)` holds the permission `\(first)`" + more)
  }

  /// Whether a permission lets its holder gain further rights.
  public static func isPrivileged(_ permission: String) -> Bool {
    permission.hasSuffix(".setIamPolicy")
      // The newer form names the whole service: `iam.googleapis.com/workloadIdentityPools.update`.
      || permissions.contains(permission.replacing(".googleapis.com/", with: "."))
  }

  private static let permissions: Set<String> = [
    "iam.serviceAccounts.actAs", "iam.serviceAccounts.getAccessToken",
    "iam.serviceAccounts.getOpenIdToken", "iam.serviceAccounts.implicitDelegation",
    "iam.serviceAccounts.signBlob", "iam.serviceAccounts.signJwt",
    "iam.serviceAccountKeys.create", "iam.roles.update",
    "iam.workloadIdentityPools.undelete", "iam.workloadIdentityPools.update",
    "iam.workloadIdentityPoolProviders.create", "iam.workloadIdentityPoolProviders.undelete",
    "iam.workloadIdentityPoolProviders.update",
  ]

  /// Whether the holder of a predefined role can set the policy of a project; the caller may lock itself out by losing
  /// it.
  public static func allowsSettingPolicies(_ role: String) -> Bool {
    policySetters.contains(role)
  }

  private static let policySetters: Set<String> = [
    "roles/owner", "roles/iam.securityAdmin",
    "roles/resourcemanager.projectIamAdmin", "roles/resourcemanager.folderAdmin",
    "roles/resourcemanager.folderIamAdmin", "roles/resourcemanager.organizationAdmin",
    "roles/iam.serviceAccountAdmin", "roles/artifactregistry.admin",
  ]

  private static let setsPolicies = "to set policies"
}

/// Members that include people outside the organisation.
public enum PublicMembers {
  /// Why a grant to a member opens the resource to the public, or nil.
  ///
  /// - Parameter written: the shorthand by which a manifest names the member, to be shown with it.
  public static func reason(_ member: String, written: String? = nil) -> Statement? {
    switch member {
    case "allUsers":
      return Statement("public", "`\(member)` is everyone on the internet")
    case "allAuthenticatedUsers":
      return Statement("public", "`\(member)` is everyone with a Google account")
    default: break
    }
    if member.hasPrefix("principalSet://"), member.hasSuffix("/*") {
      return Statement(
        "public",
        "`\(member)`\(words: written.map { " (\($0))" } ?? "") is everyone who can sign in through the whole identity pool"
      )
    }
    let domain = "domain:"
    if member.hasPrefix(domain),
      consumerDomains.contains(String(member.dropFirst(domain.count).lowercased()))
    {
      return Statement("public", "`\(member)` is everyone with a mailbox there")
    }
    return nil
  }

  /// Mail services where anyone can have an account (docs/google-apis.md#privileged-roles-and-permissions).
  static let consumerDomains: Set<String> = [
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com",
    "yahoo.com", "ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "gmx.com", "gmx.de",
    "gmx.net", "web.de", "proton.me", "protonmail.com", "mail.com", "mail.ru", "yandex.ru",
    "yandex.com", "qq.com", "163.com", "126.com", "naver.com", "zoho.com", "fastmail.com",
  ]
}
