public import JSON

/// The provider of a workload identity pool by which a run signs in, as far as its credential names it.
///
///     //iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/workflows/providers/github
///
/// What is not known may be anything: a guard that asks must take it for the provider in question.
public struct FederatedSignIn: Sendable, Hashable {
  /// The audience in the credential file.
  public let audience: String
  /// The accounts that the run acts as after that, in lower case.
  public let accounts: Set<String>
  /// The project of the pool, by its number as a rule.
  private let project: String?
  private let pool: String?
  private let provider: String?

  /// Takes the audience of a credential of the type `external_account`; nil for a workforce pool, which belongs to an
  /// organization and not to a project.
  ///
  /// - Parameter accounts: the accounts that it acts as; none for a run that uses the exchanged token itself.
  public init?(audience: String, accounts: [String] = []) {
    self.audience = audience
    self.accounts = Set(accounts.map { $0.lowercased() })
    let text = audience.hasPrefix("https:") ? String(audience.dropFirst("https:".count)) : audience
    let host = "//iam.googleapis.com/"
    if text.hasPrefix("\(host)locations/global/workforcePools/") { return nil }
    let name = Name(text.hasPrefix(host) ? String(text.dropFirst(host.count)) : "")
    if let name, name.provider != nil {
      (project, pool, provider) = (name.project, name.pool, name.provider)
      return
    }
    // The form of clusters in a fleet: `identitynamespace:POOL:PROVIDER`.
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    let isFleet = parts.count == 3 && parts[0] == "identitynamespace"
    (project, pool, provider) = (nil, isFleet ? String(parts[1]) : nil, nil)
  }

  /// Whether a pool or a provider may be one by which the run signs in.
  ///
  /// - Parameter name: Google's full name of it: `projects/P/locations/global/workloadIdentityPools/POOL`.
  public func mayUse(_ name: String) -> Bool {
    guard let name = Name(name) else { return true }
    return Self.isSameProject(name.project, project) && Self.mayBeEqual(name.pool, pool)
      && (name.provider == nil || Self.mayBeEqual(name.provider, provider))
  }

  /// Whether a member of a policy is an identity of the pool, or a set of them.
  public func mayBe(_ member: String) -> Bool {
    guard let range = member.range(of: "://iam.googleapis.com/"), member.hasPrefix("principal")
    else { return false }
    let path = member[range.upperBound...].split(separator: "/", omittingEmptySubsequences: false)
    guard path.count > 6 else { return false }
    return Name(path.prefix(6).joined(separator: "/")).map {
      Self.isSameProject($0.project, project) && Self.mayBeEqual($0.pool, pool)
    } ?? false
  }

  /// Whether the pool may belong to a project.
  public func mayBeIn(project id: String, number: String?) -> Bool {
    guard let project else { return true }
    return project == id || project == number
      || number == nil && Self.isNumber(project)
  }

  /// A project may be named by its id or its number; one of each may be the same.
  private static func isSameProject(_ one: String, _ other: String?) -> Bool {
    guard let other, one != other else { return true }
    return isNumber(one) != isNumber(other)
  }

  private static func isNumber(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
  }

  private static func mayBeEqual(_ one: String?, _ other: String?) -> Bool {
    guard let one, let other else { return true }
    return one.lowercased() == other.lowercased()
  }

  /// The full name of a pool or a provider, taken apart.
  private struct Name {
    let project: String
    let pool: String
    let provider: String?

    init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 6 || parts.count == 8 && parts[6] == "providers",
        parts[0] == "projects", parts[2] == "locations", parts[4] == "workloadIdentityPools"
      else { return nil }
      (project, pool) = (parts[1], parts[5])
      provider = parts.count == 8 ? parts[7] : nil
    }
  }
}

/// A kind by whose resources programs sign in: a change of one can shut out the run that makes it.
public protocol SignInKind: ResourceKind {
  /// The danger of a change for a run that signs in this way; nil if it keeps its access for certain.
  ///
  /// - Parameter live: the resource as it is; nil if that is not known.
  func lockout(of run: FederatedSignIn, by change: Change, live: JSONValue?) -> Hazard?
}
