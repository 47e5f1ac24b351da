import CloudResources
import GoogleCloud
package import JSON
package import Model

/// Everything that lives in some projects, as far as it could be read.
package struct LiveEstate: Sendable {
  /// The resources that an export writes, with the answers of Google's API; a project without a readable value has none.
  package var resources: [Address: JSONValue] = [:]
  /// The policies of the resources, by their own addresses.
  package var policies: [Address: JSONValue] = [:]
  /// The user-managed keys of each account.
  package var keys: [Address: [LiveKey]] = [:]
  /// By the projects' ids.
  package var projectNumbers: [String: String] = [:]
  /// What Google makes in every project: default services and default accounts.
  package var standard: [Address] = []
  /// What is deleted and can be restored.
  package var deleted: [Address] = []
  /// The policies that could not be read; `problems` says why.
  package var unreadPolicies: [Address] = []
  /// What could not be read.
  package var problems: [ListProblem] = []

  /// An estate without anything in it.
  package init() {}

  /// Adds what was read elsewhere, of other addresses.
  mutating func add(_ other: LiveEstate) {
    resources.merge(other.resources) { first, _ in first }
    policies.merge(other.policies) { first, _ in first }
    keys.merge(other.keys) { first, _ in first }
    projectNumbers.merge(other.projectNumbers) { first, _ in first }
    standard += other.standard
    deleted += other.deleted
    unreadPolicies += other.unreadPolicies
    problems += other.problems
  }

  init(_ parts: [LiveEstate]) {
    for part in parts { add(part) }
  }
}
