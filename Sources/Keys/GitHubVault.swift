import CloudResources
import Crypto
import GitHub
import GoogleCloud
import JSON
import Model

/// A secret of GitHub Actions, with a variable beside it that notes which key it holds.
///
/// Of a secret, GitHub shows only the time of the last write. The note has that time too: if the two differ, another
/// program or a person wrote the secret, and what it holds is not known. A variable cannot be compared and set; a run that claims the
/// secret therefore waits a moment and reads its own note back.
struct GitHubVault: KeyVault {
  let calls: CloudCalls
  let key: DesiredKey
  let secret: RemoteDestination.GitHubSecret
  private let client: GitHubClient
  private let place: GitHubPlace
  /// For how long a run waits until it reads its claim back.
  private static let settling = Duration.seconds(3)

  /// Throws `unauthenticated` without a token for the server, and `refused` for one that must not be sent to it.
  init(
    calls: CloudCalls, key: DesiredKey, secret: RemoteDestination.GitHubSecret,
    environment: [String: String]
  ) throws(APIError) {
    self.calls = calls
    self.key = key
    self.secret = secret
    let host = try GitHubHost(secret.host, endpoints: calls.client.endpoints)
    guard
      let place = GitHubPlace(repository: secret.repository, environment: secret.environment)
    else { throw APIError(.other, label: "github", "`\(secret.repository)` is not a repository") }
    self.place = place
    client = try GitHubClient(
      host: host, token: try GitHubToken.find(in: environment, for: host), run: calls.client.run)
  }

  private var variable: String { "ARCTL_KEY_\(secret.secret)" }

  /// What the variable says.
  private struct Note {
    var declaration: String
    var keyID: String?
    /// `updated_at` of the secret after the key was written.
    var updatedAt: String?
    /// The ids of keys that it held before, and that still exist.
    var former: [String] = []
    var claim: RemoteHolding.Claim?

    var text: String {
      var object: JSONObject = ["declaration": .string(declaration)]
      object["key"] = keyID.map { .string($0) }
      object["secretUpdatedAt"] = updatedAt.map { .string($0) }
      if !former.isEmpty { object["former"] = .array(former.map { .string($0) }) }
      object["claim"] = claim.map(KeyNote.value)
      return JSONValue.object(object).text()
    }

    /// Nil for a text that arctl did not write.
    init?(_ text: String) {
      guard let object = (try? JSONValue(parsing: Array(text.utf8)))?.object,
        let declaration = object["declaration"]?.string
      else { return nil }
      self.declaration = declaration
      keyID = object["key"]?.string
      updatedAt = object["secretUpdatedAt"]?.string
      former = (object["former"]?.array ?? []).compactMap(\.string)
      claim = KeyNote.claim(object["claim"])
      guard former.allSatisfy(KeyNote.isKeyID), former.count <= 100 else { return nil }
      guard keyID.map(KeyNote.isKeyID) ?? true, claim != nil || object["claim"] == nil else {
        return nil
      }
    }

    init(declaration: String) { self.declaration = declaration }
  }

  func look() async throws(APIError) -> RemoteHolding {
    let written = try await client.secret(secret.secret, in: place)
    let variable = try await client.variable(variable, in: place)
    guard let variable else {
      return RemoteHolding(
        written == nil
          ? .empty : .foreign("there is no variable \(self.variable) of arctl's beside it"))
    }
    guard let note = Note(variable.value) else {
      return RemoteHolding(.foreign("arctl did not write the variable \(self.variable) beside it"))
    }
    guard key.isNamed(note.declaration) else {
      return RemoteHolding(
        .foreign("the variable \(self.variable) beside it is that of another declared key"))
    }
    let state = state(note, written)
    // A key whose value is not verified may still be in use by those who have read it.
    var kept = note.former
    if case .verified = state {} else if let id = note.keyID { kept.append(id) }
    return RemoteHolding(state, kept: kept, claim: note.claim)
  }

  private func state(_ note: Note, _ written: GitHubSecret?) -> RemoteHolding.State {
    guard let written else { return .empty }
    guard let time = KeyNote.seconds(written.updatedAt) else {
      return .unverified("its time `\(written.updatedAt)` cannot be read")
    }
    if let id = note.keyID, note.updatedAt == written.updatedAt {
      return .verified(keyID: id, since: time)
    }
    if let claim = note.claim, claim.isSent, let id = claim.keyID, KeyNote.isWithin(time, claim) {
      return .begun(keyID: id)
    }
    if note.keyID == nil, note.claim != nil {
      return .foreign("it was written at \(written.updatedAt), and not by arctl")
    }
    return .unverified("it was written at \(written.updatedAt), and not by arctl")
  }

  func claim(_ claim: RemoteHolding.Claim) async throws(OperationFailure) {
    let present = try await read()
    var note = present.flatMap { Note($0.value) } ?? Note(declaration: key.commonName)
    if let other = note.claim, other.secondsLeft(at: calls.now) > 0 { throw taken() }
    if !key.isNamed(note.declaration) { note = Note(declaration: key.commonName) }
    note.declaration = key.commonName
    note.claim = claim
    if present == nil {
      do throws(APIError) {
        try await client.createVariable(variable, value: note.text, in: place)
      } catch {
        throw error.kind == .alreadyExists ? taken() : OperationFailure(error)
      }
    } else {
      try await write(note)
    }
    try await mappingAPIErrors { () async throws(APIError) in
      try await calls.sleep(Self.settling, "github.variables.get \(place) \(variable)")
    }
    _ = try await own(claim)
  }

  func note(_ claim: RemoteHolding.Claim) async throws(OperationFailure) {
    var note = try await own(claim)
    note.claim = claim
    try await write(note)
  }

  func put(
    _ file: CredentialFile, _ claim: RemoteHolding.Claim
  ) async throws(OperationFailure) -> Int? {
    let encoding = SecretEncoding(rawValue: secret.encoding.rawValue) ?? .base64
    let value: SecretBytes
    do {
      value = try encoding.encode(file.bytes)
    } catch {
      throw OperationFailure(.key, call: "\(key.address)", message: error.message)
    }
    let recipient = try await mappingAPIErrors { () async throws(APIError) in
      try await client.publicKey(of: place)
    }
    _ = try await own(claim)
    guard calls.now - claim.time < RemoteHolding.Claim.working else { throw taken() }
    do throws(APIError) {
      let sealed = try recipient.seal(value)
      try await client.putSecret(secret.secret, sealed)
    } catch { throw OperationFailure(error) }
    return nil
  }

  func confirm(_ keyID: String, _ write: Int?) async throws(OperationFailure) {
    guard let present = try await read(), var note = Note(present.value), let claim = note.claim,
      claim.keyID == keyID
    else { throw taken() }
    note.declaration = key.commonName
    note.updatedAt = try await timeOfWrite(claim)
    if let old = note.keyID, old != keyID { note.former = Set(note.former + [old]).sorted() }
    note.former.removeAll { $0 == keyID }
    note.keyID = keyID
    note.claim = nil
    try await self.write(note)
  }

  /// When the secret was written under this claim. GitHub may show an older time for a moment.
  private func timeOfWrite(_ claim: RemoteHolding.Claim) async throws(OperationFailure) -> String {
    var pause = Pause(calls)
    while true {
      let written = try await mappingAPIErrors { () async throws(APIError) in
        try await client.secret(secret.secret, in: place)
      }
      if let written, let time = KeyNote.seconds(written.updatedAt), KeyNote.isWithin(time, claim) {
        return written.updatedAt
      }
      let mayContinue = try await mappingAPIErrors { () async throws(APIError) in
        try await pause.wait(atMost: CloudCalls.patience, "github.secrets.get \(place)")
      }
      guard mayContinue else {
        throw OperationFailure(
          .key, call: "\(key.address)",
          message: "\(RemoteDestination.githubActions(secret).text) does not show the write",
          help: "apply again", isPartial: true)
      }
    }
  }

  func release() async throws(OperationFailure) {
    guard let present = try await read(), var note = Note(present.value), note.claim != nil else {
      return
    }
    note.claim = nil
    try await write(note)
  }

  /// The secret holds one key; the note forgets the others.
  func forget(_ keyIDs: [String]) async throws(OperationFailure) {
    guard let present = try await read(), var note = Note(present.value) else { return }
    let count = note.former.count
    note.former.removeAll(where: keyIDs.contains)
    if note.former.count != count { try await write(note) }
  }

  func clear() async throws(OperationFailure) {
    guard let present = try await read(), let note = Note(present.value),
      key.isNamed(note.declaration)
    else { return }
    try await mappingAPIErrors { () async throws(APIError) in
      // A value that arctl did not write stays. The note goes last: if the run is cut off in between, the next one still
      // knows to which declaration the secret belongs.
      switch state(note, try await client.secret(secret.secret, in: place)) {
      case .verified, .begun: try await client.deleteSecret(secret.secret, in: place)
      case .missing, .unavailable, .empty, .foreign, .unverified: break
      }
      try await client.deleteVariable(variable, in: place)
    }
  }

  private func read() async throws(OperationFailure) -> GitHubVariable? {
    try await mappingAPIErrors { () async throws(APIError) in
      try await client.variable(variable, in: place)
    }
  }

  private func write(_ note: Note) async throws(OperationFailure) {
    try await mappingAPIErrors { () async throws(APIError) in
      try await client.updateVariable(variable, to: note.text, in: place)
    }
  }

  /// The note, if it has this run's claim.
  private func own(_ claim: RemoteHolding.Claim) async throws(OperationFailure) -> Note {
    guard let present = try await read(), let note = Note(present.value),
      note.claim?.nonce == claim.nonce
    else { throw taken() }
    return note
  }

  private func taken() -> OperationFailure {
    .stale(
      "\(key.address)",
      "another run is storing a key in \(RemoteDestination.githubActions(secret).text)")
  }
}
