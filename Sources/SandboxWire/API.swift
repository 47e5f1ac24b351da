/// One of Google's services, as far as the sandbox serves it.
package enum API: String, Sendable, CaseIterable {
  case artifactRegistry = "artifactregistry.googleapis.com"
  case iam = "iam.googleapis.com"
  case credentials = "iamcredentials.googleapis.com"
  case resourceManager = "cloudresourcemanager.googleapis.com"
  case serviceUsage = "serviceusage.googleapis.com"
  case billing = "cloudbilling.googleapis.com"
  case keyManagement = "cloudkms.googleapis.com"
  case secretManager = "secretmanager.googleapis.com"
  case organisationPolicy = "orgpolicy.googleapis.com"
  /// The OAuth and STS token endpoints.
  case tokens = "oauth2.googleapis.com"
  /// The sandbox's own paths, below `/_sandbox/`.
  case sandbox = "sandbox.invalid"

  /// The host, which is also the service's name.
  package var service: String { rawValue }

  /// Whether the project must have enabled it. Google checks the others against the caller's quota project instead;
  /// here they can always be used.
  package var mustBeEnabled: Bool {
    switch self {
    case .artifactRegistry, .iam, .credentials, .keyManagement, .secretManager: true
    case .resourceManager, .serviceUsage, .billing, .organisationPolicy, .tokens, .sandbox: false
    }
  }
}
