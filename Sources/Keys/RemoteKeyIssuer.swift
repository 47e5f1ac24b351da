import CloudResources
import Crypto
import GoogleCloud
import Grammar
import JSON
package import Model

/// Carries out the action of one declared key whose private half goes to a store of secrets, in the steps of
/// docs/reliability.md#steps-of-a-key-in-a-store-of-secrets.
///
/// The private half is in this process alone, from its creation until the store has it: a run that is killed in between
/// loses it, and the next run learns this from the note beside the secret.
package struct RemoteKeyIssuer: Sendable {
  let calls: CloudCalls
  let vault: any KeyVault
  let key: DesiredKey
  let destination: RemoteDestination

  /// For one key of a run. Throws if its store cannot be used by this run.
  package init(vaults: KeyVaults, key: DesiredKey) throws(OperationFailure) {
    calls = vaults.calls
    self.key = key
    do throws(APIError) {
      guard let destination = key.remote, let vault = try vaults.vault(of: key) else {
        throw APIError(.other, label: "\(key.address)", "its destination is not a store of secrets")
      }
      self.destination = destination
      self.vault = vault
    } catch { throw OperationFailure(error) }
  }

  var requests: KeyRequests { KeyRequests(calls: calls, email: key.email, account: key.account) }

  /// Carries out one action of the plan on the key, as the only such operation on its account.
  package func carryOut(_ order: KeyAction) async throws(OperationFailure) -> OperationResult {
    let outcome = await calls.memory.lock(for: key.account).run {
      () async -> Result<OperationResult, OperationFailure> in
      do throws(OperationFailure) {
        return .success(try await perform(order))
      } catch {
        return .failure(error)
      }
    }
    guard let outcome else {
      throw OperationFailure(APIError(.cancelled, label: "\(key.address)", "cancelled"))
    }
    return try outcome.get()
  }

  private func perform(_ order: KeyAction) async throws(OperationFailure) -> OperationResult {
    switch order {
    case .issue: return try await issue(beside: [], lost: [])
    case .supersede(let ids): return try await issue(beside: ids, lost: [])
    case .reclaim(let lost, let beside): return try await issue(beside: beside, lost: lost)
    case .importExisting(let id): return try await adopt(id)
    case .retire(let step): return try await retire(step)
    case .removeLeftovers: return try await tidy()
    case .delete(let id): return try await delete(id)
    case .reissue, .resume:
      throw OperationFailure.stale("\(key.address)", "its destination is not a file")
    }
  }

  // MARK: a new key

  private func issue(
    beside: [String], lost: [String]
  ) async throws(OperationFailure) -> OperationResult {
    let account = try await mapped { () async throws(APIError) in try await requests.readAccount() }
    let live = try await checkedKeys(beside: beside, lost: lost)
    var claim = RemoteHolding.Claim(
      nonce: Hex.encode(calls.client.run.random.bytes(16)), time: calls.now,
      keyIDs: live.map(\.id))
    try await vault.claim(claim)
    for id in lost {
      _ = try await mapped { () async throws(APIError) in try await requests.disable(id) }
    }
    let file = try await made(account)
    claim.keyID = file.keyID
    claim.time = calls.now
    try await vault.note(claim)
    try await signIn(file)
    claim.isSent = true
    claim.time = calls.now
    try await vault.note(claim)
    let write: Int?
    do {
      write = try await vault.put(file, claim)
    } catch {
      throw partial(error, "key \(file.keyID) is live, and \(destination.text) may not hold it")
    }
    return try await confirmed(file.keyID, write, beside: beside)
  }

  /// The account's keys. Throws if the plan did not know all that are this declaration's, or if the store shows another
  /// one than the plan saw: the user approved something else.
  private func checkedKeys(
    beside: [String], lost: [String]
  ) async throws(OperationFailure) -> [LiveKey] {
    let holding = try await mapped { () async throws(APIError) in try await vault.look() }
    if let claim = holding.claim, claim.secondsLeft(at: calls.now) > 0 {
      throw .stale("\(key.address)", "another run is storing a key in \(destination.text)")
    }
    guard !calls.memory.isNew(key.account) else { return [] }
    let seen = Set(beside + lost)
    let live = try await mapped { () async throws(APIError) in
      try await requests.keys(withCertificatesBut: seen)
    }
    if case .verified(let id, _) = holding.state, !beside.contains(id),
      try await isLive(id, among: live)
    {
      throw .stale("\(key.address)", "\(destination.text) holds key \(id) since the plan")
    }
    let unknown = live.filter {
      $0.isUploaded && key.isNamed($0.commonName) && signsIn($0) && !seen.contains($0.id)
    }
    guard unknown.isEmpty else {
      throw .stale(
        "\(key.address)",
        "another run created key \(unknown.map(\.id).sorted().joined(separator: ", ")) since the plan"
      )
    }
    return live
  }

  /// Whether a key signs in, also if the list does not show it yet.
  private func isLive(_ id: String, among live: [LiveKey]) async throws(OperationFailure) -> Bool {
    if let key = live.first(where: { $0.id == id }) { return signsIn(key) }
    let read = try await mapped { () async throws(APIError) in try await requests.read(id) }
    return read.map(signsIn) ?? false
  }

  private func signsIn(_ key: LiveKey) -> Bool {
    !key.isDisabled && (key.validBefore.map { $0 > calls.now } ?? true)
  }

  /// A new live key. If the server refuses it for certain, the claim ends with it.
  private func made(_ account: JSONValue) async throws(OperationFailure) -> CredentialFile {
    do {
      return key.origin == .google ? try await fromGoogle() : try await uploaded(account)
    } catch {
      if !error.isPartial { try? await vault.release() }
      throw error
    }
  }

  private func uploaded(_ account: JSONValue) async throws(OperationFailure) -> CredentialFile {
    let pair = try newPair()
    let certificate = try certificate(of: pair)
    var mayExist = false
    let live: LiveKey
    do {
      live = try await requests.upload(certificate, mayExist: &mayExist)
    } catch {
      var failure = KeyConstraint.failure(error, key)
      failure.isPartial = mayExist || error.kind == .ambiguous || error.kind == .cancelled
      throw failure
    }
    let identity = KeyStore.Identity(
      keyID: live.id, projectID: account["projectId"]?.string ?? key.account.project,
      clientID: account["uniqueId"]?.string ?? "", email: key.email,
      tokenURI: calls.client.endpoints.tokenURI)
    do {
      return CredentialFile(keyID: live.id, try KeyStore.credentialFile(pair, identity))
    } catch {
      throw OperationFailure(
        .key, call: "\(key.address)", message: error.message, help: revocation(of: live.id),
        isPartial: true)
    }
  }

  private func newPair() throws(OperationFailure) -> RSAPrivateKey {
    do throws(CryptoError) { return try RSAPrivateKey(generatingBits: 2048) } catch {
      throw failure(error)
    }
  }

  private func certificate(
    of pair: borrowing RSAPrivateKey
  ) throws(OperationFailure) -> Certificate {
    do throws(CryptoError) {
      return try KeyStore.certificate(of: pair, key, now: calls.now)
    } catch { throw failure(error) }
  }

  private func failure(_ error: CryptoError) -> OperationFailure {
    OperationFailure(.key, call: "\(key.address)", message: error.message)
  }

  /// A key that Google makes. Its answer is the only copy of the private half; an answer that is lost leaves a key that
  /// a later run reports, by the claim.
  private func fromGoogle() async throws(OperationFailure) -> CredentialFile {
    let answer: JSONValue
    do {
      answer = try await requests.create { () async throws(APIError) in }
    } catch {
      var failure = KeyConstraint.failure(error, key)
      switch error.kind {
      case .ambiguous, .cancelled, .malformed:
        failure.isPartial = true
        failure.kind = .key
        failure.message += "; a key may have been created whose private half is lost"
        failure.help = "apply again: the next run looks for it"
      default: break
      }
      throw failure
    }
    guard let live = LiveKey(made: answer, email: key.email, project: key.account.project),
      let bytes = answer["privateKeyData"]?.string.flatMap(Base64.decode)
    else {
      throw OperationFailure(
        .key, call: requests.createLabel, message: "the answer contains no credential file",
        help: "apply again: the next run looks for the key", isPartial: true)
    }
    var copy = bytes
    defer { wipe(&copy) }
    var text = SecretBytes()
    text.append(contentsOf: copy)
    return CredentialFile(keyID: live.id, text)
  }

  /// Waits until the token endpoint accepts the key: whoever reads the secret must be able to sign in at every moment.
  private func signIn(_ file: CredentialFile) async throws(OperationFailure) {
    var pause = Pause(calls)
    while true {
      let assertion = try assertion(file)
      do {
        return try await ServiceAccountSignIn.verify(
          assertion: assertion, email: key.email, endpoints: calls.client.endpoints,
          run: calls.client.run)
      } catch {
        let mayContinue = try await mapped { () async throws(APIError) in
          try await pause.wait(atMost: CloudCalls.patience, error.label)
        }
        guard mayContinue else {
          throw OperationFailure(
            .key, call: error.label,
            message: "the new key \(file.keyID) does not sign in yet, so it was not stored: "
              + error.message,
            help: "apply again: the next run makes another one", isPartial: true)
        }
      }
    }
  }

  private func assertion(_ file: CredentialFile) throws(OperationFailure) -> String {
    do {
      return try ServiceAccountSignIn.assertion(
        email: key.email, keyID: file.keyID, key: try file.privateKey(),
        endpoints: calls.client.endpoints, run: calls.client.run)
    } catch {
      throw OperationFailure(
        .key, call: "\(key.address)", message: error.message, help: revocation(of: file.keyID),
        isPartial: true)
    }
  }

  /// Completes the note, and looks whether the store shows the key now.
  private func confirmed(
    _ id: String, _ write: Int?, beside: [String]
  ) async throws(OperationFailure) -> OperationResult {
    do throws(OperationFailure) {
      try await vault.confirm(id, write)
      let holding = try await mapped { () async throws(APIError) in try await vault.look() }
      guard case .verified(id, _) = holding.state else {
        throw OperationFailure(
          .key, call: "\(key.address)", message: "\(destination.text) does not show key \(id)",
          help: "another program may write it too: plan again", isPartial: true)
      }
    } catch { throw partial(error, "key \(id) is stored, and not noted") }
    let day = Day(calls.now + key.overlap)
    return OperationResult(
      detail: "key \(id), in \(destination.text)",
      warnings: beside.sorted().map {
        "key \($0) stays live for whoever read it before: an apply from \(day) on disables it"
      })
  }

  private func adopt(_ id: String) async throws(OperationFailure) -> OperationResult {
    let holding = try await mapped { () async throws(APIError) in try await vault.look() }
    guard case .begun(id) = holding.state else {
      throw .stale("\(key.address)", "\(destination.text) changed since the plan")
    }
    return try await confirmed(id, nil, beside: [])
  }

  func mapped<Value>(
    _ body: () async throws(APIError) -> Value
  ) async throws(OperationFailure) -> Value { try await mappingAPIErrors(body) }

  private func partial(_ failure: OperationFailure, _ fact: String) -> OperationFailure {
    var failure = failure
    failure.kind = .key
    failure.message = "\(fact): \(failure.message)"
    failure.isPartial = true
    if failure.help.isEmpty {
      failure.help = "apply again in \(RemoteHolding.Claim.lease)s: the next run goes on from here"
    }
    return failure
  }

  func revocation(of id: String) -> String {
    LiveKey.revocation(of: id, key.email, project: key.account.project)
  }
}

extension CredentialFile {
  /// The private key in it.
  fileprivate func privateKey() throws(CryptoError) -> RSAPrivateKey {
    var text = bytes.withUnsafeBytes { Array($0) }
    defer { wipe(&text) }
    guard let pem = (try? JSONValue(parsing: text))?["private_key"]?.string else {
      throw CryptoError("the credential file holds no private key")
    }
    var copy = Array(pem.utf8)
    defer { wipe(&copy) }
    return try RSAPrivateKey(pemBytes: copy)
  }
}
