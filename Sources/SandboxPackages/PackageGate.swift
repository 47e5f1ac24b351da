import HTTP
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// Sign-in and permission of a request to the data plane.
struct PackageGate: Sendable {
  let address: PackageAddress
  let credential: PackageCredential
  let permission: String

  static let upload = "artifactregistry.repositories.uploadArtifacts"
  static let download = "artifactregistry.repositories.downloadArtifacts"

  init(_ request: WireRequest, _ address: PackageAddress, _ permission: String) {
    self.address = address
    self.permission = permission
    credential = PackageCredential(request.headers)
  }

  /// Gives the repository.
  ///
  /// For a virtual repository its own permission suffices: what is upstream is not asked for.
  ///
  /// - Parameter who: set to who calls once that is known, though they be refused then; nobody where the repository
  ///   is open to all.
  func admit(
    _ state: State, _ settings: Call.Settings, now: Int64, caller who: inout Principal?
  ) throws(APIError) -> RepositoryRecord {
    var call = Call(
      route: Route(
        permission == Self.upload ? .post : .get, "", .artifactRegistry,
        .permission(permission, on: .repository),
        { (_, _) throws(APIError) in [:] }),
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
    guard let found = state.repository(project, address.location, address.repository) else {
      throw APIError(
        .notFound,
        "Repository \"\(Resource.repository(project, address.location, address.repository).path)\" not found"
      )
    }
    return found
  }

  /// The project, provided that `allUsers` has the permission, on the repository or its project.
  private func openProject(_ state: State, now: Int64) -> ProjectRecord? {
    guard let project = state.project(address.project), project.deleteTime == nil else {
      return nil
    }
    let resource = Resource.repository(project.id, address.location, address.repository)
    let isOpen = [resource.path, Resource.project(project.id).path].contains { path in
      (state[PolicyRecord.self][path]?.bindings ?? []).contains {
        $0.members.contains("allUsers") && AccessCheck.includes($0.role, permission, state)
          && Condition.holds($0.condition, in: .init(now: now, resource: resource))
      }
    }
    return isOpen ? project : nil
  }
}
