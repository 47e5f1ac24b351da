/// The filter of a list, in the syntax of [AIP-160](https://google.aip.dev/160): `a:x AND (b=y OR NOT c:z)`.
///
/// Functions, and values without a field, are not supported.
package indirect enum Filter: Sendable, Hashable {
  case term(Term)
  case not(Filter)
  case all([Filter])
  case any([Filter])
  /// Terms separated by spaces only. What that means depends on the API.
  case sequence([Filter])

  /// One comparison.
  package struct Term: Sendable, Hashable {
    /// As written: `labels.team`.
    package let field: String
    /// One of `:`, `=`, `!=`, `<`, `<=`, `>`, `>=`.
    package let comparator: String
    /// The value, without its quotes. A field alone, which only some lists take, is compared with `:*`.
    package let value: String

    /// A comparison from its parts.
    package init(field: String, comparator: String, value: String) {
      self.field = field
      self.comparator = comparator
      self.value = value
    }
  }

  /// Parses a filter; nil if the text is only white space.
  ///
  /// - Parameter maps: the fields that are maps. Alone, a key in one (`annotations.team`) means that the key is present.
  package static func parse(
    _ text: String, field: String = "filter", maps: Set<String> = []
  ) throws(APIError) -> Filter? {
    var parser = FilterParser(text, field, maps: maps)
    return try parser.parse()
  }

  /// Every comparison in the filter.
  package var terms: [Term] {
    switch self {
    case .term(let term): [term]
    case .not(let inner): inner.terms
    case .all(let parts), .any(let parts), .sequence(let parts): parts.flatMap(\.terms)
    }
  }

  /// Whether an item matches, given the result of each comparison.
  ///
  /// - Parameter anyOfSequence: whether one of several terms without an operator is enough.
  package func holds(anyOfSequence: Bool = false, _ fits: (Term) -> Bool) -> Bool {
    switch self {
    case .term(let term): fits(term)
    case .not(let inner): !inner.holds(anyOfSequence: anyOfSequence, fits)
    case .all(let parts): parts.allSatisfy { $0.holds(anyOfSequence: anyOfSequence, fits) }
    case .any(let parts): parts.contains { $0.holds(anyOfSequence: anyOfSequence, fits) }
    case .sequence(let parts):
      anyOfSequence
        ? parts.contains { $0.holds(anyOfSequence: true, fits) }
        : parts.allSatisfy { $0.holds(anyOfSequence: false, fits) }
    }
  }
}

extension Filter.Term {
  /// Whether a text matches the value, ignoring case, with `*` for any text. The order is that of the texts.
  package func fits(_ text: String) -> Bool {
    let (text, value) = (text.lowercased(), value.lowercased())
    return switch comparator {
    case "!=": !Wildcard.matches(value, text)
    case "<": text < value
    case "<=": text <= value
    case ">": text > value
    case ">=": text >= value
    default: Wildcard.matches(value, text)
    }
  }
}

/// The grammar of AIP-160: OR binds more tightly than a space, and a space more tightly than AND.
private struct FilterParser {
  /// The limit on nested parentheses, which the parser handles by recursion.
  private static let deepest = 40
  /// The limit on the length, in bytes.
  private static let longest = 10_000

  private let text: String
  private let field: String
  private let maps: Set<String>
  private var rest: Substring
  private var depth = 0

  init(_ text: String, _ field: String, maps: Set<String>) {
    self.text = text
    self.field = field
    self.maps = maps
    rest = text[...]
  }

  mutating func parse() throws(APIError) -> Filter? {
    guard text.utf8.count <= Self.longest else { throw invalid }
    skipSpaces()
    if rest.isEmpty { return nil }
    let filter = try expression()
    guard rest.isEmpty else { throw invalid }
    return filter
  }

  private var invalid: APIError {
    .badField(field, "Invalid \(field): \(text.prefix(500))")
  }

  private mutating func expression() throws(APIError) -> Filter {
    depth += 1
    guard depth <= Self.deepest else { throw invalid }
    var parts = [try sequence()]
    while word("AND") { parts.append(try sequence()) }
    depth -= 1
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func sequence() throws(APIError) -> Filter {
    var parts = [try factor()]
    while !rest.isEmpty, rest.first != ")", !isNext("AND") { parts.append(try factor()) }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func factor() throws(APIError) -> Filter {
    var parts = [try term()]
    while word("OR") { parts.append(try term()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func term() throws(APIError) -> Filter {
    if word("NOT") { return .not(try simple()) }
    if rest.first == "-" {
      rest.removeFirst()
      return .not(try simple())
    }
    return try simple()
  }

  private mutating func simple() throws(APIError) -> Filter {
    if rest.first == "(" {
      return try composite { (parser) throws(APIError) in try parser.expression() }
    }
    let name = try name()
    if let comparator = comparator() { return try comparison(name, comparator) }
    guard maps.contains(where: { name.hasPrefix("\($0).") }) else { throw invalid }
    return .term(Filter.Term(field: name, comparator: ":", value: "*"))
  }

  /// Parses a field, parts of which can be in backticks: ``annotations.`external.link` ``.
  private mutating func name() throws(APIError) -> String {
    var name = ""
    while let next = rest.first {
      if next == "`" {
        rest.removeFirst()
        guard let end = rest.firstIndex(of: "`") else { throw invalid }
        name += rest[..<end]
        rest = rest[end...].dropFirst()
      } else if let quote = rest.first, name.isEmpty, quote == "\"" || quote == "'" {
        return try quoted(quote)
      } else if next.isWhitespace || ":=!<>()\"'".contains(next) {
        break
      } else {
        name.append(next)
        rest.removeFirst()
      }
    }
    guard !name.isEmpty else { throw invalid }
    skipSpaces()
    return name
  }

  /// Parses the value after a comparator, or several in parentheses: `labels.env:(dev OR test)`.
  private mutating func comparison(
    _ name: String, _ comparator: String
  ) throws(APIError) -> Filter {
    guard rest.first == "(" else {
      let value = try argument { $0.isWhitespace || $0 == "(" || $0 == ")" }
      return .term(Filter.Term(field: name, comparator: comparator, value: value))
    }
    return try composite { (parser) throws(APIError) in
      try parser.values(name, comparator)
    }
  }

  private mutating func values(
    _ name: String, _ comparator: String
  ) throws(APIError) -> Filter {
    depth += 1
    guard depth <= Self.deepest else { throw invalid }
    var parts: [Filter] = []
    var isAll = false
    repeat {
      let isNot = word("NOT")
      let one = try comparison(name, comparator)
      parts.append(isNot ? .not(one) : one)
      if word("AND") { isAll = true } else { _ = word("OR") }
    } while !rest.isEmpty && rest.first != ")"
    depth -= 1
    return parts.count == 1 ? parts[0] : isAll ? .all(parts) : .any(parts)
  }

  private mutating func composite(
    _ inner: (inout FilterParser) throws(APIError) -> Filter
  ) throws(APIError) -> Filter {
    rest.removeFirst()
    skipSpaces()
    let filter = try inner(&self)
    guard rest.first == ")" else { throw invalid }
    rest.removeFirst()
    skipSpaces()
    return filter
  }

  private mutating func comparator() -> String? {
    for sign in ["!=", "<=", ">=", ":", "=", "<", ">"] where rest.hasPrefix(sign) {
      rest = rest.dropFirst(sign.count)
      skipSpaces()
      return sign
    }
    return nil
  }

  /// Parses a text in quotes, or up to the character that `ends` accepts.
  private mutating func argument(until ends: (Character) -> Bool) throws(APIError) -> String {
    if let quote = rest.first, quote == "\"" || quote == "'" || quote == "`" {
      return try quoted(quote)
    }
    let found = rest.prefix { !ends($0) }
    guard !found.isEmpty else { throw invalid }
    rest = rest[found.endIndex...]
    skipSpaces()
    return String(found)
  }

  private mutating func quoted(_ quote: Character) throws(APIError) -> String {
    rest.removeFirst()
    var value = ""
    while let next = rest.popFirst() {
      if next == quote {
        skipSpaces()
        return value
      }
      value.append(next == "\\" ? rest.popFirst() ?? next : next)
    }
    throw invalid
  }

  /// Whether this word comes next, as a whole word.
  private func isNext(_ word: String) -> Bool {
    guard rest.hasPrefix(word) else { return false }
    guard let after = rest.dropFirst(word.count).first else { return true }
    return after.isWhitespace || after == "("
  }

  private mutating func word(_ word: String) -> Bool {
    guard isNext(word) else { return false }
    rest = rest.dropFirst(word.count)
    skipSpaces()
    return true
  }

  private mutating func skipSpaces() { rest = rest.drop { $0.isWhitespace } }
}
