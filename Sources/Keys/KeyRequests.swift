package import CloudResources
import Crypto
package import GoogleCloud
import JSON
package import Model

/// The calls about keys of one account. Source: docs/google-apis.md#calls-about-keys.
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

  private func path(_ more: String..., verb: String? = nil) -> String {
    APIPath.join(["v1", "projects", project, "serviceAccounts", email] + more, verb: verb)
  }

  /// The account as the server knows it; waits for one that this run created.
  func readAccount() async throws(APIError) -> JSONValue {
    let call = APICall(
      .iam, .get, path(), label: "iam.serviceAccounts.get \(email)", consumerProject: project)
    return try await calls.call(call, on: account)
  }

  /// The account's keys; waits for an account that this run created.
  func list() async throws(APIError) -> [LiveKey] {
    var pause = Pause(calls)
    while true {
      do {
        return try await LiveKey.list(email: email, project: project, client: calls.client)
      } catch {
        guard error.kind == .notFound, calls.memory.isNew(account),
          try await pause.wait(atMost: CloudCalls.patience, error.label)
        else { throw error }
      }
    }
  }

  /// The account's keys, the uploaded ones that are not among `known` with their certificates.
  func keys(withCertificatesBut known: Set<String>) async throws(APIError) -> [LiveKey] {
    let all = try await list()
    let unknown = all.filter { $0.isUploaded && !known.contains($0.id) }
    let read = try await LiveKey.withCertificates(
      unknown, email: email, project: project, client: calls.client)
    return all.filter { !$0.isUploaded || known.contains($0.id) } + read
  }

  /// The uploaded key with this public half; nil where none of the listed ones has it.
  func find(_ publicKey: RSAPublicKey) async throws(APIError) -> LiveKey? {
    let fingerprint = Hex.encode(publicKey.fingerprint)
    return try await uploadedKeys().first { $0.fingerprint == fingerprint }
  }

  private func uploadedKeys() async throws(APIError) -> [LiveKey] {
    try await LiveKey.withCertificates(
      try await list().filter(\.isUploaded), email: email, project: project,
      client: calls.client)
  }

  /// All keys, where it is asked for the uploaded ones with their certificates; none where the account is gone.
  func listed(withCertificates: Bool) async throws(APIError) -> [LiveKey] {
    do {
      let keys = try await list()
      guard withCertificates else { return keys }
      return try await LiveKey.withCertificates(
        keys.filter(\.isUploaded), email: email, project: project, client: calls.client)
        + keys.filter { !$0.isUploaded }
    } catch {
      guard error.kind == .notFound else { throw error }
      return []
    }
  }

  /// Uploads a certificate once, on a connection of its own; its public key is what recognises it afterwards.
  func upload(_ certificate: Certificate) async throws(APIError) -> LiveKey {
    let call = APICall(
      .iam, .post, path("keys", verb: "upload"),
      body: ["publicKeyData": .string(Base64.encode(certificate.pem))], retry: .idempotentWrite,
      label: "iam.serviceAccountKeys.upload \(email)", consumerProject: project,
      freshConnection: true)
    let answer = try await calls.call(call, on: account)
    guard let key = LiveKey(made: answer, email: email, project: project) else {
      throw APIError(.ambiguous, call.label, "the answer does not name a key of \(email)")
    }
    return key
  }

  /// Asks Google for a key: sent once, and never again after an answer that got lost.
  func create(
    beforeSending: () async throws(APIError) -> Void
  ) async throws(APIError) -> JSONValue {
    let call = APICall(
      .iam, .post, path("keys"),
      body: [
        "privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE", "keyAlgorithm": "KEY_ALG_RSA_2048",
      ],
      retry: .unnamedCreate, label: createLabel, consumerProject: project)
    return try await withoutActuallyEscaping(beforeSending) { hook async throws(APIError) in
      try await calls.call(call, on: account, beforeSending: hook)
    }
  }

  var createLabel: String { "iam.serviceAccountKeys.create \(email)" }

  /// Deletes a key; false when it was gone already.
  package func delete(_ id: String) async throws(APIError) -> Bool {
    let call = APICall(
      .iam, .delete, path("keys", id), retry: .idempotentWrite,
      label: "iam.serviceAccountKeys.delete \(email) \(id)", consumerProject: project)
    for round in 0..<CloudCalls.rounds {
      do {
        _ = try await calls.client.call(call)
        return true
      } catch {
        if error.kind == .notFound { return round > 0 }
        guard error.kind == .ambiguous, round < CloudCalls.rounds - 1 else { throw error }
        try await calls.breathe(round: round, call.label)
      }
    }
    return false
  }
}
