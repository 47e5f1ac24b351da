package import SandboxStore
package import SandboxWire

/// Decides whether a caller has a permission: bindings of the resource and of its project.
package enum AccessCheck {
  /// Whether a caller has a permission on a resource at a time, in microseconds since 1970.
  package static func allows(
    _ caller: Principal, _ permission: String, on resource: Resource, _ state: State, now: Int64
  ) -> Bool {
    if caller.isOwner { return true }
    let context = Condition.Context(now: now, resource: resource)
    var paths = [resource.path]
    if resource.kind != .project { paths.append(Resource.project(resource.project).path) }
    for path in paths {
      guard let policy = state[PolicyRecord.self][path] else { continue }
      for binding in policy.bindings
      where includes(binding.role, permission, state)
        && binding.members.contains(where: { matches($0, caller, state) })
        && Condition.holds(binding.condition, in: context)
      {
        return true
      }
    }
    return false
  }

  /// Whether a role gives a permission; a deleted or disabled custom role gives none.
  package static func includes(_ role: String, _ permission: String, _ state: State) -> Bool {
    if role.hasPrefix("roles/") {
      guard let known = RoleCatalogue.role(role) else { return false }
      return known.permissions.contains(permission)
        || PermissionCatalogue.basic(role, holds: permission)
    }
    guard let custom = state[RoleRecord.self][role] else { return false }
    return custom.deleteTime == nil && custom.stage != "DISABLED"
      && custom.permissions.contains(permission)
  }

  private static func matches(_ member: String, _ caller: Principal, _ state: State) -> Bool {
    if member == caller.member || member == "allUsers" || member == "allAuthenticatedUsers" {
      return true
    }
    // Every service account that a project made.
    let set = "principalSet://cloudresourcemanager.googleapis.com/projects/"
    if member.hasPrefix(set), let home = state[AccountRecord.self][caller.uniqueID]?.project {
      return state[ProjectRecord.self][home].map {
        member == "\(set)\($0.number)/type/ServiceAccount"
      }
        ?? false
    }
    // projectOwner:P and its siblings stand for whoever holds the basic role on the project.
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

  /// The 403 of a missing permission, in the words of each API.
  ///
  /// The domain is the service that has the resource, as in dumps of Artifact Registry's and Firebase's
  /// answers; IAM names itself.
  package static func denial(_ permission: String, on resource: Resource, _ api: API) -> APIError {
    let isIAM = api == .iam || api == .credentials
    let info = APIError.errorInfo(
      "IAM_PERMISSION_DENIED", domain: isIAM ? API.iam.service : resource.service,
      ["permission": .string(permission), "resource": .string(shortName(resource, api))])
    switch api {
    case .resourceManager, .billing:
      // An absent project and a forbidden one answer alike on get, so that get tells nothing.
      let bare = permission == "resourcemanager.projects.get"
      return APIError(
        .permissionDenied, "The caller does not have permission", details: bare ? [] : [info])
    case .iam, .credentials:
      return APIError(
        .permissionDenied, "Permission '\(permission)' denied on resource (or it may not exist).",
        reason: "forbidden", details: [info])
    default:
      return APIError(
        .permissionDenied,
        "Permission '\(permission)' denied on resource '\(resource.fullName)' "
          + "(or it may not exist).", details: [info])
    }
  }

  private static func shortName(_ resource: Resource, _ api: API) -> String {
    resource.kind == .project || api == .artifactRegistry
      ? resource.path : resource.fullName
  }
}
