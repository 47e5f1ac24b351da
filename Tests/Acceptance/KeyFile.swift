import Crypto
import Foundation
import JSON

/// A service account key file, and the tokens that it signs.
struct KeyFile: Sendable {
  let email: String
  let tokenURI: String
  let id: String
  private let pem: String

  init(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path),
      let file = try? JSONValue(parsing: Array(data)),
      let email = file["client_email"]?.string, let id = file["private_key_id"]?.string,
      let pem = file["private_key"]?.string, let tokenURI = file["token_uri"]?.string
    else { throw StoryFailure("\(path) is not a service account key file") }
    (self.email, self.id, self.pem, self.tokenURI) = (email, id, pem, tokenURI)
  }

  /// A JWT of half an hour that asks the token endpoint for an access token (RFC 7523).
  func assertion(audience: String) throws -> String { try token(["aud": .string(audience)]) }

  /// A JWT of half an hour that is itself an access token (AIP-4111): for scopes, and so for no audience.
  func bearer() throws -> String { try token([:]) }

  private func token(_ more: JSONObject) throws -> String {
    let now = Int64(Date.now.timeIntervalSince1970)
    let header: JSONObject = ["alg": "RS256", "typ": "JWT", "kid": .string(id)]
    var claims = more
    claims["iss"] = .string(email)
    claims["sub"] = .string(email)
    claims["scope"] = "https://www.googleapis.com/auth/cloud-platform"
    claims["iat"] = .integer(now)
    claims["exp"] = .integer(now + 1800)
    let signed = [header, claims].map { Base64.urlEncode(JSONValue.object($0).serialized()) }
      .joined(separator: ".")
    let signature = try RSAPrivateKey(pemBytes: Array(pem.utf8)).signature(for: Array(signed.utf8))
    return "\(signed).\(Base64.urlEncode(signature))"
  }

  /// Lines of the private half; any of them in another place is a leak.
  var secrets: [String] {
    let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-----") && $0.count > 40 }
    // All PKCS #8 keys begin alike: the first line contains no secret.
    return lines.dropFirst().map(String.init)
  }
}
