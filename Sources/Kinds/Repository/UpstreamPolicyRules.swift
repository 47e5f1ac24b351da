import JSON
import Model

/// Rules between the upstream policies of a virtual repository.
enum UpstreamPolicyRules {
  /// The most upstreams of a virtual repository (docs/google-apis.md#counted-limits).
  static let maximum = 30

  static func problems(in policies: JSONValue?) -> [Problem] {
    guard let policies = policies?.array else { return [] }
    let path = FieldPath().field("virtualRepositoryConfig").field("upstreamPolicies")
    var problems: [Problem] = []
    if policies.count > maximum {
      problems.append(
        Problem(path, "\(policies.count) upstream policies; there may be at most \(maximum)"))
    }
    var seen = Seen()
    for (index, policy) in policies.enumerated() {
      problems += seen.add(policy, at: path.appending(.index(index)))
    }
    return problems
  }

  /// The ids, priorities and repositories of earlier policies.
  private struct Seen {
    var ids: Set<String> = []
    var repositories: [String: String] = [:]
    var priorities: [Int64: String] = [:]

    mutating func add(_ policy: JSONValue, at path: FieldPath) -> [Problem] {
      var problems: [Problem] = []
      let id = policy["id"]?.string ?? ""
      if id.isEmpty && policy["id"] != nil {
        problems.append(Problem(path.field("id"), "`id` must not be empty"))
      } else if !id.isEmpty && !ids.insert(id).inserted {
        return [Problem(path.field("id"), "a second upstream policy with the id `\(id)`")]
      }
      if let repository = policy["repository"]?.string {
        if let other = repositories[repository] {
          problems.append(
            Problem(
              path.field("repository"), "`\(other)` serves the same repository", isWarning: true))
        }
        repositories[repository] = id
      }
      let priority = policy["priority"]?.integer ?? 0
      if let other = priorities[priority] {
        problems.append(
          Problem(
            policy["priority"] == nil ? path : path.field("priority"),
            "`\(other)` and `\(id)` have the same priority, \(priority)", isWarning: true,
            help:
              "their order is not defined; a version that both have comes from the greatest priority"
          ))
      }
      priorities[priority] = id
      return problems
    }
  }
}
