import Crypto
import JSON
import SandboxIAM
import SandboxStore
import SandboxWire

/// The credential of a request to the data plane, before it is checked.
///
/// The user names are those that Artifact Registry accepts with basic authentication ([authentication for
/// Python](https://cloud.google.com/artifact-registry/docs/python/authentication)).
enum PackageCredential: Sendable {
  case none
  /// An access token.
  case token(String)
  /// A service-account key file: its account, the id of its key, and the public half of its private key.
  case key(email: String, id: String, publicKey: RSAPublicKey)
  /// Anything else.
  case malformed

  init(_ headers: [String: String]) {
    guard let header = headers["authorization"], !header.isEmpty else {
      self = .none
      return
    }
    let words = header.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else {
      self = .malformed
      return
    }
    switch words[0].lowercased() {
    case "bearer": self = .token(words[1].trimmingSpaces())
    case "basic": self = Self.basic(words[1].trimmingSpaces())
    default: self = .malformed
    }
  }

  private static func basic(_ encoded: String) -> PackageCredential {
    guard let bytes = Base64.decode(encoded), let colon = bytes.firstIndex(of: 0x3A) else {
      return .malformed
    }
    let password = Array(bytes[(colon + 1)...])
    switch String(decoding: bytes[..<colon], as: UTF8.self) {
    case "oauth2accesstoken", "_token": return .token(String(decoding: password, as: UTF8.self))
    case "_json_key": return key(password)
    case "_json_key_base64":
      let text = String(decoding: password.filter { $0 > 0x20 }, as: UTF8.self)
      return Base64.decode(text).map(key) ?? .malformed
    default: return .malformed
    }
  }

  private static func key(_ file: [UInt8]) -> PackageCredential {
    guard let json = try? JSONValue(parsing: file, maximumBytes: 32_768),
      let email = json["client_email"]?.string, let id = json["private_key_id"]?.string,
      let pem = json["private_key"]?.string,
      let key = try? RSAPrivateKey(pemBytes: Array(pem.utf8))
    else { return .malformed }
    return .key(email: email, id: id, publicKey: key.publicKey)
  }

  /// The caller, checked against the current accounts and keys.
  func principal(
    _ state: State, baseURL: String, nowSeconds: Int64, for use: TokenUse
  ) throws(APIError) -> Principal {
    switch self {
    case .none: throw Authentication.failure(true)
    case .malformed: throw Authentication.failure(false)
    case .token(let token):
      return try Authentication.principal(
        ["authorization": "Bearer \(token)"], state, baseURL: baseURL, nowSeconds: nowSeconds,
        for: use)
    case .key(let email, let id, let publicKey):
      guard let account = state.account(email: email.lowercased()), !account.isDisabled,
        state[ProjectRecord.self][account.project]?.deleteTime == nil,
        let key = state.key(id, of: account),
        key.isValid(nowSeconds: nowSeconds),
        key.publicKey == Base64.encode(publicKey.subjectPublicKeyInfo)
      else { throw Authentication.failure(false) }
      return Principal(email: account.email, uniqueID: account.uniqueID)
    }
  }
}
