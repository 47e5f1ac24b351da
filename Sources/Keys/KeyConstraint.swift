import CloudResources
import GoogleCloud
import Model

/// Organisation policies that forbid keys. A failure names the constraint and a way to work without a key.
///
/// Organisations created since May 2024 enforce them by default (docs/google-apis.md#organisation-policies-about-keys),
/// so many users meet them with their first key.
enum KeyConstraint {
  /// Google's constraints about keys, in their managed and their older forms.
  private static let names = [
    "iam.managed.disableServiceAccountKeyCreation", "iam.managed.disableServiceAccountKeyUpload",
    "iam.disableServiceAccountKeyCreation", "iam.disableServiceAccountKeyUpload",
    "iam.serviceAccountKeyExpiryHours",
  ]

  /// The failure of a call that was to create or upload a key.
  static func failure(_ error: APIError, _ key: DesiredKey) -> OperationFailure {
    var failure = OperationFailure(error)
    guard let constraint = constraint(in: error, key.origin) else { return failure }
    failure.message = "the organisation's constraint \(constraint) forbids it: \(error.message)"
    failure.help = key.keylessAlternatives
    return failure
  }

  /// The name of the constraint, which Google puts into the text or into the details of the error. If neither has it,
  /// the text says only that keys are not allowed, and the origin of the key decides which constraint that is.
  private static func constraint(in error: APIError, _ origin: DesiredKey.Origin) -> String? {
    // Other kinds of errors (a missing permission, a quota) may carry similar words but have other remedies.
    guard error.kind == .failedPrecondition || error.kind == .invalidArgument else { return nil }
    let text = ([error.message] + error.metadata.values).joined(separator: " ")
    if let name = names.first(where: text.contains) { return name }
    guard text.contains("not allowed on this service account") else { return nil }
    return origin == .google
      ? "iam.disableServiceAccountKeyCreation" : "iam.disableServiceAccountKeyUpload"
  }
}
