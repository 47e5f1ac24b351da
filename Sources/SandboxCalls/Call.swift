package import Crypto
import JSON
package import SandboxIAM
package import SandboxStore
package import SandboxWire

/// One request on its way to its handler: decoded, authenticated and authorized.
package struct Call: Sendable {
  /// The route that it matches.
  package let route: Route
  /// The decoded variables of the path.
  let variables: [String: String]
  /// The query; its names are known to the route.
  package let query: Query
  /// The body as JSON; empty for forms and files.
  package let body: Body
  /// By name in lower case.
  package let headers: [String: String]
  /// The caller; nil on open routes.
  package var caller: Principal?
  /// The resource that the route's permission was checked on.
  package var resource: Resource?
  /// Microseconds since 1970 on the sandbox's clock.
  package let now: Int64
  /// Microseconds since 1970 on the real clock, which times operations: a test that moves the sandbox's clock must not
  /// end them.
  package let realNow: Int64
  /// What does not change while the server runs.
  package let settings: Settings
  /// A new key, on routes with `needsNewKey`.
  package var newKey: NewKey?
  /// The bytes of the body, for forms.
  package let bytes: [UInt8]
  /// What fault scripts hide from reads.
  package var lag = Lag()

  /// A call with all its parts. `Gate` fills in the caller and the resource.
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

  /// A variable of the path; empty if the template does not have it.
  package subscript(variable: String) -> String { variables[variable] ?? "" }

  /// The id of the project that the path names, also if it names the number.
  package var project: String { resource?.project ?? self["project"] }

  /// Seconds since 1970 on the sandbox's clock.
  package var nowSeconds: Int64 { Timestamps.seconds(now) }

  /// What stays the same while the server runs.
  package struct Settings: Sendable {
    /// Such as `http://127.0.0.1:8080`.
    package var baseURL: String
    /// The delay of every answer, in microseconds. Operations take this much longer too.
    var latency: Int64 = 0
    /// The services that projects can enable besides the known ones, by full name.
    package var services: Set<String> = []
    /// The host names that requests may have.
    package var hosts: HostCheck
    /// What signs on behalf of accounts; nil in a sandbox without keys.
    package var signer: Signer?
    /// What signs the tokens of issuers; nil in a sandbox without keys.
    package var issuer: Issuer?

    /// The settings of a server at this address.
    package init(
      baseURL: String, latency: Int64 = 0, services: Set<String> = [],
      hosts: HostCheck = HostCheck(), signer: Signer? = nil, issuer: Issuer? = nil
    ) {
      self.issuer = issuer
      self.hosts = hosts
      self.signer = signer
      self.baseURL = baseURL
      self.latency = latency
      self.services = services
    }
  }

  /// A key pair that was generated for this call.
  package struct NewKey: Sendable {
    /// The public half.
    package let publicKey: RSAPublicKey
    /// A self-signed certificate of the public half.
    package let certificate: Certificate
    /// PKCS #8, PEM. Sent in the answer and never stored.
    package let privatePEM: String

    /// A pair with its certificate.
    package init(publicKey: RSAPublicKey, certificate: Certificate, privatePEM: String) {
      self.publicKey = publicKey
      self.certificate = certificate
      self.privatePEM = privatePEM
    }
  }
}
