import JSON
import Model

/// What a condition certainly demands of a token: comparisons with texts, joined by `&&`.
///
///     assertion.repository_owner_id == '5' && assertion.ref in ['refs/heads/main', 'refs/heads/next']
///
/// Any other part of such a condition can only refuse more tokens, so it says nothing here; neither does a condition of
/// another form.
struct ConditionDemands {
  /// One comparison: a value of the token, and the texts that it may be.
  struct Demand: Hashable {
    /// The way to the value: a claim, or an attribute that is not simply a claim.
    let place: [String]
    let values: [String]
  }
  let all: [Demand]
  private let mapping: JSONObject

  init(_ condition: String, mapping: JSONObject) {
    self.mapping = mapping
    let tokens = ConditionText.tokens(of: condition).filter { !$0.hasPrefix("//") }
    all = Self.conjuncts(tokens[...]).compactMap { Self.demand($0, mapping) }
  }

  /// The demand that no identity with this value of an attribute meets; nil if there is none, or if that is not known.
  func excluding(_ attribute: String, _ value: String) -> Demand? {
    let place = Self.claim(of: attribute, mapping)
    return all.first { $0.place == place && !$0.values.contains(value) }
  }

  /// The claim that an attribute is, or else the attribute itself.
  private static func claim(of attribute: String, _ mapping: JSONObject) -> [String] {
    let tokens = ConditionText.tokens(of: mapping[attribute]?.string ?? "")
    if let path = path(tokens[...]), path.first == "assertion" { return path }
    return attribute.split(separator: ".", maxSplits: 1).map(String.init)
  }

  // MARK: Reading

  /// The parts between `&&`; none for an expression of another form.
  private static func conjuncts(_ tokens: ArraySlice<String>) -> [ArraySlice<String>] {
    var parts: [ArraySlice<String>] = []
    var (depth, start) = (0, tokens.startIndex)
    for index in tokens.indices {
      switch tokens[index] {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case "||" where depth == 0, "?" where depth == 0: return []
      case "&&" where depth == 0:
        parts.append(tokens[start..<index])
        start = index + 1
      default: break
      }
      guard depth >= 0 else { return [] }
    }
    guard depth == 0 else { return [] }
    parts.append(tokens[start...])
    return parts.flatMap { part in
      isEnclosed(part) ? conjuncts(part.dropFirst().dropLast()) : [part]
    }
  }

  /// Whether the first parenthesis of an expression ends at its end.
  private static func isEnclosed(_ tokens: ArraySlice<String>) -> Bool {
    guard tokens.first == "(", tokens.last == ")" else { return false }
    var depth = 0
    for index in tokens.indices {
      if tokens[index] == "(" { depth += 1 }
      if tokens[index] == ")" { depth -= 1 }
      if depth == 0 { return index == tokens.index(before: tokens.endIndex) }
    }
    return false
  }

  private static func demand(_ tokens: ArraySlice<String>, _ mapping: JSONObject) -> Demand? {
    guard let mark = tokens.firstIndex(where: { ["==", "in"].contains($0) }) else { return nil }
    let (left, right) = (tokens[..<mark], tokens[(mark + 1)...])
    if tokens[mark] == "in" {
      guard let path = path(left), let values = list(right) else { return nil }
      return Demand(place: place(path, mapping), values: values)
    }
    if let path = path(left), let value = literal(right) {
      return Demand(place: place(path, mapping), values: [value])
    }
    guard let path = path(right), let value = literal(left) else { return nil }
    return Demand(place: place(path, mapping), values: [value])
  }

  private static func place(_ path: [String], _ mapping: JSONObject) -> [String] {
    path.first == "assertion" ? path : claim(of: path.joined(separator: "."), mapping)
  }

  /// `assertion.a.b`, `assertion["a"]`, `attribute.a` or `google.subject`.
  private static func path(_ tokens: ArraySlice<String>) -> [String]? {
    guard let root = tokens.first, ["assertion", "attribute", "google"].contains(root) else {
      return nil
    }
    var (path, rest) = ([root], tokens.dropFirst())
    while let mark = rest.first {
      rest = rest.dropFirst()
      guard let name = rest.popFirst() else { return nil }
      if mark == "." {
        guard name.utf8.allSatisfy({ isWord($0) }) else { return nil }
        path.append(name)
      } else {
        guard mark == "[", rest.popFirst() == "]", let name = literal([name]) else { return nil }
        path.append(name)
      }
    }
    return path.count > 1 && (root == "assertion" || path.count == 2) ? path : nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (48...57).contains(byte) || (97...122).contains(byte | 0x20)
  }

  /// A plain text: one with escapes or a prefix is left to Google.
  private static func literal(_ tokens: ArraySlice<String>) -> String? {
    guard tokens.count == 1, let text = tokens.first, text.utf8.count >= 2,
      let quote = text.first, "\"'".contains(quote), text.last == quote
    else { return nil }
    let inner = text.dropFirst().dropLast()
    return inner.contains(quote) || inner.contains("\\") ? nil : String(inner)
  }

  private static func list(_ tokens: ArraySlice<String>) -> [String]? {
    guard tokens.first == "[", tokens.last == "]", tokens.count >= 3 else { return nil }
    let items = tokens.dropFirst().dropLast().split(
      separator: ",", omittingEmptySubsequences: false)
    let values = items.compactMap(literal)
    return values.count == items.count ? values : nil
  }
}
