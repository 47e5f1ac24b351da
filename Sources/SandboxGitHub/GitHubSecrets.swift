import Crypto
import JSON
import SandboxStore
import SandboxWire

/// The calls on secrets. A value is stored as it came, encrypted; that it can be decrypted is checked when it comes.
enum GitHubSecrets {
  /// The largest value, in bytes, and the most secrets of a place
  /// (https://docs.github.com/en/actions/reference/security/secrets).
  static let maximumValue = 48 << 10
  static let maximumCount = 100

  static func publicKey(
    _ call: GitHubCall, _ state: inout State
  ) throws(GitHubRefusal) -> WireResponse {
    let old = state.gitHubKey(of: call.address.place)
    let record = if let old { old } else { try made(call, &state) }
    do throws(CryptoError) {
      let pair = try record.pair()
      let key = Base64.encode(pair.recipient.bytes)
      return GitHubAnswers.success(200, ["key_id": .string(record.id), "key": .string(key)])
    } catch {
      throw GitHubRefusal(status: 500, message: "The sandbox has no usable key: \(error)")
    }
  }

  /// A key pair of its own for each place, on its first use.
  private static func made(
    _ call: GitHubCall, _ state: inout State
  ) throws(GitHubRefusal) -> GitHubKeyRecord {
    do throws(CryptoError) {
      let pair = try SealedBox.KeyPair.generate()
      let record = GitHubKeyRecord(
        place: call.place, id: "5682501672" + state.nextNumber().suffix(8),
        secret: pair.withSecret { Base64.encode(Array($0)) })
      state.put(record)
      return record
    } catch {
      throw GitHubRefusal(status: 500, message: "The sandbox could not make a key: \(error)")
    }
  }

  static func list(_ call: GitHubCall, _ state: State) throws(GitHubRefusal) -> WireResponse {
    let all = state[GitHubSecretRecord.self].children(of: call.place)
    return GitHubAnswers.success(
      200,
      [
        "total_count": .integer(Int64(all.count)),
        "secrets": .array(call.page(all, standard: 30, maximum: 100).map(json)),
      ])
  }

  static func get(
    _ name: String, _ call: GitHubCall, _ state: State
  ) throws(GitHubRefusal) -> WireResponse {
    GitHubAnswers.success(200, json(try find(name, call, state)))
  }

  static func put(
    _ name: String, _ call: GitHubCall, _ state: inout State
  ) throws(GitHubRefusal) -> WireResponse {
    try call.check(name: name)
    let text = try call.text("encrypted_value")
    let id = try call.text("key_id")
    guard let key = state.gitHubKey(of: call.address.place), key.id == id else {
      throw .invalid("key_id is not the id of this repository's or environment's public key.")
    }
    try check(text, key)
    let old = state[GitHubSecretRecord.self][GitHubSecretRecord.key(name, of: call.place)]
    let count = state[GitHubSecretRecord.self].children(of: call.place).count
    guard old != nil || count < maximumCount else {
      throw .invalid("There are \(maximumCount) secrets already.")
    }
    state.put(
      GitHubSecretRecord(
        place: call.place, name: name.uppercased(), box: text, created: old?.created ?? call.now,
        updated: call.now))
    return old == nil ? GitHubAnswers.success(201, [:]) : GitHubAnswers.success(204, nil)
  }

  /// Throws for a value that a run could not read.
  private static func check(_ text: String, _ key: GitHubKeyRecord) throws(GitHubRefusal) {
    guard let box = Base64.decode(text) else {
      throw .invalid("encrypted_value is not in padded base64.")
    }
    guard let count = try? SealedBox.open(box, with: key.pair()).count else {
      throw .invalid("encrypted_value could not be decrypted: seal it for the public key.")
    }
    guard count <= maximumValue else {
      throw .invalid("The value is larger than \(maximumValue >> 10) KB.")
    }
  }

  static func delete(
    _ name: String, _ call: GitHubCall, _ state: inout State
  ) throws(GitHubRefusal) -> WireResponse {
    state.remove(try find(name, call, state))
    return GitHubAnswers.success(204, nil)
  }

  private static func find(
    _ name: String, _ call: GitHubCall, _ state: State
  ) throws(GitHubRefusal) -> GitHubSecretRecord {
    let key = GitHubSecretRecord.key(name, of: call.place)
    guard let secret = state[GitHubSecretRecord.self][key] else { throw .notFound }
    return secret
  }

  private static func json(_ secret: GitHubSecretRecord) -> JSONValue {
    [
      "name": .string(secret.name),
      "created_at": .string(Timestamps.text(seconds: secret.created)),
      "updated_at": .string(Timestamps.text(seconds: secret.updated)),
    ]
  }
}
