import Grammar
public import JSON
public import Model

/// A provider of a workload identity pool as clients address it.
public struct ProviderPlace: Sendable, Hashable {
  /// The id of its project; the number, if the user wrote only that.
  public let project: String
  /// The number of its project; nil until something names it, since manifests hold ids only.
  public var number: String?
  /// The id of its pool.
  public let pool: String
  /// Its own id.
  public let id: String
  /// `oidc`, `aws`, `saml` or `x509`; nil for a provider that no manifest declares.
  public let type: String?
  /// The claim `iss` of its tokens; nil if it is not known.
  public let issuer: String?
  /// The audiences that it accepts; empty for its own name.
  public let audiences: [String]

  /// A provider of the manifests; nil for another kind.
  ///
  /// - Parameter spec: its fields in the API's spelling.
  public init?(_ address: Address, spec: JSONObject) {
    guard address.resource is WorkloadIdentityPoolProviderKind, address.names.count == 2 else {
      return nil
    }
    project = address.project
    pool = address.names[0]
    id = address.names[1]
    type = ProviderFields.types.first { ProviderRules.isWritten(spec[$0]) }
    issuer = spec["oidc"]?["issuerUri"]?.string
    audiences = (spec["oidc"]?["allowedAudiences"]?.array ?? []).compactMap(\.string)
  }

  /// A provider that no manifest declares, by its full name:
  /// `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/ID`. Nil for a text of another form.
  public init?(fullName: String) {
    let parts = fullName.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 8, parts[0] == "projects", parts[2...4] == Self.middle,
      parts[6] == "providers", NameRules.projectIDOrNumber(parts[1]) == nil,
      FederationNames.existingPool(parts[5]) == nil, FederationNames.existing(parts[7]) == nil
    else { return nil }
    project = parts[1]
    number = NameRules.projectNumber(parts[1]) == nil ? parts[1] : nil
    pool = parts[5]
    id = parts[7]
    type = nil
    issuer = nil
    audiences = []
  }

  private static let middle: ArraySlice = ["locations", "global", "workloadIdentityPools"]

  /// What stands for a number that is not known.
  public static let unknownNumber = "PROJECT_NUMBER"

  /// `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/ID`, as sign-ins need it.
  public var fullName: String {
    "projects/\(number ?? Self.unknownNumber)/locations/global/workloadIdentityPools/\(pool)/providers/\(id)"
  }

  /// Whether its issuer is GitHub's: github.com, a company's own subdomain, or an own server
  /// (docs/settings.md#issuers).
  public var isGitHub: Bool {
    guard let issuer = issuer?.lowercased() else { return false }
    return issuer.hasPrefix("https://token.actions.") || issuer.hasSuffix("/_services/token")
  }

  /// The audience that a token must ask for, if the provider does not accept its own name.
  public var customAudience: String? {
    let own = "/workloadIdentityPools/\(pool)/providers/\(id)"
    let acceptsItself =
      audiences.isEmpty
      || audiences.contains {
        $0.hasPrefix("https://iam.googleapis.com/projects/") && $0.hasSuffix(own)
      }
    return acceptsItself ? nil : audiences.first
  }

  /// Whether a member of a policy is an identity of its pool, or several of them.
  ///
  /// The member names its project by the id or by the number; while the number is not known, any number counts.
  public func isIdentity(_ member: String) -> Bool {
    guard let parts = Self.parts(of: member), parts.pool == pool else { return false }
    if parts.project == project { return true }
    guard let number else { return NameRules.projectNumber(parts.project) == nil }
    return parts.project == number
  }

  /// The project and the pool in a member of a policy; nil for other members.
  static func parts(of member: String) -> (project: String, pool: String)? {
    let prefixes = ["principal://", "principalSet://"].map { "\($0)iam.googleapis.com/projects/" }
    guard let prefix = prefixes.first(where: member.hasPrefix) else { return nil }
    let parts = member.dropFirst(prefix.count).split(
      separator: "/", omittingEmptySubsequences: false
    ).map(String.init)
    guard parts.count > 5, parts[1...3] == middle else { return nil }
    return (parts[0], parts[4])
  }

  /// The number of the project, if the members of all policies name exactly one for a pool of this id.
  public func numberInMembers(of graph: DesiredGraph) -> String? {
    var numbers: Set<String> = []
    for policy in graph.policies.values {
      for member in policy.entries.flatMap(\.members) {
        guard let parts = Self.parts(of: member.text), parts.pool == pool,
          NameRules.projectNumber(parts.project) == nil
        else { continue }
        numbers.insert(parts.project)
      }
    }
    return numbers.count == 1 ? numbers.first : nil
  }
}
