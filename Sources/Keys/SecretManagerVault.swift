import CloudResources
import Crypto
import GoogleCloud
import JSON
import Model

/// A secret of Secret Manager. Each key is a version with the alias `k-KEYID`, so the secret itself says which key its
/// newest version is; annotations hold the claim. Every change of both is a compare-and-set by the secret's etag.
///
/// Readers of `latest` get the newest version, whatever its state: only while that one has an alias of ours, is enabled
/// and came with a checksum is the secret verified. Versions without our alias are never disabled or destroyed.
struct SecretManagerVault: KeyVault {
  let calls: CloudCalls
  let key: DesiredKey
  let versions: SecretVersions

  /// Which declaration the secret belongs to: the common name of its certificates.
  private static let declaration = "arctl-declaration"
  private static let note = "arctl-claim"
  private static let prefix = "k-"

  init(calls: CloudCalls, key: DesiredKey, project: String, secret: String) {
    self.calls = calls
    self.key = key
    versions = SecretVersions(
      calls: calls, project: project, secret: secret, address: key.store)
  }

  private var text: String {
    RemoteDestination.secretManager(project: versions.project, secret: versions.secret).text
  }

  func look() async throws(APIError) -> RemoteHolding {
    guard let secret = try await versions.read() else {
      return RemoteHolding(.missing("does not exist: declare it (kind Secret), or create it"))
    }
    let all = try await versions.list()
    if let owner = secret.annotations[Self.declaration], !key.isNamed(owner) {
      return RemoteHolding(
        .foreign("its annotation \(Self.declaration) is that of another declared key"))
    }
    let claim = Self.claim(in: secret)
    guard claim != nil || secret.annotations[Self.note] == nil else {
      return RemoteHolding(.foreign("arctl did not write its annotation \(Self.note)"))
    }
    let state = state(secret, all, claim)
    var current: String?
    if case .verified(let id, _) = state { current = id }
    let stored = Set(all.filter { $0.state != .destroyed }.map(\.number))
    let kept = Self.keys(of: secret).filter { $0.id != current && stored.contains($0.number) }
    return RemoteHolding(state, kept: kept.map(\.id), claim: claim)
  }

  /// What the newest version says. Aliases without an annotation of ours count for nothing.
  private func state(
    _ secret: StoredSecret, _ all: [StoredVersion],
    _ claim: RemoteHolding.Claim?
  ) -> RemoteHolding.State {
    guard let newest = all.first, all.contains(where: { $0.state != .destroyed }) else {
      return .empty
    }
    guard secret.annotations[Self.declaration] != nil else {
      return .foreign("it has versions that arctl did not write")
    }
    let ids = Self.keys(of: secret).filter { $0.number == newest.number }.map(\.id)
    guard newest.state == .enabled else {
      return .unverified("its newest version \(newest.number) is \(newest.state)")
    }
    guard newest.isChecksumConfirmed else {
      return .unverified("its newest version \(newest.number) came without a checksum")
    }
    if ids.count == 1 { return .verified(keyID: ids[0], since: newest.createTime) }
    if ids.count > 1 {
      return .unverified("its newest version \(newest.number) has several aliases")
    }
    let others = Self.keys(of: secret).map(\.number).max() ?? 0
    // The run with this claim has written the only version that is newer than all that are noted.
    if let claim, claim.isSent, let id = claim.keyID, KeyNote.isWithin(newest.createTime, claim),
      all.filter({ $0.number > others }).count == 1
    {
      return .begun(keyID: id)
    }
    if others == 0 { return .foreign("it has versions that arctl did not write") }
    return .unverified("its newest version \(newest.number) was not written by arctl")
  }

  private static func keys(of secret: StoredSecret) -> [(id: String, number: Int)] {
    secret.aliases.compactMap { name, number in
      guard name.hasPrefix(prefix) else { return nil }
      let id = String(name.dropFirst(prefix.count))
      return KeyNote.isKeyID(id) ? (id, number) : nil
    }.sorted { $0.id < $1.id }
  }

  /// The claim in the annotations; nil if there is none that can be read.
  private static func claim(in secret: StoredSecret) -> RemoteHolding.Claim? {
    secret.annotations[note].flatMap { KeyNote.claim(try? JSONValue(parsing: Array($0.utf8))) }
  }

  func claim(_ claim: RemoteHolding.Claim) async throws(OperationFailure) {
    let secret = try await present()
    if let other = Self.claim(in: secret), other.secondsLeft(at: calls.now) > 0 {
      throw taken()
    }
    var notes = Notes(secret)
    notes.annotations[Self.declaration] = key.commonName
    notes.annotations[Self.note] = KeyNote.value(claim).text()
    // Not tried again: whoever was first has the secret.
    guard case .done = try await patch(notes, secret) else { throw taken() }
  }

  func note(_ claim: RemoteHolding.Claim) async throws(OperationFailure) {
    try await change { (secret, notes) throws(OperationFailure) in
      guard Self.claim(in: secret)?.nonce == claim.nonce else { throw taken() }
      notes.annotations[Self.note] = KeyNote.value(claim).text()
    }
  }

  func put(
    _ file: CredentialFile, _ claim: RemoteHolding.Claim
  ) async throws(OperationFailure) -> Int? {
    let secret = try await present()
    let before = try await list().first?.number ?? 0
    guard Self.claim(in: secret)?.nonce == claim.nonce,
      calls.now - claim.time < RemoteHolding.Claim.working
    else { throw taken() }
    return try await mappingAPIErrors { () async throws(APIError) in
      do throws(APIError) {
        return try await versions.add(file.bytes).number
      } catch {
        // Under the claim no other run writes versions: a single newer one is this one.
        guard error.kind == .ambiguous else { throw error }
        let newer = try await versions.list().filter { $0.number > before }
        guard newer.count == 1 else { throw error }
        return newer[0].number
      }
    }
  }

  func confirm(_ keyID: String, _ write: Int?) async throws(OperationFailure) {
    let newest = try await list().first?.number
    guard let newest, write ?? newest == newest else {
      throw OperationFailure(
        .key, call: "\(key.address)",
        message: "another program has added a version to \(text) meanwhile",
        help: "readers of `latest` get that one: plan again", isPartial: true)
    }
    try await change { (secret, notes) throws(OperationFailure) in
      guard Self.claim(in: secret)?.keyID == keyID else { throw taken() }
      notes.annotations[Self.declaration] = key.commonName
      notes.annotations[Self.note] = nil
      notes.aliases[Self.prefix + keyID] = newest
    }
  }

  func release() async throws(OperationFailure) {
    try await change { (_, notes) throws(OperationFailure) in
      notes.annotations[Self.note] = nil
    }
  }

  func forget(_ keyIDs: [String]) async throws(OperationFailure) {
    guard !keyIDs.isEmpty else { return }
    let secret = try await present()
    let stored = try await list()
    // A number that another alias has too is another key's.
    let gone = Self.keys(of: secret).filter { entry in
      keyIDs.contains(entry.id) && entry.number != stored.first?.number
        && secret.aliases.values.count { $0 == entry.number } == 1
    }
    // The alias last: a run that is cut off in between finds the version again.
    for entry in gone { try await destroy(entry.number, stored) }
    try await change { (_, notes) throws(OperationFailure) in
      for entry in gone { notes.aliases[Self.prefix + entry.id] = nil }
    }
  }

  func clear() async throws(OperationFailure) {
    let present = try await mappingAPIErrors { () async throws(APIError) in
      try await versions.read()
    }
    guard let secret = present, let owner = secret.annotations[Self.declaration], key.isNamed(owner)
    else { return }
    let stored = try await list()
    let own = Self.keys(of: secret)
    for entry in own { try await destroy(entry.number, stored) }
    try await change { (_, notes) throws(OperationFailure) in
      for entry in own { notes.aliases[Self.prefix + entry.id] = nil }
      notes.annotations[Self.declaration] = nil
      notes.annotations[Self.note] = nil
    }
  }

  // MARK: calls

  /// What arctl writes of a secret.
  private struct Notes {
    var annotations: [String: String]
    var aliases: [String: Int]

    init(_ secret: StoredSecret) {
      annotations = secret.annotations
      aliases = secret.aliases
    }
  }

  private func list() async throws(OperationFailure) -> [StoredVersion] {
    try await mappingAPIErrors { () async throws(APIError) in try await versions.list() }
  }

  /// Destroys a version of a key that is gone. If another program changes the version meanwhile, a later run destroys it.
  private func destroy(_ number: Int, _ stored: [StoredVersion]) async throws(OperationFailure) {
    guard let version = stored.first(where: { $0.number == number }), version.state != .destroyed
    else { return }
    let outcome = try await mappingAPIErrors { () async throws(APIError) in
      try await versions.destroy(number, etag: version.etag)
    }
    guard case .overtaken(.some) = outcome else { return }
    throw .stale("\(key.address)", "version \(number) of \(text) was changed meanwhile")
  }

  private func present() async throws(OperationFailure) -> StoredSecret {
    let secret = try await mappingAPIErrors { () async throws(APIError) in
      try await versions.read()
    }
    guard let secret else { throw .stale("\(key.address)", "\(text) does not exist any more") }
    return secret
  }

  private func patch(
    _ notes: Notes, _ secret: StoredSecret
  ) async throws(OperationFailure) -> Compared<StoredSecret> {
    try await mappingAPIErrors { () async throws(APIError) in
      try await versions.patch(
        annotations: notes.annotations, aliases: notes.aliases, etag: secret.etag)
    }
  }

  /// Reads the notes and changes them; repeats both if another program changed the secret in between.
  private func change(
    _ body: (StoredSecret, inout Notes) throws(OperationFailure) -> Void
  ) async throws(OperationFailure) {
    for _ in 0..<CloudCalls.rounds {
      let secret = try await present()
      var notes = Notes(secret)
      try body(secret, &notes)
      if notes.annotations == secret.annotations, notes.aliases == secret.aliases { return }
      if case .done = try await patch(notes, secret) { return }
    }
    throw .stale("\(key.address)", "\(text) is changed by another program all the time")
  }

  private func taken() -> OperationFailure {
    .stale("\(key.address)", "another run is storing a key in \(text)")
  }
}
