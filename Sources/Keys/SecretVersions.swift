package import CloudResources
package import Crypto
package import GoogleCloud
import JSON
package import Model

/// The calls about one secret of Secret Manager and its versions (docs/google-apis.md#secrets). It never reads a value.
package struct SecretVersions: Sendable {
  /// What sends the calls.
  package let calls: CloudCalls
  /// The id of the project.
  package let project: String
  /// The id of the secret.
  package let secret: String
  /// The secret's address: a secret that this run created may be unseen for a while. Nil: nothing waits for that.
  package var address: Address?

  /// The largest value that Secret Manager takes, in bytes (discovery `secretmanager.v1 SecretPayload.data`).
  package static let maximumPayload = 64 << 10

  /// For the secret with this id.
  package init(calls: CloudCalls, project: String, secret: String, address: Address? = nil) {
    self.calls = calls
    self.project = project
    self.secret = secret
    self.address = address
  }

  // MARK: Reading

  /// The secret as it is now; nil if it does not exist. A refusal stays the error that it is.
  package func read() async throws(APIError) -> StoredSecret? {
    let call = reading(path(), "secrets.get")
    do {
      return try StoredSecret(try await sent(call), of: self, call)
    } catch {
      if error.kind == .notFound { return nil }
      throw error
    }
  }

  /// All versions, the newest first. Throws if one of them cannot be understood.
  package func list() async throws(APIError) -> [StoredVersion] {
    let call = reading(path("versions"), "versions.list", query: [("pageSize", "1000")])
    var versions: [StoredVersion] = []
    for item in try await calls.client.pages(call, items: "versions") {
      versions.append(try StoredVersion(item, of: self, call))
    }
    guard Set(versions.map(\.number)).count == versions.count else {
      throw APIError(.malformed, label: call.label, "the list has a version twice")
    }
    return versions.sorted { $0.number > $1.number }
  }

  /// One version.
  package func version(_ number: Int) async throws(APIError) -> StoredVersion {
    let call = reading(path("versions", "\(number)"), "versions.get")
    return try StoredVersion(try await sent(call), of: self, call, number: number)
  }

  // MARK: Adding

  /// Adds a version with this value, and returns it once the server has confirmed the value's checksum.
  ///
  /// It is never repeated after an ambiguous answer: a second version could not be told from the first. Every error but
  /// a certain refusal is `ambiguous`, and then a version may exist; `list` shows it.
  package func add(_ payload: borrowing SecretBytes) async throws(APIError) -> StoredVersion {
    let label = label("versions.add")
    guard !payload.isEmpty, payload.count <= Self.maximumPayload else {
      throw APIError(
        .invalidArgument, label: label,
        "the value has \(payload.count) bytes; Secret Manager takes 1 to \(Self.maximumPayload). Nothing was sent"
      )
    }
    var call = APICall(
      .secretManager, method: .post, path: path(verb: "addVersion"), retry: .unnamedCreate,
      label: label, consumerProject: project)
    call.secretBody = Self.body(payload)
    let answer = try await sent(call)
    let version: StoredVersion
    do throws(APIError) {
      version = try StoredVersion(answer, of: self, call)
    } catch {
      throw APIError(.ambiguous, label: label, error.message)
    }
    guard version.isChecksumConfirmed else {
      throw APIError(
        .ambiguous, label: label,
        "version \(version.number) was added, and the server did not confirm the checksum of its value"
      )
    }
    return version
  }

  /// `{"payload":{"data":"BASE64","dataCrc32c":"NUMBER"}}`, composed in memory that is wiped.
  private static func body(_ payload: borrowing SecretBytes) -> SecretBody {
    let checksum = payload.withUnsafeBytes { CRC32C.checksum($0) }
    let encoded = Base64.encode(payload)
    var body = SecretBytes()
    body.append(#"{"payload":{"data":""#)
    encoded.withUnsafeBytes { body.append(contentsOf: $0) }
    body.append(#"","dataCrc32c":"\#(checksum)"}}"#)
    return SecretBody(body)
  }

  // MARK: Calls

  func label(_ verb: String) -> String { "secretmanager.\(verb) \(project)/\(secret)" }

  /// A path below the secret.
  func path(_ more: String..., verb: String? = nil) -> String {
    APIPath.join(["v1", "projects", project, "secrets", secret] + more, verb: verb)
  }

  private func reading(
    _ path: String, _ verb: String, query: [(String, String)] = []
  ) -> APICall {
    APICall(
      .secretManager, path, query: query, label: label(verb), consumerProject: project)
  }

  /// Sends a call. Waits for a secret that this run created and that the server does not see yet.
  func sent(_ call: APICall) async throws(APIError) -> JSONValue {
    guard let address else { return try await calls.client.call(call) }
    return try await calls.call(call, on: address)
  }
}
