import GoogleCloud

/// Which predefined role holds a permission: what a message about a missing permission names.
///
/// Source: cloud.google.com/iam/docs/roles-permissions, the narrowest of the usual roles; as of 2026-11.
enum PermissionRoles {
  /// What to grant for a permission; nil for one that is not among those that arctl uses.
  static func role(for permission: String) -> String? {
    let parts = permission.split(separator: ".", maxSplits: 2).map(String.init)
    guard parts.count == 3 else { return nil }
    let reads = ["get", "list"].contains(parts[2])
    if parts[2] == "getIamPolicy" { return "roles/iam.securityReviewer" }
    switch "\(parts[0]).\(parts[1])" {
    case "artifactregistry.repositories":
      return reads ? "roles/artifactregistry.reader" : "roles/artifactregistry.admin"
    case "iam.serviceAccounts":
      return reads ? "roles/iam.serviceAccountViewer" : "roles/iam.serviceAccountAdmin"
    case "iam.serviceAccountKeys":
      return reads ? "roles/iam.serviceAccountViewer" : "roles/iam.serviceAccountKeyAdmin"
    case "iam.roles": return reads ? "roles/iam.roleViewer" : "roles/iam.roleAdmin"
    case "serviceusage.services":
      if parts[2] == "use" { return "roles/serviceusage.serviceUsageConsumer" }
      return reads
        ? "roles/serviceusage.serviceUsageViewer" : "roles/serviceusage.serviceUsageAdmin"
    case "resourcemanager.projects": return projectRole(parts[2])
    case "billing.resourceAssociations": return "roles/billing.user"
    default: return nil
    }
  }

  private static func projectRole(_ verb: String) -> String? {
    switch verb {
    case "get": "roles/browser"
    case "create": "roles/resourcemanager.projectCreator"
    case "delete": "roles/resourcemanager.projectDeleter"
    case "setIamPolicy": "roles/resourcemanager.projectIamAdmin"
    case "createBillingAssignment", "deleteBillingAssignment": "roles/billing.projectManager"
    case "update": "roles/owner"
    default: nil
    }
  }

  /// The permission that a refused call lacked: as the server named it, else the one that its label is made of.
  static func permission(of error: APIError) -> String? {
    guard case .permissionDenied(let named, _) = error.kind else { return nil }
    if let named { return named }
    let word = error.label.prefix { $0 != " " }
    switch word {
    case "serviceusage.services.batchGet": return "serviceusage.services.get"
    case "serviceusage.services.batchEnable": return "serviceusage.services.enable"
    case "iam.serviceAccountKeys.upload": return "iam.serviceAccountKeys.create"
    case "iam.serviceAccounts.patch": return "iam.serviceAccounts.update"
    case "cloudbilling.projects.getBillingInfo": return "resourcemanager.projects.get"
    case "cloudbilling.projects.updateBillingInfo":
      return "resourcemanager.projects.createBillingAssignment"
    default: return word.split(separator: ".").count == 3 ? String(word) : nil
    }
  }

  /// What to do about a refused call, for people; empty for other errors.
  static func help(for error: APIError) -> String {
    guard let permission = permission(of: error) else { return "" }
    let holder = role(for: permission).map { ", which \($0) has" } ?? ""
    let need = "needs the permission \(permission)\(holder)"
    if let namesakes = namesakes(of: error) { return "\(namesakes); where it does, this \(need)" }
    return doubt(aboutLocationIn: error.message) + need
  }

  /// What else a refusal may mean that Google gives for things that do not exist: reasons first, then the texts of
  /// gcp-api.md 1.1.
  private static func namesakes(of error: APIError) -> String? {
    if error.reason == "SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED"
      || error.message.hasPrefix("Not found or permission denied for service")
    {
      return "check the name in `services`: Google may not have such a service"
    }
    if error.reason == "CONSUMER_INVALID"
      || error.message.hasPrefix("Project '")
        && error.message.contains("not found or permission denied")
    {
      return "check the project's id: it may not exist"
    }
    return nil
  }

  /// Google refuses a location that does not exist like one that it does not show: `Permission denied on
  /// 'locations/europe-wset4' (or it may not exist)`. Of one that is not known here, the name is the likelier cause.
  private static func doubt(aboutLocationIn message: String) -> String {
    guard let found = message.firstMatch(of: /\blocations\/([a-z0-9-]+)/) else { return "" }
    let location = String(found.1)
    guard !Locations.isKnown(location) else { return "" }
    let near = Locations.nearest(to: location).map { ": did you mean `\($0)`?" } ?? "."
    return "there may be no location `\(location)`\(near) If there is, it "
  }
}
