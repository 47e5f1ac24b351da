import Crypto
import JSON
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// OpenID Connect tokens of accounts (discovery `iamcredentials.v1 GenerateIdTokenResponse.token`). The sandbox's key
/// signs them, so no verifier of Google's tokens accepts them.
enum IDToken {
  /// The id of the signing key in the header of each token, and in the list of certificates.
  static let keyID = String(
    Hex.encode(SHA256.hash(Array("arctl sandbox id tokens".utf8))).prefix(40))

  /// What a request for a token chooses.
  struct Request {
    let audience: String
    /// The authorized party.
    let party: String
    let includesEmail: Bool
    var includesOrganization = false
  }

  /// A token that is valid for an hour of real time, which is the clock of its verifiers.
  static func make(
    for account: AccountRecord, _ request: Request, _ call: Call, _ state: State
  ) throws(APIError) -> String {
    let now = Timestamps.seconds(call.realNow)
    var claims: JSONObject = [
      "aud": .string(request.audience), "azp": .string(request.party),
    ]
    if request.includesEmail {
      claims["email"] = .string(account.email)
      claims["email_verified"] = true
    }
    claims["exp"] = .integer(now + 3600)
    if request.includesOrganization {
      let organization = state.containers(above: .project(account.project)).last
        .flatMap { $0.hasPrefix("organizations/") ? Int64($0.dropFirst(14)) : nil }
      claims["google"] = ["organization_number": organization.map { .integer($0) } ?? .null]
    }
    claims["iat"] = .integer(now)
    claims["iss"] = "https://accounts.google.com"
    claims["sub"] = .string(account.uniqueID)
    return try call.signer().token(payload: JSONValue.object(claims).text(), keyID: keyID)
  }
}

extension Call {
  /// The key that signs on behalf of accounts.
  func signer() throws(APIError) -> Signer {
    guard let signer = settings.signer else {
      throw APIError(.internal, "This sandbox has no key to sign with.")
    }
    return signer
  }
}
