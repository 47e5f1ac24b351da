import Crypto
import JSON
import SandboxAPIs
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// Creates what a store must contain before the first request: secrets, the owner and the requested projects.
struct Bootstrap {
  let directory: DataDirectory
  let database: SQLiteDatabase

  private static let ownerFile = "owner.json"
  private static let systemFile = "system-key.pem"
  private static let issuerFile = "issuer-key.pem"

  /// The owner's private key in PEM. The store has only its public half.
  struct Owner {
    let keyID: String
    let privatePEM: String
  }

  /// Fills the state and commits it.
  func prepare(
    _ state: inout State, projects: [String]
  ) throws(SandboxError) -> (owner: Owner, signer: Signer, issuer: Issuer) {
    let now = RealTime.microseconds() + state.offset
    // Only on the first start: a new secret would invalidate every token that a client still holds.
    do throws(APIError) {
      if state.meta.tokenSecret.isEmpty {
        state.meta.tokenSecret = Base64.encode(randomBytes(32))
      }
      for id in [OwnerAccount.project] + projects where state[ProjectRecord.self][id] == nil {
        try ProjectRules.checkID(id)
        _ = ProjectRules.create(
          id: id, displayName: id, parent: nil, labels: [:],
          owner: "serviceAccount:\(OwnerAccount.email)", now: now,
          in: &state)
      }
    } catch {
      throw SandboxError(error.message)
    }
    // Operations of earlier runs are past the time in which a client polls.
    LongRunningOperations.forget(
      before: RealTime.microseconds() - LongRunningOperations.retention, &state)
    let signer = try signer(&state)
    let account = state.account(email: OwnerAccount.email) ?? makeOwner(&state)
    let owner = try key(of: account, &state, now: now)
    do throws(StoreError) {
      try state.commit(to: database)
    } catch {
      throw SandboxError("the store in \(directory.path) failed: \(error)")
    }
    return (owner, signer, try issuer())
  }

  /// The key that signs on behalf of accounts. Its private half is in a file, like that of the owner's.
  ///
  /// A store of an older version has no such file, and gets a new key for every account.
  private func signer(_ state: inout State) throws(SandboxError) -> Signer {
    if let old = try existingSigner(state) { return old }
    let made: Call.NewKey
    do throws(APIError) {
      made = try Sandbox.makeKey()
    } catch {
      throw SandboxError(error.message)
    }
    let pem = Array(made.privatePEM.utf8)
    guard let key = try? RSAPrivateKey(pemBytes: pem) else {
      throw SandboxError("a new key cannot be read")
    }
    // Before the commit: a crash in between leaves a file that does not fit the store, which the next start replaces.
    try directory.write(Self.systemFile, pem)
    state.meta.systemKey = Base64.encode(made.publicKey.subjectPublicKeyInfo)
    state.meta.systemCertificate = String(decoding: made.certificate.pem, as: UTF8.self)
    for account in state[AccountRecord.self].rows.values {
      for key in state.keys(of: account) where key.type == "SYSTEM_MANAGED" {
        state.put(ServiceAccountKeys.system(of: account, state))
      }
    }
    return Signer(key, certificate: made.certificate)
  }

  /// The key that signs the tokens of issuers. The store does not know it: without its file, tokens of before are
  /// refused, and they live for minutes.
  private func issuer() throws(SandboxError) -> Issuer {
    if let pem = try directory.read(Self.issuerFile), let key = try? ECPrivateKey(pemBytes: pem) {
      return Issuer(key)
    }
    let pem: [UInt8]
    do throws(CryptoError) {
      pem = try ECPrivateKey().pkcs8PEM().withUnsafeBytes { Array($0) }
    } catch {
      throw SandboxError("\(error)")
    }
    guard let key = try? ECPrivateKey(pemBytes: pem) else {
      throw SandboxError("a new key cannot be read")
    }
    try directory.write(Self.issuerFile, pem)
    return Issuer(key)
  }

  private func existingSigner(_ state: State) throws(SandboxError) -> Signer? {
    guard let pem = try directory.read(Self.systemFile),
      let key = try? RSAPrivateKey(pemBytes: pem),
      Base64.encode(key.publicKey.subjectPublicKeyInfo) == state.meta.systemKey,
      let certificate = try? Certificate(pem: Array(state.meta.systemCertificate.utf8))
    else { return nil }
    return Signer(key, certificate: certificate)
  }

  private func makeOwner(_ state: inout State) -> AccountRecord {
    ServiceAccounts.make(
      OwnerAccount.accountID, project: OwnerAccount.project, displayName: "Owner of this sandbox",
      description: "Owns every project; its key is owner.json.", in: &state)
  }

  /// The key in owner.json if it still matches the store, or a new one.
  private func key(
    of account: AccountRecord, _ state: inout State, now: Int64
  ) throws(SandboxError) -> Owner {
    if let old = try existingKey(of: account, state) { return old }
    // An owner.json that was lost or replaced must not leave a key that still signs in.
    for key in state.keys(of: account) where key.type == "USER_MANAGED" { state.remove(key) }
    do throws(APIError) {
      let made = try Sandbox.makeKey()
      let record = ServiceAccountKeys.record(
        of: account, serial: LongRunningOperations.serial(&state), publicKey: made.publicKey,
        certificate: made.certificate,
        validAfter: Timestamps.seconds(min(now, RealTime.microseconds())),
        validBefore: ServiceAccountKeys.endOfTime, origin: "GOOGLE_PROVIDED")
      state.put(record)
      return Owner(keyID: record.id, privatePEM: made.privatePEM)
    } catch {
      throw SandboxError(error.message)
    }
  }

  /// The key in owner.json; nil if the file or its key is not the store's.
  private func existingKey(
    of account: AccountRecord, _ state: State
  ) throws(SandboxError) -> Owner? {
    guard let bytes = try directory.read(Self.ownerFile),
      let file = try? JSONValue(parsing: bytes), let id = file["private_key_id"]?.string,
      let pem = file["private_key"]?.string, let record = state.key(id, of: account),
      let key = try? RSAPrivateKey(pemBytes: Array(pem.utf8)),
      Base64.encode(key.publicKey.subjectPublicKeyInfo) == record.publicKey
    else { return nil }
    return Owner(keyID: id, privatePEM: pem)
  }

  /// Writes owner.json. Its `token_uri` is this server, so the file changes with the port.
  func writeOwnerFile(
    _ owner: Owner, _ state: State, baseURL: String
  ) throws(SandboxError) {
    guard let account = state.account(email: OwnerAccount.email) else { return }
    let file = KeyFile.json(
      account, keyID: owner.keyID, privatePEM: owner.privatePEM, baseURL: baseURL)
    try directory.write(Self.ownerFile, file.serialized(.pretty) + [0x0A])
  }
}
