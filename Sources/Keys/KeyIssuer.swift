package import CloudResources
import Crypto
import GoogleCloud
import JSON
package import Model

/// Carries out the action of one declared key, for keys of both origins, in the steps of
/// docs/reliability.md#steps-of-an-uploaded-key and docs/reliability.md#steps-of-a-key-that-google-generates.
///
/// Key material never leaves the key store. What it returns are certificates, identities and JWTs.
package struct KeyIssuer: Sendable {
  let calls: CloudCalls
  let store: KeyStore
  let key: DesiredKey

  /// For one key of a run whose files are in `store`.
  package init(calls: CloudCalls, store: KeyStore, key: DesiredKey) {
    self.calls = calls
    self.store = store
    self.key = key
  }

  /// The calls about the key's account.
  var requests: KeyRequests { KeyRequests(calls: calls, email: key.email, account: key.account) }

  /// Carries out one action of the plan on the key.
  package func carryOut(_ order: KeyAction) async throws(OperationFailure) -> OperationResult {
    if key.origin == .external { return try await deleteExternal(order) }
    // First, so that every later step knows whether a file that names another server is this server's own.
    try await recognizeFiles()
    if case .delete(let id) = order { return try await delete(id) }
    // A delete needs no folder and must work where none can be created. Everything else takes the lock before it looks,
    // so that what it finds stays true.
    try await local { (store, key) throws(KeyStoreError) in try store.prepare(key) }
    let change = try await local { (store, key) throws(KeyStoreError) in
      try store.changeSincePlan(key, order)
    }
    // The plan was made without the lock. Another run may have created this key since, and its file must not be
    // replaced.
    if let change { throw .stale("\(key.address)", change) }
    // An intent is here only if the manifest asked for a key of Google's before. Such keys resolve theirs when they are
    // created or installed.
    if key.origin == .uploaded { try await settleIntent() }
    // A key of Google's is only completed from its staged file: its private half came once, in the answer
    // (docs/google-apis.md#calls-about-keys). The private half of an uploaded key was here before the upload.
    switch (order, key.origin) {
    case (.importExisting(let id), .google): return try await installStaged(id)
    case (.importExisting(let id), .uploaded): return try await adopt(id)
    case (.issue, .google), (.reissue, .google), (.supersede, .google), (.resume, .google):
      return try await issueFromGoogle(order)
    case (.issue, .uploaded), (.reissue, .uploaded): return try await issue(order, resumes: false)
    case (.resume, .uploaded): return try await issue(order, resumes: true)
    case (.supersede, .uploaded):
      // A pending file that is here was uploaded by an interrupted run of this same order: a second pair would leave
      // its key behind.
      let isBegun = try await local { (store, key) throws(KeyStoreError) in
        try store.pendingFingerprint(store.paths(key)) != nil
      }
      return try await issue(order, resumes: isBegun)
    case (.removeLeftovers, _): return try await removeLeftovers()
    case (.retire(let step), _): return try await retire(step)
    // Handled above; the switch must be exhaustive.
    case (.delete(let id), _): return try await delete(id)
    case (_, .external): return try await deleteExternal(order)
    // Only for a store of secrets: a file is found again by the run that was interrupted.
    case (.reclaim, _): throw OperationFailure.stale("\(key.address)", "its destination is a file")
    }
  }

  // MARK: uploaded keys

  /// Creates a pair, or resumes with the pair whose private half an interrupted run left and whose public half may have
  /// arrived. The private half is on disk before the public half leaves: otherwise a crash would leave a live key
  /// without a private half.
  private func issue(
    _ order: KeyAction, resumes: Bool
  ) async throws(OperationFailure) -> OperationResult {
    let identity = try await readAccount()
    // Before a pair is written: a refusal must leave no pending file, which a later run would take for a begun upload.
    let before = try await checkBeforeCreate(order)
    let now = calls.now
    let certificate = try await local { (store, key) throws(KeyStoreError) in
      resumes
        ? try store.pendingCertificate(key, now: now) : try store.makePending(key, now: now)
    }
    let live = try await upload(certificate, isNew: !resumes)
    let result = try await finish(live.id, identity, dead: before.dead)
    return try await checkAfterCreate(result, id: live.id, before: before)
  }

  /// Completes a key whose public half the server already has: stores its file, without another upload.
  private func adopt(_ id: String) async throws(OperationFailure) -> OperationResult {
    let dead = await deadFiles()
    // The staged file first: it is complete, so neither the account nor the pending file is needed.
    if try await installsStaged(id, dead: dead) { return try await verified(id) }
    return try await finish(id, try await readAccount(), dead: dead)
  }

  /// Uploads until the key is known to exist. After a lost answer it searches the account's keys first: a repeat
  /// without the search could leave two keys of one certificate.
  private func upload(
    _ certificate: Certificate, isNew: Bool
  ) async throws(OperationFailure) -> LiveKey {
    var mayExist = !isNew
    do {
      return try await requests.upload(certificate, mayExist: &mayExist)
    } catch {
      // A certain refusal leaves nothing on the server, so the pending file is worthless. An earlier attempt may have
      // arrived without being listed yet, and then the file is the only private half of a live key.
      let isCertain =
        switch error.kind {
        case .permissionDenied, .failedPrecondition, .invalidArgument, .notFound: true
        // Any other error leaves it open whether a key exists: a lost answer, or a proxy's error page.
        default: false
        }
      if !mayExist, isCertain {
        await runBlocking { [store, key] in store.dropPending(key) }
      }
      throw KeyConstraint.failure(error, key)
    }
  }

  /// Writes the credential file and signs in with it.
  private func finish(
    _ id: String, _ account: Account, dead: Set<String>
  ) async throws(OperationFailure) -> OperationResult {
    let identity = KeyStore.Identity(
      keyID: id, projectID: account.projectID, clientID: account.uniqueID, email: key.email,
      tokenURI: calls.client.endpoints.tokenURI)
    try await checkPending(id, dead: dead)
    do {
      try await local { (store, key) throws(KeyStoreError) in
        try store.finish(key, identity, dead: dead)
      }
    } catch {
      // Unlike a failure before the upload, this one leaves a live key, which the report must name.
      var failure = error
      failure.help =
        "key \(id) is live, and its private half is kept next to the destination: apply again to finish"
      failure.isPartial = true
      throw failure
    }
    return try await verified(id)
  }

  // MARK: keys of both origins

  /// What the credential file says about the account.
  private struct Account {
    let projectID: String
    let uniqueID: String
  }

  /// Reads the account before anything is created, for the members of the credential file; a missing account ends the
  /// action here, with nothing to clean up.
  private func readAccount() async throws(OperationFailure) -> Account {
    let value = try await mappingAPIErrors { () async throws(APIError) in
      try await requests.readAccount()
    }
    // A file without these members works too: clients sign in with the e-mail and the key's id.
    return Account(
      projectID: value["projectId"]?.string ?? key.account.project,
      uniqueID: value["uniqueId"]?.string ?? "")
  }

  /// Installs the staged file of an interrupted run. Returns false if there is none.
  private func installsStaged(
    _ id: String, dead: Set<String>
  ) async throws(OperationFailure) -> Bool {
    try await local { (store, key) throws(KeyStoreError) in
      try store.installStaged(key, keyID: id, dead: dead)
    }
  }

  /// Completes a key of Google's whose file was staged but not installed.
  private func installStaged(_ id: String) async throws(OperationFailure) -> OperationResult {
    // Without the file there is nothing to complete: the server has no copy of a private half.
    guard try await installsStaged(id, dead: await deadFiles()) else {
      throw OperationFailure.stale(
        "\(key.address)", "the file that an interrupted run left is gone")
    }
    return try await verified(id)
  }

  /// Signs in with the new file, repeatedly: the token endpoint may learn of a new key late
  /// (docs/google-apis.md#eventual-consistency).
  func verified(_ id: String) async throws(OperationFailure) -> OperationResult {
    let client = calls.client
    var pause = Pause(calls)
    while true {
      // From the installed file and not from memory, so that the test covers what the user's programs will read.
      let assertion = try await local { (store, key) throws(KeyStoreError) in
        try store.assertion(
          at: store.paths(key).installed, email: key.email, endpoints: client.endpoints,
          run: client.run)
      }
      do {
        try await ServiceAccountSignIn.verify(
          assertion: assertion, email: key.email, endpoints: client.endpoints, run: client.run)
        return OperationResult(detail: "key \(id)", file: store.paths(key).installed)
      } catch {
        let mayContinue = try await mappingAPIErrors { () async throws(APIError) in
          try await pause.wait(atMost: CloudCalls.patience, error.label)
        }
        guard !mayContinue else { continue }
        // The endpoint refuses the key for good. Every other error says nothing about the key, so the key stays, with a
        // warning.
        if error.kind == .unauthenticated {
          throw OperationFailure(
            .key, call: error.label,
            message: "key \(id) is stored, but not accepted: \(error.message)",
            help: "try again later; if it is still refused, revoke it: \(revocation(of: id))",
            isPartial: true)
        }
        return OperationResult(
          detail: "key \(id)", warnings: ["key \(id) could not be tested: \(error.message)"],
          file: store.paths(key).installed)
      }
    }
  }

  /// Runs one such operation at a time on each account. A key that another operation is storing looks like an orphan,
  /// and one that it is deleting is listed but cannot be read.
  func serialized(
    _ body: () async throws(OperationFailure) -> OperationResult
  ) async throws(OperationFailure) -> OperationResult {
    let outcome = await calls.memory.lock(for: key.account).run {
      () async -> Result<OperationResult, OperationFailure> in
      do throws(OperationFailure) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    }
    // The lock returns nothing only to a task that was cancelled while it waited.
    guard let outcome else {
      throw OperationFailure(APIError(.cancelled, label: "\(key.address)", "cancelled"))
    }
    return try outcome.get()
  }

  /// Runs a step of the key store on a thread of its own.
  func local<Value: Sendable>(
    _ body: @escaping @Sendable (KeyStore, DesiredKey) throws(KeyStoreError) -> Value
  ) async throws(OperationFailure) -> Value {
    let outcome = await runBlocking { [store, key] () -> Result<Value, KeyStoreError> in
      do throws(KeyStoreError) {
        return .success(try body(store, key))
      } catch {
        return .failure(error)
      }
    }
    switch outcome {
    case .success(let value): return value
    case .failure(let error):
      // A busy directory is not a fault of the key: the run may simply be repeated.
      throw OperationFailure(
        error.isBusy ? .other : .key, call: "\(key.address)", message: error.message,
        help: error.remedy ?? "")
    }
  }

  /// The command that revokes a key by hand. Messages name it whenever arctl leaves that decision to the user.
  func revocation(of id: String) -> String {
    LiveKey.revocation(of: id, key.email, project: key.account.project)
  }
}
