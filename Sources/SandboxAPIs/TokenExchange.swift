import Crypto
import JSON
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// The Security Token Service: exchanges tokens of other issuers for Google's (discovery `sts.v1`).
///
/// `IssuerToken` verifies a token, `ProviderMapping` makes an identity of it. Tokens of AWS, SAML and X.509 providers are
/// not exchanged.
enum TokenExchange {
  private static let grant = "urn:ietf:params:oauth:grant-type:token-exchange"
  private static let types = "urn:ietf:params:oauth:token-type:"
  private static let accessToken = "\(types)access_token"
  private static let webTokens = ["\(types)jwt", "\(types)id_token"]
  private static let subjects =
    webTokens + ["\(types)saml2", "\(types)mtls", "urn:ietf:params:aws:token-type:aws4_request"]
  private static let longestLifetime: Int64 = 3600

  private struct Request {
    var audience: String
    var scopes: Set<String>
    var subjectType: String
    var subjectToken: String
  }

  static func exchange(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let request = try read(call)
    let name = String(request.audience.dropFirst("//iam.googleapis.com/".count))
    guard let reference = ProviderReference(name, state), reference.isNumbered,
      state[PoolRecord.self][reference.poolName]?.isUsable == true,
      reference.project.deleteTime == nil,
      let provider = reference.provider(in: state, now: call.now), provider.isUsable
    else { throw invalidTarget }
    guard webTokens.contains(request.subjectType), provider.fields.value["oidc"] != nil else {
      throw failure(
        "invalid_request",
        "The sandbox exchanges tokens of OpenID Connect providers only; it stores AWS, SAML and X.509 providers.",
        status: 501)
    }
    let token = try verified(request, provider, reference, call)
    let identity = try identity(token, provider, reference)
    let lifetime = min(longestLifetime, token.expires - call.nowSeconds)
    return [
      "access_token": .string(
        AccessToken.make(
          identity: identity, scopes: request.scopes, expires: call.nowSeconds + lifetime,
          secret: Base64.decode(state.meta.tokenSecret) ?? [])),
      "issued_token_type": .string(accessToken), "token_type": "Bearer",
      "expires_in": .integer(lifetime),
    ]
  }

  // MARK: The token

  /// Keys: those of `jwksJson`; without it the sandbox's own, since it asks no issuer for its keys.
  private static func verified(
    _ request: Request, _ provider: ProviderRecord, _ reference: ProviderReference, _ call: Call
  ) throws(APIError) -> IssuerToken {
    let oidc = provider.fields.value["oidc"]
    let allowed = (oidc?["allowedAudiences"]?.array ?? []).compactMap(\.string)
    let keys: [WebKey]
    if let text = oidc?["jwksJson"]?.string {
      keys = try Self.keys(text)
    } else {
      keys = [try call.issuer().webKey]
    }
    let expectation = IssuerToken.Expectation(
      issuer: oidc?["issuerUri"]?.string ?? "",
      audiences: allowed.isEmpty
        ? [reference.audience, "https:\(reference.audience)"] : allowed,
      keys: keys)
    do throws(IssuerToken.Refusal) {
      return try IssuerToken(
        request.subjectToken, expecting: expectation, nowSeconds: call.nowSeconds)
    } catch {
      throw failure("invalid_grant", error.message)
    }
  }

  private static func keys(_ text: String) throws(APIError) -> [WebKey] {
    do throws(WebKey.Mistake) {
      return try WebKey.set(parsing: text)
    } catch {
      throw failure("invalid_grant", "The provider's keys cannot be read: \(error.message).")
    }
  }

  private static func identity(
    _ token: IssuerToken, _ provider: ProviderRecord, _ reference: ProviderReference
  ) throws(APIError) -> FederatedIdentity {
    let mapping: ProviderMapping
    do throws(ClaimExpression.Mistake) {
      mapping = try ProviderMapping(provider.fields.value)
    } catch {
      throw failure("invalid_grant", "The provider's expressions cannot be read: \(error.message)")
    }
    do throws(ProviderMapping.Refusal) {
      return try mapping.identity(
        of: token.claims, pool: reference.poolName, numberedPool: reference.numberedPool)
    } catch {
      switch error {
      case .condition:
        throw failure(
          "unauthorized_client", "The given credential is rejected by the attribute condition.")
      case .mapping(let text): throw failure("invalid_grant", text)
      }
    }
  }

  // MARK: The request

  private static func read(_ call: Call) throws(APIError) -> Request {
    let value = try parameters(of: call)
    guard let type = value("grantType") else { throw missing("grant_type") }
    guard type == grant else {
      throw failure(
        "unsupported_grant_type", "Invalid value for \"grant_type\". It must be \(grant).")
    }
    guard let wanted = value("requestedTokenType") else { throw missing("requested_token_type") }
    guard wanted == accessToken else { throw invalid("requested_token_type", [accessToken]) }
    guard let subjectType = value("subjectTokenType") else { throw missing("subject_token_type") }
    guard let subject = value("subjectToken") else { throw missing("subject_token") }
    if subjectType == accessToken {
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
    guard let scope = value("scope") else { throw missing("scope") }
    guard value("actorToken") == nil else {
      throw failure("invalid_request", "The sandbox takes no actor tokens.", status: 501)
    }
    let scopes = TokenScope.split(scope)
    guard !scopes.isEmpty, scopes.allSatisfy(TokenScope.isWellFormed) else {
      throw failure("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    }
    return Request(
      audience: audience, scopes: scopes, subjectType: subjectType, subjectToken: subject)
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

  // MARK: Errors

  /// Google's answer for a provider that does not exist, is deleted or disabled, and for the id of a project in place of
  /// its number.
  private static var invalidTarget: APIError {
    failure(
      "invalid_target",
      "The target service indicated by the \"audience\" parameters is invalid. This might either be "
        + "because the pool or provider is disabled or deleted or because it doesn't exist.")
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
