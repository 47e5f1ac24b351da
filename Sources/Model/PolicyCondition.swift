/// Which condition a binding carries.
///
/// Google holds two bindings of a role apart when any of the three texts differs. Here two conditions are the same when
/// they differ in white space alone: a manifest that is laid out in another way asks for no other access. The texts stay
/// as they were written, and a live binding is written back with its own.
public struct PolicyCondition: Sendable {
  /// What people know it by: `until-2027-01-01`. Google requires it.
  public let title: String
  /// A longer text for people; empty where there is none.
  public let description: String
  /// When the grant holds, in CEL: `request.time < timestamp("2027-01-01T00:00:00Z")`.
  public let expression: String
  /// What tells this condition from others.
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

  /// The three texts, by which spellings of the same condition have an order too.
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

  /// `2027-01-01` or `2027-01-01T...`: with the expression, which repeats it, enough to know the writer.
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
