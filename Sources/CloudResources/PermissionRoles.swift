package import GoogleCloud
import Grammar
package import Model

/// Which predefined role holds a permission: what a message about a missing permission names.
///
/// The narrowest of the usual roles. Source: docs/google-apis.md#which-role-holds-a-permission.
package struct PermissionRoles: Sendable {
  private let resources: [String: RESTResource]

  /// For the permissions of these kinds.
  package init(_ kinds: KindSet) {
    resources = Dictionary(
      kinds.resources.compactMap { $0.id.rest }.map { ($0.permission, $0) }
    ) { first, _ in first }
  }

  /// The missing permission and what to do about it; nil for an error that is not a refusal.
  package func advice(for error: APIError) -> PermissionAdvice? {
    permission(of: error).map { PermissionAdvice(permission: $0, help: help(for: error, $0)) }
  }

  /// What to grant for a permission; nil for one that is not among those that arctl uses.
  func role(for permission: String) -> String? {
    let parts = permission.split(separator: ".", maxSplits: 2).map(String.init)
    guard parts.count == 3 else { return nil }
    if parts[2] == "getIamPolicy" { return "roles/iam.securityReviewer" }
    if permission.hasPrefix("billing.resourceAssociations.") { return "roles/billing.user" }
    return resources["\(parts[0]).\(parts[1])"]?.roles.role(for: parts[2])
  }

  /// The permission that a refused call lacked: as the server named it, else the one that its label is made of.
  private func permission(of error: APIError) -> String? {
    guard case .permissionDenied(let named, _) = error.kind else { return nil }
    if let named { return named }
    let word = error.label.prefix { $0 != " " }
    switch word {
    case "cloudbilling.projects.getBillingInfo": return "resourcemanager.projects.get"
    case "cloudbilling.projects.updateBillingInfo":
      return "resourcemanager.projects.createBillingAssignment"
    default:
      let parts = word.split(separator: ".").map(String.init)
      guard parts.count == 3 else { return nil }
      let prefix = "\(parts[0]).\(parts[1])"
      return "\(prefix).\(resources[prefix]?.permissionVerbs[parts[2]] ?? parts[2])"
    }
  }

  private func help(for error: APIError, _ permission: String) -> String {
    let holder = role(for: permission).map { ", which \($0) has" } ?? ""
    let need = "needs the permission \(permission)\(holder)"
    if let namesakes = Self.namesakes(of: error) {
      return "\(namesakes); where it does, this \(need)"
    }
    return Self.doubt(aboutLocationIn: error.message) + need
  }

  /// What else a refusal may mean that Google gives for things that do not exist: reasons first, then the texts of
  /// docs/google-apis.md#what-a-403-may-mean.
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
