import Grammar
import JSON
import Model

/// Rules between the fields of a provider: errors where the API would refuse or everyone could sign in, warnings
/// otherwise (docs/google-apis.md#workload-identity-pools).
enum ProviderRules {
  static func problems(in spec: JSONObject) -> [Problem] {
    typeProblems(spec) + MappingRules.problems(in: spec) + oidcProblems(spec)
      + ConditionRules.problems(in: spec) + actorProblems(spec)
  }

  static func isWritten(_ value: JSONValue?) -> Bool { value.map { !$0.isNull } ?? false }

  private static func typeProblems(_ spec: JSONObject) -> [Problem] {
    let written = ProviderFields.types.filter { isWritten(spec[$0]) }
    switch written.count {
    case 1: return []
    case 0:
      return [
        Problem(
          FieldPath(), "the issuer is missing",
          help: "write `oidc: {issuerUri: https://...}`, or `aws`, `saml` or `x509`")
      ]
    default:
      return [
        Problem(
          FieldPath().field(written[1]),
          "`\(written[0])` and `\(written[1])` cannot be used together",
          help: "write a provider for each")
      ]
    }
  }

  private static func oidcProblems(_ spec: JSONObject) -> [Problem] {
    guard let oidc = spec["oidc"]?.object else { return [] }
    let path = FieldPath().field("oidc")
    var problems: [Problem] = []
    if (oidc["allowedAudiences"]?.array?.count ?? 0) > 10 {
      problems.append(
        Problem(path.field("allowedAudiences"), "a provider has at most 10 audiences"))
    }
    guard let uri = oidc["discoveryUri"]?.string, let issuer = oidc["issuerUri"]?.string else {
      return problems
    }
    let isBelow = origin(of: uri) == origin(of: issuer) && uri.contains("/.well-known/")
    if !isBelow || uri.unicodeScalars.count > 2000 {
      problems.append(
        Problem(
          path.field("discoveryUri"),
          "`discoveryUri` must be on the issuer's host and port, contain `/.well-known/`, and have at most 2000 characters"
        ))
    }
    return problems
  }

  /// Scheme, host and port.
  private static func origin(of uri: String) -> String {
    uri.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
      .lowercased()
  }

  private static func actorProblems(_ spec: JSONObject) -> [Problem] {
    guard (spec["actorProviders"]?.array?.count ?? 0) > 3 else { return [] }
    return [
      Problem(FieldPath().field("actorProviders"), "a provider has at most 3 actor providers")
    ]
  }

  /// A provider never changes its type: a difference in it would be written in vain, and a type that arctl does not
  /// know must not be taken for a missing one.
  static func problem(inLive live: JSONValue, written: JSONObject) -> String? {
    guard let wanted = ProviderFields.types.first(where: { isWritten(written[$0]) }) else {
      return nil
    }
    let existing = ProviderFields.types.filter { isWritten(live[$0]) }
    if existing == [wanted] { return nil }
    guard let other = existing.first(where: { $0 != wanted }) else {
      return "it has none of \(ProviderFields.types.map { "`\($0)`" }.joined(separator: ", "))"
    }
    return
      "it is a provider with `\(other)`, the manifest writes `\(wanted)`, and Google does not change the type: give the "
      + "new provider another name"
  }
}
