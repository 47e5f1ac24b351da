public import Model

/// Google's naming rules, and our own for names that Google never sees.
///
/// Each function returns the problem with a name, without its subject (`Problem.of`), or nil. Rules: docs/google-apis.md#names-and-ids.
public enum NameRules {
  /// A project's id: 6 to 30 characters (docs/google-apis.md#project-ids).
  ///
  /// The legacy form `example.com:id` exists on old projects, so it is accepted.
  public static func projectID(_ name: String) -> Problem? {
    var id = Substring(name)
    if let colon = name.firstIndex(of: ":") {
      guard domain(String(name[..<colon])) == nil else {
        return "must be `DOMAIN:ID` when it has a colon"
      }
      id = name[name.index(after: colon)...]
    }
    return problem(id, 6...30, rest: isLowerDigitDash, mayEndInDash: false)
  }

  /// A project's number, Google's numeric id of it.
  public static func projectNumber(_ name: String) -> Problem? {
    let isNumber = !name.isEmpty && name.utf8.count <= 19 && name.utf8.allSatisfy(isDigit)
    return isNumber && name.utf8.first != 48 ? nil : "must be a project number: digits only"
  }

  /// A project's id or number, as in full Google names.
  public static func projectIDOrNumber(_ name: String) -> Problem? {
    projectNumber(name) == nil ? nil : projectID(name)
  }

  /// A repository's id: `^[a-z]([a-z0-9-]*[a-z0-9])?$`, at most 63 characters (docs/google-apis.md#repository-ids).
  public static func repositoryID(_ name: String) -> Problem? {
    problem(Substring(name), 1...63, rest: isLowerDigitDash, mayEndInDash: false)
  }

  /// The id of a repository that exists: those of the `gcr.io` domain have dots.
  public static func existingRepositoryID(_ name: String) -> Problem? {
    guard name.utf8.contains(UInt8(ascii: ".")) else { return repositoryID(name) }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.lazy.compactMap { repositoryID(String($0)) }.first ?? length(name, 1...63)
  }

  /// The id of an account that exists; some are older than the rule about their lengths.
  public static func existingAccountID(_ name: String) -> Problem? {
    problem(Substring(name), 1...63, rest: isLowerDigitDash, mayEndInDash: true)
  }

  /// The id of a key or a key ring of Cloud KMS: `[a-zA-Z0-9_-]{1,63}` (docs/google-apis.md#keys-of-cloud-kms).
  public static func keyID(_ name: String) -> Problem? {
    guard name.utf8.allSatisfy({ isAlphanumeric($0) || $0 == 95 || $0 == 45 }) else {
      return "may contain letters, digits, `_` and `-` only"
    }
    return length(name, 1...63)
  }

  /// The id of a secret: `[a-zA-Z0-9_-]{1,255}` (discovery `secretmanager.v1 projects.secrets.create`).
  public static func secretID(_ name: String) -> Problem? {
    guard name.utf8.allSatisfy({ isAlphanumeric($0) || $0 == 95 || $0 == 45 }) else {
      return "may contain letters, digits, `_` and `-` only"
    }
    return length(name, 1...255)
  }

  /// A service account's id, the part before `@`: 6 to 30 characters (docs/google-apis.md#account-ids).
  public static func accountID(_ name: String) -> Problem? {
    problem(Substring(name), 6...30, rest: isLowerDigitDash, mayEndInDash: false)
  }

  /// A custom role's id: `^[a-zA-Z0-9_.]{3,64}$` (docs/google-apis.md#role-ids); a hyphen is the usual mistake.
  public static func roleID(_ name: String) -> Problem? {
    if name.utf8.contains(45) { return "must not contain a hyphen; use `_` or `.`" }
    guard name.utf8.allSatisfy({ isAlphanumeric($0) || $0 == 95 || $0 == 46 }) else {
      return "may contain letters, digits, `_` and `.` only"
    }
    return length(name, 3...64)
  }

  /// A name that only arctl uses: `[a-z][a-z0-9-]{0,62}`.
  public static func freeName(_ name: String) -> Problem? {
    problem(Substring(name), 1...63, rest: isLowerDigitDash, mayEndInDash: true)
  }

  /// The form of a location, known or not: `us`, `europe-west4`.
  public static func location(_ name: String) -> Problem? {
    problem(Substring(name), 2...40, rest: isLowerDigitDash, mayEndInDash: false)
      .map { "\($0.message); a location looks like `us-east4` or `europe`" }
  }

  /// A service's name, `artifactregistry.googleapis.com`; other suffixes exist, for the marketplace.
  public static func service(_ name: String) -> Problem? {
    guard domain(name) == nil else {
      return "must be the full name of a service, such as `artifactregistry.googleapis.com`"
    }
    return nil
  }

  /// A DNS name of at least two parts, in lower case.
  public static func domain(_ name: String) -> Problem? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let isDomain =
      parts.count >= 2 && name.utf8.count <= 253
      && parts.allSatisfy { part in
        (1...63).contains(part.utf8.count) && part.utf8.allSatisfy(isLowerDigitDash)
          && part.utf8.first != 45 && part.utf8.last != 45
      }
    return isDomain ? nil : "must be a domain name in lower case: `example.com`"
  }

  /// A text of at most this many UTF-8 bytes, as Google counts display names and descriptions.
  public static func bytes(_ text: String, atMost limit: Int) -> Problem? {
    let count = text.utf8.count
    return count <= limit ? nil : "must be at most \(limit) bytes of UTF-8; this has \(count)"
  }

  /// A name that begins with a lower-case letter and contains only what `rest` allows.
  package static func problem(
    _ name: Substring, _ lengths: ClosedRange<Int>, rest: (UInt8) -> Bool, mayEndInDash: Bool
  ) -> Problem? {
    guard let first = name.utf8.first else { return "must not be empty" }
    if name.utf8.contains(where: { (65...90).contains($0) }) { return "must be in lower case" }
    guard isLower(first) else { return "must begin with a lower-case letter" }
    guard name.utf8.allSatisfy(rest) else {
      return "may contain lower-case letters, digits and hyphens only"
    }
    if !mayEndInDash && name.utf8.last == 45 { return "must not end with a hyphen" }
    return length(String(name), lengths)
  }

  private static func length(_ name: String, _ lengths: ClosedRange<Int>) -> Problem? {
    let count = name.utf8.count
    guard !lengths.contains(count) else { return nil }
    return "must have \(lengths.lowerBound) to \(lengths.upperBound) characters; this has \(count)"
  }

  /// Whether a byte is an ASCII digit.
  package static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  static func isLower(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
  /// Whether a byte is an ASCII letter or digit.
  package static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLower(byte) || (65...90).contains(byte)
  }
  static func isLowerDigitDash(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLower(byte) || byte == 45
  }
}
