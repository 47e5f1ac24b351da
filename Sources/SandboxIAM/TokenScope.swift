package import SandboxWire

/// OAuth scopes: what a token can be used for, whatever permissions its account has.
package enum TokenScope {
  private static let base = "https://www.googleapis.com/auth/"
  /// The scope that opens everything.
  package static let cloud = "\(base)cloud-platform"
  private static let cloudReading = "\(base)cloud-platform.read-only"
  /// No discovery document lists it, but the reference pages of IAM's methods do, and google-auth requests it to
  /// impersonate.
  private static let iam = "\(base)iam"
  private static let management = "\(base)service.management"
  private static let billing = "\(base)cloud-billing"
  private static let keyManagement = "\(base)cloudkms"
  private static let organisationPolicy = "\(base)organizationpolicy"
  private static let organisationPolicyReading = "\(base)organizationpolicy.readonly"
  private static let billingReading = "\(base)cloud-billing.readonly"

  /// The scopes of which a token needs one, as the discovery documents list them (for IAM the reference pages).
  fileprivate static func scopes(
    for apis: [API], isRead: Bool, isOperation: Bool
  ) -> Set<String> {
    var scopes: Set<String> = [cloud]
    for api in apis {
      switch api {
      case .artifactRegistry, .resourceManager:
        if isRead { scopes.insert(cloudReading) }
      case .serviceUsage:
        scopes.insert(isRead && !isOperation ? cloudReading : management)
      case .billing:
        scopes.insert(billing)
        if isRead { scopes.insert(billingReading) }
      case .iam, .credentials: scopes.insert(iam)
      case .keyManagement: scopes.insert(keyManagement)
      case .organisationPolicy:
        scopes.insert(organisationPolicy)
        if isRead { scopes.insert(organisationPolicyReading) }
      // Discovery lists no other scope for Secret Manager, for reads neither.
      case .secretManager, .tokens, .sandbox: break
      }
    }
    return scopes
  }

  /// Whether a scope opens any API of the sandbox.
  package static func isServed(_ scope: String) -> Bool {
    [
      cloud, cloudReading, iam, management, billing, billingReading, keyManagement,
      organisationPolicy, organisationPolicyReading,
    ].contains(scope)
  }

  /// Whether a scope has the form of one of Google's. Which ones exist is not checked.
  package static func isWellFormed(_ scope: String) -> Bool {
    ["openid", "email", "profile"].contains(scope)
      || scope.hasPrefix("https://") && scope.utf8.count > "https://".utf8.count
  }

  /// The scopes of a claim or a token, which are separated by spaces.
  package static func split(_ text: String) -> Set<String> {
    Set(text.split(separator: " ").map(String.init))
  }
}

/// What a caller uses a token for: the parts of a route that scopes and audiences depend on.
package struct TokenUse: Sendable {
  /// The called API.
  package let api: API
  /// The APIs that share the path, so that a token for any of them is valid.
  package let apis: [API]
  /// Whether the call only reads.
  package let isRead: Bool
  /// Whether the call polls an operation.
  package let isOperation: Bool
  /// The scopes of which a token needs one.
  package let scopes: Set<String>

  /// A call of an API.
  package init(_ api: API, apis: [API], isRead: Bool, isOperation: Bool) {
    self.api = api
    self.apis = apis
    self.isRead = isRead
    self.isOperation = isOperation
    scopes = TokenScope.scopes(for: apis, isRead: isRead, isOperation: isOperation)
  }
}
