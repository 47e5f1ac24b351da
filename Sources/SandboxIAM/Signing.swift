import Crypto
package import JSON
package import SandboxStore

/// A JSON web token, parsed; its signature is not verified yet.
package struct WebToken: Sendable {
  /// The `kid` of the header.
  package let keyID: String?
  /// The payload. Untrusted until `signer` returns a key.
  package let claims: JSONObject
  private let text: String
  private let signed: [UInt8]
  private let signature: [UInt8]

  /// Nil if the text is not an RS256 token. `alg` is checked here: a token must not choose how it is verified.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
      header["alg"]?.string == "RS256", let signature = Base64.urlDecode(parts[2])
    else { return nil }
    self.text = text
    keyID = header["kid"]?.string
    self.claims = claims
    signed = Array("\(parts[0]).\(parts[1])".utf8)
    self.signature = signature
  }

  /// A part of the token as an object, within a size that no real token exceeds.
  private static func object(_ part: String) -> JSONObject? {
    guard let bytes = Base64.urlDecode(part) else { return nil }
    return (try? JSONValue(parsing: bytes, maximumBytes: 16_384))?.object
  }

  /// A claim in seconds since 1970.
  package func time(_ name: String) -> Int64? {
    switch claims[name] {
    case .integer(let seconds)?: seconds
    // The claim is untrusted, and converting a number that is too large would trap.
    case .real(let seconds)? where abs(seconds) < 1e15: Int64(seconds)
    default: nil
    }
  }

  /// The account's key that signed the token and is valid at this time. A token without a `kid` may be signed by any of
  /// them.
  package func signer(of account: AccountRecord, _ state: State, nowSeconds: Int64) -> KeyRecord? {
    state.keys(of: account).first { key in
      (keyID == nil || key.id == keyID) && key.isValid(nowSeconds: nowSeconds)
        && isSigned(by: key.publicKey)
    }
  }

  private static let verified = VerifiedTokens<Bool>()

  /// - Parameter publicKey: DER, in base64.
  private func isSigned(by publicKey: String) -> Bool {
    let found = Self.verified.content(of: text, from: publicKey) {
      let key = Base64.decode(publicKey).flatMap { try? RSAPublicKey(subjectPublicKeyInfo: $0) }
      return key?.verifies(signature, for: signed) == true ? true : nil
    }
    return found ?? false
  }
}

/// Access tokens: `arctlsbx.` PAYLOAD `.` MAC. Only this sandbox can verify them, so it stores no table of issued
/// tokens.
package enum AccessToken {
  /// Distinguishes the sandbox's tokens from self-signed JWTs.
  package static let prefix = "arctlsbx."

  /// Creates a token.
  ///
  /// - Parameter key: the key that requested it, so that the token dies with the key; nil if it was issued by
  ///   impersonation.
  package static func make(
    account: AccountRecord, key: String?, scopes: Set<String>, expires: Int64, secret: [UInt8]
  ) -> String {
    let payload: JSONValue = [
      "sub": .string(account.uniqueID), "key": .string(key ?? ""), "exp": .integer(expires),
      "scope": .string(scopes.sorted().joined(separator: " ")),
    ]
    return make(payload, secret)
  }

  /// Creates a token of an identity of a pool.
  package static func make(
    identity: FederatedIdentity, scopes: Set<String>, expires: Int64, secret: [UInt8]
  ) -> String {
    make(
      [
        "identity": identity.json, "exp": .integer(expires),
        "scope": .string(scopes.sorted().joined(separator: " ")),
      ], secret)
  }

  private static func make(_ payload: JSONValue, _ secret: [UInt8]) -> String {
    let body = Base64.urlEncode(payload.serialized())
    return "\(prefix)\(body).\(Base64.urlEncode(HMAC.code(Array(body.utf8), secret)))"
  }

  /// Whose token it is.
  enum Holder: Sendable {
    /// An account, by its unique id, with the key that requested the token.
    case account(uniqueID: String, key: String?)
    /// An identity of a pool.
    case identity(FederatedIdentity)
  }

  /// What a token says.
  struct Content: Sendable {
    let holder: Holder
    let scopes: Set<String>
    /// In seconds since 1970; at this time it is no longer valid.
    let expires: Int64
  }

  private static let verified = VerifiedTokens<Content>()

  /// The content of a token, if this sandbox issued it. It may have expired.
  ///
  /// - Parameter secret: in base64, as it is stored.
  static func read(_ token: String, secret: String) -> Content? {
    verified.content(of: token, from: secret) {
      content(of: token, secret: Base64.decode(secret) ?? [])
    }
  }

  private static func content(of token: String, secret: [UInt8]) -> Content? {
    guard token.hasPrefix(prefix) else { return nil }
    let parts = token.dropFirst(prefix.count).split(separator: ".").map(String.init)
    guard parts.count == 2, let mark = Base64.urlDecode(parts[1]),
      // In constant time, so that the response time reveals nothing about the MAC.
      constantTimeEqual(mark, HMAC.code(Array(parts[0].utf8), secret)),
      // Parsed only now: after the MAC matched, the payload is the sandbox's own.
      let bytes = Base64.urlDecode(parts[0]), let payload = try? JSONValue(parsing: bytes),
      let expires = payload["exp"]?.integer
    else { return nil }
    let scopes = TokenScope.split(payload["scope"]?.string ?? "")
    if let identity = payload["identity"].flatMap(FederatedIdentity.init) {
      return Content(holder: .identity(identity), scopes: scopes, expires: expires)
    }
    guard let id = payload["sub"]?.string else { return nil }
    let key = payload["key"]?.string ?? ""
    return Content(
      holder: .account(uniqueID: id, key: key.isEmpty ? nil : key), scopes: scopes, expires: expires
    )
  }
}
