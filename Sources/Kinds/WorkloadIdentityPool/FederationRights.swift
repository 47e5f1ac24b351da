import CloudResources

/// The permissions of the calls about pools and providers, as the predefined roles list them
/// (docs/google-apis.md#workload-identity-pools).
enum FederationRights {
  static let roles = RESTResource.RoleAdvice(
    reads: "roles/iam.workloadIdentityPoolViewer", writes: "roles/iam.workloadIdentityPoolAdmin")

  /// - Parameter hasPolicy: whether the resources have policies of their own, on which Google checks the permissions.
  static func of(_ collection: String, hasPolicy: Bool) -> RESTResource.Rights {
    func names(_ verb: String) -> [String] { ["iam.googleapis.com/\(collection).\(verb)"] }
    return RESTResource.Rights(
      checkedOn: hasPolicy ? .itself : .parent, get: names("get"), list: names("list"),
      locations: [], contents: [], foreign: [], create: names("create"), update: names("update"),
      delete: names("delete"), undelete: names("undelete"),
      policyRead: hasPolicy ? names("getIamPolicy") : [],
      policyWrite: hasPolicy ? names("setIamPolicy") : [], field: RESTResource.Rights.noFields,
      parentField: nil)
  }
}
