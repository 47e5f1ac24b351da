package import CloudResources
import Crypto
package import GoogleCloud
import JSON
package import Model

/// The calls about the keys of one account (docs/google-apis.md#calls-about-keys).
package struct KeyRequests: Sendable {
  let calls: CloudCalls
  let email: String
  /// The account's address.
  let account: Address

  /// For the account with this e-mail.
  package init(calls: CloudCalls, email: String, account: Address) {
    self.calls = calls
    self.email = email
    self.account = account
  }

  private var project: String { account.project }

  /// A path below the account, whose project is named: with `-` an absent account may answer 403
  /// (docs/google-apis.md#service-accounts).
  private func path(_ more: String..., verb: String? = nil) -> String {
    APIPath.join(["v1", "projects", project, "serviceAccounts", email] + more, verb: verb)
  }

  /// The account as the server has it. Waits for one that this run created.
  func readAccount() async throws(APIError) -> JSONValue {
    let call = APICall(
      .iam, method: .get, path: path(), label: "iam.serviceAccounts.get \(email)",
      consumerProject: project)
    return try await calls.call(call, on: account)
  }

  /// The account's keys. Waits for an account that this run created.
  func list() async throws(APIError) -> [LiveKey] {
    var pause = Pause(calls)
    while true {
      do {
        return try await LiveKey.list(email: email, project: project, client: calls.client)
      } catch {
        // Only an account of this run can be late. For any other, 404 is the answer, and waiting would only delay the
        // message.
        guard error.kind == .notFound, calls.memory.isNew(account),
          try await pause.wait(atMost: CloudCalls.patience, error.label)
        else { throw error }
      }
    }
  }

  /// The account's keys. Uploaded ones that are not in `known` come with their certificates, at one GET each.
  func keys(withCertificatesBut known: Set<String>) async throws(APIError) -> [LiveKey] {
    let all = try await list()
    let unknown = all.filter { $0.isUploaded && !known.contains($0.id) }
    let read = try await LiveKey.withCertificates(
      unknown, email: email, project: project, client: calls.client)
    return all.filter { !$0.isUploaded || known.contains($0.id) } + read
  }

  /// The uploaded key with this public half; nil if no listed key has it. The list carries no certificates, so every
  /// uploaded key is read.
  func find(_ publicKey: RSAPublicKey) async throws(APIError) -> LiveKey? {
    let fingerprint = Hex.encode(publicKey.fingerprint)
    return try await uploadedKeys().first { $0.fingerprint == fingerprint }
  }

  /// The account's uploaded keys, with their certificates.
  private func uploadedKeys() async throws(APIError) -> [LiveKey] {
    try await LiveKey.withCertificates(
      try await list().filter(\.isUploaded), email: email, project: project,
      client: calls.client)
  }

  /// All keys of the account, on request with the certificates of the uploaded ones; empty if the account is gone,
  /// since its keys went with it.
  func listed(withCertificates: Bool) async throws(APIError) -> [LiveKey] {
    do {
      let keys = try await list()
      guard withCertificates else { return keys }
      return try await LiveKey.withCertificates(
        keys.filter(\.isUploaded), email: email, project: project, client: calls.client)
        + keys.filter { !$0.isUploaded }
    } catch {
      // Any other error leaves the keys unknown, and unknown must not pass for none.
      guard error.kind == .notFound else { throw error }
      return []
    }
  }

  /// Uploads a certificate once; its public key identifies the key afterwards. On a connection of its own, because
  /// libcurl repeats a request by itself if a reused connection dies (docs/reliability.md#retry-classes).
  func upload(_ certificate: Certificate) async throws(APIError) -> LiveKey {
    let call = APICall(
      .iam, method: .post, path: path("keys", verb: "upload"),
      body: ["publicKeyData": .string(Base64.encode(certificate.pem))], retry: .idempotentWrite,
      label: "iam.serviceAccountKeys.upload \(email)", consumerProject: project,
      freshConnection: true)
    let answer = try await calls.call(call, on: account)
    guard let key = LiveKey(made: answer, email: email, project: project) else {
      // The key may exist although its answer is unusable: `ambiguous` makes the caller search for it.
      throw APIError(.ambiguous, label: call.label, "the answer does not name a key of \(email)")
    }
    return key
  }

  /// Uploads at most `CloudCalls.rounds` times. Sets `mayExist` once an attempt may have reached the server.
  func upload(
    _ certificate: Certificate, mayExist: inout Bool
  ) async throws(APIError) -> LiveKey {
    for round in 0..<CloudCalls.rounds {
      if mayExist {
        // Lists lag, so one look is not enough after an attempt of this run; for one of an earlier run it is, since
        // that is older.
        for _ in 0..<3 {
          if let key = try await find(certificate.publicKey) { return key }
          guard round > 0 else { break }
          try await calls.backOff(attempt: 2, "iam.serviceAccountKeys.list \(email)")
        }
      }
      do {
        return try await upload(certificate)
      } catch {
        // `alreadyExists` is what a repeat gets whose first attempt arrived, so it leads to a search too.
        guard error.kind == .ambiguous || error.kind == .alreadyExists,
          round < CloudCalls.rounds - 1
        else { throw error }
        mayExist = true
      }
    }
    // Not reached: the last round throws its own error.
    throw APIError(
      .ambiguous, label: "iam.serviceAccountKeys.upload \(email)", "never answered")
  }

  /// Asks Google to create a key. Sent once and never repeated after a lost answer: a create has no name that a repeat
  /// could be recognised by.
  func create(
    beforeSending: () async throws(APIError) -> Void
  ) async throws(APIError) -> JSONValue {
    let call = APICall(
      .iam, method: .post, path: path("keys"),
      body: [
        // The type decides the form of `privateKeyData`, which is stored as it comes: the file that clients read.
        "privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE", "keyAlgorithm": "KEY_ALG_RSA_2048",
      ],
      retry: .unnamedCreate, label: createLabel, consumerProject: project)
    // An optional closure counts as escaping, although it is called before this returns.
    return try await withoutActuallyEscaping(beforeSending) { hook async throws(APIError) in
      try await calls.call(call, on: account, beforeSending: hook)
    }
  }

  /// How messages name the create call.
  var createLabel: String { "iam.serviceAccountKeys.create \(email)" }

  /// The key of this id as the server shows it now; nil if there is none.
  func read(_ id: String) async throws(APIError) -> LiveKey? {
    try await LiveKey.unlisted([id], email: email, project: project, client: calls.client).first
  }

  /// Disables a key; one that is disabled stays so. Returns false if there is no such key.
  package func disable(_ id: String) async throws(APIError) -> Bool {
    let call = APICall(
      .iam, method: .post, path: path("keys", id, verb: "disable"), body: [:],
      retry: .idempotentWrite, label: "iam.serviceAccountKeys.disable \(email) \(id)",
      consumerProject: project)
    for round in 0..<CloudCalls.rounds {
      do {
        _ = try await calls.client.call(call)
        return true
      } catch {
        if error.kind == .notFound { return false }
        guard error.kind == .ambiguous, round < CloudCalls.rounds - 1 else { throw error }
        try await calls.backOff(attempt: round, call.label)
      }
    }
    // Not reached: the last round returns or throws.
    return false
  }

  /// Deletes a key. Returns false if it was already gone.
  package func delete(_ id: String) async throws(APIError) -> Bool {
    let call = APICall(
      .iam, method: .delete, path: path("keys", id), retry: .idempotentWrite,
      label: "iam.serviceAccountKeys.delete \(email) \(id)", consumerProject: project)
    // A repeat is safe: it names the key, and at worst finds it gone.
    for round in 0..<CloudCalls.rounds {
      do {
        _ = try await calls.client.call(call)
        return true
      } catch {
        // After an earlier attempt of ours, 404 means that this attempt arrived and only its answer was lost.
        if error.kind == .notFound { return round > 0 }
        guard error.kind == .ambiguous, round < CloudCalls.rounds - 1 else { throw error }
        try await calls.backOff(attempt: round, call.label)
      }
    }
    // Not reached: the last round returns or throws.
    return false
  }
}
