package import SandboxStore

/// The public half of a service-account key. The private half is never stored, so that a copy of the sandbox's database
/// signs nothing.
package struct KeyRecord: Record {
  let account: String
  /// 40 hexadecimal digits, as Google's key ids.
  package let id: String
  /// DER, in base64.
  package let publicKey: String
  /// X.509, PEM.
  package let certificate: String
  /// Seconds since 1970.
  package let validAfter: Int64
  /// Seconds since 1970.
  package let validBefore: Int64
  /// As on the wire: `GOOGLE_PROVIDED` or `USER_PROVIDED`.
  package let origin: String
  /// As on the wire: `USER_MANAGED` or `SYSTEM_MANAGED`.
  package let type: String
  /// Whether it is disabled, so that its signatures are refused.
  package var isDisabled = false
  /// The reason and message in the request that disabled it.
  package var disableReason: String?
  /// See `disableReason`.
  package var disableMessage: String?
  /// As on the wire; nil for `KEY_ALG_RSA_2048`.
  package var algorithm: String?

  /// Creates a key; the parameters with defaults are for one that is copied.
  package init(
    account: String, id: String, publicKey: String, certificate: String, validAfter: Int64,
    validBefore: Int64, origin: String, type: String, isDisabled: Bool = false,
    algorithm: String? = nil
  ) {
    self.account = account
    self.id = id
    self.publicKey = publicKey
    self.certificate = certificate
    self.validAfter = validAfter
    self.validBefore = validBefore
    self.origin = origin
    self.type = type
    self.isDisabled = isDisabled
    self.algorithm = algorithm
  }

  /// Whether its owner can sign in with it at this time of the sandbox's clock.
  ///
  /// A key that the sandbox generated is valid from its creation on: a test may set the clock back afterwards. An
  /// uploaded certificate may start a minute later, for clocks that differ.
  package func isValid(nowSeconds: Int64) -> Bool {
    type == "USER_MANAGED" && !isDisabled && nowSeconds < validBefore
      && (origin == "GOOGLE_PROVIDED" || validAfter - 60 <= nowSeconds)
  }
}

extension KeyRecord {
  /// The name of its table in the store.
  package static var table: String { "key" }
  /// Reads show its changes late, as Google's services may do (docs/google-apis.md#eventual-consistency).
  package static var lag: LagRule { .hidden }
  /// The unique id of its account, and its own id.
  package var key: String { Self.key(id, of: account) }
  /// Its account, whose deletion removes it.
  package var parent: String? { AccountRecord.nameInAnyProject(account) }
  /// Empty: a key has no children.
  package var names: [String] { [] }

  fileprivate static func key(_ id: String, of account: String) -> String { "\(account)/\(id)" }
}

extension State {
  /// The keys of an account, ordered by id.
  package func keys(of account: AccountRecord) -> [KeyRecord] {
    self[KeyRecord.self].children(of: AccountRecord.nameInAnyProject(account.uniqueID))
  }

  /// One key of an account.
  package func key(_ id: String, of account: AccountRecord) -> KeyRecord? {
    self[KeyRecord.self][KeyRecord.key(id, of: account.uniqueID)]
  }
}
