import JSON
import Model

/// The rule for `jwksJson`: a set of public keys in JSON (RFC 7517).
enum WebKeySet {
  /// Google accepts these members of a key only (discovery `iam.v1 Oidc.jwksJson`).
  private static let members: Set<String> = ["kty", "alg", "use", "kid", "n", "e", "x", "y", "crv"]
  /// The members of a private key, which must not leave its owner.
  private static let secrets: Set<String> = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]

  @Sendable static func problem(_ text: String) -> Problem? {
    guard let set = try? JSONValue(parsing: Array(text.utf8), maximumBytes: 1 << 20),
      let keys = set["keys"]?.array, set.object?.count == 1
    else { return "must be JSON text with the member `keys` alone: `{\"keys\": [...]}`" }
    guard !keys.isEmpty else { return "has no keys" }
    return keys.enumerated().lazy.compactMap { problem(key: $0.element, number: $0.offset + 1) }
      .first
  }

  private static func problem(key: JSONValue, number: Int) -> Problem? {
    guard let object = key.object else { return "must hold objects in `keys`" }
    let names = Set(object.keys)
    if !names.isDisjoint(with: secrets) {
      return Problem(
        "holds a private or symmetric key (key \(number))",
        help: "replace that key at its issuer, and write the public half only")
    }
    let needed: [String]
    switch object["kty"]?.string {
    case "RSA": needed = ["n", "e"]
    case "EC": needed = ["crv", "x", "y"]
    default: return "may hold keys with `kty` RSA or EC only (key \(number))"
    }
    if let missing = needed.first(where: { object[$0]?.string?.isEmpty ?? true }) {
      return "lacks `\(missing)` in key \(number)"
    }
    guard let other = names.subtracting(members).min() else { return nil }
    return Problem(
      "has the member `\(other.prefix(40))` in key \(number), which Google does not accept",
      help: "keep `kty`, `alg`, `use`, `kid` and the numbers of the key")
  }
}
