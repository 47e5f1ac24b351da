/// Exchanges the refresh token that `gcloud auth application-default login` stored.
struct AuthorizedUserTokens: TokenSource {
  let clientID: String
  let clientSecret: String
  let refreshToken: String
  let tokenURI: String
  let run: RequestContext

  func fetch() async throws(APIError) -> AccessToken {
    try await TokenEndpoint(run: run).token(
      tokenURI,
      form: [
        ("grant_type", "refresh_token"), ("client_id", clientID),
        ("client_secret", clientSecret), ("refresh_token", refreshToken),
      ], label: "sign-in with the stored user credential")
  }
}
