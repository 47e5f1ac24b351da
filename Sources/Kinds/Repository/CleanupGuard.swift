import JSON
import Model

/// The guards around cleanup policies, which delete packages automatically.
enum CleanupGuard {
  /// Adds dry run to a spec that adds a delete policy and does not mention dry run.
  static func prepared(
    _ spec: JSONObject, live: JSONValue?
  ) -> PreparedSpec {
    guard spec["cleanupPolicyDryRun"] == nil, live?["cleanupPolicyDryRun"]?.bool != true,
      !deleteRules(spec["cleanupPolicies"]).isSubset(of: deleteRules(live?["cleanupPolicies"]))
    else { return PreparedSpec(spec) }
    var prepared = spec
    prepared["cleanupPolicyDryRun"] = true
    return PreparedSpec(
      prepared,
      remarks: [
        Statement(
          "cleanup.dry-run",
          "a delete policy is new and cleanupPolicyDryRun is not set, so dry run is switched on")
      ]
    )
  }

  /// The packages that a change of a live repository newly allows to be deleted. A repository that this plan creates is
  /// empty. While dry run is on nothing is deleted; switching it off then needs the flag.
  static func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] {
    guard let live, change.action == .update, !staysDry(spec, live) else { return [] }
    let after = spec["cleanupPolicies"] ?? live["cleanupPolicies"]
    let before = live["cleanupPolicies"]
    guard !CleanupRule.rules(after).allSatisfy({ $0.action == .keep }) else { return [] }
    if change.fields.contains(where: { $0.path.description == "cleanupPolicyDryRun" }) {
      return [
        Hazard(
          .cleanup,
          Statement(
            "cleanup.dry-run-ends", "dry run ends: cleanup policies begin to delete packages"))
      ]
    }
    let changes = change.fields.contains { $0.path.components.first == .field("cleanupPolicies") }
    let widened = changes ? widening(from: before, to: after) : []
    guard !widened.isEmpty else { return [] }
    let ids = widened.map { "`\($0)`" }.joined(separator: ", ")
    return [
      Hazard(
        .cleanup,
        Statement("cleanup.widened", "cleanup may delete more packages than before: \(ids)"))
    ]
  }

  /// The ids of the policies by which the new set may delete more than the old one; empty only if it certainly deletes
  /// no version that the old one kept.
  ///
  /// A version is deleted if a delete policy matches it and no keep policy does. So no more is deleted if every new
  /// delete policy matches only what an old one matches, and every old keep policy only what a new one matches.
  static func widening(from before: JSONValue?, to after: JSONValue?) -> [String] {
    let old = CleanupRule.rules(before)
    let new = CleanupRule.rules(after)
    if old == new { return [] }
    let strangers = (old + new).filter { $0.action == nil }
    guard strangers.isEmpty else { return Set(strangers.map(\.id)).sorted() }
    let oldDeletes = old.filter { $0.action == .delete }
    let newKeeps = new.filter { $0.action == .keep }
    let wider = new.filter { rule in
      rule.action == .delete && !oldDeletes.contains { rule.matchesOnly(whatMatches: $0) }
    }
    let lost = old.filter { rule in
      rule.action == .keep && !newKeeps.contains { rule.matchesOnly(whatMatches: $0) }
    }
    return Set((wider + lost).map(\.id)).sorted()
  }

  private static func staysDry(_ spec: JSONObject, _ live: JSONValue) -> Bool {
    (spec["cleanupPolicyDryRun"] ?? live["cleanupPolicyDryRun"])?.bool == true
  }

  private static func deleteRules(_ policies: JSONValue?) -> Set<String> {
    Set((policies?.object ?? [:]).filter { $0.value["action"] == "DELETE" }.map(\.key))
  }
}
