import JSON
import Reconcile

/// Rules between the fields of a repository.
enum RepositoryRules {
  static func problems(in spec: JSONObject) -> [SpecProblem] {
    LabelRules.repository.problems(in: spec["labels"])
      + IAMRules.problems(inEntriesOf: spec)
  }
}
