package import HTTP
package import JSON
package import SandboxIAM
package import SandboxStore
package import SandboxWire

/// What a caller needs for a route.
package enum Access: Sendable {
  /// Nothing, not even a credential.
  case open
  /// A valid credential; the handler decides the rest.
  case signedIn
  /// A valid credential, without any permission on the resource that the path names.
  case resource(ResourceKind)
  /// A permission on the resource that the path names.
  case permission(String, on: ResourceKind)
}

/// Answers a request: reads the call, changes the state, returns the body.
///
/// Runs under the store's lock. A throw undoes every change.
package typealias Handler = @Sendable (Call, inout State) throws(APIError) -> JSONValue

/// One operation of an API.
package struct Route: Sendable {
  /// The HTTP method.
  package let method: HTTPMethod
  /// Such as `/v1/projects/{project}/serviceAccounts/{account}:enable`.
  package let template: String
  /// The API that it belongs to.
  package let api: API
  /// What the caller needs.
  package let access: Access
  /// What it is for, in Markdown; set for the sandbox's own paths only.
  package private(set) var purpose = ""
  /// Whether it needs a new RSA key, which is generated before the lock is taken.
  package var needsNewKey = false
  /// The parameters besides Google's standard ones; set by `taking`.
  package var parameters = QueryParameters()
  /// The message of the answer, if it has enums; set by `answering`.
  package private(set) var answer: MessageType?
  /// What runs once the caller is admitted.
  package let run: Handler
  /// Whether it only reads, whatever its method.
  package let isRead: Bool
  /// What a caller's token must be valid for.
  package let use: TokenUse

  /// An operation of one of Google's APIs.
  package init(
    _ method: HTTPMethod, _ template: String, api: API, access: Access,
    needsNewKey: Bool = false,
    run: @escaping Handler
  ) {
    self.method = method
    self.template = template
    self.api = api
    self.access = access
    self.needsNewKey = needsNewKey
    self.run = run
    isRead = Self.isRead(method, template)
    use = Self.use(method, template, api)
  }

  private static func isRead(_ method: HTTPMethod, _ template: String) -> Bool {
    method == .get
      || [":getIamPolicy", ":testIamPermissions", ":getAncestry"].contains(
        where: template.hasSuffix)
  }

  private static func use(_ method: HTTPMethod, _ template: String, _ api: API) -> TokenUse {
    // Clients of two APIs poll operations below this path.
    let apis = template == "/v1/operations/{operation}" ? [.serviceUsage, .resourceManager] : [api]
    // A token to read is not enough for this read: discovery lists one scope only for it.
    let needsFullScope = template.hasSuffix("/folders/{folder}:testIamPermissions")
    return TokenUse(
      api, apis: apis, isRead: isRead(method, template) && !needsFullScope,
      isOperation: template.hasSuffix("/operations/{operation}"))
  }

  /// The same route, with the message whose enums its answer has.
  package func answering(_ message: MessageType) -> Route {
    var route = self
    route.answer = message
    return route
  }

  /// One of the sandbox's own paths, with the purpose that its documentation shows.
  package init(
    own method: HTTPMethod, _ template: String, purpose: String, run: @escaping Handler
  ) {
    self.init(method, template, api: .sandbox, access: .open, run: run)
    self.purpose = purpose
  }
}
