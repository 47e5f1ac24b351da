package import SandboxWire

/// OAuth scopes: what a token may be used for, whatever its account may do.
package enum TokenScope {
  private static let base = "https://www.googleapis.com/auth/"
  package static let cloud = "\(base)cloud-platform"
  private static let cloudReading = "\(base)cloud-platform.read-only"
  /// In no discovery document, and in the pages of IAM's methods: what google-auth asks for to impersonate.
  private static let iam = "\(base)iam"
  private static let management = "\(base)service.management"
  private static let billing = "\(base)cloud-billing"
  private static let billingReading = "\(base)cloud-billing.readonly"

  /// The scopes of which a token needs one, as the discovery documents (and for IAM the pages) list them.
  package static func opening(_ use: TokenUse) -> Set<String> {
    var scopes: Set<String> = [cloud]
    for api in use.apis {
      switch api {
      case .artifactRegistry, .resourceManager:
        if use.isRead { scopes.insert(cloudReading) }
      case .serviceUsage:
        scopes.insert(use.isRead && !use.isOperation ? cloudReading : management)
      case .billing:
        scopes.insert(billing)
        if use.isRead { scopes.insert(billingReading) }
      case .iam, .credentials: scopes.insert(iam)
      case .tokens, .sandbox: break
      }
    }
    return scopes
  }

  /// Whether a scope opens anything here.
  package static func isServed(_ scope: String) -> Bool {
    [cloud, cloudReading, iam, management, billing, billingReading].contains(scope)
  }

  /// Whether a scope has the form of Google's; which of them exist is not looked at.
  package static func isWellFormed(_ scope: String) -> Bool {
    ["openid", "email", "profile"].contains(scope)
      || scope.hasPrefix("https://") && scope.utf8.count > "https://".utf8.count
  }

  /// The scopes of a claim or a token, separated by spaces.
  package static func split(_ text: String) -> Set<String> {
    Set(text.split(separator: " ").map(String.init))
  }
}

/// What a token is to be used for: the parts of a route that scopes and audiences are about.
package struct TokenUse: Sendable {
  /// The API that is called.
  package let api: API
  /// The APIs whose clients come by its path.
  package let apis: [API]
  /// Whether it changes nothing.
  package let isRead: Bool
  /// Whether it looks at an operation.
  package let isOperation: Bool

  package init(_ api: API, apis: [API], isRead: Bool, isOperation: Bool) {
    self.api = api
    self.apis = apis
    self.isRead = isRead
    self.isOperation = isOperation
  }
}
