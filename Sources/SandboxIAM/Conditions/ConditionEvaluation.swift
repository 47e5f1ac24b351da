import Glibc
import SandboxWire

/// The evaluation failed. The condition then grants nothing, as IAM documents for a malformed timestamp.
struct ConditionFailure: Error, Sendable {}

extension ConditionExpression {
  /// The value of the expression in a context.
  func evaluate(in context: Condition.Context) throws(ConditionFailure) -> ConditionValue {
    switch self {
    case .literal(let value): return value
    case .attribute(let attribute): return Self.value(of: attribute, context)
    case .not(let operand): return .bool(!(try operand.truth(context)))
    case .and(let left, let right): return .bool(try Self.both(left, right, in: context))
    case .or(let left, let right):
      // `a || b` is `!(!a && !b)`, also if one side fails: CEL ignores a failure that cannot change the result.
      return .bool(!(try Self.both(.not(left), .not(right), in: context)))
    case .compare(let comparison, let left, let right):
      // Both sides are evaluated, so a failure of either is one of the comparison.
      return .bool(
        comparison.holds(try left.evaluate(in: context), try right.evaluate(in: context)))
    case .isIn(let left, let items):
      let value = try left.evaluate(in: context)
      for item in items where try item.evaluate(in: context) == value { return .bool(true) }
      return .bool(false)
    case .shifted(let time, let duration, let back):
      return try Self.shift(
        try time.evaluate(in: context), by: try duration.evaluate(in: context), back: back)
    // The text may come from an attribute, so a malformed one shows only here, after the types were checked.
    case .conversion(let conversion, let text):
      return try conversion.convert(try text.text(context))
    case .text(let function, let text, let argument):
      return function.apply(try text.text(context), try argument.text(context))
    case .part(let part, let time, let offset):
      guard case .timestamp(let time) = try time.evaluate(in: context) else {
        throw ConditionFailure()
      }
      // Added: where the offset is positive, the clocks show a later hour.
      return .int(part.value(of: time + offset * 1_000_000))
    }
  }

  /// The value, which must be a boolean.
  private func truth(_ context: Condition.Context) throws(ConditionFailure) -> Bool {
    // The parser has checked the types, so what fails here are values: a malformed time, or one out of range.
    guard case .bool(let value) = try evaluate(in: context) else { throw ConditionFailure() }
    return value
  }

  /// The value, which must be a string.
  private func text(_ context: Condition.Context) throws(ConditionFailure) -> String {
    guard case .string(let value) = try evaluate(in: context) else { throw ConditionFailure() }
    return value
  }

  /// The conjunction: false if either side is false, even if the other one fails (CEL's rule, which lets a guard
  /// protect a call that would fail).
  private static func both(
    _ left: ConditionExpression, _ right: ConditionExpression, in context: Condition.Context
  ) throws(ConditionFailure) -> Bool {
    do throws(ConditionFailure) {
      return try left.truth(context) ? try right.truth(context) : false
    } catch {
      // After a failure on the left, only a false right side gives a result.
      if try right.truth(context) { throw error }
      return false
    }
  }

  /// The value of an attribute.
  private static func value(
    of attribute: ConditionAttribute, _ context: Condition.Context
  ) -> ConditionValue {
    switch attribute {
    case .time: .timestamp(context.now)
    case .name: .string(context.resource.nameInConditions)
    case .type: .string(context.resource.type)
    case .service: .string(context.resource.service)
    }
  }

  /// The time moved by the duration.
  private static func shift(
    _ time: ConditionValue, by duration: ConditionValue, back: Bool
  ) throws(ConditionFailure) -> ConditionValue {
    guard case .timestamp(let time) = time, case .duration(let duration) = duration else {
      throw ConditionFailure()
    }
    let (moved, overflow) =
      back ? time.subtractingReportingOverflow(duration) : time.addingReportingOverflow(duration)
    // CEL's times end with the year 9999; an operation that leaves the range fails.
    guard !overflow, Timestamps.known.contains(moved) else { throw ConditionFailure() }
    return .timestamp(moved)
  }
}

extension ConditionExpression.Comparison {
  /// Whether the comparison holds. The parser has checked that both sides have one type, and an order if it needs one.
  fileprivate func holds(_ left: ConditionValue, _ right: ConditionValue) -> Bool {
    switch self {
    case .equal: return left == right
    case .unequal: return left != right
    case .less, .lessOrEqual, .greater, .greaterOrEqual: break
    }
    // Values without an order do not come here: the parser refuses them.
    guard let left = left.number, let right = right.number else { return false }
    switch self {
    case .less: return left < right
    case .lessOrEqual: return left <= right
    case .greater: return left > right
    case .greaterOrEqual: return left >= right
    case .equal, .unequal: return false
    }
  }
}

extension ConditionValue {
  /// A value that has an order, as a number; nil for the others.
  fileprivate var number: Int64? {
    switch self {
    case .int(let value), .timestamp(let value), .duration(let value): value
    case .bool, .string: nil
    }
  }
}

extension ConditionExpression.Conversion {
  /// The value that the text stands for.
  fileprivate func convert(_ text: String) throws(ConditionFailure) -> ConditionValue {
    switch self {
    case .timestamp:
      return .timestamp(try Self.time(text))
    case .date:
      // A date is the midnight in UTC at which it begins.
      return .timestamp(try Self.time("\(text)T00:00:00Z"))
    case .duration:
      // CEL also reads units such as `1h30m`. Here they fail, and the condition grants nothing.
      // At most twelve digits, so that the product below cannot overflow.
      guard let match = text.wholeMatch(of: /(-?)(\d{1,12})(?:\.(\d{1,6}))?s/),
        let seconds = Int64(match.2), seconds < Timestamps.longestDuration
      else { throw ConditionFailure() }
      // Filled up to microseconds: `.5` is 500,000 of them.
      let fraction = match.3.map { String($0) + String(repeating: "0", count: 6 - $0.count) }
      let length = seconds * 1_000_000 + (fraction.flatMap { Int64($0) } ?? 0)
      return .duration(match.1.isEmpty ? length : -length)
    }
  }

  /// A time of RFC 3339 within CEL's range.
  private static func time(_ text: String) throws(ConditionFailure) -> Int64 {
    guard let time = Timestamps.parse(text), Timestamps.known.contains(time) else {
      throw ConditionFailure()
    }
    return time
  }
}

extension ConditionExpression.TextFunction {
  fileprivate func apply(_ text: String, _ argument: String) -> ConditionValue {
    switch self {
    // By bytes: Swift would treat composed and decomposed characters as equal, and CEL does not.
    case .startsWith: .bool(text.utf8.starts(with: argument.utf8))
    case .endsWith: .bool(text.utf8.reversed().starts(with: argument.utf8.reversed()))
    // A template that does not match gives an empty text and no failure, so that the rest of the condition decides.
    case .extract: .string(ExtractTemplate(argument)?.extract(from: text) ?? "")
    }
  }
}

extension ConditionExpression.TimePart {
  /// - Parameter time: microseconds since 1970, already moved into the time zone.
  fileprivate func value(of time: Int64) -> Int64 {
    // Rounded down, so that a time before 1970 has a positive fraction too.
    let seconds = Timestamps.seconds(time)
    // Months, weekdays and days of the year count from zero in CEL as in C; `getDate` alone counts from one.
    var clock = time_t(seconds)
    var parts = tm()
    // In UTC whatever the time zone of the machine: the caller has added the offset.
    gmtime_r(&clock, &parts)
    return switch self {
    case .getFullYear: Int64(parts.tm_year) + 1900
    case .getMonth: Int64(parts.tm_mon)
    case .getDate: Int64(parts.tm_mday)
    case .getDayOfMonth: Int64(parts.tm_mday) - 1
    case .getDayOfWeek: Int64(parts.tm_wday)
    case .getDayOfYear: Int64(parts.tm_yday)
    case .getHours: Int64(parts.tm_hour)
    case .getMinutes: Int64(parts.tm_min)
    case .getSeconds: Int64(parts.tm_sec)
    case .getMilliseconds: (time - seconds * 1_000_000) / 1000
    }
  }
}

/// The template of an `extract` call, such as `/repositories/{name}/`.
struct ExtractTemplate: Sendable, Hashable {
  private let before: String
  private let after: String

  /// Nil unless the text contains exactly one `{name}`.
  init?(_ text: String) {
    // With two names in braces, the text between them could be divided in several ways.
    guard let match = text.wholeMatch(of: /([^{}]*)\{[A-Za-z_][A-Za-z0-9_]*\}([^{}]*)/) else {
      return nil
    }
    before = String(match.1)
    after = String(match.2)
  }

  /// The text between the first occurrence of the part before the braces and the next one of the part after them; empty
  /// if the template does not match.
  func extract(from text: String) -> String {
    var rest = text[...]
    if !before.isEmpty {
      guard let found = rest.firstRange(of: before) else { return "" }
      rest = rest[found.upperBound...]
    }
    if after.isEmpty { return String(rest) }
    guard let end = rest.firstRange(of: after) else { return "" }
    return String(rest[..<end.lowerBound])
  }
}
