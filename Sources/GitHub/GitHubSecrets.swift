public import Crypto
public import GoogleCloud
import JSON

/// What GitHub shows of a secret: never its value, nor a hash of it.
public struct GitHubSecret: Sendable, Hashable {
  /// The name, in the spelling of the answer: upper case.
  public let name: String
  /// RFC 3339, in whole seconds.
  public let createdAt: String
  /// RFC 3339, in whole seconds. Every write of the value changes it.
  public let updatedAt: String
}

/// The key that the secrets of a repository or an environment are encrypted with.
///
/// It differs for each, and may change between runs.
public struct GitHubPublicKey: Sendable, Hashable {
  /// The place whose key it is.
  public let place: GitHubPlace
  let id: String
  let recipient: SealedBox.Recipient

  /// The largest value, in bytes (https://docs.github.com/en/actions/reference/security/secrets).
  public static let maximumValue = 48 << 10

  /// Encrypts a value. Throws `invalidArgument` for an empty or too large one.
  public func seal(_ value: borrowing SecretBytes) throws(APIError) -> GitHubSealedValue {
    let count = value.count
    guard (1...Self.maximumValue).contains(count) else {
      throw APIError(
        .invalidArgument, label: label,
        "a secret has 1 to \(Self.maximumValue) bytes; this has \(count)")
    }
    do throws(CryptoError) {
      let box = try SealedBox.seal(value, for: recipient)
      return GitHubSealedValue(place: place, keyID: id, text: Base64.encode(box))
    } catch {
      throw APIError(.malformed, label: label, "the value cannot be encrypted: \(error)")
    }
  }

  private var label: String { "github.secrets.seal \(place)" }
}

/// The encrypted value of a secret, for one place.
public struct GitHubSealedValue: Sendable, Hashable {
  /// The only place that can read it.
  public let place: GitHubPlace
  let keyID: String
  /// Base64.
  let text: String
}

extension GitHubClient {
  /// What a write of a secret did.
  public enum SecretWrite: Sendable, Hashable {
    case created
    case updated
  }

  /// The key for the secrets of a place. Throws `permissionDenied` also for a place that is absent or hidden.
  public func publicKey(of place: GitHubPlace) async throws(APIError) -> GitHubPublicKey {
    let call = GitHubCall(
      path: "\(place.secrets)/public-key", label: "github.secrets.publicKey \(place)",
      place: place, permission: permission(place))
    let answer = try await seen(call).value
    guard let id = answer["key_id"]?.string, (1...200).contains(id.utf8.count),
      let key = answer["key"]?.string.flatMap(Base64.decode),
      let recipient = SealedBox.Recipient(key)
    else { throw malformed(call, "the answer has no public key of 32 bytes") }
    return GitHubPublicKey(place: place, id: id, recipient: recipient)
  }

  /// A secret; nil if it is certainly absent. Throws where the token may just not see it.
  public func secret(
    _ name: String, in place: GitHubPlace
  ) async throws(APIError) -> GitHubSecret? {
    let call = GitHubCall(
      path: path(name, place), label: "github.secrets.get \(place) \(name)", place: place,
      permission: permission(place))
    let answer: JSONValue
    do throws(APIError) {
      answer = try await self.answer(to: call).value
    } catch {
      guard error.kind == .notFound else { throw error }
      try await confirmAbsence(in: place.secrets, place, permission(place))
      return nil
    }
    guard let found = answer["name"]?.string, found.uppercased() == name.uppercased(),
      let created = timestamp(answer["created_at"]), let updated = timestamp(answer["updated_at"])
    else { throw malformed(call, "the answer is not about this secret") }
    return GitHubSecret(name: found, createdAt: created, updatedAt: updated)
  }

  /// Creates or overwrites a secret, and sends it again after an answer from which the outcome is not known: twice has
  /// the effect of once. Throws `ambiguous` if it is still not known then.
  @discardableResult
  public func putSecret(
    _ name: String, _ value: GitHubSealedValue
  ) async throws(APIError) -> SecretWrite {
    let place = value.place
    let call = GitHubCall(
      method: .put, path: path(name, place),
      body: ["encrypted_value": .string(value.text), "key_id": .string(value.keyID)],
      onAmbiguity: .idempotent, label: "github.secrets.put \(place) \(name)", place: place,
      permission: permission(place, writes: true), successes: [201, 204])
    return try await seen(call).status == 201 ? .created : .updated
  }

  /// Deletes a secret. One that is absent is no failure.
  public func deleteSecret(_ name: String, in place: GitHubPlace) async throws(APIError) {
    let call = GitHubCall(
      method: .delete, path: path(name, place), onAmbiguity: .idempotent,
      label: "github.secrets.delete \(place) \(name)", place: place,
      permission: permission(place, writes: true), successes: [204])
    do throws(APIError) {
      _ = try await answer(to: call)
    } catch {
      guard error.kind == .notFound else { throw error }
      try await confirmAbsence(in: place.secrets, place, permission(place))
    }
  }

  private func path(_ name: String, _ place: GitHubPlace) -> String {
    place.secrets + APIPath.join(name.uppercased())
  }

  private func permission(_ place: GitHubPlace, writes: Bool = false) -> GitHubPermission {
    GitHubPermission("Secrets", in: place, writes: writes)
  }

  func malformed(_ call: GitHubCall, _ message: String) -> APIError {
    APIError(.malformed, label: call.label, message, httpStatus: 200)
  }

  /// A time in RFC 3339; nil for any other value.
  func timestamp(_ value: JSONValue?) -> String? {
    let form =
      /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})/
    guard let text = value?.string, text.wholeMatch(of: form) != nil else { return nil }
    return text
  }
}
