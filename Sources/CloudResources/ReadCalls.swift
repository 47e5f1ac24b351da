package import GoogleCloud
package import Model

/// The calls that read.
package enum ReadCalls {
  /// One resource by its name; nil for an address without one.
  package static func resource(_ address: Address) -> APICall? { address.rest?.get(address) }

  /// The policy at a policy's address; nil for an address that cannot have one.
  package static func policy(_ address: Address) -> APICall? {
    address.policyResource.flatMap { $0.rest?.policyRead($0) }
  }

  /// The billing account of a project.
  package static func billing(project: String) -> APICall {
    APICall(
      .cloudBilling, method: .get, path: APIPath.join("v1", "projects", project, "billingInfo"),
      label: "cloudbilling.projects.getBillingInfo \(project)", consumerProject: project)
  }

  /// The user-managed keys of an account; there is no paging (docs/google-apis.md#calls-about-keys).
  package static func keys(email: String, project: String) -> APICall {
    APICall(
      .iam, method: .get,
      path: APIPath.join("v1", "projects", project, "serviceAccounts", email, "keys"),
      query: [("keyTypes", "USER_MANAGED")],
      label: "iam.serviceAccountKeys.list \(email)", consumerProject: project)
  }

  /// What an organisation's policies come to in a project (docs/google-apis.md#organisation-policies-about-keys).
  package static func effectivePolicy(
    _ constraint: OrganisationConstraint, project: String
  ) -> APICall {
    APICall(
      .organisationPolicy, method: .get,
      path: APIPath.join(
        ["v2", "projects", project, "policies", constraint.rawValue], verb: "getEffectivePolicy"),
      label: "orgpolicy.policy.get \(constraint.rawValue) \(project)", consumerProject: project)
  }

  /// One key with its certificate, which the list lacks.
  package static func key(id: String, email: String, project: String) -> APICall {
    APICall(
      .iam, method: .get,
      path: APIPath.join("v1", "projects", project, "serviceAccounts", email, "keys", id),
      query: [("publicKeyType", "TYPE_X509_PEM_FILE")],
      label: "iam.serviceAccountKeys.get \(email) \(id)", consumerProject: project)
  }
}
