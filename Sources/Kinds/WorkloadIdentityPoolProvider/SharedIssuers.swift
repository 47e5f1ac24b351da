/// Issuers that many organizations share: a token of theirs proves only that somebody has an account there.
///
/// Source: docs/google-apis.md#conditions-of-providers.
struct SharedIssuer: Sendable {
  /// Its name in messages.
  let name: String
  /// The claim `iss`.
  let issuer: String
  /// What a condition should compare, as an example.
  let condition: String
  /// Claims with names that others can get once they are free, each with the claims whose ids never are; any one of
  /// those is enough.
  let ids: [String: [String]]

  /// The issuer with this address, which may be spelled differently; nil for one that belongs to one organization.
  static func named(_ uri: String) -> SharedIssuer? {
    var text = uri.lowercased()[...]
    while text.hasSuffix("/") { text = text.dropLast() }
    if text.hasSuffix(":443") { text = text.dropLast(":443".count) }
    return all.first { $0.issuer == text }
  }

  static let all = [
    SharedIssuer(
      name: "GitHub", issuer: "https://token.actions.githubusercontent.com",
      condition: "assertion.repository_owner_id == '123456'",
      ids: [
        "repository": ["repository_id", "repository_owner_id"],
        "repository_owner": ["repository_owner_id", "repository_id"],
        "sub": ["repository_id", "repository_owner_id"], "actor": ["actor_id"],
        "enterprise": ["enterprise_id"],
      ]),
    SharedIssuer(
      name: "GitLab.com", issuer: "https://gitlab.com",
      condition: "assertion.namespace_id == '123456'",
      ids: [
        "project_path": ["project_id", "namespace_id"],
        "namespace_path": ["namespace_id", "project_id"], "sub": ["project_id", "namespace_id"],
        "user_login": ["user_id"],
      ]),
    SharedIssuer(
      name: "HCP Terraform", issuer: "https://app.terraform.io",
      condition: "assertion.terraform_organization_id == 'org-abc'",
      ids: [
        "terraform_organization_name": [
          "terraform_organization_id", "terraform_project_id", "terraform_workspace_id",
        ],
        "terraform_project_name": ["terraform_project_id", "terraform_organization_id"],
        "terraform_workspace_name": ["terraform_workspace_id", "terraform_organization_id"],
        "sub": ["terraform_organization_id", "terraform_project_id", "terraform_workspace_id"],
      ]),
  ]
}
