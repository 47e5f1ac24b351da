/// A Google API that arctl calls.
///
/// The raw value is the first label of its host, such as `artifactregistry` in `artifactregistry.googleapis.com`.
public enum APIHost: String, Sendable, Hashable, CaseIterable {
  case artifactRegistry = "artifactregistry"
  case iam
  case resourceManager = "cloudresourcemanager"
  case serviceUsage = "serviceusage"
  case iamCredentials = "iamcredentials"
  case sts
  case cloudBilling = "cloudbilling"
  case keyManagement = "cloudkms"
  case organisationPolicy = "orgpolicy"
  case secretManager = "secretmanager"

  /// The service's name in Service Usage and in errors: `iam.googleapis.com`.
  public var serviceName: String { "\(rawValue).googleapis.com" }

  /// gcloud's variable that moves this API elsewhere (docs/google-apis.md#endpoint-overrides).
  public var overrideVariable: String {
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_\(rawValue.uppercased())"
  }

  /// The APIs without which a run cannot see what a project holds. Secret Manager's shows secrets only, so manifests
  /// may disable it.
  public static let unavoidable: [APIHost] = allCases.filter { $0 != .secretManager }

  /// The APIs that every plan may call. The others are for single features.
  static let core: [APIHost] = [.artifactRegistry, .iam, .resourceManager, .serviceUsage]
}
