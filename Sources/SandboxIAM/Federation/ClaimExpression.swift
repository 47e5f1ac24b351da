package import JSON

/// An expression of a provider's mapping or condition, parsed.
///
///     let expression = try ClaimExpression(parsing: "assertion.sub", as: .mapping)
///
/// It is the part of CEL that Google's examples for providers use (docs/sandbox.md#workload-identity-federation). Any
/// other expression is refused when it is written: a guess could let somebody in who stays out at Google.
package struct ClaimExpression: Sendable {
  /// What an expression is for.
  package enum Purpose: Sendable {
    /// The value of `google.subject` or of an attribute, from `assertion`.
    case mapping
    /// The value of `google.groups`, from `assertion`.
    case groups
    /// Whether a token is accepted, from `assertion`, `google` and `attribute`.
    case condition
  }

  /// Why an expression is refused, as users read it.
  package struct Mistake: Error, Sendable, Hashable {
    /// The reason, with the column.
    package let message: String
  }

  /// The evaluation failed: a claim is missing, or a value has another type.
  package struct Failure: Error, Sendable, Hashable {
    /// The reason.
    package let message: String
  }

  let root: ClaimNode
  /// Whether it uses a claim or an attribute; `true` does not.
  package let usesClaims: Bool

  /// Parses an expression. Throws if it is not of the served part of the language.
  package init(parsing text: String, as purpose: Purpose) throws(Mistake) {
    do throws(ConditionError) {
      var parser = try ClaimParser(text, purpose)
      root = try parser.whole()
      usesClaims = parser.usesClaims
    } catch {
      throw Mistake(message: error.description)
    }
  }

  /// The value as text, for a mapping.
  package func text(_ values: ClaimValues) throws(Failure) -> String {
    guard case .string(let text) = try evaluate(values) else {
      throw Failure(message: "the mapped value is not a string")
    }
    return text
  }

  /// The value as a list of texts, for groups.
  package func texts(_ values: ClaimValues) throws(Failure) -> [String] {
    let value = try evaluate(values)
    let texts = value.array?.map(\.string) ?? []
    guard value.array != nil, !texts.contains(where: { $0 == nil }) else {
      throw Failure(message: "the mapped value is not a list of strings")
    }
    return texts.compactMap { $0 }
  }

  /// The value as true or false, for a condition.
  package func truth(_ values: ClaimValues) throws(Failure) -> Bool {
    guard case .bool(let value) = try evaluate(values) else {
      throw Failure(message: "the condition is not true or false")
    }
    return value
  }

  private func evaluate(_ values: ClaimValues) throws(Failure) -> JSONValue {
    var evaluation = ClaimEvaluation(values)
    return try evaluation.value(of: root)
  }
}

/// The values that an expression can use.
package struct ClaimValues: Sendable {
  /// By the root's name: `assertion`, `google`, `attribute`.
  let roots: [String: JSONValue]

  /// The claims of a token alone, for mappings.
  package init(assertion: JSONObject) { roots = ["assertion": .object(assertion)] }

  /// The claims and what the mapping made of them, for conditions.
  package init(assertion: JSONObject, google: JSONObject, attribute: JSONObject) {
    roots = [
      "assertion": .object(assertion), "google": .object(google), "attribute": .object(attribute),
    ]
  }
}

/// A node of an expression. The parser bounds the depth of the tree, so functions may recurse over it.
indirect enum ClaimNode: Sendable, Hashable {
  case literal(JSONValue)
  case list([ClaimNode])
  /// `assertion`, `google` or `attribute`.
  case root(String)
  /// `x.name` and `x["name"]`.
  case member(ClaimNode, String)
  case not(ClaimNode)
  case and(ClaimNode, ClaimNode)
  case or(ClaimNode, ClaimNode)
  case equal(ClaimNode, ClaimNode, isNegated: Bool)
  case isIn(ClaimNode, ClaimNode)
  case sum(ClaimNode, ClaimNode)
  case choice(ClaimNode, ClaimNode, ClaimNode)
  /// `has(x.name)`.
  case has(ClaimNode, String)
  case call(ClaimFunction, ClaimNode, ClaimNode?)
}

/// A function on texts, or on a list of texts.
enum ClaimFunction: String, Sendable, CaseIterable {
  case contains, startsWith, endsWith, extract, split, join
}
