/// Parses the expression of a condition and checks its types, so that evaluation can only fail on values.
///
/// Functions and operators follow the [attribute
/// reference](https://cloud.google.com/iam/docs/conditions-attribute-reference), limits
/// docs/google-apis.md#counted-limits.
struct ConditionParser {
  private let tokens: [ConditionToken]
  private var position = 0
  private var depth = 0
  private var logicalOperators = 0
  private var steps = 0

  /// IAM's limit on `&&` and `||` (docs/google-apis.md#counted-limits).
  static let maximumLogicalOperators = 12
  /// How deep brackets and `!` nest: the parser recurses on them, and its stack must not be the caller's to exhaust.
  private static let maximumDepth = 40
  /// The limit for all chains together, such as `a.f().g()` and `t + d - d`: each step makes the tree one level deeper.
  private static let maximumSteps = 100
  /// The limit for the whole text, in bytes. IAM documents none, but every access check parses the expression again.
  static let maximumLength = 10_000

  /// Parses a whole text.
  static func parse(_ text: String) throws(ConditionError) -> ConditionExpression {
    // Before the lexer, whose work grows with the text.
    guard text.utf8.count <= maximumLength else {
      throw ConditionError(
        column: 1,
        message: "the expression has \(text.utf8.count) bytes; the sandbox takes \(maximumLength)")
    }
    var parser = ConditionParser(tokens: try ConditionLexer.tokens(of: text))
    let expression = try parser.or()
    // A valid beginning is not enough: what follows it could have been meant to restrict access.
    guard parser.token.kind == .end else {
      throw parser.error("\(parser.shown) is not expected here")
    }
    guard expression.type == .bool else {
      throw ConditionError(
        column: 1, message: "the expression gives a \(expression.type.rawValue), not true or false")
    }
    return expression
  }

  private init(tokens: [ConditionToken]) { self.tokens = tokens }

  /// The next token; at the end the last one, again and again.
  private var token: ConditionToken { tokens[min(position, tokens.count - 1)] }

  private func error(_ message: String) -> ConditionError {
    ConditionError(column: token.column, message: message)
  }

  /// The next token, as messages name it.
  private var shown: String {
    switch token.kind {
    case .name(let text), .mark(let text): "'\(text)'"
    case .string: "a string"
    case .integer(let number): "'\(number)'"
    case .end: "the end"
    }
  }

  /// Consumes the mark if it is next.
  private mutating func take(_ mark: String) -> Bool {
    guard token.kind == .mark(mark) else { return false }
    position += 1
    return true
  }

  /// Consumes the mark. Throws if it is not next.
  private mutating func expect(_ mark: String) throws(ConditionError) {
    guard take(mark) else { throw error("'\(mark)' is expected before \(shown)") }
  }

  /// Counts one step of a chain. Chains are parsed in a loop, but evaluated by recursion.
  private mutating func step() throws(ConditionError) {
    steps += 1
    guard steps <= Self.maximumSteps else {
      throw error("more than \(Self.maximumSteps) functions and + or - in one expression")
    }
  }

  // MARK: - Logic

  private mutating func or() throws(ConditionError) -> ConditionExpression {
    // Brackets and arguments lead back to this function, so one counter bounds the recursion through them.
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw error("the expression is too deep") }
    var left = try and()
    while token.kind == .mark("||") {
      try logical(left)
      let right = try and()
      // A chain deepens the tree on the left, but no further than the limit on operators allows.
      left = .or(left, try bool(right))
    }
    return left
  }

  private mutating func and() throws(ConditionError) -> ConditionExpression {
    // `&&` binds tighter than `||`, and a comparison tighter than both.
    var left = try relation()
    while token.kind == .mark("&&") {
      try logical(left)
      let right = try relation()
      left = .and(left, try bool(right))
    }
    return left
  }

  /// Consumes `&&` or `||`, whose left side must be a boolean.
  private mutating func logical(_ left: ConditionExpression) throws(ConditionError) {
    // While the operator is still the next token, so that the message points to it.
    _ = try bool(left)
    logicalOperators += 1
    guard logicalOperators <= Self.maximumLogicalOperators else {
      throw error("more than \(Self.maximumLogicalOperators) logical operators")
    }
    position += 1
  }

  private func bool(_ side: ConditionExpression) throws(ConditionError) -> ConditionExpression {
    guard side.type == .bool else {
      throw error("&& and || need true or false, not a \(side.type.rawValue)")
    }
    return side
  }

  // MARK: - Comparisons

  /// Parses at most one comparison. The sandbox refuses a chain such as `a == b == true`, which CEL allows.
  private mutating func relation() throws(ConditionError) -> ConditionExpression {
    let left = try sum()
    if token.kind == .name("in") { return try membership(left) }
    guard case .mark(let mark) = token.kind,
      let comparison = ConditionExpression.Comparison(rawValue: mark)
    else { return left }
    // The operator's column: after both sides are parsed, the next token is another one.
    let place = token.column
    position += 1
    let right = try sum()
    // A comparison of two types is a mistake, which its author sees when the policy is set.
    guard left.type == right.type else {
      throw ConditionError(
        column: place,
        message: "a \(left.type.rawValue) cannot be compared with a \(right.type.rawValue)")
    }
    // CEL orders texts as well. The sandbox refuses what the attribute reference does not show.
    let ordered = left.type == .int || left.type == .timestamp || left.type == .duration
    guard ordered || comparison == .equal || comparison == .unequal else {
      throw ConditionError(
        column: place, message: "values of type \(left.type.rawValue) have no order: use == or !=")
    }
    return .compare(comparison, left, right)
  }

  /// Parses the list after `in`. Each item is checked where it stands, so that the message points to the wrong one.
  private mutating func membership(
    _ left: ConditionExpression
  ) throws(ConditionError) -> ConditionExpression {
    position += 1
    try expect("[")
    // An empty list is valid: nothing is in it, so `in` is then false.
    var items: [ConditionExpression] = []
    while !take("]") {
      if !items.isEmpty { try expect(",") }
      let item = try sum()
      guard item.type == left.type else {
        throw error("the list must hold values of type \(left.type.rawValue)")
      }
      items.append(item)
    }
    return .isIn(left, items)
  }

  private mutating func sum() throws(ConditionError) -> ConditionExpression {
    // A time is moved before it is compared.
    var left = try unary()
    while token.kind == .mark("+") || token.kind == .mark("-") {
      try step()
      let back = token.kind == .mark("-")
      let place = token.column
      position += 1
      let right = try unary()
      // CEL also takes them the other way round; the sandbox reads only the documented order.
      guard left.type == .timestamp, right.type == .duration else {
        throw ConditionError(
          column: place, message: "+ and - move a timestamp by a duration, nothing else")
      }
      left = .shifted(left, by: right, back: back)
    }
    return left
  }

  private mutating func unary() throws(ConditionError) -> ConditionExpression {
    guard token.kind == .mark("!") else { return try postfix() }
    position += 1
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw error("the expression is too deep") }
    // It calls itself and not `or`, so it counts its depth on its own.
    let operand = try unary()
    guard operand.type == .bool else { throw error("! needs true or false") }
    return .not(operand)
  }
}

// MARK: - Calls and values

extension ConditionParser {
  private mutating func postfix() throws(ConditionError) -> ConditionExpression {
    var value = try primary()
    // Calls follow each other, as in `resource.name.extract("...").startsWith("...")`.
    while take(".") {
      guard case .name(let name) = token.kind else { throw error("a function is expected") }
      // Counted before the call is parsed: a chain must end at its limit, not after it.
      try step()
      let place = token.column
      position += 1
      value = try method(name, of: value, at: place)
    }
    return value
  }

  private mutating func method(
    _ name: String, of receiver: ConditionExpression, at place: Int
  ) throws(ConditionError) -> ConditionExpression {
    try expect("(")
    // A function exists only for its type of receiver, so a wrong call is refused when the policy is set.
    if let function = ConditionExpression.TextFunction(rawValue: name), receiver.type == .string {
      let argument = try or()
      guard argument.type == .string else { throw error("\(name) takes a string") }
      try expect(")")
      if function == .extract { try checkTemplate(argument, at: place) }
      return .text(function, receiver, argument)
    }
    if let part = ConditionExpression.TimePart(rawValue: name), receiver.type == .timestamp {
      if take(")") { return .part(part, receiver, offset: 0) }
      // A literal, so that the offset is known when the policy is set.
      let offset = try zone()
      try expect(")")
      return .part(part, receiver, offset: offset)
    }
    throw ConditionError(
      column: place, message: "a \(receiver.type.rawValue) has no function '\(name)'")
  }

  /// A template contains exactly one `{name}`, and is a literal, as IAM requires.
  private func checkTemplate(
    _ template: ConditionExpression, at place: Int
  ) throws(ConditionError) {
    guard case .literal(.string(let text)) = template, ExtractTemplate(text) != nil else {
      throw ConditionError(
        column: place, message: "extract takes a string with one {name} in it")
    }
  }

  /// Parses `"UTC"` or an offset such as `"+01:00"`, in seconds. CEL takes names such as `Europe/Madrid` too. They
  /// would need the time zone data of the machine, and the answer would depend on it.
  private mutating func zone() throws(ConditionError) -> Int64 {
    guard case .string(let text) = token.kind else { throw error("a time zone is expected") }
    if text == "UTC" || text == "Etc/UTC" || text == "Z" {
      position += 1
      return 0
    }
    guard let match = text.wholeMatch(of: /([+-])?(\d\d):(\d\d)/), let hours = Int64(match.2),
      let minutes = Int64(match.3), hours < 24, minutes < 60
    else {
      throw error(
        "the sandbox knows the time zone UTC and offsets such as +01:00, not '\(text)'")
    }
    position += 1
    return (match.1 == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  private mutating func primary() throws(ConditionError) -> ConditionExpression {
    let start = token
    position += 1
    switch start.kind {
    case .string(let text): return .literal(.string(text))
    case .integer(let number): return .literal(.int(number))
    case .mark("("):
      // Brackets need no node: the tree has the order already.
      let inner = try or()
      try expect(")")
      return inner
    case .mark("-"):
      // A minus makes a number negative and nothing else. The lexer reads only digits, so negating cannot overflow.
      if case .integer(let number) = token.kind {
        position += 1
        return .literal(.int(-number))
      }
    case .name("true"): return .literal(.bool(true))
    case .name("false"): return .literal(.bool(false))
    case .name(let name):
      if let conversion = ConditionExpression.Conversion(rawValue: name) {
        try expect("(")
        let argument = try or()
        // Any text, such as one that `extract` returns, and not only a literal.
        guard argument.type == .string else { throw error("\(name) takes a string") }
        try expect(")")
        return .conversion(conversion, argument)
      }
      return try attribute(name, at: start.column)
    case .mark, .end: break
    }
    // The token did not begin a value: the message names it, not the one after it.
    position -= 1
    throw error("a value is expected before \(shown)")
  }

  /// Parses the name of an attribute. A policy can still have an expression that fails here if its attribute is one of
  /// `OtherAttributes`; it then never grants.
  private mutating func attribute(
    _ root: String, at place: Int
  ) throws(ConditionError) -> ConditionExpression {
    var path = root
    // Only these roots have members. The dot after anything else begins a function, which `postfix` reads.
    if ["request", "resource"].contains(root), take("."), case .name(let name) = token.kind {
      position += 1
      path += ".\(name)"
    }
    guard let attribute = ConditionAttribute(rawValue: path) else {
      throw ConditionError(
        column: place,
        message: "the sandbox does not evaluate '\(path)'; it knows request.time, resource.name, "
          + "resource.type and resource.service")
    }
    return .attribute(attribute)
  }
}
