/// One of the Google APIs that arctl calls.
///
/// The raw value is the first label of its host, as in `artifactregistry.googleapis.com`.
public enum APIHost: String, Sendable, Hashable, CaseIterable {
  case artifactRegistry = "artifactregistry"
  case iam
  case resourceManager = "cloudresourcemanager"
  case serviceUsage = "serviceusage"
  case iamCredentials = "iamcredentials"
  case sts
  case cloudBilling = "cloudbilling"

  /// The service's name in Service Usage and in error messages: `iam.googleapis.com`.
  public var serviceName: String { "\(rawValue).googleapis.com" }

  /// gcloud's variable that moves this API elsewhere.
  /// Source: docs/google-apis.md#endpoint-overrides.
  public var overrideVariable: String {
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_\(rawValue.uppercased())"
  }

  /// The ones that every plan may call; the rest are called for single features only.
  static let core: [APIHost] = [.artifactRegistry, .iam, .resourceManager, .serviceUsage]
}
