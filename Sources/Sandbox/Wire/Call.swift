import Crypto
import JSON

/// One request on its way to its handler: decoded, signed in and allowed.
struct Call: Sendable {
  let route: Route
  /// The decoded variables of the path.
  let variables: [String: String]
  let query: Query
  let body: Body
  let headers: [String: String]
  /// Who calls; nil on open routes.
  var caller: Principal?
  /// The resource that the route's permission was checked on.
  var resource: Resource?
  /// Microseconds since 1970 on the sandbox's clock.
  let now: Int64
  /// Microseconds since 1970 on the real clock, which operations run on.
  let realNow: Int64
  let settings: Settings
  /// On routes with `makesKey`.
  var newKey: NewKey?
  /// The bytes of the body, for forms.
  let bytes: [UInt8]
  /// What a fault script hides from reads.
  var lag = Lag()

  /// A variable of the path; empty when the template has none of that name.
  subscript(variable: String) -> String { variables[variable] ?? "" }

  /// The id of the project that was resolved from the path.
  var project: String { resource?.project ?? self["project"] }

  var nowSeconds: Int64 { Timestamps.seconds(now) }

  /// What stays the same for as long as the server runs.
  struct Settings: Sendable {
    /// As `http://127.0.0.1:8080`.
    var baseURL: String
    /// The delay of every answer, in microseconds; operations take this longer too.
    var latency: Int64 = 0
  }

  /// A key pair that was made for this call.
  struct NewKey: Sendable {
    let publicKey: RSAPublicKey
    let certificate: Certificate
    /// PKCS #8, PEM. Only in the answer, never stored.
    let privatePEM: String
  }
}
