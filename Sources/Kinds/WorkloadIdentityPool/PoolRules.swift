import Grammar
import JSON
import Model

/// Rules between the fields of a pool (docs/google-apis.md#workload-identity-pools).
enum PoolRules {
  static func problems(in spec: JSONObject) -> [Problem] {
    trustDomainProblems(spec) + issuanceProblems(spec) + bundleProblems(spec)
  }

  private static let issuance = "inlineCertificateIssuanceConfig"
  private static let trust = "inlineTrustConfig"

  private static func trustDomainProblems(_ spec: JSONObject) -> [Problem] {
    let mode = spec["mode"]?.string ?? PoolFields.federation
    guard mode == PoolFields.federation else { return [] }
    return [issuance, trust].compactMap { name in
      guard let value = spec[name], !value.isNull else { return nil }
      return Problem(
        FieldPath().field(name), "`\(name)` is for pools with `mode: trust_domain`",
        help:
          "leave it out: identities of other systems come through a WorkloadIdentityPoolProvider"
      )
    }
  }

  private static func issuanceProblems(_ spec: JSONObject) -> [Problem] {
    guard let config = spec[issuance]?.object else { return [] }
    let path = FieldPath().field(issuance)
    var problems: [Problem] = []
    if config["useDefaultSharedCa"]?.bool == true, config["caPools"]?.object?.isEmpty == false {
      problems.append(
        Problem(
          path.field("caPools"), "`caPools` and `useDefaultSharedCa` cannot be used together"))
    }
    if let seconds = config["lifetime"]?.string.flatMap({ Int64($0.dropLast()) }),
      !(86_400...2_592_000).contains(seconds)
    {
      problems.append(Problem(path.field("lifetime"), "`lifetime` must be from `24h` to `30d`"))
    }
    return problems
  }

  private static func bundleProblems(_ spec: JSONObject) -> [Problem] {
    let bundles = spec[trust]?["additionalTrustBundles"]?.object ?? [:]
    let path = FieldPath().field(trust).field("additionalTrustBundles")
    guard bundles.count > 10 else { return [] }
    return [Problem(path, "a pool can trust at most 10 other trust domains")]
  }
}
