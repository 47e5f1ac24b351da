/// A bearer token and when it ends. Prints and reflects as `(token)`.
struct AccessToken: Sendable, CustomStringConvertible, CustomReflectable {
  let value: String
  /// Unix seconds; nil where it is not known.
  let expires: Double?

  /// Nil for a text that a header cannot hold.
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
  /// Whether a second call can bring something else than the first.
  var canRefresh: Bool { get }
  /// Throws `unauthenticated`, or why the endpoint did not answer.
  func fetch() async throws(APIError) -> AccessToken
}

extension TokenSource {
  var canRefresh: Bool { true }
}

/// A token that was given: `ARCTL_ACCESS_TOKEN`.
struct GivenToken: TokenSource {
  let token: AccessToken
  var canRefresh: Bool { false }
  func fetch() async throws(APIError) -> AccessToken { token }
}
