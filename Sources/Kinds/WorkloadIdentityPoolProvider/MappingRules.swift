import Grammar
import JSON
import Model

/// The limits of `attributeMapping` (discovery `iam.v1 WorkloadIdentityPoolProvider.attributeMapping`).
enum MappingRules {
  private static let field = FieldPath().field("attributeMapping")

  static func problems(in spec: JSONObject) -> [Problem] {
    let mapping = spec["attributeMapping"]?.object ?? [:]
    return subjectProblems(spec, mapping) + mapping.flatMap { entry(key: $0.key, $0.value) }
      + countProblems(mapping)
  }

  /// AWS has a mapping of its own by default.
  private static func subjectProblems(_ spec: JSONObject, _ mapping: JSONObject) -> [Problem] {
    guard mapping["google.subject"] == nil, !mapping.isEmpty || spec["aws"] == nil else {
      return []
    }
    let isOIDC = ProviderRules.isWritten(spec["oidc"])
    return [
      Problem(
        field, "`attributeMapping` does not say what `google.subject` is",
        help: isOIDC
          ? "write `attributeMapping: {google.subject: assertion.sub}`"
          : "map `google.subject` to what identifies a caller")
    ]
  }

  private static func entry(key: String, _ value: JSONValue) -> [Problem] {
    let path = field.appending(.element(key))
    var problems: [Problem] = []
    if !isKey(key) {
      problems.append(
        Problem(
          path, "`\(key)` is not an attribute that a grant can name",
          help:
            "write `google.subject`, `google.groups`, or `attribute.NAME` with lower-case letters, digits and `_`"
        ))
    }
    let expression = value.string ?? ""
    if expression.isEmpty {
      problems.append(Problem(path, "`\(path)` has no expression"))
    } else if expression.unicodeScalars.count > 2048 {
      problems.append(Problem(path, "an expression has at most 2048 characters"))
    }
    return problems
  }

  private static func isKey(_ key: String) -> Bool {
    if ["google.subject", "google.groups"].contains(key) { return true }
    let name = key.dropFirst("attribute.".count).utf8
    return key.hasPrefix("attribute.") && !name.isEmpty && key.utf8.count <= 100
      && name.allSatisfy { NameRules.isDigit($0) || (97...122).contains($0) || $0 == 95 }
  }

  private static func countProblems(_ mapping: JSONObject) -> [Problem] {
    guard mapping.keys.count(where: { $0.hasPrefix("attribute.") }) > 50 else { return [] }
    return [Problem(field, "a provider has at most 50 attributes of its own")]
  }
}
