import HTTP
import JSON

/// One of Google's services, as far as the sandbox serves it.
enum API: String, Sendable, CaseIterable {
  case artifactRegistry = "artifactregistry.googleapis.com"
  case iam = "iam.googleapis.com"
  case credentials = "iamcredentials.googleapis.com"
  case resourceManager = "cloudresourcemanager.googleapis.com"
  case serviceUsage = "serviceusage.googleapis.com"
  case billing = "cloudbilling.googleapis.com"
  /// The OAuth and STS token endpoints.
  case tokens = "oauth2.googleapis.com"
  /// The sandbox's own paths, below `/_sandbox/`.
  case sandbox = "sandbox.invalid"

  /// The host, which is the service's name too.
  var service: String { rawValue }

  /// Whether the project must have enabled it. Google checks the others against the caller's quota
  /// project instead; here they are always usable.
  var mustBeEnabled: Bool {
    switch self {
    case .artifactRegistry, .iam, .credentials: true
    case .resourceManager, .serviceUsage, .billing, .tokens, .sandbox: false
    }
  }
}

/// What a caller must have for a route.
enum Access: Sendable {
  /// Not even a credential.
  case open
  /// Any valid credential; the handler decides the rest.
  case signedIn
  /// Any valid credential, whatever it may do with the resource that the path names.
  case resource(ResourceKind)
  /// A permission on the resource that the path names.
  case permission(String, on: ResourceKind)
}

/// Which part of a path is the resource that a permission is asked for.
enum ResourceKind: Sendable {
  /// `{project}`
  case project
  /// `{project}`, `{location}`, `{repository}`
  case repository
  /// `{project}` (or `-`) and `{account}`
  case account
}

/// What answers a request: reads the call, changes the state, gives the body.
///
/// Run under the store's lock; a throw undoes every change.
typealias Handler = @Sendable (Call, inout State) throws(APIError) -> JSONValue

/// One operation of an API.
struct Route: Sendable {
  let method: HTTPMethod
  /// As `/v1/projects/{project}/serviceAccounts/{account}:enable`.
  let template: String
  let api: API
  let access: Access
  /// Whether a fresh RSA key is made before the lock is taken.
  var makesKey = false
  let run: Handler

  /// The APIs whose clients come by this path: two of them ask for their operations below `/v1/operations/`.
  var apis: [API] {
    template == "/v1/operations/{operation}" ? [.serviceUsage, .resourceManager] : [api]
  }

  /// Whether it changes nothing, whatever its method is.
  var isRead: Bool {
    method == .get || template.hasSuffix(":getIamPolicy")
      || template.hasSuffix(":testIamPermissions")
  }

  init(
    _ method: HTTPMethod, _ template: String, _ api: API, _ access: Access, makesKey: Bool = false,
    _ run: @escaping Handler
  ) {
    self.method = method
    self.template = template
    self.api = api
    self.access = access
    self.makesKey = makesKey
    self.run = run
  }
}
