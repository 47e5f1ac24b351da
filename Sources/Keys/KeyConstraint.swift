import CloudResources
import GoogleCloud
import Model

/// Organisation policies that forbid keys: named, with the way that needs none.
///
/// Organisations created since May 2024 enforce them by default (docs/google-apis.md#organisation-policies-about-keys).
enum KeyConstraint {
  private static let names = [
    "iam.managed.disableServiceAccountKeyCreation", "iam.managed.disableServiceAccountKeyUpload",
    "iam.disableServiceAccountKeyCreation", "iam.disableServiceAccountKeyUpload",
    "iam.serviceAccountKeyExpiryHours",
  ]

  /// The failure of a call that was to make a key.
  static func failure(_ error: APIError, _ key: DesiredKey) -> OperationFailure {
    var failure = OperationFailure(error)
    guard let constraint = constraint(in: error, key.origin) else { return failure }
    failure.message = "the organisation's constraint \(constraint) forbids it: \(error.message)"
    failure.help = keyless(key)
    return failure
  }

  /// Google names the constraint in its text or its details; else the text says only that keys are not allowed.
  private static func constraint(in error: APIError, _ origin: DesiredKey.Origin) -> String? {
    guard error.kind == .failedPrecondition || error.kind == .invalidArgument else { return nil }
    let text = ([error.message] + error.metadata.values).joined(separator: " ")
    if let name = names.first(where: text.contains) { return name }
    guard text.contains("not allowed on this service account") else { return nil }
    return origin == .google
      ? "iam.disableServiceAccountKeyCreation" : "iam.disableServiceAccountKeyUpload"
  }

  private static func keyless(_ key: DesiredKey) -> String {
    "do without a key: let people and other accounts act as \(key.email) "
      + "(roles/iam.serviceAccountTokenCreator on it, then --impersonate-service-account=\(key.email)), "
      + "or let a CI system in by workload identity federation (an external_account credential file)"
  }
}
