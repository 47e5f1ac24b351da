import JSON

/// Evaluates the expressions of providers. Every failure ends the evaluation, except one that cannot change the result
/// of `&&` or `||`.
struct ClaimEvaluation {
  private let values: ClaimValues
  /// The bytes of all texts that the evaluation made.
  private var bytes = 0

  /// A limit of the sandbox's own: all mapped values together have at most 8 KiB (discovery `iam.v1`).
  private static let maximumBytes = 1 << 20

  init(_ values: ClaimValues) { self.values = values }

  mutating func value(of node: ClaimNode) throws(ClaimExpression.Failure) -> JSONValue {
    switch node {
    case .literal(let value): return value
    case .list(let items):
      var list: [JSONValue] = []
      for item in items { list.append(try value(of: item)) }
      return .array(list)
    case .root(let name): return values.roots[name] ?? .null
    case .member(let owner, let name):
      guard let member = try members(of: owner)[name] else {
        throw Self.failure("there is no claim or attribute \"\(name.prefix(100))\"")
      }
      return member
    case .has(let owner, let name): return .bool(try members(of: owner)[name] != nil)
    case .not(let operand): return .bool(!(try truth(of: operand)))
    case .and(let left, let right): return .bool(try both(left, right))
    case .or(let left, let right): return .bool(!(try both(.not(left), .not(right))))
    case .equal(let left, let right, let isNegated):
      let isEqual = try isEqual(try value(of: left), try value(of: right))
      return .bool(isEqual != isNegated)
    case .isIn(let item, let whole): return .bool(try isIn(item, whole))
    case .sum(let left, let right): return try sum(try value(of: left), try value(of: right))
    case .choice(let condition, let first, let second):
      return try value(of: try truth(of: condition) ? first : second)
    case .call(let function, let receiver, let argument):
      return try call(function, receiver, argument)
    }
  }

  private static func failure(_ message: String) -> ClaimExpression.Failure {
    ClaimExpression.Failure(message: message)
  }

  private mutating func truth(of node: ClaimNode) throws(ClaimExpression.Failure) -> Bool {
    guard case .bool(let truth) = try value(of: node) else {
      throw Self.failure("a part of the expression is not true or false")
    }
    return truth
  }

  private mutating func text(of node: ClaimNode) throws(ClaimExpression.Failure) -> String {
    guard case .string(let text) = try value(of: node) else {
      throw Self.failure("a part of the expression is not a string")
    }
    return text
  }

  private mutating func members(of node: ClaimNode) throws(ClaimExpression.Failure) -> JSONObject {
    guard let object = try value(of: node).object else {
      throw Self.failure("a value without members has none")
    }
    return object
  }

  /// False if either side is false, even if the other one fails: CEL's rule.
  private mutating func both(
    _ left: ClaimNode, _ right: ClaimNode
  ) throws(ClaimExpression.Failure) -> Bool {
    do throws(ClaimExpression.Failure) {
      return try truth(of: left) ? try truth(of: right) : false
    } catch {
      if try truth(of: right) { throw error }
      return false
    }
  }

  /// Texts are compared byte by byte. Values of different types are a failure: the author of the expression was
  /// mistaken about a claim.
  private func isEqual(
    _ left: JSONValue, _ right: JSONValue
  ) throws(ClaimExpression.Failure) -> Bool {
    switch (left, right) {
    case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
    case (.bool, .bool), (.integer, .integer), (.array, .array), (.object, .object),
      (.real, .real), (.null, .null):
      return left == right
    default: throw Self.failure("values of different types are compared")
    }
  }

  /// `x in list`, and `"name" in object`. In a list, values of other types are other values.
  private mutating func isIn(
    _ item: ClaimNode, _ whole: ClaimNode
  ) throws(ClaimExpression.Failure) -> Bool {
    let item = try value(of: item)
    switch try value(of: whole) {
    case .array(let members):
      return members.contains { (try? isEqual(item, $0)) == true }
    case .object(let object):
      guard let name = item.string else { throw Self.failure("a member's name is not a string") }
      return object[name] != nil
    default: throw Self.failure("`in` needs a list or an object")
    }
  }

  private mutating func sum(
    _ left: JSONValue, _ right: JSONValue
  ) throws(ClaimExpression.Failure) -> JSONValue {
    switch (left, right) {
    case (.string(let left), .string(let right)): return try made(left + right)
    case (.array(let left), .array(let right)):
      try count((left.count + right.count) * 16)
      return .array(left + right)
    default: throw Self.failure("+ joins two strings or two lists")
    }
  }

  private mutating func made(_ text: String) throws(ClaimExpression.Failure) -> JSONValue {
    try count(text.utf8.count)
    return .string(text)
  }

  private mutating func count(_ more: Int) throws(ClaimExpression.Failure) {
    bytes += more
    guard bytes <= Self.maximumBytes else { throw Self.failure("the values become too long") }
  }

  private mutating func call(
    _ function: ClaimFunction, _ receiver: ClaimNode, _ argument: ClaimNode?
  ) throws(ClaimExpression.Failure) -> JSONValue {
    if function == .join { return try join(receiver, argument) }
    guard let argument else { throw Self.failure("an argument is missing") }
    let text = try text(of: receiver)
    let other = try self.text(of: argument)
    switch function {
    case .contains: return .bool(Self.contains(text, other))
    case .startsWith: return .bool(text.utf8.starts(with: other.utf8))
    case .endsWith: return .bool(text.utf8.reversed().starts(with: other.utf8.reversed()))
    case .extract: return try made(ExtractTemplate(other)?.extract(from: text) ?? "")
    case .split:
      guard !other.isEmpty else { throw Self.failure("split needs a separator") }
      let parts = text.split(separator: other, omittingEmptySubsequences: false)
      try count(text.utf8.count + parts.count * 16)
      return .array(parts.map { .string(String($0)) })
    case .join: return .null
    }
  }

  private mutating func join(
    _ receiver: ClaimNode, _ argument: ClaimNode?
  ) throws(ClaimExpression.Failure) -> JSONValue {
    guard let items = try value(of: receiver).array else {
      throw Self.failure("join needs a list of strings")
    }
    let texts = items.compactMap(\.string)
    guard texts.count == items.count else { throw Self.failure("join needs a list of strings") }
    let separator = try argument.map { (node) throws(ClaimExpression.Failure) in try text(of: node)
    }
    return try made(texts.joined(separator: separator ?? ""))
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    part.isEmpty || text.firstRange(of: part) != nil
  }
}
