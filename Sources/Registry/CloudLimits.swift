import Model

/// Google's limits as of 2026-11, each with its source.
enum CloudLimits {
  /// Policy: discovery document `iam.v1`, schema `Policy` ("up to 1,500 principals; up to 250 of these principals can be
  /// Google groups. Each occurrence of a principal counts"); its size is "limited to a few 10s of KB" (method
  /// `setIamPolicy`), so 64 KiB is where a warning begins. Keys, roles, accounts: cloud.google.com/iam/quotas. Labels:
  /// discovery documents `artifactregistry.v1` and `cloudresourcemanager.v3`.
  static let all = PlanLimits(
    policyMembers: 1500, policyGroups: 250, policyBytes: 64 << 10, keysPerAccount: 10,
    perProject: byKind(perProject), labels: byKind(labels))

  private static func perProject(_ kind: Address.Kind) -> PlanLimits.Quota? {
    switch kind {
    case .role: .init(300, isAdjustable: false)
    case .serviceAccount: .init(100, isAdjustable: true)
    case .project, .service, .repository, .serviceAccountKey, .iam: nil
    }
  }

  private static func labels(_ kind: Address.Kind) -> Int? {
    switch kind {
    case .repository, .project: 64
    case .service, .role, .serviceAccount, .serviceAccountKey, .iam: nil
    }
  }

  private static func byKind<Value>(_ limit: (Address.Kind) -> Value?) -> [Address.Kind: Value] {
    var result: [Address.Kind: Value] = [:]
    for kind in Address.Kind.allCases { result[kind] = limit(kind) }
    return result
  }
}
