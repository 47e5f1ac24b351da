import CloudResources
public import GoogleCloud
import JSON
public import Model

/// Reads which organisation policies forbid the keys that a plan would make: at most one request for each project and
/// constraint, and none for a plan that makes no key.
///
/// What cannot be read is not known, and changes no row: the right to read policies is not one that arctl needs
/// (docs/permissions.md), and Google refuses a forbidden key anyway.
public struct ConstraintReader: Sendable {
  private let client: APIClient

  /// Reads with this client.
  public init(client: APIClient) { self.client = client }

  private struct Question: Hashable {
    let project: String
    let constraint: OrganisationConstraint
  }

  /// The enforced constraints by project, as far as they can be read.
  public func enforced(
    on keys: [DesiredKey]
  ) async -> [String: Set<OrganisationConstraint>] {
    let questions = Set(
      keys.flatMap { key in
        OrganisationConstraint.forbidding(key.origin).map {
          Question(project: key.account.project, constraint: $0)
        }
      })
    return await withTaskGroup(of: (Question, Bool).self) { group in
      for question in questions { group.addTask { (question, await isEnforced(question)) } }
      return await group.reduce(into: [:]) { enforced, answer in
        guard answer.1 else { return }
        enforced[answer.0.project, default: []].insert(answer.0.constraint)
      }
    }
  }

  private func isEnforced(_ question: Question) async -> Bool {
    let call = ReadCalls.effectivePolicy(question.constraint, project: question.project)
    guard let policy = try? await client.call(call) else { return false }
    return Self.enforces(policy, question.constraint)
  }

  /// Whether an effective policy certainly forbids it. A rule with a condition or parameters may spare an account.
  static func enforces(_ policy: JSONValue, _ constraint: OrganisationConstraint) -> Bool {
    guard policy["name"]?.string?.hasSuffix("/policies/\(constraint.rawValue)") == true,
      let rules = policy["spec"]?["rules"]?.array, let rule = rules.first, rules.count == 1
    else { return false }
    return rule["enforce"]?.bool == true && rule["condition"] == nil
      && (rule["parameters"]?.object ?? [:]).isEmpty
  }
}
