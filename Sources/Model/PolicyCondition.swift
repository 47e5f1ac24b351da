/// The condition of a binding.
///
/// Google treats two bindings of a role as different if any of the three texts differs. Here two conditions are equal
/// if they differ only in white space, because the layout of a manifest does not change who has access. The texts stay
/// as written, and a write sends the live binding's own texts back.
public struct PolicyCondition: Sendable {
  /// The name of the condition for people: `until-2027-01-01`. Google requires it.
  public let title: String
  /// A longer text for people; empty if there is none.
  public let description: String
  /// When the grant holds, in CEL: `request.time < timestamp("2027-01-01T00:00:00Z")`.
  public let expression: String
  /// The normal forms of the three texts, by which conditions are compared.
  private let form: [String]

  /// Keeps the three texts as written, and computes the form by which conditions are compared.
  public init(title: String, description: String = "", expression: String) {
    self.title = title
    self.description = description
    self.expression = expression
    form = [
      ConditionText.normalForm(ofText: title),
      ConditionText.normalForm(ofExpression: expression),
      ConditionText.normalForm(ofText: description),
    ]
  }

  /// The three texts, which give an order to spellings of the same condition, too.
  var texts: [String] { [title, expression, description] }
}

extension PolicyCondition: Hashable, Comparable {
  public static func == (left: PolicyCondition, right: PolicyCondition) -> Bool {
    left.form == right.form
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(form) }
  public static func < (left: PolicyCondition, right: PolicyCondition) -> Bool {
    left.form.lexicographicallyPrecedes(right.form)
  }
}

// MARK: - The end of a grant

extension PolicyCondition {
  /// The condition that arctl writes for `until: DATE`; `date` is a day or an instant of RFC 3339.
  public static func until(_ date: String) -> PolicyCondition {
    let instant = date.utf8.count == 10 ? "\(date)T00:00:00Z" : date
    return PolicyCondition(
      title: "until-\(date)", expression: "request.time < timestamp(\"\(instant)\")")
  }

  /// Whether title, description and expression are exactly what arctl writes for some `until`.
  public var isUntil: Bool {
    guard title.hasPrefix("until-") else { return false }
    let date = String(title.dropFirst("until-".count))
    return Self.isDayOrInstant(date) && self == .until(date)
  }

  /// Whether a title is `2027-01-01` or `2027-01-01T...`: with the expression, which repeats it, this identifies arctl
  /// as the writer.
  private static func isDayOrInstant(_ text: String) -> Bool {
    let day = Array(text.utf8.prefix(10))
    guard day.count == 10 else { return false }
    let isDay = day.enumerated().allSatisfy { index, byte in
      index == 4 || index == 7
        ? byte == UInt8(ascii: "-") : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    let rest = text.utf8.dropFirst(10)
    return isDay && (rest.isEmpty || rest.first == UInt8(ascii: "T") && !rest.contains(0x22))
  }
}
