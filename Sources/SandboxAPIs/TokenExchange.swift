import JSON
import SandboxCalls
import SandboxStore
import SandboxWire

/// The Security Token Service: exchanges tokens of other issuers for Google's.
///
/// The sandbox has no workload identity pools, so it answers every valid request as Google answers one for a pool that
/// does not exist. What is valid is in the discovery document (sts v1).
enum TokenExchange {
  private static let grant = "urn:ietf:params:oauth:grant-type:token-exchange"
  private static let types = "urn:ietf:params:oauth:token-type:"
  private static let requested = ["\(types)access_token"]
  private static let subjects = [
    "\(types)jwt", "\(types)id_token", "\(types)saml2", "\(types)mtls",
    "urn:ietf:params:aws:token-type:aws4_request",
  ]

  static func exchange(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let value = try parameters(of: call)
    guard let type = value("grantType") else { throw missing("grant_type") }
    guard type == grant else {
      throw failure(
        "unsupported_grant_type", "Invalid value for \"grant_type\". It must be \(grant).")
    }
    guard let wanted = value("requestedTokenType") else { throw missing("requested_token_type") }
    guard requested.contains(wanted) else { throw invalid("requested_token_type", requested) }
    guard let subjectType = value("subjectTokenType") else { throw missing("subject_token_type") }
    guard value("subjectToken") != nil else { throw missing("subject_token") }
    if subjectType == "\(types)access_token" {
      throw failure(
        "invalid_request", "The sandbox does not apply Credential Access Boundaries.", status: 501)
    }
    guard subjects.contains(subjectType) else { throw invalid("subject_token_type", subjects) }
    guard let audience = value("audience"), isProvider(audience) else {
      throw failure(
        "invalid_request",
        "Invalid value for \"audience\". This value should be the full resource name of the Identity "
          + "Provider. See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for "
          + "the list of possible formats.")
    }
    guard value("scope") != nil else { throw missing("scope") }
    throw failure(
      "invalid_target",
      "The target service indicated by the \"audience\" parameters is invalid. This might either be "
        + "because the pool or provider is disabled or deleted or because it doesn't exist.")
  }

  /// The parameters by name in camel case, from a form (OAuth) or from JSON (Google's APIs).
  private static func parameters(of call: Call) throws(APIError) -> (String) -> String? {
    guard call.headers["content-type"]?.lowercased().contains("json") == true else {
      let form = Query(String(decoding: call.bytes, as: UTF8.self))
      return { name in form[name].flatMap { $0.isEmpty ? nil : $0 } }
    }
    guard let object = (try? JSONValue(parsing: call.bytes))?.object else {
      throw failure("invalid_request", "The request body is not a JSON object.")
    }
    var texts: [String: String] = [:]
    for (name, value) in object { texts[Query.camelCase(name)] = value.string }
    return { [texts] name in texts[name].flatMap { $0.isEmpty ? nil : $0 } }
  }

  /// Whether an audience is the resource name of a provider in a workload or workforce identity pool.
  private static func isProvider(_ audience: String) -> Bool {
    let workload =
      /\/\/iam\.googleapis\.com\/projects\/[^\/]+\/locations\/global\/workloadIdentityPools\/[^\/]+\/providers\/[^\/]+/
    let workforce =
      /\/\/iam\.googleapis\.com\/locations\/global\/workforcePools\/[^\/]+\/providers\/[^\/]+/
    return audience.wholeMatch(of: workload) != nil || audience.wholeMatch(of: workforce) != nil
  }

  private static func missing(_ name: String) -> APIError {
    failure("invalid_request", "Required parameter is missing: \(name)")
  }

  private static func invalid(_ name: String, _ known: [String]) -> APIError {
    failure(
      "invalid_request",
      "Invalid value for \"\(name)\". Supported values: \(known.joined(separator: ", ")).")
  }

  private static func failure(_ code: String, _ text: String, status: Int = 400) -> APIError {
    TokenEndpoint.failure(code, text, status: status)
  }
}
