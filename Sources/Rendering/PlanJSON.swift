import Crypto
import Diagnostics
import FoundationEssentials
package import JSON
package import Model

/// A plan as JSON: format version 2.
///
/// It names people and accounts: treat it as confidential.
package enum PlanJSON {
  static let formatVersion: Int64 = 2

  /// What `--output json` prints. It contains no time but those of keys, so the same plan gives the same bytes on one day.
  package static func value(_ plan: Plan, show: Set<PlanShow> = []) -> JSONValue {
    let changes = plan.withKeyRows().changes
    var object = object(
      plan, changes: changes.filter { $0.isNoteworthy || show.contains(.unchanged) })
    if !plan.selection.isWhole { object["leftOut"] = strings(plan.leftOut.map(\.description)) }
    if show.contains(.ignored) {
      object["ignored"] = strings(plan.ignored.map(\.description))
      object["ignoredMembers"] = .array(plan.ignoredMembers.map(value))
    }
    return .object(object)
  }

  /// What `--out` saves: everything that is needed to print the plan again, and the time of the plan.
  ///
  /// - Parameter createdAt: RFC 3339.
  package static func saved(_ plan: Plan, createdAt: String) -> JSONValue {
    var object = object(plan, changes: plan.withKeyRows().changes)
    object["createdAt"] = .string(createdAt)
    object["ignored"] = strings(plan.ignored.map(\.description))
    object["ignoredMembers"] = .array(plan.ignoredMembers.map(value))
    object["notLookedIn"] = strings(plan.notLookedIn)
    object["leftOut"] = strings(plan.leftOut.map(\.description))
    object["stack"] = plan.stackName.map { .string($0) }
    object["caller"] = .string(plan.caller)
    if !plan.inputs.isEmpty {
      object["inputs"] = .object(
        JSONObject(plan.inputs.options.map { ($0.name, .string($0.value)) }))
    }
    object["declaredCount"] = .integer(Int64(plan.declaredCount))
    object["selectedCount"] = .integer(Int64(plan.selectedCount))
    object["fileCount"] = .integer(Int64(plan.fileCount))
    object["digest"] = .string(digest(object))
    return .object(object)
  }

  /// SHA-256 over the canonical form of a document, in hex: it detects an edit, but anyone can compute it.
  private static func digest(_ document: JSONObject) -> String {
    Hex.encode(SHA256.hash(JSONValue.object(document).serialized(.canonical)))
  }

  /// What the approver of a plan relies on: the options of the plan, and each row.
  ///
  /// Rows with a write are included in full, and the id covers the same. Other rows are included with their address and
  /// action only. What does not change the operations is not included: the caller, places in manifests, undeclared
  /// resources, and warnings about the whole plan.
  package static func shown(by plan: Plan) -> JSONValue {
    var object = JSONObject()
    let document = saved(plan, createdAt: "")
    for name in ["stack", "variables", "selection", "allowances", "complete"] {
      object[name] = document[name]
    }
    object["changes"] = .array(plan.withKeyRows().changes.map(shown))
    return .object(object)
  }

  private static func shown(_ change: Change) -> JSONValue {
    guard change.isWrite, var row = value(change).object else {
      return [
        "address": .string(change.address.description), "action": .string(change.action.rawValue),
      ]
    }
    row["source"] = nil
    row["wait"] = nil
    row["holders"] = nil
    row["bindings"] = .array(
      change.bindings.filter { !$0.isEmpty }.map { binding in
        var binding = binding
        binding.ended = []
        binding.undeclared = []
        binding.alsoHeld = []
        binding.leftOut = []
        return value(binding)
      })
    return .object(row)
  }

  /// The rows in which two plans differ for an approver, by address: the old and the new one, nil where it is missing.
  package static func differences(
    from old: Plan, to new: Plan
  ) -> [(old: Change?, new: Change?)] {
    func rows(_ plan: Plan) -> [Address: Change] {
      Dictionary(plan.withKeyRows().changes.map { ($0.address, $0) }) { first, _ in first }
    }
    let (before, after) = (rows(old), rows(new))
    let order =
      new.changes.map(\.address) + old.changes.map(\.address).filter { after[$0] == nil }
    return order.compactMap { address in
      let pair = (before[address], after[address])
      let isSame = pair.0.map(shown) == pair.1.map(shown)
      // An unchanged row is in one of the plans only, for example because it left the report.
      let isWork = [pair.0, pair.1].contains { $0.map { $0.action != .unchanged } == true }
      return isSame || !isWork ? nil : pair
    }
  }

  private static func selection(_ selection: Selection) -> JSONValue {
    [
      "targets": strings(selection.targets.map(\.pattern)),
      "excludes": strings(selection.excludes.map(\.pattern)),
      "excludedGrants": .array(selection.excludedGrants.map(value)),
    ]
  }

  private static func object(_ plan: Plan, changes: [Change]) -> JSONObject {
    var variables = JSONObject()
    for (name, value) in plan.variables.sorted(by: { $0.key < $1.key }) { variables[name] = value }
    var object: JSONObject = [
      "formatVersion": .integer(formatVersion),
      "id": plan.id.map { .string($0) } ?? .null,
      "complete": .bool(plan.isComplete),
      "variables": .object(variables),
      "selection": selection(plan.selection),
      "allowances": value(plan.allowances),
      "summary": value(plan.summary),
      "changes": .array(changes.map(value)),
      "undeclared": strings(plan.undeclared.map(\.description)),
      "undeclaredMembers": .array(plan.undeclaredMembers.map(value)),
      "notChecked": strings(plan.notChecked),
      "diagnostics": .array(plan.diagnostics.map(value)),
    ]
    object["since"] = plan.since.map(value)
    if !plan.keysLeftOut.isEmpty {
      object["keysLeftOut"] = strings(plan.keysLeftOut.map(\.description))
    }
    return object
  }

  /// A time as RFC 3339, in whole seconds.
  private static func instant(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
  }

  /// The options by name; only those that were given.
  private static func value(_ allowances: GuardOverrides) -> JSONValue {
    var object = JSONObject()
    for flag in Hazard.Flag.allCases {
      guard let globs = allowances.allowed[flag], !globs.isEmpty else { continue }
      object[flag.rawValue] = strings(Set(globs.map(\.pattern)).sorted())
    }
    if !allowances.reissue.isEmpty {
      object["reissue"] = strings(Set(allowances.reissue.map(\.pattern)).sorted())
    }
    object["max-deletes"] = allowances.maximumDeletes.map { .integer(Int64($0)) }
    object["max-removals"] = allowances.maximumRemovals.map { .integer(Int64($0)) }
    return .object(object)
  }

  private static func value(_ summary: PlanSummary) -> JSONValue {
    func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
    return [
      "create": count(summary.create), "change": count(summary.change),
      "delete": count(summary.delete), "replace": count(summary.replace),
      "undelete": count(summary.undelete), "refused": count(summary.refused),
      "unreadable": count(summary.unreadable), "unchanged": count(summary.unchanged),
      "membersAdded": count(summary.membersAdded),
      "membersRemoved": count(summary.membersRemoved), "undeclared": count(summary.undeclared),
      "alsoHeld": count(summary.alsoHeld), "leftManifests": count(summary.leftManifests),
    ]
  }

  private static func value(_ change: Change) -> JSONValue {
    var object: JSONObject = [
      "address": .string(change.address.description),
      "project": .string(change.address.project),
      "kind": .string(change.address.kind.name),
      "action": .string(change.action.rawValue),
      "source": change.source.map(value) ?? .null,
      "fields": .array(change.fields.map(value)),
      "reason": change.reason.map { .string($0.text) } ?? .null,
      "waitsFor": change.waitsFor.map { .string($0.description) } ?? .null,
    ]
    if !change.identity.isEmpty { object["identity"] = .object(change.identity) }
    if let fallback = change.resource?.fallback { object["fallback"] = .string(fallback.rawValue) }
    if change.intended != change.action { object["intended"] = .string(change.intended.rawValue) }
    if !change.bindings.isEmpty { object["bindings"] = .array(change.bindings.map(value)) }
    if !change.refusals.isEmpty { object["refusals"] = .array(change.refusals.map(value)) }
    if !change.hazards.isEmpty { object["hazards"] = .array(change.hazards.map(value)) }
    object["digest"] = change.digest.map { .string($0) }
    object["uid"] = change.resource?.uid.map { .string($0) }
    if let holders = change.resource?.holders, !holders.isEmpty {
      object["holders"] = .array(holders.map(value))
    }
    object["key"] = change.key.map(value)
    object["wait"] = change.keyChange?.wait.map { .integer($0) }
    // Not for a row with a write: what an approver relies on has no time.
    if !change.isWrite, let end = change.keyChange?.expires {
      object["expires"] = .string(instant(end))
      object["daysLeft"] = change.keyChange?.daysLeft.map { .integer($0) }
    }
    object["note"] = change.note.map { .string($0) }
    if !change.losses.isEmpty { object["destroys"] = strings(change.losses.map(\.text)) }
    if !change.remarks.isEmpty { object["warnings"] = strings(change.remarks.map(\.text)) }
    return .object(object)
  }

  static func value(_ position: SourcePosition) -> JSONValue {
    var object: JSONObject = [
      "file": .string(position.file), "line": .integer(Int64(position.line)),
      "column": .integer(Int64(position.column)),
    ]
    if !position.instance.isEmpty { object["instance"] = .string(position.instance) }
    return .object(object)
  }

  private static func value(_ field: FieldChange) -> JSONValue {
    var object: JSONObject = [
      "path": .string(field.path.description),
      "components": .array(field.path.components.map(value)),
      "from": field.from ?? .null,
      "to": field.to ?? .null,
    ]
    if field.isImmutable { object["immutable"] = true }
    return .object(object)
  }

  private static func value(_ component: FieldPath.Component) -> JSONValue {
    switch component {
    case .field(let name): ["field": .string(name)]
    case .element(let id): ["element": .string(id)]
    case .index(let index): ["index": .integer(Int64(index))]
    }
  }

  private static func value(_ binding: BindingChange) -> JSONValue {
    var object: JSONObject = [
      "role": .string(binding.role),
      "condition": binding.condition.map(value) ?? .null,
      "added": strings(binding.added),
      "removed": .array(
        binding.removed.map {
          ["member": .string($0.member), "cause": .string($0.cause.rawValue)]
        }),
      "undeclared": strings(binding.undeclared),
    ]
    let standings = binding.undeclared.map { binding.standing(of: $0) }
    if zip(binding.undeclared, standings).contains(where: { $1 != .init(of: $0) }) {
      object["standings"] = strings(standings.map(\.rawValue))
    }
    let changed = Set(binding.added + binding.removed.map(\.member))
    let written = binding.written.filter { changed.contains($0.key) }
    if !written.isEmpty {
      object["written"] = .object(
        JSONObject(written.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
    if !binding.alsoHeld.isEmpty {
      object["alsoHeld"] = .array(
        binding.alsoHeld.map {
          ["member": .string($0.member), "condition": $0.condition.map(value) ?? .null]
        })
    }
    if !binding.leftOut.isEmpty { object["leftOut"] = strings(binding.leftOut) }
    if !binding.ended.isEmpty { object["ended"] = .array(binding.ended.map(value)) }
    return .object(object)
  }

  /// A whole grant, so that a program needs nothing else to revoke or to declare it.
  static func value(_ found: UndeclaredMember) -> JSONValue {
    [
      "address": .string(found.policy.description), "role": .string(found.role),
      "condition": found.condition.map(value) ?? .null, "member": .string(found.member),
      "standing": .string(found.standing.rawValue),
    ]
  }

  private static func value(_ holder: RoleHolder) -> JSONValue {
    [
      "address": .string(holder.policy.description),
      "condition": holder.condition.map(value) ?? .null, "member": .string(holder.member),
    ]
  }

  static func value(_ pattern: GrantPattern) -> JSONValue {
    [
      "address": .string(pattern.policies.pattern),
      "role": pattern.role.map { .string($0) } ?? .null,
      "member": pattern.member.map { .string($0) } ?? .null,
      "condition": pattern.condition.map { .string($0) } ?? .null,
    ]
  }

  static func value(_ condition: PolicyCondition) -> JSONValue {
    [
      "title": .string(condition.title), "description": .string(condition.description),
      "expression": .string(condition.expression),
    ]
  }

  private static func value(_ hazard: Hazard) -> JSONValue {
    ["flag": .string(hazard.flag.rawValue), "message": .string(hazard.message)]
  }

  private static func value(_ order: KeyAction) -> JSONValue {
    var object: JSONObject = ["order": .string(order.name)]
    if case .retire(let step) = order {
      object["current"] = .string(step.current)
      object["disable"] = strings(step.disable)
      object["delete"] = strings(step.delete)
    } else if case .reclaim(let lost, let beside) = order {
      object["lost"] = strings(lost)
      object["beside"] = strings(beside)
    } else if !order.keyIDs.isEmpty {
      object["ids"] = strings(order.keyIDs)
    }
    return .object(object)
  }

  private static func value(_ refusal: Refusal) -> JSONValue {
    [
      "code": .string(refusal.code.rawValue), "message": .string(refusal.message),
      "remedy": refusal.remedy.map { .string($0) } ?? .null,
    ]
  }

  static func value(_ diagnostic: Diagnostic) -> JSONValue {
    var object: JSONObject = [
      "code": .string(diagnostic.code.rawValue), "severity": .string(diagnostic.severity.rawValue),
      "message": .string(diagnostic.message),
      "source": diagnostic.position.map(value) ?? .null,
      "help": strings(diagnostic.help),
    ]
    if !diagnostic.pasted.isEmpty { object["lines"] = strings(diagnostic.pasted) }
    return .object(object)
  }

  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
