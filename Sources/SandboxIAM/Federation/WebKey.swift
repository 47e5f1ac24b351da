package import Crypto
package import JSON

/// A public key of an issuer (RFC 7517): of the kinds that Google takes, RSA and P-256.
package struct WebKey: Sendable {
  /// The key itself.
  package enum Material: Sendable {
    case rsa(RSAPublicKey)
    case ec(ECPublicKey)
  }
  /// The id by which tokens name it.
  package let id: String
  /// The key itself.
  package let material: Material
  /// `alg`, if the set restricts the key to one.
  let algorithm: String?

  /// A key of the sandbox's own.
  package init(id: String, _ key: ECPublicKey) {
    self.id = id
    material = .ec(key)
    algorithm = "ES256"
  }

  /// The member of `keys`, in JSON.
  package var json: JSONValue {
    switch material {
    case .ec(let key):
      [
        "kty": "EC", "alg": "ES256", "use": "sig", "kid": .string(id), "crv": "P-256",
        "x": .string(Base64.urlEncode(key.x)), "y": .string(Base64.urlEncode(key.y)),
      ]
    case .rsa: ["kty": "RSA", "kid": .string(id)]
    }
  }

  /// Whether it made a signature by this algorithm. A key of one kind never verifies the algorithm of another.
  func verifies(_ signature: [UInt8], for message: [UInt8], algorithm name: String) -> Bool {
    guard algorithm == nil || algorithm == name else { return false }
    switch (material, name) {
    case (.rsa(let key), "RS256"): return key.verifies(signature, for: message)
    case (.ec(let key), "ES256"): return key.verifies(signature, for: message)
    default: return false
    }
  }

  /// Why a set is not one that Google takes, as users read it.
  package struct Mistake: Error, Sendable, Hashable {
    /// The reason.
    package let message: String
  }

  private static let members: Set<String> = ["kty", "alg", "use", "kid", "n", "e", "x", "y", "crv"]

  /// The keys of `jwksJson` (discovery `iam.v1 Oidc.jwksJson`).
  package static func set(parsing text: String) throws(Mistake) -> [WebKey] {
    guard let value = try? JSONValue(parsing: Array(text.utf8), maximumBytes: 1 << 20),
      let keys = value["keys"]?.array, !keys.isEmpty
    else { throw Mistake(message: "it is not a JSON object with keys") }
    var result: [WebKey] = []
    for key in keys { result.append(try WebKey(key)) }
    return result
  }

  private init(_ json: JSONValue) throws(Mistake) {
    guard let object = json.object else { throw Mistake(message: "a key is not an object") }
    if let other = object.keys.first(where: { !Self.members.contains($0) }) {
      throw Mistake(message: "a key has the member \"\(other.prefix(100))\"")
    }
    guard let id = json["kid"]?.string, !id.isEmpty else {
      throw Mistake(message: "a key has no kid")
    }
    self.id = id
    algorithm = json["alg"]?.string
    func number(_ name: String) -> [UInt8]? {
      json[name]?.string.flatMap(Base64.urlDecode)
    }
    switch json["kty"]?.string {
    case "RSA":
      guard let n = number("n"), let e = number("e"),
        let key = try? RSAPublicKey(modulus: n, exponent: e), key.bits >= 2048
      else { throw Mistake(message: "the key \(id.prefix(100)) is not an RSA key") }
      material = .rsa(key)
    case "EC":
      guard json["crv"] == "P-256", let x = number("x"), let y = number("y"),
        let key = try? ECPublicKey(x: x, y: y)
      else { throw Mistake(message: "the key \(id.prefix(100)) is not a key on P-256") }
      material = .ec(key)
    default: throw Mistake(message: "the key \(id.prefix(100)) is neither RSA nor EC")
    }
  }
}
