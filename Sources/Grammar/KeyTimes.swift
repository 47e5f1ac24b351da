public import JSON
package import Model

/// The lifetimes of a declared key: those in the manifest and those that follow from them.
public struct KeyTimes: Sendable, Hashable {
  /// Nil for keys that Google creates: they do not expire.
  public var expires: ApiDuration?
  /// How long after a key's start it is replaced; nil: never.
  public var rotateAfter: ApiDuration?
  /// How long a rotation needs the old and the new key side by side.
  public var overlap: ApiDuration

  /// The default of `expires` for an uploaded key: 90 days.
  public static let defaultExpiry = ApiDuration(seconds: 90 * 86_400)
  /// The default of `overlap`: one day.
  public static let defaultOverlap = ApiDuration(seconds: 86_400)

  /// Takes a ServiceAccountKey's `spec` in wire form; `rotateAfter` defaults to two thirds of `expires`.
  public init(spec: JSONObject) {
    func duration(_ field: String) -> ApiDuration? {
      spec[field]?.string.flatMap(ApiDuration.init(parsing:))
    }
    let isGoogles = spec["origin"]?.string == "google"
    expires = isGoogles ? nil : duration("expires") ?? Self.defaultExpiry
    rotateAfter =
      duration("rotateAfter") ?? expires.map { ApiDuration(seconds: $0.seconds / 3 * 2) }
    overlap = duration("overlap") ?? Self.defaultOverlap
  }

  /// Whether the key can be replaced, disabled and deleted before it expires: `rotateAfter + 2*overlap < expires`.
  public var fits: Bool {
    guard let expires, let rotateAfter else { return true }
    return rotateAfter.seconds + 2 * overlap.seconds < expires.seconds
  }

  /// The problems with the times in a ServiceAccountKey's `spec`.
  package static func problems(in spec: JSONObject) -> [Problem] {
    let times = KeyTimes(spec: spec)
    var problems: [Problem] = []
    for field in ["expires", "rotateAfter"] {
      if let written = spec[field]?.string.flatMap(ApiDuration.init(parsing:)), written.seconds == 0
      {
        problems.append(
          Problem(
            FieldPath().field(field), "`\(field)` must be more than zero", code: .badKeyTimes))
      }
    }
    if times.expires == nil, let written = spec["expires"], !written.isNull {
      problems.append(
        Problem(
          FieldPath().field("expires"), "a key that Google makes does not expire",
          code: .badKeyTimes, help: "leave `expires` out, or use `origin: uploaded`"))
    }
    if problems.isEmpty, !times.fits, let expires = times.expires, let rotate = times.rotateAfter {
      let field = ["rotateAfter", "overlap", "expires"].first { spec[$0] != nil } ?? "expires"
      problems.append(
        Problem(
          FieldPath().field(field),
          "`rotateAfter` (\(rotate.text)) and twice `overlap` (\(times.overlap.text)) must be less than "
            + "`expires` (\(expires.text))", code: .badKeyTimes,
          help: "the old key is disabled one overlap after the rotation and deleted after two"))
    }
    if problems.isEmpty, let rotate = times.rotateAfter, rotate.seconds <= 2 * times.overlap.seconds
    {
      let field = ["rotateAfter", "overlap"].first { spec[$0] != nil } ?? "overlap"
      problems.append(
        Problem(
          FieldPath().field(field),
          "twice `overlap` (\(times.overlap.text)) must be less than `rotateAfter` (\(rotate.text))",
          code: .badKeyTimes,
          help:
            "a replaced key is deleted two overlaps after its successor was made, before that one is replaced"
        ))
    }
    return problems
  }
}
