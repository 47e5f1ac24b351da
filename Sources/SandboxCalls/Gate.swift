package import SandboxIAM
package import SandboxStore
package import SandboxWire

/// The checks between a route and its handler: authentication, project, service and permission, in Google's order.
/// Clients see the first failure only, so the order matters.
package enum Gate {
  /// Authenticates the caller, checks the query, and then everything that `allow` checks.
  package static func admit(_ call: inout Call, _ state: State) throws(APIError) {
    if case .open = call.route.access { return }
    call.caller = try Authentication.principal(
      call.headers, state, baseURL: call.settings.baseURL, nowSeconds: call.nowSeconds,
      for: call.route.use)
    try call.route.parameters.check(call.query)
    try allow(&call, state)
  }

  /// Checks the project, the service and the permission of a call whose caller is known.
  package static func allow(_ call: inout Call, _ state: State) throws(APIError) {
    if case .resource(let kind) = call.route.access {
      let resource = try resolve(kind, for: call, in: state)
      call.resource = resource
      if let project = state.project(resource.project) {
        try checkEnabled(call.route.api, project)
      }
      return
    }
    guard case .permission(let permission, let kind) = call.route.access,
      let caller = try Delegation.effectiveCaller(of: call, state)
    else { return }
    let resource = try resolve(kind, for: call, in: state)
    call.resource = resource
    if resource.kind.isAboveProjects {
      guard state.hasContainer(resource.path),
        AccessCheck.allows(caller, permission: permission, on: resource, in: state, now: call.now)
      else { throw AccessCheck.denial(permission, on: resource, call.route.api) }
      return
    }
    // Before the service, as Google does: an absent project has no services to check.
    guard let project = state.project(resource.project),
      !project.isPurged(now: call.now)
    else {
      throw absentProject(call, permission: permission, on: resource)
    }
    let allowed = AccessCheck.allows(
      caller, permission: permission, on: resource, in: state, now: call.now)
    if project.deleteTime != nil, call.route.api != .resourceManager {
      throw allowed
        ? deletedProject(project) : absentProject(call, permission: permission, on: resource)
    }
    try checkEnabled(call.route.api, project)
    guard allowed else {
      throw AccessCheck.denial(permission, on: named(resource, call), call.route.api)
    }
  }

  /// The resource that a denial names: for Artifact Registry the location in the path.
  private static func named(_ resource: Resource, _ call: Call) -> Resource {
    guard call.route.api == .artifactRegistry, resource.kind == .project,
      !call["location"].isEmpty
    else { return resource }
    return .location(resource.project, call["location"])
  }

  /// The resource that the path names, which need not exist.
  private static func resolve(
    _ kind: ResourceKind, for call: Call, in state: State
  ) throws(APIError) -> Resource {
    let project = state.project(call["project"])?.id ?? call["project"]
    switch kind {
    case .project: return .project(project)
    case .repository:
      return .repository(project: project, location: call["location"], id: call["repository"])
    case .folder: return .container("folders/\(call["folder"])")
    case .organization: return .container("organizations/\(call["organization"])")
    case .pool: return .pool(project: project, id: call["pool"])
    case .secret:
      return .secret(
        project: project, number: state.project(project)?.number, id: call["secret"],
        version: call["version"])
    case .cryptoKey:
      return .cryptoKey(
        project: project, location: call["location"], keyRing: call["keyRing"],
        id: call["cryptoKey"])
    case .account:
      if let account = call.account(in: state) { return .account(account) }
      // Through `projects/-` an absent account has no project for the permission check, so the project in its e-mail is
      // used.
      let name = call["account"].lowercased()
      let home = name.split(separator: "@").last.map(String.init)?
        .split(separator: ".").first.map(String.init)
      let owner = project == "-" ? home ?? "-" : project
      return .absentAccount(name, project: owner)
    }
  }

  /// The answer for an absent project: 403, so that callers cannot learn which ids are taken.
  private static func absentProject(
    _ call: Call, permission: String, on resource: Resource
  ) -> APIError {
    switch call.route.api {
    case .resourceManager, .billing:
      return AccessCheck.denial("resourcemanager.projects.get", on: resource, .resourceManager)
    case .iam, .credentials:
      if resource.kind == .account, call["project"] == "-", call.caller?.isOwner == true {
        return .unknownAccount
      }
      return AccessCheck.denial(permission, on: resource, call.route.api)
    default:
      return APIError(
        .permissionDenied, "Project '\(call["project"])' not found or permission denied.",
        details: [
          APIError.errorInfo(
            "CONSUMER_INVALID", domain: "googleapis.com",
            [
              "service": .string(call.route.api.service),
              "consumer": .string("projects/\(call["project"])"),
            ])
        ])
    }
  }

  /// The 403 for a project that is marked for deletion. Only callers with the permission see it.
  private static func deletedProject(_ project: ProjectRecord) -> APIError {
    APIError(
      .permissionDenied, "Project '\(project.id)' has been deleted.",
      details: [
        APIError.errorInfo(
          "CONSUMER_INVALID", domain: "googleapis.com",
          ["consumer": .string("projects/\(project.number)")])
      ])
  }

  /// Throws the 403 for an API that the project has not enabled.
  package static func checkEnabled(_ api: API, _ project: ProjectRecord) throws(APIError) {
    guard api.mustBeEnabled, !project.services.contains(api.service) else { return }
    let title = ServiceCatalogue.titles[api.service] ?? api.service
    let link =
      "https://console.developers.google.com/apis/api/\(api.service)/overview"
      + "?project=\(project.number)"
    let message =
      "\(title) has not been used in project \(project.number) before or it is disabled. "
      + "Enable it by visiting \(link) then retry. If you enabled this API recently, wait a few "
      + "minutes for the action to propagate to our systems and retry."
    throw APIError(
      .permissionDenied, message,
      details: [
        APIError.errorInfo(
          "SERVICE_DISABLED", domain: "googleapis.com",
          [
            "service": .string(api.service), "consumer": .string("projects/\(project.number)"),
            "serviceTitle": .string(title), "activationUrl": .string(link),
            "containerInfo": .string(project.number),
          ]),
        [
          "@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US",
          "message": .string(message),
        ],
        [
          "@type": "type.googleapis.com/google.rpc.Help",
          "links": [
            ["description": "Google developers console API activation", "url": .string(link)]
          ],
        ],
      ])
  }
}
