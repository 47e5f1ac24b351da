package import GoogleCloud
import Grammar
package import Model

/// Finds the predefined role with a permission, for messages about missing permissions.
///
/// It is the narrowest of the usual roles. Source: docs/google-apis.md#which-role-holds-a-permission.
package struct PermissionRoles: Sendable {
  private let resources: [String: RESTResource]
  /// The roles that read what resources contain, and locations, by the first two parts of the permission.
  private let readers: [String: String]

  /// For the permissions of these kinds.
  package init(_ kinds: KindSet) {
    resources = Dictionary(
      kinds.resources.compactMap { $0.id.rest }.map { ($0.permission, $0) }
    ) { first, _ in first }
    readers = Self.readers(kinds)
  }

  private static func readers(_ kinds: KindSet) -> [String: String] {
    var roles: [String: String] = [:]
    for kind in kinds.resources {
      guard let rest = kind.id.rest, let role = rest.roles.reads else { continue }
      let service = rest.permission.prefix { $0 != "." }
      if kind.place.isLocation { roles["\(service).locations"] = role }
      for list in kind.containerKind?.contentLists ?? [] {
        roles["\(service).\(list.collection)"] = role
      }
    }
    return roles
  }

  /// The missing permission and the remedy; nil for an error that is not a refusal.
  package func advice(for error: APIError) -> PermissionAdvice? {
    permission(of: error).map { permission in
      let plain = need(permission)
      let help = help(for: error, permission)
      return PermissionAdvice(
        permission: permission, help: help, role: role(for: permission), isPlain: help == plain)
    }
  }

  /// The role to grant for a permission; nil for a permission that arctl does not use.
  func role(for permission: String) -> String? {
    // The newer form: `iam.googleapis.com/workloadIdentityPools.get`.
    let short = permission.replacing(".googleapis.com/", with: ".")
    let parts = short.split(separator: ".", maxSplits: 2).map(String.init)
    guard parts.count == 3 else { return nil }
    if parts[2] == "getIamPolicy" { return "roles/iam.securityReviewer" }
    if permission.hasPrefix("billing.resourceAssociations.") { return "roles/billing.user" }
    let noun = "\(parts[0]).\(parts[1])"
    if let resource = resources[noun] { return resource.roles.role(for: parts[2]) }
    return ["get", "list"].contains(parts[2]) ? readers[noun] : nil
  }

  /// The missing permission: the server's name for it, or else one made from the call's label.
  private func permission(of error: APIError) -> String? {
    guard case .permissionDenied(let named, _) = error.kind else { return nil }
    if let named { return named }
    // Google's agent lacks it, not the caller (docs/google-apis.md#fields-of-a-repository).
    if error.message.contains("Cloud KMS key") {
      return "cloudkms.cryptoKeyVersions.useToEncrypt"
    }
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

  private func need(_ permission: String) -> String {
    let holder = role(for: permission).map { ", which \($0) has" } ?? ""
    return "needs the permission \(permission)\(holder)"
  }

  private func help(for error: APIError, _ permission: String) -> String {
    if permission.hasPrefix("cloudkms.cryptoKeyVersions.") {
      return "the project's agent serviceAgent:artifactregistry needs "
        + "roles/cloudkms.cryptoKeyEncrypterDecrypter on the key of `kmsKeyName`: grant it by an IAMBinding whose "
        + "`resource` is the key"
    }
    let need = need(permission)
    if let namesakes = Self.namesakes(of: error) {
      return "\(namesakes); where it does, this \(need)"
    }
    return Self.doubt(aboutLocationIn: error.message) + need
  }

  /// Other possible meanings of a refusal, because Google also refuses calls about resources that do not exist: first
  /// by reason, then by the texts of docs/google-apis.md#what-a-403-may-mean.
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

  /// Google refuses an unknown location like one that it hides: `Permission denied on 'locations/europe-wset4' (or it
  /// may not exist)`. For a location that arctl does not know, a wrong name is the likelier cause.
  private static func doubt(aboutLocationIn message: String) -> String {
    guard let found = message.firstMatch(of: /\blocations\/([a-z0-9-]+)/) else { return "" }
    let location = String(found.1)
    guard !Locations.isKnown(location) else { return "" }
    let near = Locations.nearest(to: location).map { ": did you mean `\($0)`?" } ?? "."
    return "there may be no location `\(location)`\(near) If there is, it "
  }
}
