import CloudResources
import Crypto
import FoundationEssentials
package import GoogleCloud
import JSON
package import Model

extension LiveKey {
  /// One member of `serviceAccountKeys.list`, or the answer of a create or an upload; nil without a name.
  init?(wire: JSONValue) {
    guard let name = wire["name"]?.string, name.contains("/keys/") else { return nil }
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
    let call = ReadCalls.keys(email: email, project: project)
    let members = try await client.pages(call, items: "keys")
    var keys: [LiveKey] = []
    for member in members {
      guard let key = LiveKey(wire: member) else {
        throw APIError(.malformed, call.label, "a key of the list has no name")
      }
      // A server that ignores the filter lists Google's own keys too.
      if member["keyType"]?.string != "SYSTEM_MANAGED" { keys.append(key) }
    }
    return keys
  }

  /// The key with the fingerprint and the common name of its certificate.
  ///
  /// A listed key that a GET does not know is just being made or deleted: which, only a later read tells, so that it is
  /// `malformed` here and never an absence.
  func withCertificate(
    email: String, project: String, client: APIClient
  ) async throws(APIError) -> LiveKey {
    let call = ReadCalls.key(id: id, email: email, project: project)
    let answer: JSONValue
    do {
      answer = try await client.call(call)
    } catch {
      guard error.kind == .notFound else { throw error }
      throw APIError(.malformed, call.label, "the list names a key that cannot be read; try again")
    }
    guard let data = answer["publicKeyData"]?.string, let pem = Base64.decode(data) else {
      throw APIError(.malformed, call.label, "the key comes without its public half")
    }
    return withPublicHalf(pem)
  }

  /// Keys with their certificates, read concurrently; in the same order.
  package static func withCertificates(
    _ keys: [LiveKey], email: String, project: String, client: APIClient
  ) async throws(APIError) -> [LiveKey] {
    typealias Numbered = (Int, Result<LiveKey, APIError>)
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
    var complete: [LiveKey] = []
    for (_, result) in results.sorted(by: { $0.0 < $1.0 }) { complete.append(try result.get()) }
    return complete
  }

  // Somebody else's key may be of a kind that we cannot take apart (another algorithm): it is then nobody of ours.
  private func withPublicHalf(_ pem: [UInt8]) -> LiveKey {
    var key = self
    if let certificate = try? Certificate(pem: pem) {
      key.fingerprint = Hex.encode(certificate.publicKey.fingerprint)
      key.commonName = certificate.subjectCommonName
    } else if let publicKey = try? RSAPublicKey(pem: pem) {
      key.fingerprint = Hex.encode(publicKey.fingerprint)
    }
    return key
  }

  /// Unix seconds of an RFC 3339 time; nil for none, and for the year 9999, by which Google says "without end".
  private static func seconds(_ value: JSONValue?) -> Int64? {
    guard let text = value?.string, !text.hasPrefix("9999-") else { return nil }
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
    return (try? style.parse(text)).map { Int64($0.timeIntervalSince1970) }
  }
}
