import Crypto
import JSON
import SandboxAPIs
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// What a store must hold before the first request: secrets, the owner and the asked-for projects.
struct Bootstrap {
  let directory: DataDirectory
  let database: SQLiteDatabase

  private static let ownerFile = "owner.json"

  /// The owner's private key, PEM; its public half is in the store.
  struct Owner {
    let keyID: String
    let privatePEM: String
  }

  func prepare(_ state: inout State, projects: [String]) throws(SandboxError) -> Owner {
    let now = RealTime.microseconds() + state.offset
    do throws(APIError) {
      if state.meta.tokenSecret.isEmpty {
        state.meta.tokenSecret = Base64.encode(randomBytes(32))
        let system = try Sandbox.makeKey()
        state.meta.systemKey = Base64.encode(system.publicKey.subjectPublicKeyInfo)
        state.meta.systemCertificate = String(decoding: system.certificate.pem, as: UTF8.self)
      }
      for id in [OwnerAccount.project] + projects where state[ProjectRecord.self][id] == nil {
        try ProjectRules.checkID(id)
        _ = ProjectRules.create(
          id: id, displayName: id, parent: nil, labels: [:], owner: OwnerAccount.email, now: now,
          in: &state)
      }
    } catch {
      throw SandboxError(error.message)
    }
    LongRunningOperations.forget(
      before: RealTime.microseconds() - LongRunningOperations.retention, &state)
    let account = state.account(email: OwnerAccount.email) ?? makeOwner(&state)
    let owner = try key(of: account, &state, now: now)
    do throws(StoreError) {
      try state.commit(to: database)
    } catch {
      throw SandboxError("the store in \(directory.path) failed: \(error)")
    }
    return owner
  }

  private func makeOwner(_ state: inout State) -> AccountRecord {
    ServiceAccounts.make(
      OwnerAccount.accountID, project: OwnerAccount.project, displayName: "Owner of this sandbox",
      description: "Owns every project; its key is owner.json.", in: &state)
  }

  /// The key in owner.json when it still fits, or a new one.
  private func key(
    of account: AccountRecord, _ state: inout State, now: Int64
  ) throws(SandboxError) -> Owner {
    if let old = try existingKey(of: account, state) { return old }
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

  /// Writes owner.json, whose token_uri is this server.
  func writeOwnerFile(
    _ owner: Owner, _ state: State, baseURL: String
  ) throws(SandboxError) {
    guard let account = state.account(email: OwnerAccount.email) else { return }
    let file = KeyFile.json(
      account, keyID: owner.keyID, privatePEM: owner.privatePEM, baseURL: baseURL)
    try directory.write(Self.ownerFile, file.serialized(.pretty) + [0x0A])
  }
}
