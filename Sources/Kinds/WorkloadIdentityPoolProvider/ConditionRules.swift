import Grammar
import JSON
import Model

/// What `attributeCondition` must do: keep strangers out where everyone can get a token.
enum ConditionRules {
  private static let path = FieldPath().field("attributeCondition")

  static func problems(in spec: JSONObject) -> [Problem] {
    guard let uri = spec["oidc"]?["issuerUri"]?.string, let issuer = SharedIssuer.named(uri) else {
      return []
    }
    let condition = spec["attributeCondition"]?.string ?? ""
    let claims = ClaimReferences(mapping: spec["attributeMapping"]?.object ?? [:])
    guard claims.areUsed(in: condition) else {
      let isMissing = condition.isEmpty
      return [
        Problem(
          path,
          isMissing
            ? "everyone with an account at \(issuer.name) could sign in: `attributeCondition` is missing"
            : "everyone with an account at \(issuer.name) could sign in: `attributeCondition` compares no claim",
          help: "write `attributeCondition: \(issuer.condition)`")
      ]
    }
    return nameProblems(issuer, claims.claims(in: condition))
  }

  private static func nameProblems(_ issuer: SharedIssuer, _ used: Set<String>) -> [Problem] {
    issuer.ids.sorted { $0.key < $1.key }.compactMap { name, ids in
      guard used.contains(name), used.isDisjoint(with: ids) else { return nil }
      return Problem(
        path,
        "`\(name)` holds names, which somebody else can register at \(issuer.name) once they are free",
        isWarning: true,
        help: "compare `assertion.\(ids[0])` too: an id is never given again")
    }
  }
}

/// Finds the claims that an expression of a provider uses.
struct ClaimReferences {
  let mapping: JSONObject

  /// Whether an expression uses any claim or attribute at all; `true` does not.
  func areUsed(in expression: String) -> Bool {
    let tokens = ConditionText.tokens(of: expression)
    return tokens.indices.dropLast().contains { index in
      ["assertion", "attribute", "google"].contains(tokens[index])
        && [".", "["].contains(tokens[index + 1]) && !Self.isMember(tokens, index)
    }
  }

  /// The claims that an expression uses, directly or through an attribute that is one claim.
  func claims(in expression: String) -> Set<String> {
    let tokens = ConditionText.tokens(of: expression)
    return Set(
      tokens.indices.compactMap { index -> String? in
        guard !Self.isMember(tokens, index), let name = Self.member(tokens, index) else {
          return nil
        }
        switch tokens[index] {
        case "assertion": return name
        case "attribute", "google": return claim(of: "\(tokens[index]).\(name)")
        default: return nil
        }
      })
  }

  /// The claim that an attribute stands for; nil for an attribute that is more than one claim.
  private func claim(of attribute: String) -> String? {
    let tokens = ConditionText.tokens(of: mapping[attribute]?.string ?? "")
    guard tokens.first == "assertion", let name = Self.member(tokens, 0),
      tokens.count == 3 || tokens.count == 4 && tokens[1] == "["
    else { return nil }
    return name
  }

  /// Whether a token is a member of something else: `x.assertion`.
  private static func isMember(_ tokens: [String], _ index: Int) -> Bool {
    index > 0 && tokens[index - 1] == "."
  }

  /// The name after a token: `.name` or `["name"]`.
  private static func member(_ tokens: [String], _ index: Int) -> String? {
    let rest = tokens[(index + 1)...]
    guard let mark = rest.first, let name = rest.dropFirst().first else { return nil }
    if mark == "." { return name }
    guard mark == "[", name.count > 2, let quote = name.first, "\"'".contains(quote) else {
      return nil
    }
    return String(name.dropFirst().dropLast())
  }
}
