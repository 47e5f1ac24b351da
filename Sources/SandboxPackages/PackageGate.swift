import HTTP
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// Authentication and authorization of a request to the data plane.
struct PackageGate: Sendable {
  let address: PackageAddress
  let credential: PackageCredential
  let permission: String

  static let upload = "artifactregistry.repositories.uploadArtifacts"
  static let download = "artifactregistry.repositories.downloadArtifacts"

  init(_ request: WireRequest, at address: PackageAddress, permission: String) {
    self.address = address
    self.permission = permission
    credential = PackageCredential(request.headers)
  }

  /// Checks the request and returns the repository.
  ///
  /// For a virtual repository, its own permission is enough; those of the upstreams are not checked.
  ///
  /// - Parameter who: set to the caller once it is known, also if the request is refused then; nil if the repository is
  ///   open to all.
  func admit(
    _ state: State, _ settings: Call.Settings, now: Int64, caller who: inout Principal?
  ) throws(APIError) -> RepositoryRecord {
    var call = Call(
      route: Route(
        permission == Self.upload ? .post : .get, "", api: .artifactRegistry,
        access: .permission(permission, on: .repository),
        run: { (_, _) throws(APIError) in [:] }),
      variables: address.variables, query: Query(""), body: Body(), headers: [:], caller: nil,
      resource: nil, now: now, realNow: now, settings: settings, newKey: nil, bytes: [])
    if case .none = credential {
      guard let project = openProject(state, now: now) else { throw Authentication.failure(true) }
      try Gate.checkEnabled(.artifactRegistry, project)
    } else {
      call.caller = try credential.principal(
        state, baseURL: settings.baseURL, nowSeconds: call.nowSeconds, for: call.route.use)
      who = call.caller
      try Gate.allow(&call, state)
    }
    let project = state.project(address.project)?.id ?? address.project
    guard
      let found = state.repository(
        project: project, location: address.location, id: address.repository)
    else {
      throw APIError(
        .notFound,
        "Repository \"\(Resource.repository(project: project, location: address.location, id: address.repository).path)\" not found"
      )
    }
    return found
  }

  /// The project, if `allUsers` has the permission on the repository or its project.
  private func openProject(_ state: State, now: Int64) -> ProjectRecord? {
    guard let project = state.project(address.project), project.deleteTime == nil else {
      return nil
    }
    let resource = Resource.repository(
      project: project.id, location: address.location, id: address.repository)
    let isOpen = [resource.path, Resource.project(project.id).path].contains { path in
      (state[PolicyRecord.self][path]?.bindings ?? []).contains {
        $0.members.contains("allUsers")
          && AccessCheck.includes($0.role, permission: permission, in: state)
          && Condition.holds($0.condition, in: .init(now: now, resource: resource))
      }
    }
    return isOpen ? project : nil
  }
}
