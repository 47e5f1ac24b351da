import Grammar
import JSON
import Model

/// Rules between the fields of a ServiceAccountKey: what a key that was made elsewhere has, and what only the keys have
/// that arctl makes.
enum KeyRules {
  /// The value of `origin` for a key that exists already.
  static let external = "external"

  /// Whether a document declares a key that was made elsewhere.
  static func isExternal(_ spec: JSONObject) -> Bool { spec["origin"]?.string == external }

  /// The problems of a document that asks for the key to be present.
  static func problems(in spec: JSONObject) -> [Problem] {
    guard isExternal(spec) else {
      return idWithoutOrigin(spec) + KeyDestinationFields.problems(in: spec)
        + KeyTimes.problems(in: spec)
    }
    return missingID(spec) + fieldsOfOwnKeys(spec)
  }

  private static func idWithoutOrigin(_ spec: JSONObject) -> [Problem] {
    guard isWritten(spec["keyId"]) else { return [] }
    return [
      Problem(
        FieldPath().field("keyId"), "`keyId` is for keys with `origin: external`",
        code: .fieldConflict,
        help:
          "write `origin: external` if the key exists and its private half is held elsewhere; else leave `keyId` "
          + "out, because arctl finds the keys that it makes by their certificates and files")
    ]
  }

  private static func missingID(_ spec: JSONObject) -> [Problem] {
    guard !isWritten(spec["keyId"]) else { return [] }
    return [
      Problem(
        FieldPath().field("origin"), "`origin: external` needs `keyId`", code: .missingField,
        help:
          "write the id of the key, as `gcloud iam service-accounts keys list --iam-account ACCOUNT` prints it"
      )
    ]
  }

  /// The fields that say something only of a key that arctl makes, and why.
  private static let reasons: [(field: String, reason: String, help: String)] = [
    (
      "destination", "its private half is held elsewhere, and arctl stores none",
      "leave `destination` out"
    ),
    (
      "expires", "its end was fixed when it was made",
      "leave `expires` out; a plan warns before the end that Google shows"
    ),
    (
      "rotateAfter", "arctl does not rotate it",
      "leave `rotateAfter` out; a plan reports a key that is old or near its end"
    ),
    ("overlap", "arctl does not rotate it", "leave `overlap` out"),
    (
      "formerly", "arctl finds it by its id and not by a Stack's name",
      "leave `formerly` out"
    ),
    (
      "fingerprint", "its id already says which key it is",
      "leave `fingerprint` out"
    ),
  ]

  private static func fieldsOfOwnKeys(_ spec: JSONObject) -> [Problem] {
    reasons.filter { isWritten(spec[$0.field]) }.map { field, reason, help in
      Problem(
        FieldPath().field(field), "`\(field)` and `origin: external` exclude each other: \(reason)",
        code: .fieldConflict, help: help)
    }
  }

  /// Whether a field is written and does not request its default.
  private static func isWritten(_ value: JSONValue?) -> Bool { value.map { !$0.isNull } ?? false }
}
