import Crypto
import Glibc
import JSON
import SandboxGitHub
import SandboxIAM
import SandboxWire

/// A request as the journal shows it: without credentials or private keys.
struct JournalText: Sendable {
  let path: String
  let query: String
  let body: String

  /// How much of a body is kept, in bytes.
  static let maximumBody = 64 << 10

  init(_ request: WireRequest) {
    path = Self.withoutTokens(request.path)
    query = Self.hidden(query: request.query)
    body = Self.shown(request)
  }

  // MARK: Query

  private static let secretNames: Set<String> = [
    "accesstoken", "assertion", "clientsecret", "code", "idtoken", "key", "password",
    "privatekey", "refreshtoken", "subjecttoken", "token", "oauthtoken",
  ]

  /// Hides the values of parameters that carry credentials, and values that look like one.
  private static func hidden(query: String) -> String {
    if query.isEmpty { return "" }
    return query.parts(between: UInt8(ascii: "&")).map { part -> String in
      guard let sign = part.utf8.firstIndex(of: UInt8(ascii: "=")) else {
        return withoutTokens(String(part))
      }
      let key = part[..<sign]
      let rest = part[part.utf8.index(after: sign)...]
      guard !rest.isEmpty else { return withoutTokens(String(part)) }
      let name = PercentEncoding.decode(key, plusIsSpace: true) ?? String(key)
      let value = PercentEncoding.decode(rest, plusIsSpace: true) ?? String(rest)
      let plain = name.lowercased().filter { $0.isLetter }
      guard !secretNames.contains(plain), withoutTokens(value) == value, !holdsPrivateKey(value)
      else { return "\(key)=(hidden)" }
      return String(part)
    }.joined(separator: "&")
  }

  // MARK: Body

  /// The body, or why it is not kept. A body is hidden if in doubt: the journal is readable without a credential.
  private static func shown(_ request: WireRequest) -> String {
    if request.body.isEmpty { return "" }
    let parts = request.path.parts(between: UInt8(ascii: "/")).filter { !$0.isEmpty }
      .map { (PercentEncoding.decode($0) ?? "").lowercased() }
    // A token endpoint, current or historical, served or not.
    if parts.last == "token" || parts.first == "oauth2" { return "(a credential)" }
    if GitHubAddress(request)?.holdsSecret == true { return "(an encrypted secret; not kept)" }
    // Below a secret, or below a project's secrets.
    if parts.contains("secrets"), !holdsNoPayload(request.body) {
      return "(may hold the value of a secret; not kept)"
    }
    let type = request.headers["content-type"]?.lowercased() ?? ""
    if type.contains("form") { return "(a form; not kept)" }
    let text = String(decoding: request.body, as: UTF8.self)
    if holdsPrivateKey(text) { return "(held a private key; not kept)" }
    if request.path.hasSuffix("/keys:upload"), !isCertificate(request.body) {
      return "(held no certificate; not kept)"
    }
    return withoutTokens(String(decoding: request.body.prefix(maximumBody), as: UTF8.self))
  }

  /// Whether the members of a body are those of requests without a value. Users may send a value with a wrong verb.
  private static func holdsNoPayload(_ body: [UInt8]) -> Bool {
    let plain: Set<String> = [
      "annotations", "createTime", "etag", "expireTime", "labels", "name", "permissions", "policy",
      "replication", "rotation", "topics", "ttl", "updateMask", "versionAliases",
      "versionDestroyTtl",
    ]
    guard let object = (try? JSONValue(parsing: body))?.object else { return false }
    return object.allSatisfy { plain.contains(Query.camelCase($0.key)) }
  }

  /// Whether the body of a key upload is a certificate. Users sometimes upload the private key by mistake.
  private static func isCertificate(_ body: [UInt8]) -> Bool {
    guard let object = (try? JSONValue(parsing: body))?.object else { return false }
    return object.allSatisfy { name, value in
      guard Query.camelCase(name) == "publicKeyData", let text = value.string,
        let pem = ProtoBytes.decode(text)
      else { return false }
      return (try? Certificate(pem: pem)) != nil
        && !holdsPrivateKey(String(decoding: pem, as: UTF8.self))
    }
  }

  // MARK: Secrets

  /// Whether a text contains a private key in PEM, directly or in base64.
  private static func holdsPrivateKey(_ text: String) -> Bool {
    marks.contains { contains(text, $0) }
  }

  /// The marker of PEM, and the inner part of its base64 for each of the three alignments.
  private static let marks: [[UInt8]] = {
    let words = Array("PRIVATE KEY".utf8)
    return [words]
      + (0..<3).map { shift in
        let encoded = Base64.encode([UInt8](repeating: 0x20, count: shift) + words)
        // The first and last characters depend on the surrounding bytes.
        return Array(encoded.utf8.dropFirst([0, 2, 3][shift]).prefix(12))
      }
  }()

  /// Whether the text contains the bytes (memchr, memcmp): each body is searched several times, and this is faster than
  /// Swift's search.
  private static func contains(_ text: String, _ wanted: [UInt8]) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard var at = bytes.baseAddress, let first = wanted.first else { return false }
      var left = bytes.count - wanted.count + 1
      while left > 0, let found = memchr(at, Int32(first), left) {
        if memcmp(found, wanted, wanted.count) == 0 { return true }
        let next = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
        left -= next - at
        at = next
      }
      return false
    }
  }

  /// The text with `arctlsbx.` and `ya29.` tokens, JWTs, and tokens of GitHub replaced.
  private static func withoutTokens(_ text: String) -> String {
    guard starts.contains(where: { contains(text, $0) }) else { return text }
    let google = /(?:arctlsbx\.|ya29\.|eyJ[A-Za-z0-9_-]{10,}\.)[A-Za-z0-9._=-]+/
    let gitHub = /(?:gh[oprsu]_|github_pat_)[A-Za-z0-9_]{10,}/
    return text.replacing(google) { _ in "(a token)" }.replacing(gitHub) { _ in "(a token)" }
  }

  private static let gitHubStarts = ["gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_"]
  private static let starts = ([AccessToken.prefix, "ya29.", "eyJ"] + gitHubStarts).map {
    Array($0.utf8)
  }
}
