import Model

/// Google's own accounts of a project: service agents, and default accounts.
///
/// Table of 2026-11; some hosts are documented but unverified (docs/google-apis.md#service-agents). `{N}` is the
/// project's number.
public enum ServiceAgents {
  /// E-mails by the names that `serviceAgent:NAME@PROJECT` accepts.
  public static let emails: [String: String] = [
    "aiplatform": agent("gcp-sa-aiplatform"),
    "apigateway": agent("gcp-sa-apigateway"),
    "appengine": agent("gae-api-prod.google.com"),
    "appengineflex": agent("gae-api-prod.google.com"),
    "artifactregistry": agent("gcp-sa-artifactregistry"),
    "bigquery": "bq-{N}@bigquery-encryption.iam.gserviceaccount.com",
    "binaryauthorization": agent("gcp-sa-binaryauthorization"),
    "cloudbuild": agent("gcp-sa-cloudbuild"),
    "cloudbuild-legacy": "{N}@cloudbuild.gserviceaccount.com",
    "clouddeploy": agent("gcp-sa-clouddeploy"),
    "cloudfunctions": agent("gcf-admin-robot"),
    "cloudkms": agent("gcp-sa-cloudkms"),
    "cloudscheduler": agent("gcp-sa-cloudscheduler"),
    "cloudservices": "{N}@cloudservices.gserviceaccount.com",
    "cloudtasks": agent("gcp-sa-cloudtasks"),
    "composer": agent("cloudcomposer-accounts"),
    "compute": agent("compute-system"),
    "compute-default": "{N}-compute@developer.gserviceaccount.com",
    "container": agent("container-engine-robot"),
    "containerregistry": agent("containerregistry"),
    "containerscanning": agent("gcp-sa-containerscanning"),
    "dataflow": agent("dataflow-service-producer-prod"),
    "dataproc": agent("dataproc-accounts"),
    "eventarc": agent("gcp-sa-eventarc"),
    "gkehub": agent("gcp-sa-gkehub"),
    "gkenode": agent("gcp-sa-gkenode"),
    "logging": agent("gcp-sa-logging"),
    "ml": agent("cloud-ml.google.com"),
    "pubsub": agent("gcp-sa-pubsub"),
    "run": agent("serverless-robot-prod"),
    "secretmanager": agent("gcp-sa-secretmanager"),
    "servicenetworking": agent("service-networking"),
    "sourcerepo": agent("sourcerepo-service-accounts"),
    "storage": agent("gs-project-accounts"),
    "workflows": agent("gcp-sa-workflows"),
    "workstations": agent("gcp-sa-workstations"),
  ]

  /// The e-mail of an agent; nil for a name that is not in the table.
  public static func email(of name: String, projectNumber: String) -> String? {
    emails[name]?.replacing("{N}", with: projectNumber)
  }

  /// The member for `serviceAgent:NAME@PROJECT`; nil while the project's number is unknown.
  public static func member(
    _ reference: String, projectNumbers: [String: String]
  ) -> String? {
    let parts = reference.dropFirst("serviceAgent:".count).split(separator: "@", maxSplits: 1)
    guard parts.count == 2, let number = projectNumbers[String(parts[1])] else { return nil }
    return email(of: String(parts[0]), projectNumber: number).map { "serviceAccount:\($0)" }
  }

  /// The service in `serviceAgent:NAME@PROJECT`; nil for other members.
  public static func service(of member: String) -> String? {
    let prefix = "serviceAgent:"
    guard member.hasPrefix(prefix) else { return nil }
    let name = String(member.dropFirst(prefix.count).split(separator: "@").first ?? "")
    return service(named: otherServices[name] ?? name)
  }

  /// The services whose agent a member of a policy may be, in either of its forms: `serviceAgent:NAME@PROJECT`, or an
  /// e-mail with the number of any project.
  public static func services(mayBeOf member: String) -> Set<String> {
    if let service = service(of: member) { return [service] }
    guard isAgent(member, projectNumber: nil),
      let host = member.lowercased().split(separator: "@").last
    else { return [] }
    let names = emails.filter { $0.value.hasSuffix("@\(host)") }.keys
    let own = host.hasPrefix("gcp-sa-") ? [host.dropFirst(7).prefix { $0 != "." }.description] : []
    return Set((Array(names) + own).map { service(named: otherServices[$0] ?? $0) })
  }

  /// The services of the accounts whose names are not those of their services.
  private static let otherServices = [
    "appengineflex": "appengine", "cloudbuild-legacy": "cloudbuild", "cloudservices": "compute",
    "compute-default": "compute", "gkenode": "container",
  ]

  /// The full name of a service: that of `artifactregistry` is `artifactregistry.googleapis.com`.
  public static func service(named name: String) -> String {
    name.contains(".") ? name : "\(name).googleapis.com"
  }

  /// Whether a policy's member is one of Google's own accounts of the project with this number, or of any project if
  /// the number is unknown.
  public static func isAgent(_ member: String, projectNumber: String?) -> Bool {
    let prefix = "serviceAccount:"
    guard member.hasPrefix(prefix) else { return false }
    let email = member.dropFirst(prefix.count).lowercased()
    guard let at = email.firstIndex(of: "@"), isAgentHost(email[email.index(after: at)...]) else {
      return false
    }
    guard let number = number(in: email[..<at]) else { return false }
    return projectNumber == nil || projectNumber == number
  }

  /// Whether a policy's member is one of Google's own accounts of this project: a service agent or a default account.
  ///
  /// False for those of another project, which act for that project's users, and for all but App Engine's as long as the
  /// project's number is unknown.
  public static func isOwn(_ member: String, of project: String, number: String?) -> Bool {
    if PolicyMember.normalized(member) == appEngine(project) { return true }
    guard let number else { return false }
    return isAgent(member, projectNumber: number)
  }

  /// Whether Google itself grants this role on the project to this account: the editor role of default accounts.
  ///
  /// Source: cloud.google.com/iam/docs/service-account-types#default, read in 2026-11. Owners have no such account.
  public static func isGrantedByGoogle(_ role: String, to member: String, of project: String)
    -> Bool
  {
    guard role == "roles/editor" else { return false }
    let form = PolicyMember.normalized(member)
    return form == appEngine(project)
      || defaultHosts.contains { form.hasPrefix("serviceAccount:") && form.hasSuffix($0) }
  }

  /// The hosts of the default accounts of Compute Engine and of the Google APIs service agent.
  private static let defaultHosts = [
    "-compute@developer.gserviceaccount.com", "@cloudservices.gserviceaccount.com",
  ]

  private static func appEngine(_ project: String) -> String {
    PolicyMember.normalized("serviceAccount:\(project)@appspot.gserviceaccount.com")
  }

  /// Whether accounts at this host are Google's: `gcp-sa-pubsub.iam.gserviceaccount.com`.
  static func isAgentHost(_ host: some StringProtocol) -> Bool {
    host.hasPrefix("gcp-sa-") && host.hasSuffix(".iam.gserviceaccount.com")
      || hosts.contains(String(host))
  }

  /// The project number in `service-N`, `N-compute`, `bq-N`, `N`.
  private static func number(in local: Substring) -> String? {
    var digits = local
    for prefix in ["service-", "bq-"] where local.hasPrefix(prefix) {
      digits = local.dropFirst(prefix.count)
    }
    if digits.hasSuffix("-compute") { digits = digits.dropLast("-compute".count) }
    return NameRules.projectNumber(String(digits)) == nil ? String(digits) : nil
  }

  private static let hosts = Set(
    emails.values.compactMap { $0.split(separator: "@").last.map(String.init) }
      + [
        "cloud-filer.iam.gserviceaccount.com", "cloud-redis.iam.gserviceaccount.com",
        "endpoints-portal.iam.gserviceaccount.com", "firebase-rules.iam.gserviceaccount.com",
        "cloud-tpu.iam.gserviceaccount.com", "remotebuildexecution.iam.gserviceaccount.com",
      ])

  private static func agent(_ host: String) -> String {
    "service-{N}@\(host).iam.gserviceaccount.com"
  }
}
