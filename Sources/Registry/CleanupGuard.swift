import JSON
import Model

/// The rules around cleanup policies, which delete packages by themselves.
enum CleanupGuard {
  /// Adds dry run to a spec that brings a new delete rule and does not speak of dry run.
  static func prepare(
    _ spec: JSONObject, live: JSONValue?
  ) -> (spec: JSONObject, remarks: [String]) {
    guard spec["cleanupPolicyDryRun"] == nil, live?["cleanupPolicyDryRun"]?.bool != true,
      !deleteRules(spec["cleanupPolicies"]).isSubset(of: deleteRules(live?["cleanupPolicies"]))
    else { return (spec, []) }
    var prepared = spec
    prepared["cleanupPolicyDryRun"] = true
    return (
      prepared,
      ["a delete rule is new and cleanupPolicyDryRun is not written, so dry run is switched on"]
    )
  }

  /// What a change of a live repository newly lets be deleted. A repository that this plan creates holds nothing, and
  /// while dry run is on nothing is deleted: switching it off is what takes the flag then.
  static func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] {
    guard let live, change.action == .update, !staysDry(spec, live) else { return [] }
    let after = spec["cleanupPolicies"] ?? live["cleanupPolicies"]
    guard !deleteRules(after).isEmpty else { return [] }
    if change.fields.contains(where: { $0.path.description == "cleanupPolicyDryRun" }) {
      return [Hazard(.cleanup, "dry run ends: cleanup policies begin to delete packages")]
    }
    let widened = change.fields.filter { field in
      field.path.components.first == .field("cleanupPolicies") && widens(field, spec, live)
    }
    guard !widened.isEmpty else { return [] }
    let ids = Set(widened.compactMap(policyID)).sorted().map { "`\($0)`" }
    return [
      Hazard(
        .cleanup, "cleanup may delete more packages than before: \(ids.joined(separator: ", "))")
    ]
  }

  private static func staysDry(_ spec: JSONObject, _ live: JSONValue) -> Bool {
    (spec["cleanupPolicyDryRun"] ?? live["cleanupPolicyDryRun"])?.bool == true
  }

  private static func deleteRules(_ policies: JSONValue?) -> Set<String> {
    Set((policies?.object ?? [:]).filter { $0.value["action"] == "DELETE" }.map(\.key))
  }

  private static func policyID(_ field: FieldChange) -> String? {
    for case .element(let id) in field.path.components { return id }
    return nil
  }

  /// Whether a change lets more be deleted. What cannot be told counts as widening.
  private static func widens(_ field: FieldChange, _ spec: JSONObject, _ live: JSONValue) -> Bool {
    guard let id = policyID(field) else { return true }
    let before = live["cleanupPolicies"]?[id]?["action"]
    let after = spec["cleanupPolicies"]?[id]?["action"]
    switch (before, after) {
    case (nil, "DELETE"): return true
    case (nil, _): return false
    case ("DELETE", nil): return false
    case ("DELETE", "DELETE"):
      guard field.path.components.last == .field("olderThan"),
        let from = field.from?.string.flatMap(seconds), let to = field.to?.string.flatMap(seconds)
      else { return true }
      return to < from
    default: return true
    }
  }

  private static func seconds(_ wire: String) -> Double? { Double(wire.dropLast()) }
}
