import Crypto

extension GoogleAccounts {
  /// The agent whose e-mail Service Usage returns for a service in a project: its primary service agent.
  ///
  /// Nil if the sandbox does not know it. Google's table of service agents does not mark the primary ones, so only
  /// services with a single candidate count.
  package static func primaryAgent(of service: String, project number: String) -> Principal? {
    let short = String(service.dropLast(".googleapis.com".count))
    guard service.hasSuffix(".googleapis.com"), let owner = primaryOwner(of: short, service) else {
      return nil
    }
    let email = "service-\(number)@\(owner).iam.gserviceaccount.com"
    // 21 digits, like Google's, and always the same for one account.
    let digits = SHA256.hash(Array(email.utf8)).prefix(20).map { String($0 % 10) }.joined()
    return Principal(email: email, uniqueID: "1\(digits)")
  }

  /// The part of the primary agent's e-mail between `@` and `.iam.gserviceaccount.com`.
  private static func primaryOwner(of short: String, _ service: String) -> String? {
    if let owner = exceptions[short] { return owner }
    let own = agents.filter { owner, services in
      services == [service] && !owner.hasPrefix("gcp-sa-") && !otherForms.contains(owner)
    }.keys
    if !own.isEmpty { return own.count == 1 ? own.first : nil }
    // Most agents are named after their service, and have a role that is named after it too.
    return RoleCatalogue.role("roles/\(short).serviceAgent") == nil ? nil : "gcp-sa-\(short)"
  }

  /// Agents that Google's pages on customer-managed keys name, and that the rule above does not find.
  private static let exceptions = [
    "secretmanager": "gcp-sa-secretmanager", "sqladmin": "gcp-sa-cloud-sql",
  ]

  /// The owners of accounts whose e-mails do not begin with `service-NUMBER`, and that of Cloud Storage, which this call
  /// does not create (hashicorp/terraform-provider-google issue 9730).
  private static let otherForms: Set<String> = [
    "bigquery-encryption", "genomics-api.google.com", "storage-transfer-service",
    "gs-project-accounts",
  ]
}
