package import SandboxStore
package import SandboxWire

/// Decides whether a caller has a permission, by the policies of the resource, of its project, and of the folders and the
/// organization above.
package enum AccessCheck {
  /// Whether a caller has a permission on a resource at a time, in microseconds since 1970.
  package static func allows(
    _ caller: Principal, permission: String, on resource: Resource, in state: State, now: Int64
  ) -> Bool {
    // The owner stands for the organization's administrator: without one caller who may do everything, the first
    // project could not be created.
    if caller.isOwner { return true }
    let context = Condition.Context(now: now, resource: resource)
    var paths = [resource.path]
    // The project comes second: most grants of a repository or an account are on itself, and the order does not change
    // the answer.
    if resource.kind != .project, !resource.kind.isAboveProjects {
      paths.append(Resource.project(resource.project).path)
    }
    paths += state.containers(above: resource)
    for path in paths {
      guard let policy = state[PolicyRecord.self][path] else { continue }
      for binding in policy.bindings
      where includes(binding.role, permission: permission, in: state)
        && binding.members.contains(where: { matches($0, caller: caller, in: state) })
        && Condition.holds(binding.condition, in: context)
      {
        return true
      }
    }
    // Nothing grants it. IAM denies by default.
    return false
  }

  /// Whether a role contains a permission. A deleted or disabled custom role contains none, and its bindings stay in
  /// policies without effect.
  package static func includes(_ role: String, permission: String, in state: State) -> Bool {
    if role.hasPrefix("roles/") {
      guard let known = RoleCatalogue.role(role) else { return false }
      return known.permissions.contains(permission)
        || PermissionCatalogue.basic(role, holds: permission)
    }
    guard let custom = state[RoleRecord.self][role] else { return false }
    return custom.deleteTime == nil && custom.stage != "DISABLED"
      && custom.permissions.contains(permission)
  }

  /// Whether a member of a binding includes the caller. Groups and domains never do: the sandbox has no directory of
  /// users.
  private static func matches(_ member: String, caller: Principal, in state: State) -> Bool {
    if member == "allUsers" { return true }
    // Not `allAuthenticatedUsers`: it does not include identities of pools (discovery `iam.v1 Binding.members`).
    if let identity = caller.identity { return identity.isIncluded(in: member) }
    if member == caller.member || member == "allAuthenticatedUsers" { return true }
    // All service accounts that belong to one project.
    let set = "principalSet://cloudresourcemanager.googleapis.com/projects/"
    if member.hasPrefix(set), let home = state[AccountRecord.self][caller.uniqueID]?.project {
      return state[ProjectRecord.self][home].map {
        member == "\(set)\($0.number)/type/ServiceAccount"
      }
        ?? false
    }
    // These members stand for everyone who has the basic role on the project, and Google writes them into policies of
    // its own. A conditional binding does not count.
    for (prefix, role) in [
      ("projectOwner:", "roles/owner"), ("projectEditor:", "roles/editor"),
      ("projectViewer:", "roles/viewer"),
    ] where member.hasPrefix(prefix) {
      let path = "projects/\(member.dropFirst(prefix.count))"
      return state[PolicyRecord.self][path]?.bindings.contains {
        $0.role == role && $0.condition == nil && $0.members.contains(caller.member)
      } ?? false
    }
    return false
  }

  /// The 403 of a missing permission, in the text of each API (docs/google-apis.md#what-a-403-may-mean).
  ///
  /// The error's domain is the service that has the resource, as in recorded answers of Artifact Registry and Firebase;
  /// IAM always names itself.
  package static func denial(_ permission: String, on resource: Resource, _ api: API) -> APIError {
    let isIAM = api == .iam || api == .credentials
    // Roles list these permissions with the whole service; pages about the methods do not (**assumed** for errors).
    let permission = permission.replacing("iam.googleapis.com/", with: "iam.")
    let info = APIError.errorInfo(
      "IAM_PERMISSION_DENIED", domain: isIAM ? API.iam.service : resource.service,
      ["permission": .string(permission), "resource": .string(shortName(resource, api))])
    switch api {
    case .resourceManager, .billing:
      // An absent project and a forbidden one get the same answer here, so that a GET does not reveal which ids exist.
      let bare = permission == "resourcemanager.projects.get"
      return APIError(
        .permissionDenied, "The caller does not have permission", details: bare ? [] : [info])
    case .iam, .credentials:
      return APIError(
        .permissionDenied, "Permission '\(permission)' denied on resource (or it may not exist).",
        reason: "forbidden", details: [info])
    case .keyManagement:
      // The text is the one in terraform-google-modules/terraform-google-kms issue 51.
      return APIError(
        .permissionDenied,
        "Permission '\(permission)' denied on resource '\(resource.path)' (or it may not exist).",
        reason: "forbidden", details: [info])
    case .secretManager:
      // The preposition differs; the texts of many users' reports agree on it.
      let name = resource.fullName.dropFirst("//\(resource.service)/".count)
      return APIError(
        .permissionDenied,
        "Permission '\(permission)' denied for resource '\(name)' (or it may not exist).",
        details: [info])
    default:
      return APIError(
        .permissionDenied,
        "Permission '\(permission)' denied on resource '\(resource.fullName)' "
          + "(or it may not exist).", details: [info])
    }
  }

  /// The resource as the details of the error name it.
  private static func shortName(_ resource: Resource, _ api: API) -> String {
    resource.kind == .project || resource.kind.isAboveProjects || api == .artifactRegistry
      || api == .keyManagement
      ? resource.path : resource.fullName
  }
}
