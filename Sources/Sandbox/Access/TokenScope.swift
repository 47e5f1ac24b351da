/// OAuth scopes: what a token may be used for, whatever its account may do.
enum TokenScope {
  private static let base = "https://www.googleapis.com/auth/"
  static let cloud = "\(base)cloud-platform"
  private static let cloudReading = "\(base)cloud-platform.read-only"
  /// In no discovery document, and in the pages of IAM's methods: what google-auth asks for to impersonate.
  private static let iam = "\(base)iam"
  private static let management = "\(base)service.management"
  private static let billing = "\(base)cloud-billing"
  private static let billingReading = "\(base)cloud-billing.readonly"

  /// The scopes of which a token needs one, as the discovery documents (and for IAM the pages) list them.
  static func opening(_ route: Route) -> Set<String> {
    let isOperation = route.template.hasSuffix("/operations/{operation}")
    var scopes: Set<String> = [cloud]
    for api in route.apis {
      switch api {
      case .artifactRegistry, .resourceManager:
        if route.isRead { scopes.insert(cloudReading) }
      case .serviceUsage:
        scopes.insert(route.isRead && !isOperation ? cloudReading : management)
      case .billing:
        scopes.insert(billing)
        if route.isRead { scopes.insert(billingReading) }
      case .iam, .credentials: scopes.insert(iam)
      case .tokens, .sandbox: break
      }
    }
    return scopes
  }

  /// Whether a scope opens anything here.
  static func isServed(_ scope: String) -> Bool {
    [cloud, cloudReading, iam, management, billing, billingReading].contains(scope)
  }

  /// Whether a scope has the form of Google's; which of them exist is not looked at.
  static func isWellFormed(_ scope: String) -> Bool {
    ["openid", "email", "profile"].contains(scope)
      || scope.hasPrefix("https://") && scope.utf8.count > "https://".utf8.count
  }

  /// The scopes of a claim or a token, separated by spaces.
  static func split(_ text: String) -> Set<String> {
    Set(text.split(separator: " ").map(String.init))
  }
}
