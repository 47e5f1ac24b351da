/// A constraint of organisation policies that forbids new keys of service accounts.
///
/// Source: docs/google-apis.md#organisation-policies-about-keys.
public enum OrganisationConstraint: String, Sendable, Hashable, CaseIterable {
  case keyCreation = "iam.disableServiceAccountKeyCreation"
  case keyUpload = "iam.disableServiceAccountKeyUpload"
  case managedKeyCreation = "iam.managed.disableServiceAccountKeyCreation"
  case managedKeyUpload = "iam.managed.disableServiceAccountKeyUpload"

  /// Those that forbid a new key of this origin, in the order in which a message names one.
  public static func forbidding(_ origin: DesiredKey.Origin) -> [OrganisationConstraint] {
    switch origin {
    case .google: [.keyCreation, .managedKeyCreation]
    case .uploaded: [.keyUpload, .managedKeyUpload]
    // arctl makes none.
    case .external: []
    }
  }
}

extension DesiredKey {
  /// The ways to work without the key, which Google recommends over keys.
  public var keylessAlternatives: String {
    "work without a key: let users and other accounts impersonate \(email) (grant them "
      + "roles/iam.serviceAccountTokenCreator on it, then pass --impersonate-service-account=\(email)), "
      + "or use workload identity federation in a CI system (an external_account credential file)"
  }
}

extension KeyAction {
  /// Whether it asks Google for a key that does not exist yet.
  public var makesKey: Bool {
    switch self {
    case .issue, .reissue, .supersede, .reclaim, .resume: true
    case .importExisting, .removeLeftovers, .retire, .delete: false
    }
  }
}

extension Plan {
  /// The declared keys that its operations would make.
  public func keysToMake(in graph: DesiredGraph) -> [DesiredKey] {
    changes.filter { $0.isWrite && $0.key?.makesKey == true }
      .compactMap { graph.keys[$0.address] }
  }
}
