/// The kind of resource that a full resource name names, such as
/// `//cloudresourcemanager.googleapis.com/projects/my-project`.
package enum FullResourceName {
  /// Nil for names of other resources.
  ///
  /// The host is ignored, because gcloud puts the endpoint override there, with or without the API's version.
  package static func kind(of name: String) -> ResourceKind? {
    guard let match = name.wholeMatch(of: /\/\/[^\/]+\/(?:v[0-9][a-z0-9]*\/)?(.+)/) else {
      return nil
    }
    let parts = match.1.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty }), parts.count % 2 == 0 else { return nil }
    switch stride(from: 0, to: parts.count, by: 2).map({ String(parts[$0]) }) {
    case ["projects"]: return .project
    case ["folders"]: return .folder
    case ["organizations"]: return .organization
    case ["projects", "serviceAccounts"]: return .account
    case ["projects", "locations", "repositories"]: return .repository
    case ["projects", "locations", "keyRings", "cryptoKeys"]: return .cryptoKey
    case ["projects", "locations", "workloadIdentityPools"]: return .pool
    case ["projects", "secrets"]: return .secret
    default: return nil
    }
  }
}

extension PermissionCatalogue {
  /// The known permissions that can be tested on a kind of resource: its own, and those of what is below it.
  ///
  /// Google publishes no such list. Here a permission belongs to the resource in its name, and permissions to create and
  /// to list belong to the resource above.
  package static func testable(on kind: ResourceKind) -> [String] {
    all.filter { isTestable($0, on: kind) }.sorted()
  }

  private static func isTestable(_ permission: String, on kind: ResourceKind) -> Bool {
    let parts = permission.split(separator: ".").map(String.init)
    guard parts.count > 2, let verb = parts.last else { return false }
    let thing = parts.dropLast().joined(separator: ".")
    switch kind {
    case .organization: return true
    case .folder:
      return !["resourcemanager.organizations", "billing.accounts"].contains(thing)
    case .project: return isForProjects(permission)
    case .repository:
      let ofPlaces = ["locations", "projectconfigs", "projectsettings", "vpcscconfigs"]
      return parts[0] == "artifactregistry" && !ofPlaces.contains(parts[1])
        && (parts[1] != "repositories" || !["create", "list"].contains(verb))
    case .account:
      return thing == "iam.serviceAccountKeys"
        || thing == "iam.serviceAccounts" && !["create", "list"].contains(verb)
    case .pool:
      return permission.hasPrefix("iam.googleapis.com/workloadIdentityPool")
        && (thing != "iam.googleapis.com/workloadIdentityPools"
          || !["create", "list"].contains(verb))
    case .cryptoKey:
      return thing == "cloudkms.cryptoKeyVersions"
        || thing == "cloudkms.cryptoKeys" && !["create", "list"].contains(verb)
    case .secret:
      return thing == "secretmanager.versions"
        || thing == "secretmanager.secrets" && !["create", "list"].contains(verb)
    }
  }
}
