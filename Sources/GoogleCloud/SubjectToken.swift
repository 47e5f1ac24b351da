import Crypto
import FoundationEssentials
import JSON

/// The token of another issuer, which is exchanged for one of Google's.
///
/// A file that is no such token is never sent: a credential file can name any file of this machine.
struct SubjectToken: Sendable {
  static let jwt = [
    "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token",
  ]
  private static let saml = "urn:ietf:params:oauth:token-type:saml2"
  /// The supported types.
  static let types = jwt + [saml]

  let text: String
  /// The claims of a JSON web token; nil for SAML.
  private let claims: JSONObject?

  /// Nil for a text that has not the form of its type.
  init?(_ text: String, type: String) {
    self.text = text
    guard Self.jwt.contains(type) else {
      guard type == Self.saml, let xml = Base64.decode(text) ?? Base64.urlDecode(text),
        xml.first(where: { $0 > 0x20 }) == UInt8(ascii: "<")
      else { return nil }
      claims = nil
      return
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, !parts[2].isEmpty, Base64.urlDecode(parts[2]) != nil,
      let header = Self.object(parts[0]), header["alg"]?.string != nil,
      let claims = Self.object(parts[1])
    else { return nil }
    self.claims = claims
  }

  private static func object(_ part: String) -> JSONObject? {
    Base64.urlDecode(part).flatMap { try? JSONValue(parsing: $0, maximumBytes: 1 << 16) }?.object
  }

  /// Whom the token is of and for whom, so that a refusal can be understood. No part of its signature.
  ///
  /// - Parameter now: in Unix seconds.
  func description(at now: Double) -> String? {
    guard let claims else { return nil }
    var facts: [String] = []
    for (name, label) in [("iss", "the issuer"), ("aud", "the audience"), ("sub", "the subject")] {
      let texts =
        claims[name]?.array?.compactMap(\.string) ?? [claims[name]?.string].compactMap(\.self)
      let text = texts.isEmpty ? "(none)" : texts.prefix(3).joined(separator: ", ")
      facts.append("\(label) \(bounded(text, to: 250))")
    }
    if let end = claims["exp"]?.integer, (0...253_402_300_799).contains(end) {
      let time = Date(timeIntervalSince1970: Double(end)).formatted(.iso8601)
      facts.append("\(Double(end) <= now ? "expired at" : "expires at") \(time)")
    }
    return facts.joined(separator: ", ")
  }
}
