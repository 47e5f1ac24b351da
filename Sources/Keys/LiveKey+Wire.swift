import CloudResources
import Crypto
import FoundationEssentials
package import GoogleCloud
package import JSON
package import Model

extension LiveKey {
  /// The answer to a create or an upload; nil if it does not name a key of the account. Every other field is taken as
  /// it is: a key that exists must not be lost over an odd answer.
  init?(made wire: JSONValue, email: String, project: String) {
    guard LiveKey.id(of: wire, email: email, project: project) != nil else { return nil }
    self.init(wire: wire)
  }

  /// The id of a key of this account; nil for any other name. Google may put the account's number in place of its
  /// e-mail.
  private static func id(of wire: JSONValue, email: String, project: String) -> String? {
    let parts = ResourceNames.parts(of: wire["name"]?.string ?? "")
    // By its id or its number: an answer may have either (docs/google-apis.md#names-in-answers).
    guard parts.count == 6,
      ResourceNames.isName(parts.prefix(3), in: project, followedBy: ["serviceAccounts"]),
      parts[3].lowercased() == email || parts[3].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      parts[4] == "keys", !parts[3].isEmpty, !parts[5].isEmpty,
      // Printable ASCII only, because messages show the id.
      parts[5].utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else { return nil }
    return String(parts[5])
  }

  /// A key that was read. Throws if it belongs to another account, or if a field that decides something cannot be read:
  /// who created the key, whether it is disabled, how long it is valid. Guessing any of them could delete a live key.
  init(
    read wire: JSONValue, email: String, project: String, _ label: String
  ) throws(APIError) {
    guard let id = LiveKey.id(of: wire, email: email, project: project),
      let key = LiveKey(wire: wire)
    else {
      throw APIError(.malformed, label: label, "the answer names a key that is not one of \(email)")
    }
    if let field = LiveKey.unreadableField(of: wire) {
      throw APIError(.malformed, label: label, "the field `\(field)` of key \(id) cannot be read")
    }
    self = key
  }

  /// The first field that decides something and has a value of an unknown form. A missing field has its default value,
  /// as in all of Google's JSON, but a strange value has no safe reading.
  private static func unreadableField(of wire: JSONValue) -> String? {
    guard ["USER_PROVIDED", "GOOGLE_PROVIDED"].contains(wire["keyOrigin"]?.string) else {
      // Without it arctl cannot know whether the key has a certificate of ours or is the answer to a request to Google.
      return "keyOrigin"
    }
    if let disabled = wire["disabled"], disabled.bool == nil { return "disabled" }
    for name in ["validAfterTime", "validBeforeTime"] {
      guard let time = wire[name] else { continue }
      guard let text = time.string, text.hasPrefix("9999-") || seconds(time) != nil else {
        return name
      }
    }
    return nil
  }

  /// Checks no field: `init(read:)` does, and `init(made:)` must not.
  private init?(wire: JSONValue) {
    guard let name = wire["name"]?.string else { return nil }
    self.init(
      id: ResourceNames.lastSegment(of: name),
      isUploaded: wire["keyOrigin"]?.string == "USER_PROVIDED",
      isDisabled: wire["disabled"]?.bool ?? false,
      validAfter: LiveKey.seconds(wire["validAfterTime"]),
      validBefore: LiveKey.seconds(wire["validBeforeTime"]))
  }

  /// The user-managed keys of an account, without certificates.
  package static func list(
    email: String, project: String, client: APIClient
  ) async throws(APIError) -> [LiveKey] {
    try await answers(email: email, project: project, client: client).map(\.key)
  }

  /// The same, each with the answer that shows it.
  package static func answers(
    email: String, project: String, client: APIClient
  ) async throws(APIError) -> [(key: LiveKey, wire: JSONValue)] {
    let call = ReadCalls.keys(email: email, project: project)
    let members = try await client.pages(call, items: "keys")
    var keys: [(key: LiveKey, wire: JSONValue)] = []
    for member in members {
      // A server that ignores the filter lists the keys that Google manages too.
      if member["keyType"]?.string == "SYSTEM_MANAGED" { continue }
      let key = try LiveKey(
        read: member, email: email.lowercased(), project: project, call.label)
      keys.append((key, member))
    }
    return keys
  }

  /// The user-managed keys of an account, and those of them that `selects` chooses with their certificates.
  ///
  /// Another run may create or delete a key between the list and its GET. It then lists them again, twice at most.
  package static func list(
    email: String, project: String, client: APIClient, certifying selects: (LiveKey) -> Bool
  ) async throws(APIError) -> (all: [LiveKey], certified: [LiveKey]) {
    var tries = 3
    while true {
      tries -= 1
      let all = try await list(email: email, project: project, client: client)
      let chosen = all.filter(selects)
      let found = try await found(chosen, email: email, project: project, client: client)
      guard tries > 0, found.contains(where: { $0 == nil }) else {
        return (all, try complete(found, of: chosen, email: email, project: project))
      }
    }
  }

  /// The key with the fingerprint and the common name of its certificate; nil if a GET does not find it.
  private func withCertificate(
    email: String, project: String, client: APIClient
  ) async throws(APIError) -> LiveKey? {
    let call = ReadCalls.key(id: id, email: email, project: project)
    let answer: JSONValue
    do {
      answer = try await client.call(call)
    } catch {
      guard error.kind == .notFound else { throw error }
      return nil
    }
    guard LiveKey.id(of: answer, email: email.lowercased(), project: project) == id else {
      throw APIError(.malformed, label: call.label, "the answer is not about what was asked for")
    }
    guard let data = answer["publicKeyData"]?.string, let pem = Base64.decode(data) else {
      // A key that cannot be matched must not pass for another one's: a run would then create a second key.
      throw APIError(.malformed, label: call.label, "the answer has no public half of the key")
    }
    return withPublicHalf(pem)
  }

  /// Those of the account's keys with these ids that a GET shows although a list lacks them: lists lag
  /// (docs/google-apis.md#eventual-consistency). A key that Google manages is none of them.
  package static func unlisted(
    _ ids: [String], email: String, project: String, client: APIClient
  ) async throws(APIError) -> [LiveKey] {
    var found: [LiveKey] = []
    for id in ids {
      let call = ReadCalls.key(id: id, email: email, project: project)
      let answer: JSONValue
      do throws(APIError) {
        answer = try await client.call(call)
      } catch {
        guard error.kind == .notFound else { throw error }
        continue
      }
      let key = try LiveKey(read: answer, email: email.lowercased(), project: project, call.label)
      guard key.id == id else {
        throw APIError(.malformed, label: call.label, "the answer is not about what was asked for")
      }
      guard answer["keyType"]?.string != "SYSTEM_MANAGED" else { continue }
      let pem = answer["publicKeyData"]?.string.flatMap(Base64.decode)
      found.append(pem.map(key.withPublicHalf) ?? key)
    }
    return found
  }

  /// Keys with their certificates, read concurrently and returned in the same order.
  package static func withCertificates(
    _ keys: [LiveKey], email: String, project: String, client: APIClient
  ) async throws(APIError) -> [LiveKey] {
    let found = try await found(keys, email: email, project: project, client: client)
    return try complete(found, of: keys, email: email, project: project)
  }

  /// The keys, if a GET found all of them.
  ///
  /// If the list shows a key that a GET does not find, the key is being created or deleted at this moment. Only a later
  /// read can show which, so this throws `malformed` and never reports an absence.
  private static func complete(
    _ found: [LiveKey?], of keys: [LiveKey], email: String, project: String
  ) throws(APIError) -> [LiveKey] {
    var complete: [LiveKey] = []
    for (key, found) in zip(keys, found) {
      guard let found else {
        throw APIError(
          .malformed, label: ReadCalls.key(id: key.id, email: email, project: project).label,
          "the list names a key that cannot be read; try again")
      }
      complete.append(found)
    }
    return complete
  }

  /// The same; nil for those that a GET does not find.
  private static func found(
    _ keys: [LiveKey], email: String, project: String, client: APIClient
  ) async throws(APIError) -> [LiveKey?] {
    typealias Numbered = (Int, Result<LiveKey?, APIError>)
    // Concurrent without a limit of its own: an account has at most ten keys (docs/google-apis.md#counted-limits).
    let results = await withTaskGroup(of: Numbered.self) { group in
      for (index, key) in keys.enumerated() {
        group.addTask {
          do throws(APIError) {
            let key = try await key.withCertificate(email: email, project: project, client: client)
            return (index, .success(key))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var found: [LiveKey?] = []
    // Throws the first failure in the list's order, not the first in time: a repeat gives the same message.
    for (_, result) in results.sorted(by: { $0.0 < $1.0 }) { found.append(try result.get()) }
    return found
  }

  // A key of another tool may use an algorithm that arctl cannot read. It then has no fingerprint, which matches none
  // of ours.
  private func withPublicHalf(_ pem: [UInt8]) -> LiveKey {
    var key = self
    if let certificate = try? Certificate(pem: pem) {
      key.fingerprint = Hex.encode(certificate.publicKey.fingerprint)
      // By this name a declaration recognises its key on every machine.
      key.commonName = certificate.subjectCommonName
    } else if let publicKey = try? RSAPublicKey(pem: pem) {
      key.fingerprint = Hex.encode(publicKey.fingerprint)
    }
    return key
  }

  /// The public key in the answer to a GET of one key; nil if there is none that can be read.
  static func publicHalf(of answer: JSONValue) -> RSAPublicKey? {
    guard let data = answer["publicKeyData"]?.string, let pem = Base64.decode(data) else {
      return nil
    }
    return (try? Certificate(pem: pem))?.publicKey ?? (try? RSAPublicKey(pem: pem))
  }

  /// Unix seconds of an RFC 3339 time; nil if it is missing or in the year 9999, which is Google's way to say "without
  /// end" (docs/google-apis.md#calls-about-keys).
  private static func seconds(_ value: JSONValue?) -> Int64? {
    guard let text = value?.string, !text.hasPrefix("9999-") else { return nil }
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
    return (try? style.parse(text)).map { Int64($0.timeIntervalSince1970) }
  }
}
