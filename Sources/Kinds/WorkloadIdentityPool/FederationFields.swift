import Grammar
import Model

/// Fields that pools and their providers share.
enum FederationFields {
  /// The names that people read. The limits count characters (discovery `iam.v1`).
  static func texts(_ noun: String) -> [Field] {
    [
      Field(
        "displayName", .string(characters(32)),
        "The display name of the \(noun); at most 32 characters."),
      Field(
        "description", .string(characters(256)),
        "What the \(noun) is for; at most 256 characters."),
    ]
  }

  /// What only the server sets.
  static func observed(_ noun: String, _ form: String) -> [Field] {
    [
      Field("name", .string(), [.outputOnly, .returned], "Google's name for it: `\(form)`."),
      Field(
        "state", .enumeration(FederationStates.all), [.outputOnly, .returned],
        "`active`, or `deleted` for 30 days after its deletion."),
      Field(
        "expireTime", .timestamp, [.outputOnly],
        "When a deleted \(noun) is purged, after which it cannot be undeleted."),
    ]
  }

  /// Certificates that verify others.
  static let trustStore = [
    Field(
      "trustAnchors", .list(.object(certificate), .set), [.required],
      "The root or intermediate certificates at which every chain must end."),
    Field(
      "intermediateCas", .list(.object(certificate), .set),
      "Further certificates that may be part of a chain."),
    Field(
      "trustDefaultSharedCa", .boolean, default: false,
      "Whether to trust Google's own CA for managed identities too; only in a trust domain."),
  ]

  private static let certificate = [
    Field(
      "pemCertificate", .string(StringRule(equality: .trimmed)), [.required],
      "One certificate, as PEM text.")
  ]

  /// A text of at most this many characters, which Google counts in code points (**assumed**).
  static func characters(_ limit: Int) -> StringRule {
    StringRule { text in
      let count = text.unicodeScalars.count
      return count <= limit ? nil : "must have at most \(limit) characters; this has \(count)"
    }
  }
}
