/// The expression of a condition, parsed and type-checked.
indirect enum ConditionExpression: Sendable, Hashable {
  // The parser bounds the depth of the tree, so functions may recurse over it.
  case literal(ConditionValue)
  case attribute(ConditionAttribute)
  case not(ConditionExpression)
  case and(ConditionExpression, ConditionExpression)
  case or(ConditionExpression, ConditionExpression)
  case compare(Comparison, ConditionExpression, ConditionExpression)
  /// `x in ["a", "b"]`
  case isIn(ConditionExpression, [ConditionExpression])
  /// A time moved by a duration: `+` or `-`.
  case shifted(ConditionExpression, by: ConditionExpression, back: Bool)
  /// `timestamp("...")`, `date("...")`, `duration("...")`.
  case conversion(Conversion, ConditionExpression)
  /// `text.startsWith("...")` and similar functions.
  case text(TextFunction, ConditionExpression, ConditionExpression)
  /// `time.getHours()`, with the offset of the time zone in seconds.
  case part(TimePart, ConditionExpression, offset: Int64)

  enum Comparison: String, Sendable {
    case equal = "==", unequal = "!=", less = "<", lessOrEqual = "<=", greater = ">",
      greaterOrEqual = ">="
  }
  enum Conversion: String, Sendable { case timestamp, date, duration }
  enum TextFunction: String, Sendable { case startsWith, endsWith, extract }
  enum TimePart: String, Sendable {
    case getFullYear, getMonth, getDate, getDayOfMonth, getDayOfWeek, getDayOfYear, getHours
    case getMinutes, getSeconds, getMilliseconds
  }
  enum ValueType: String, Sendable { case bool, string, int, timestamp, duration }

  /// The type of its value.
  var type: ValueType {
    switch self {
    case .literal(let value): value.type
    case .attribute(let attribute): attribute == .time ? .timestamp : .string
    case .not, .and, .or, .compare, .isIn: .bool
    case .shifted: .timestamp
    case .conversion(let conversion, _): conversion == .duration ? .duration : .timestamp
    case .text(let function, _, _): function == .extract ? .string : .bool
    case .part: .int
    }
  }
}

/// A value in the evaluation of a condition.
enum ConditionValue: Sendable, Hashable {
  case bool(Bool)
  case string(String)
  case int(Int64)
  /// Microseconds since 1970.
  case timestamp(Int64)
  /// Microseconds.
  case duration(Int64)

  var type: ConditionExpression.ValueType {
    switch self {
    case .bool: .bool
    case .string: .string
    case .int: .int
    case .timestamp: .timestamp
    case .duration: .duration
    }
  }
}

/// An attribute that an expression can use.
enum ConditionAttribute: String, Sendable {
  case time = "request.time"
  case name = "resource.name"
  case type = "resource.type"
  case service = "resource.service"
}
