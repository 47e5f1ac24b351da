package import GoogleCloud
import JSON
package import Model

/// The calls that read: each what gcp-api.md sections 2 and 4 say of it.
package enum ReadCalls {
  /// The largest page that repositories.list and roles.list give.
  static let largePage = "1000"
  /// The largest page that serviceAccounts.list gives.
  static let accountPage = "100"
  /// The most services that one services:batchGet takes.
  package static let servicesPerBatch = 30

  /// All repositories of a project in one location.
  package static func repositories(project: String, location: String) -> APICall {
    APICall(
      .artifactRegistry,
      .get, APIPath.join("v1", "projects", project, "locations", location, "repositories"),
      query: [("pageSize", largePage)],
      label: "artifactregistry.repositories.list \(project)/\(location)", consumerProject: project)
  }

  /// All service accounts of a project.
  package static func serviceAccounts(project: String) -> APICall {
    APICall(
      .iam, .get, APIPath.join("v1", "projects", project, "serviceAccounts"),
      query: [("pageSize", accountPage)],
      label: "iam.serviceAccounts.list \(project)", consumerProject: project)
  }

  /// All custom roles of a project, the deleted ones too.
  package static func roles(project: String) -> APICall {
    APICall(
      .iam, .get, APIPath.join("v1", "projects", project, "roles"),
      query: [("view", "FULL"), ("showDeleted", "true"), ("pageSize", largePage)],
      label: "iam.roles.list \(project)", consumerProject: project)
  }

  /// Some services of a project, at most `servicesPerBatch`.
  package static func services(project: String, names: [String]) -> APICall {
    APICall(
      .serviceUsage, .get, APIPath.join("v1", "projects", project, "services", verb: "batchGet"),
      query: names.map { ("names", "projects/\(project)/services/\($0)") },
      label: "serviceusage.services.batchGet \(project)", consumerProject: project)
  }

  /// One resource by its name; nil for an address that names none.
  package static func resource(_ address: Address) -> APICall? {
    guard let path = ResourceNames.path(of: address) else { return nil }
    return APICall(
      ResourceNames.host(ofKind: address.kind), .get, path,
      label: "\(noun(address)).get \(address)",
      consumerProject: address.project)
  }

  /// The billing account of a project.
  package static func billing(project: String) -> APICall {
    APICall(
      .cloudBilling, .get, APIPath.join("v1", "projects", project, "billingInfo"),
      label: "cloudbilling.projects.getBillingInfo \(project)", consumerProject: project)
  }

  /// The user-managed keys of an account; there is no paging (gcp-api.md 2.5).
  package static func keys(email: String, project: String) -> APICall {
    APICall(
      .iam, .get, APIPath.join("v1", "projects", project, "serviceAccounts", email, "keys"),
      query: [("keyTypes", "USER_MANAGED")],
      label: "iam.serviceAccountKeys.list \(email)", consumerProject: project)
  }

  /// One key with its certificate, which the list does not carry.
  package static func key(id: String, email: String, project: String) -> APICall {
    APICall(
      .iam, .get, APIPath.join("v1", "projects", project, "serviceAccounts", email, "keys", id),
      query: [("publicKeyType", "TYPE_X509_PEM_FILE")],
      label: "iam.serviceAccountKeys.get \(email) \(id)", consumerProject: project)
  }

  /// The policy at a policy's address, always asked for in version 3; nil for an address that can have none.
  ///
  /// Three APIs, three forms: repositories by GET, accounts by POST with an empty body and the version in the query,
  /// projects by POST with the version in the body (gcp-api.md 2.7).
  package static func policy(_ address: Address) -> APICall? {
    guard let resource = address.policyResource,
      let path = ResourceNames.policyPath(of: resource, verb: "getIamPolicy")
    else { return nil }
    let version = [("options.requestedPolicyVersion", "3")]
    let label = "\(noun(resource)).getIamPolicy \(resource)"
    switch resource.kind {
    case .repository:
      return APICall(
        .artifactRegistry, .get, path, query: version, label: label,
        consumerProject: address.project)
    case .serviceAccount:
      return APICall(
        .iam, .post, path, query: version, label: label, consumerProject: address.project)
    case .project:
      return APICall(
        .resourceManager, .post, path, body: ["options": ["requestedPolicyVersion": 3]],
        label: label, consumerProject: address.project)
    case .service, .role, .serviceAccountKey, .iam: return nil
    }
  }

  /// The first two parts of an IAM permission on the resource: `artifactregistry.repositories`.
  package static func noun(_ address: Address) -> String {
    switch address.kind {
    case .repository: "artifactregistry.repositories"
    case .serviceAccount: "iam.serviceAccounts"
    case .serviceAccountKey: "iam.serviceAccountKeys"
    case .role: "iam.roles"
    case .service: "serviceusage.services"
    case .project, .iam: "resourcemanager.projects"
    }
  }
}
