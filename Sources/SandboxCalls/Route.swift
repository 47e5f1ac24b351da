package import HTTP
package import JSON
package import SandboxIAM
package import SandboxStore
package import SandboxWire

/// What a caller must have for a route.
package enum Access: Sendable {
  /// Not even a credential.
  case open
  /// Any valid credential; the handler decides the rest.
  case signedIn
  /// Any valid credential, whatever it may do with the resource that the path names.
  case resource(ResourceKind)
  /// A permission on the resource that the path names.
  case permission(String, on: ResourceKind)
}

/// What answers a request: reads the call, changes the state, gives the body.
///
/// Run under the store's lock; a throw undoes every change.
package typealias Handler = @Sendable (Call, inout State) throws(APIError) -> JSONValue

/// One operation of an API.
package struct Route: Sendable {
  package let method: HTTPMethod
  /// As `/v1/projects/{project}/serviceAccounts/{account}:enable`.
  package let template: String
  package let api: API
  package let access: Access
  /// What it is for, in Markdown; of the sandbox's own paths only.
  package private(set) var purpose = ""
  /// Whether a fresh RSA key is made before the lock is taken.
  package var makesKey = false
  /// What its query may hold beside Google's standard parameters; set by `taking`.
  package var parameters = QueryParameters()
  /// What it answers, where that has enums; set by `answering`.
  package private(set) var answer: MessageType?
  package let run: Handler

  /// The APIs whose clients come by this path: two of them ask for their operations below `/v1/operations/`.
  private var apis: [API] {
    template == "/v1/operations/{operation}" ? [.serviceUsage, .resourceManager] : [api]
  }

  /// What a caller's token must be good for.
  package var use: TokenUse {
    TokenUse(
      api, apis: apis, isRead: isRead, isOperation: template.hasSuffix("/operations/{operation}"))
  }

  /// Whether it changes nothing, whatever its method is.
  package var isRead: Bool {
    method == .get || template.hasSuffix(":getIamPolicy")
      || template.hasSuffix(":testIamPermissions")
  }

  package init(
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

  /// The same route, whose answer has the enums of a message.
  package func answering(_ message: MessageType) -> Route {
    var route = self
    route.answer = message
    return route
  }

  /// One of the sandbox's own paths, and what its documentation says of it.
  package init(
    own method: HTTPMethod, _ template: String, _ purpose: String, _ run: @escaping Handler
  ) {
    self.init(method, template, .sandbox, .open, run)
    self.purpose = purpose
  }
}
