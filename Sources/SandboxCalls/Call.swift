package import Crypto
import JSON
package import SandboxIAM
package import SandboxStore
package import SandboxWire

/// One request on its way to its handler: decoded, signed in and allowed.
package struct Call: Sendable {
  package let route: Route
  /// The decoded variables of the path.
  let variables: [String: String]
  package let query: Query
  package let body: Body
  package let headers: [String: String]
  /// Who calls; nil on open routes.
  package var caller: Principal?
  /// The resource that the route's permission was checked on.
  package var resource: Resource?
  /// Microseconds since 1970 on the sandbox's clock.
  package let now: Int64
  /// Microseconds since 1970 on the real clock, which operations run on.
  package let realNow: Int64
  package let settings: Settings
  /// On routes with `makesKey`.
  package var newKey: NewKey?
  /// The bytes of the body, for forms.
  package let bytes: [UInt8]
  /// What a fault script hides from reads.
  package var lag = Lag()

  package init(
    route: Route, variables: [String: String], query: Query, body: Body, headers: [String: String],
    caller: Principal? = nil, resource: Resource? = nil, now: Int64, realNow: Int64,
    settings: Settings, newKey: NewKey? = nil, bytes: [UInt8], lag: Lag = Lag()
  ) {
    self.route = route
    self.variables = variables
    self.query = query
    self.body = body
    self.headers = headers
    self.caller = caller
    self.resource = resource
    self.now = now
    self.realNow = realNow
    self.settings = settings
    self.newKey = newKey
    self.bytes = bytes
    self.lag = lag
  }

  /// A variable of the path; empty when the template has none of that name.
  package subscript(variable: String) -> String { variables[variable] ?? "" }

  /// The id of the project that was resolved from the path.
  package var project: String { resource?.project ?? self["project"] }

  /// Seconds since 1970 on the sandbox's clock.
  package var nowSeconds: Int64 { Timestamps.seconds(now) }

  /// What stays the same for as long as the server runs.
  package struct Settings: Sendable {
    /// As `http://127.0.0.1:8080`.
    package var baseURL: String
    /// The delay of every answer, in microseconds; operations take this longer too.
    var latency: Int64 = 0
    /// The services that a project can enable beside those that are known, by full name.
    package var services: Set<String> = []

    package init(baseURL: String, latency: Int64 = 0, services: Set<String> = []) {
      self.baseURL = baseURL
      self.latency = latency
      self.services = services
    }
  }

  /// A key pair that was made for this call.
  package struct NewKey: Sendable {
    package let publicKey: RSAPublicKey
    package let certificate: Certificate
    /// PKCS #8, PEM. Only in the answer, never stored.
    package let privatePEM: String

    package init(publicKey: RSAPublicKey, certificate: Certificate, privatePEM: String) {
      self.publicKey = publicKey
      self.certificate = certificate
      self.privatePEM = privatePEM
    }
  }
}
