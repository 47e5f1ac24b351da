import JSON

/// Parses the expressions of providers.
struct ClaimParser {
  private let tokens: [ConditionToken]
  private let purpose: ClaimExpression.Purpose
  private var position = 0
  private var depth = 0
  private var nodes = 0
  /// Whether a root was used outside of a bare literal.
  private(set) var usesClaims = false

  /// The longest condition; mappings have a limit of their own, which is smaller (discovery `iam.v1`).
  private static let maximumLength = 16_384
  /// How deep brackets, `!` and `?` nest: the parser recurses on them.
  private static let maximumDepth = 40
  /// The limit for the whole tree. A chain makes it one level deeper each time, and evaluation recurses over it.
  private static let maximumNodes = 400

  init(_ text: String, _ purpose: ClaimExpression.Purpose) throws(ConditionError) {
    guard text.utf8.count <= Self.maximumLength else {
      throw ConditionError(column: 1, message: "the expression is too long")
    }
    tokens = try ConditionLexer.tokens(of: text, additionalMarks: ["?", ":"])
    self.purpose = purpose
  }

  /// Parses all tokens.
  mutating func whole() throws(ConditionError) -> ClaimNode {
    let node = try choice()
    guard token.kind == .end else { throw error("\(shown) is not expected here") }
    if let type = Self.knownType(of: node), !isExpected(type) {
      throw ConditionError(column: 1, message: "the expression gives \(type.words), not \(wanted)")
    }
    return node
  }

  private var token: ConditionToken { tokens[min(position, tokens.count - 1)] }

  private func error(_ message: String) -> ConditionError {
    ConditionError(column: token.column, message: message)
  }

  private var shown: String {
    switch token.kind {
    case .name(let text), .mark(let text): "'\(text)'"
    case .string: "a string"
    case .integer(let number): "'\(number)'"
    case .end: "the end"
    }
  }

  private mutating func take(_ mark: String) -> Bool {
    guard token.kind == .mark(mark) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ mark: String) throws(ConditionError) {
    guard take(mark) else { throw error("'\(mark)' is expected before \(shown)") }
  }

  /// Counts a node.
  private mutating func made(_ node: ClaimNode) throws(ConditionError) -> ClaimNode {
    nodes += 1
    guard nodes <= Self.maximumNodes else {
      throw error("the sandbox takes at most \(Self.maximumNodes) parts of an expression")
    }
    return node
  }

  // MARK: Operators

  private mutating func choice() throws(ConditionError) -> ClaimNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw error("the expression is too deep") }
    let condition = try or()
    guard take("?") else { return condition }
    let first = try choice()
    try expect(":")
    let second = try choice()
    return try made(.choice(condition, first, second))
  }

  private mutating func or() throws(ConditionError) -> ClaimNode {
    var left = try and()
    while take("||") { left = try made(.or(left, try and())) }
    return left
  }

  private mutating func and() throws(ConditionError) -> ClaimNode {
    var left = try relation()
    while take("&&") { left = try made(.and(left, try relation())) }
    return left
  }

  /// Parses at most one comparison.
  private mutating func relation() throws(ConditionError) -> ClaimNode {
    let left = try sum()
    if take("==") { return try made(.equal(left, try sum(), isNegated: false)) }
    if take("!=") { return try made(.equal(left, try sum(), isNegated: true)) }
    if token.kind == .name("in") {
      position += 1
      return try made(.isIn(left, try sum()))
    }
    if case .mark(let mark) = token.kind, ["<", "<=", ">", ">="].contains(mark) {
      throw error("the sandbox does not evaluate '\(mark)' in expressions of providers")
    }
    return left
  }

  private mutating func sum() throws(ConditionError) -> ClaimNode {
    var left = try unary()
    while take("+") { left = try made(.sum(left, try unary())) }
    return left
  }

  private mutating func unary() throws(ConditionError) -> ClaimNode {
    guard take("!") else { return try postfix() }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw error("the expression is too deep") }
    return try made(.not(try unary()))
  }

  // MARK: Members and calls

  private mutating func postfix() throws(ConditionError) -> ClaimNode {
    var node = try primary()
    while true {
      if take("[") {
        guard case .string(let name) = token.kind else {
          throw error("the sandbox takes a string in brackets after a value")
        }
        position += 1
        try expect("]")
        node = try made(.member(node, name))
      } else if take(".") {
        guard case .name(let name) = token.kind else { throw error("a name is expected") }
        let column = token.column
        position += 1
        node =
          take("(")
          ? try call(name, of: node, at: column) : try made(.member(node, name))
      } else {
        return node
      }
    }
  }

  private mutating func call(
    _ name: String, of receiver: ClaimNode, at column: Int
  ) throws(ConditionError) -> ClaimNode {
    guard let function = ClaimFunction(rawValue: name) else {
      let known = ClaimFunction.allCases.map(\.rawValue).joined(separator: ", ")
      throw ConditionError(
        column: column, message: "the sandbox has no function '\(name)'; it has \(known) and has()")
    }
    if function == .join, take(")") { return try made(.call(function, receiver, nil)) }
    let start = token.column
    let argument = try choice()
    try expect(")")
    if function == .extract {
      guard case .literal(.string(let text)) = argument, ExtractTemplate(text) != nil else {
        throw ConditionError(
          column: start, message: "extract takes a string with one {name} in it")
      }
    }
    return try made(.call(function, receiver, argument))
  }

  private mutating func primary() throws(ConditionError) -> ClaimNode {
    let start = token
    position += 1
    switch start.kind {
    case .string(let text): return try made(.literal(.string(text)))
    case .integer(let number): return try made(.literal(.integer(number)))
    case .mark("("):
      let inner = try choice()
      try expect(")")
      return inner
    case .mark("["): return try list()
    case .name("true"): return try made(.literal(true))
    case .name("false"): return try made(.literal(false))
    case .name("has"): return try has()
    case .name(let name): return try root(name, at: start.column)
    case .mark, .end: break
    }
    position -= 1
    throw error("a value is expected before \(shown)")
  }

  private mutating func list() throws(ConditionError) -> ClaimNode {
    var items: [ClaimNode] = []
    while !take("]") {
      if !items.isEmpty { try expect(",") }
      items.append(try choice())
    }
    return try made(.list(items))
  }

  private mutating func has() throws(ConditionError) -> ClaimNode {
    try expect("(")
    let column = token.column
    let argument = try postfix()
    try expect(")")
    guard case .member(let value, let name) = argument else {
      throw ConditionError(column: column, message: "has() takes a member: has(assertion.x)")
    }
    return try made(.has(value, name))
  }

  private mutating func root(_ name: String, at column: Int) throws(ConditionError) -> ClaimNode {
    let known = purpose == .condition ? ["assertion", "google", "attribute"] : ["assertion"]
    guard known.contains(name) else {
      throw ConditionError(
        column: column,
        message:
          "'\(name)' is not known here; an expression can use \(known.joined(separator: ", "))"
      )
    }
    usesClaims = true
    return try made(.root(name))
  }
}

// MARK: - Types

extension ClaimParser {
  enum KnownType {
    case bool, string, integer, list

    var words: String {
      switch self {
      case .bool: "true or false"
      case .string: "a string"
      case .integer: "a number"
      case .list: "a list"
      }
    }
  }

  private var wanted: String {
    switch purpose {
    case .mapping: "a string"
    case .groups: "a list of strings"
    case .condition: "true or false"
    }
  }

  private func isExpected(_ type: KnownType) -> Bool {
    switch purpose {
    case .mapping: type == .string
    case .groups: type == .list
    case .condition: type == .bool
    }
  }

  /// The type that an expression always has; nil if it depends on claims.
  private static func knownType(of node: ClaimNode) -> KnownType? {
    switch node {
    case .literal(.string): .string
    case .literal(.bool): .bool
    case .literal(.integer): .integer
    case .list: .list
    case .not, .and, .or, .equal, .isIn, .has: .bool
    case .call(let function, _, _):
      switch function {
      case .contains, .startsWith, .endsWith: .bool
      case .extract, .join: .string
      case .split: .list
      }
    case .choice(_, let first, let second):
      knownType(of: first) == knownType(of: second) ? knownType(of: first) : nil
    case .literal, .root, .member, .sum: nil
    }
  }
}
