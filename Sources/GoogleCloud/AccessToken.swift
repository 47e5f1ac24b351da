/// A bearer token and its end. Prints and reflects as `(token)`, so that it cannot get into a log.
struct AccessToken: Sendable, CustomStringConvertible, CustomReflectable {
  let value: String
  /// Unix seconds; nil if unknown.
  let expires: Double?

  /// Nil for a text that cannot be a header's value.
  init?(_ value: String, expires: Double?) {
    guard !value.isEmpty, value.utf8.count <= 65_536, value.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    else { return nil }
    self.value = value
    self.expires = expires
  }

  var description: String { "(token)" }
  var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

/// A source of tokens; each call fetches a new one.
protocol TokenSource: Sendable {
  /// Whether a second fetch can return another token.
  var canRefresh: Bool { get }
  /// Fetches a token. Throws `unauthenticated`, or the reason why the endpoint did not answer.
  func fetch() async throws(APIError) -> AccessToken
  /// Forgets what it got from another credential: its sign-in bore the wrong time.
  func forget() async
}

extension TokenSource {
  var canRefresh: Bool { true }
  func forget() async {}
}

/// A token from the environment: `ARCTL_ACCESS_TOKEN`.
struct StaticToken: TokenSource {
  let token: AccessToken
  var canRefresh: Bool { false }
  func fetch() async throws(APIError) -> AccessToken { token }
}
