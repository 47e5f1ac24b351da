import Diagnostics

/// Judges by a name alone whether a secret follows it: `password`, `API_KEY`, `db.passwd`, and the like misspelt.
///
/// Every key of every manifest is judged twice, so this works on bytes.
enum SecretName {
  /// The words that say so wherever a name contains them, after its upper case and everything but letters and digits.
  static let words: Set<String> = [
    "password", "passwd", "passphrase", "passcode", "passwort", "pwd", "secret", "token",
    "credential", "apikey", "privatekey", "accesskey", "authkey", "signingkey", "encryptionkey",
  ]
  /// The words that say so only as a whole word of a name: `dbPass`, `db_pass`.
  private static let wholes = ["pass", "pw", "creds", "cred", "auth"].map { Array($0.utf8) }
  /// `words` by their first letters, from `a`.
  private static let byFirstLetter: [[[UInt8]]] = words.reduce(
    into: Array(repeating: [], count: 26)
  ) { table, word in
    let bytes = Array(word.utf8)
    table[Int(bytes[0] - UInt8(ascii: "a"))].append(bytes)
  }

  /// Whether a name says that a secret follows.
  static func promises(_ name: some StringProtocol) -> Bool {
    let folded = name.utf8.compactMap { byte -> UInt8? in
      switch byte {
      case 0x30...0x39, 0x61...0x7A: byte
      case 0x41...0x5A: byte | 0x20
      default: nil
      }
    }
    guard folded.count >= 2 else { return false }
    return containsWord(folded) || hasWhole(name)
      || ((6...14).contains(folded.count) && "pc".utf8.contains(folded[0])
        && closestMatch(
          to: String(decoding: folded, as: UTF8.self), in: ["password", "credentials"]) != nil)
  }

  /// Whether one of `words` begins at any byte.
  private static func containsWord(_ folded: [UInt8]) -> Bool {
    for (start, byte) in folded.enumerated() where byte >= UInt8(ascii: "a") {
      for word in byFirstLetter[Int(byte - UInt8(ascii: "a"))]
      where folded[start...].starts(with: word) {
        return true
      }
    }
    return false
  }

  /// Whether one of the words of a name is one of `wholes`. A word ends at everything that is no letter, and between a
  /// small letter and a capital.
  private static func hasWhole(_ name: some StringProtocol) -> Bool {
    var word: [UInt8] = []
    var wasLower = false
    for scalar in name.unicodeScalars {
      let (isLetter, isUpper, isLower) = Self.form(of: scalar)
      if !isLetter || (wasLower && isUpper) {
        if wholes.contains(word) { return true }
        word.removeAll(keepingCapacity: true)
      }
      if isLetter { word.append(scalar.isASCII ? UInt8(scalar.value) | 0x20 : 0) }
      wasLower = isLower
    }
    return wholes.contains(word)
  }

  private static func form(
    of scalar: Unicode.Scalar
  ) -> (isLetter: Bool, isUpper: Bool, isLower: Bool) {
    guard scalar.isASCII else {
      let properties = scalar.properties
      return (properties.isAlphabetic, properties.isUppercase, properties.isLowercase)
    }
    let isUpper = ("A"..."Z").contains(scalar)
    let isLower = ("a"..."z").contains(scalar)
    return (isUpper || isLower, isUpper, isLower)
  }
}
