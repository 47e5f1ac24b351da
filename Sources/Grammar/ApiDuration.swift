/// A length of time as manifests and Google's JSON write it: whole seconds.
///
///     ApiDuration(parsing: "30d")?.wire     // "2592000s"
///     ApiDuration(parsing: "5400s")?.text   // "90m"
public struct ApiDuration: Sendable, Hashable, Comparable {
  /// The whole length; from 0 to `maximumSeconds` after parsing.
  public let seconds: Int64

  /// Takes any number of seconds, unchecked.
  public init(seconds: Int64) { self.seconds = seconds }

  /// The form in manifests, for messages.
  public static let grammar = "a whole number and one of `s`, `m`, `h`, `d`, `w`: `30d`, `12h`"

  /// Ten thousand years, the maximum of google.protobuf.Duration (315,576,000,000 s).
  public static let maximumSeconds: Int64 = 315_576_000_000

  /// Reads `30d`, `12h`, `90m`, `45s`, `2w`, or Google's `2592000s` and `2592000.000s`; nil for anything else, for
  /// fractions of a second and for values too long for Google's type.
  public init?(parsing text: String) {
    guard let unit = text.last, let factor = Self.factors[unit] else { return nil }
    var digits = text.dropLast()
    if unit == "s", let point = digits.firstIndex(of: ".") {
      let fraction = digits[digits.index(after: point)...]
      guard !fraction.isEmpty, fraction.count <= 9, fraction.allSatisfy({ $0 == "0" }) else {
        return nil
      }
      digits = digits[..<point]
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let count = Int64(digits)
    else { return nil }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: factor)
    guard !overflow, seconds <= Self.maximumSeconds else { return nil }
    self.seconds = seconds
  }

  /// As Google's JSON writes it: `2592000s`.
  public var wire: String { "\(seconds)s" }

  /// In the largest unit that leaves no remainder, up to days: `30d`, `36h`, `90m`, `45s`.
  public var text: String {
    for (unit, factor) in [("d", Int64(86_400)), ("h", 3_600), ("m", 60)]
    where seconds != 0 && seconds % factor == 0 {
      return "\(seconds / factor)\(unit)"
    }
    return "\(seconds)s"
  }

  public static func < (left: ApiDuration, right: ApiDuration) -> Bool {
    left.seconds < right.seconds
  }

  private static let factors: [Character: Int64] = [
    "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800,
  ]
}
