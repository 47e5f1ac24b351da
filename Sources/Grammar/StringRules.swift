package import Model

/// The rules for string fields with references or a fixed form.
package enum StringRules {
  /// The id of a project.
  package static let project = StringRule(reference: .project, check: NameRules.projectID)
  /// A location of Google Cloud.
  package static let location = StringRule(check: NameRules.location)
  /// A service, such as `iam.googleapis.com`.
  package static let service = StringRule(check: NameRules.service)
  /// A role, as in a grant; `RoleName` reads it.
  package static let role = StringRule(reference: .role)
  /// A member of a policy; `Member` reads it.
  package static let member = StringRule(reference: .member)
  /// Any resource that has a policy: project, repository or service account.
  package static let resource = StringRule(reference: .policyResource)

  /// `folders/123` or `organizations/123`.
  package static let parent = StringRule { text in
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isParent =
      parts.count == 2 && ["folders", "organizations"].contains(parts[0])
      && !parts[1].isEmpty && parts[1].utf8.allSatisfy(NameRules.isDigit)
    return isParent ? nil : "must be `folders/NUMBER` or `organizations/NUMBER`"
  }

  /// `billingAccounts/XXXXXX-XXXXXX-XXXXXX`, each X a hexadecimal digit in upper case.
  package static let billingAccount = StringRule { text in
    let prefix = "billingAccounts/"
    let groups = text.dropFirst(prefix.count).split(
      separator: "-", omittingEmptySubsequences: false)
    let isAccount =
      text.hasPrefix(prefix) && groups.count == 3
      && groups.allSatisfy { $0.utf8.count == 6 && $0.utf8.allSatisfy(isUpperHex) }
    return isAccount ? nil : "must be `billingAccounts/XXXXXX-XXXXXX-XXXXXX`"
  }

  /// `projects/P/locations/L/keyRings/R/cryptoKeys/K`.
  package static let kmsKey = StringRule { text in
    if matches(text, ["projects", "locations", "keyRings", "cryptoKeys", "cryptoKeyVersions"]) {
      return "must name the key, not one version of it: drop `/cryptoKeyVersions/...`"
    }
    return matches(text, ["projects", "locations", "keyRings", "cryptoKeys"])
      ? nil : "must be `projects/P/locations/L/keyRings/R/cryptoKeys/K`"
  }

  /// `projects/P/secrets/S/versions/V`.
  package static let secretVersion = StringRule { text in
    matches(text, ["projects", "secrets", "versions"]) && text.utf8.count <= 400
      && text.utf8.allSatisfy { NameRules.isAlphanumeric($0) || "/-_.:".utf8.contains($0) }
      ? nil
      : "must be `projects/P/secrets/S/versions/V`; the password itself stays in Secret Manager"
  }

  /// The upstream of a custom remote repository: an https address (docs/google-apis.md#fields-of-a-repository).
  package static let httpsURI = StringRule { text in
    isURI(text, scheme: "https://") ? nil : "must be an https address: `https://host/path`"
  }

  /// The upstream of `commonRepository`: an address, or another repository of Artifact Registry.
  package static let upstream = StringRule { text in
    let isUpstream =
      isURI(text, scheme: "https://") || isURI(text, scheme: "http://")
      || matches(text, ["projects", "locations", "repositories"])
    return isUpstream
      ? nil : "must be `https://host/path` or `projects/P/locations/L/repositories/R`"
  }

  /// `service.resource.verb`, such as `artifactregistry.repositories.get`.
  package static let permission = StringRule { text in
    if text.utf8.contains(42) {
      return "must be a single permission; custom roles do not accept `*`"
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isPermission =
      parts.count >= 3
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy { NameRules.isAlphanumeric($0) || $0 == 45 || $0 == 47 }
      }
    return isPermission
      ? nil : "must be `service.resource.verb`: `artifactregistry.repositories.get`"
  }

  /// The longest name of a key's file, in bytes. File systems allow 255, and the names of the files that the key store puts
  /// beside it are longer.
  package static let longestFileName = 200

  /// A free name, as of a Stack.
  package static let freeName = StringRule { NameRules.freeName($0) }

  /// A key's former Stack and name: `STACK/NAME`.
  package static let formerKey = StringRule { text in
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ NameRules.freeName($0) == nil }) else {
      return "must be a Stack and a name, `STACK/NAME`"
    }
    return nil
  }

  /// A file's name below the key directory, which it cannot leave.
  package static let keyFile = StringRule { text in
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if text.isEmpty { return "must not be empty" }
    if text.hasPrefix("/") { return "must be relative: it is a file below the key directory" }
    if parts.contains("..") || parts.contains(".") || parts.contains("") {
      return "must be a plain path below the key directory, without `.`, `..` or `//`"
    }
    if text.utf8.contains(where: { $0 < 32 || $0 == 127 }) {
      return "must not contain control characters"
    }
    if (parts.last ?? "").utf8.count > longestFileName {
      return "must have a name of at most \(longestFileName) bytes"
    }
    if text.hasPrefix("~") {
      return "must be below the key directory: `~` is not replaced by the home folder"
    }
    if parts.contains(where: { $0.hasPrefix(".") }) {
      return "must not begin with a dot: such names are for the key directory's own files"
    }
    return parts.contains { $0.hasPrefix(" ") || $0.hasSuffix(" ") }
      ? "must not begin or end with a space" : nil
  }

  /// The id of a key of a service account: 40 hexadecimal digits (docs/google-apis.md#calls-about-keys).
  package static let accountKeyID = StringRule { text in
    func isHex(_ byte: UInt8) -> Bool { NameRules.isDigit(byte) || (97...102).contains(byte) }
    if text.utf8.count == 40, text.utf8.allSatisfy(isHex) { return nil }
    let rule = "must be 40 hexadecimal digits in lower case"
    if let id = text.split(separator: "/").last, text.contains("/"), id.utf8.count == 40,
      id.utf8.allSatisfy(isHex)
    {
      return Problem(rule, help: "write the id alone: `\(id)`")
    }
    return Problem(
      rule, help: "`gcloud iam service-accounts keys list --iam-account ACCOUNT` prints the ids")
  }

  /// `sha256:` and 64 hexadecimal digits.
  package static let fingerprint = StringRule { text in
    let digits = text.dropFirst("sha256:".count).utf8
    let isFingerprint =
      text.hasPrefix("sha256:") && digits.count == 64
      && digits.allSatisfy { NameRules.isDigit($0) || (97...102).contains($0) }
    return isFingerprint ? nil : "must be `sha256:` and 64 hexadecimal digits in lower case"
  }

  /// A day or an instant: `2027-01-01`, `2027-01-01T12:00:00Z`.
  package static let until = StringRule { text in
    ApiTimestamp.isDayOrInstant(text)
      ? nil : "must be a day `2027-01-01` or an instant `2027-01-01T12:00:00Z`"
  }

  /// A text of at most this many bytes of UTF-8.
  package static func bytes(atMost limit: Int) -> StringRule {
    StringRule(maximumBytes: limit)
  }

  /// Whether a text is `collection/id/collection/id...` with exactly these collections and no empty id.
  package static func matches(_ text: String, _ collections: [String]) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 * collections.count else { return false }
    return collections.indices.allSatisfy { index in
      parts[2 * index] == collections[index] && !parts[2 * index + 1].isEmpty
    }
  }

  private static func isURI(_ text: String, scheme: String) -> Bool {
    let rest = text.dropFirst(scheme.count)
    return text.hasPrefix(scheme) && !rest.isEmpty && rest.first != "/"
      && rest.utf8.allSatisfy { $0 > 32 && $0 < 127 }
  }

  private static func isUpperHex(_ byte: UInt8) -> Bool {
    NameRules.isDigit(byte) || (65...70).contains(byte)
  }
}
