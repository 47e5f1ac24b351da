public import Crypto
import HTTP

/// Signs a new JWT for Google's APIs. Needs no request.
struct SelfSignedTokens: TokenSource {
  let key: ServiceAccountKey
  let run: RequestContext

  func fetch() async throws(APIError) -> AccessToken {
    let label = "sign-in of \(key.email)"
    do {
      let lead = run.serverLead
      let (jwt, expires) = try key.bearer(now: run.clock.now + lead)
      // Tokens are kept by this machine's clock.
      guard let token = AccessToken(jwt, expires: expires - lead) else {
        throw TokenEndpoint.noToken(label)
      }
      return token
    } catch let error as APIError {
      throw error
    } catch {
      throw APIError(.unauthenticated, label: label, "the private key cannot sign")
    }
  }
}

/// Exchanges a signed JWT for a token at the key file's `token_uri`.
struct ExchangedTokens: TokenSource {
  let key: ServiceAccountKey
  let tokenURI: String
  let run: RequestContext

  func fetch() async throws(APIError) -> AccessToken {
    let label = "sign-in of \(key.email)"
    let assertion: String
    do {
      assertion = try key.assertion(tokenURI: tokenURI, now: run.serverNow)
    } catch {
      throw APIError(.unauthenticated, label: label, "the private key cannot sign")
    }
    return try await ServiceAccountSignIn.exchange(assertion, at: tokenURI, run: run, label: label)
  }
}

/// Signs in with a private key, to test whether the server knows it yet.
public enum ServiceAccountSignIn {
  /// A JWT for `endpoints.tokenURI`. Throws if the key cannot sign.
  public static func assertion(
    email: String, keyID: String, key: borrowing RSAPrivateKey, endpoints: Endpoints,
    run: RequestContext
  ) throws(CryptoError) -> String {
    try JWT.assertion(
      email: email, keyID: keyID, tokenURI: endpoints.tokenURI, now: run.serverNow, by: key)
  }

  /// Exchanges the JWT for a token, which is discarded. Throws `unauthenticated` while the server does not know the
  /// key.
  public static func verify(
    assertion: String, email: String, endpoints: Endpoints, run: RequestContext
  ) async throws(APIError) {
    _ = try await exchange(
      assertion, at: endpoints.tokenURI, run: run, label: "sign-in of \(email)")
  }

  static func exchange(
    _ assertion: String, at tokenURI: String, run: RequestContext, label: String
  ) async throws(APIError) -> AccessToken {
    try await TokenEndpoint(run: run).token(
      tokenURI,
      form: [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion),
      ], label: label)
  }
}
