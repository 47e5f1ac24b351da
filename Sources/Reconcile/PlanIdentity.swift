import Crypto
import JSON
import Model

/// The canonical form of a plan's changes, and its hash; described in docs/plan-id.md.
///
/// It contains only stable names: wire names, addresses and the raw values that tests pin. Empty members are left out,
/// so that a member that a later version adds changes only the ids of plans that have it.
enum PlanIdentity {
  static let formatVersion: Int64 = 2

  /// The first 16 hex digits of SHA-256 over format version, Stack, variables, selection, allowances and operations;
  /// nil for a plan with nothing to do.
  static func id(of planner: Planner, changes: [Change]) -> String? {
    let writes = changes.filter(\.isWrite)
    guard !writes.isEmpty else { return nil }
    let stack = planner.graph.stack
    var form: JSONObject = ["formatVersion": .integer(formatVersion)]
    form["stack"] = stack.name.map(JSONValue.string)
    form["variables"] = object(
      JSONObject(stack.variables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    form["selection"] = selection(planner.selection)
    form["prunedSince"] = planner.prunedSince.map(JSONValue.string)
    form["allowances"] = list(
      planner.overrides.options.map { .array([.string($0.name), .string($0.value)]) })
    form["operations"] = .array(
      writes.sorted { $0.address < $1.address }.map {
        .object(
          row(
            $0, key: planner.graph.keys[$0.address],
            spec: planner.graph.resources[$0.address]?.spec ?? [:], action: $0.action))
      })
    return digest(.object(form))
  }

  /// The digest that an approval of a refused row names: its change, its dangers, and the refusals that no flag lifts.
  /// It does not contain the flags on the command line or other rows.
  static func digest(
    ofRefused change: Change, key: DesiredKey?, spec: JSONObject = [:]
  ) -> String {
    var form = row(change, key: key, spec: spec, action: change.intended)
    form["formatVersion"] = .integer(formatVersion)
    form["obstacles"] = list(
      change.refusals.filter {
        !$0.isLiftedByFlag
      }.map { .array([.string($0.code.rawValue), statement($0.statement)]) })
    return digest(.object(form))
  }

  private static func digest(_ form: JSONValue) -> String {
    String(Hex.encode(SHA256.hash(form.serialized(.canonical))).prefix(16))
  }

  private static func selection(_ selection: Selection) -> JSONValue? {
    list(selection.options.map { .array([.string($0.name), .string($0.value)]) })
  }

  // MARK: Rows

  private static func row(
    _ change: Change, key: DesiredKey?, spec: JSONObject, action: Change.Action
  ) -> JSONObject {
    var form: JSONObject = [
      "address": .string(change.address.description), "action": .string(action.rawValue),
    ]
    // A write whose row shows another sign than its action.
    if change.intended != action { form["intended"] = .string(change.intended.rawValue) }
    form["fields"] = list(
      (change.resource?.fields ?? []).sorted { $0.path.description < $1.path.description }
        .map(field))
    form["members"] = list(change.bindings.filter { !$0.isEmpty }.map(binding))
    // A resource that is created instead of undeleted gets all written fields, not only those that differ.
    form["fallback"] = change.resource?.fallback.map {
      ["action": .string($0.rawValue), "spec": .object(spec)]
    }
    form["uid"] = change.resource?.uid.map(JSONValue.string)
    form["identity"] = object(change.identity)
    form["reason"] = change.reason.map(statement)
    form["note"] = change.note.map(JSONValue.string)
    form["destroys"] = list(change.losses.map(statement))
    form["remarks"] = list(change.remarks.map(statement))
    form["hazards"] = list(
      change.hazards.map { [.string($0.flag.rawValue), statement($0.statement)] })
    form["key"] = change.key.map { order in detail(order, key) }
    return form
  }

  /// Without its words, so that they can be improved.
  private static func statement(_ statement: Statement) -> JSONValue {
    .array(([statement.code] + statement.facts).map(JSONValue.string))
  }

  private static func field(_ field: FieldChange) -> JSONValue {
    var form: JSONObject = ["path": .array(field.path.components.map(component))]
    if let from = field.from, !from.isNull { form["from"] = from }
    if let to = field.to, !to.isNull { form["to"] = to }
    if field.isImmutable { form["immutable"] = true }
    return .object(form)
  }

  private static func component(_ component: FieldPath.Component) -> JSONValue {
    switch component {
    case .field(let name): ["field": .string(name)]
    case .element(let id): ["element": .string(id)]
    case .index(let index): ["index": .integer(Int64(index))]
    }
  }

  private static func binding(_ binding: BindingChange) -> JSONValue {
    var form: JSONObject = ["role": .string(binding.role)]
    form["condition"] = binding.condition.map {
      [
        "title": .string($0.title), "description": .string($0.description),
        "expression": .string($0.expression),
      ]
    }
    form["added"] = texts(binding.added.sorted())
    form["removed"] = list(
      binding.removed.sorted { $0.member < $1.member }.map {
        [.string($0.member), .string($0.cause.rawValue)]
      })
    return .object(form)
  }

  /// What a plan shows of a key: the action, the account, the origin, the destination and the lifetime.
  private static func detail(_ order: KeyAction, _ key: DesiredKey?) -> JSONValue {
    var form: JSONObject = ["order": .string(order.name)]
    form["ids"] = texts(order.keyIDs.sorted())
    if case .retire(let step) = order {
      form["current"] = .string(step.current)
      form["deletes"] = texts(step.delete)
    }
    if case .reclaim(let lost, _) = order { form["lost"] = texts(lost) }
    if let key {
      form["email"] = .string(key.email)
      form["origin"] = .string(key.origin.rawValue)
      // A key in a store of secrets has no file.
      form["file"] = key.remote == nil ? .string(key.file) : nil
      form["remote"] = key.remote.map { .string($0.text) }
      form["expires"] = key.expires.map(JSONValue.integer)
    }
    return .object(form)
  }

  // MARK: Members that are left out without content

  private static func object(_ object: JSONObject) -> JSONValue? {
    object.isEmpty ? nil : .object(object)
  }
  private static func list(_ values: [JSONValue]) -> JSONValue? {
    values.isEmpty ? nil : .array(values)
  }
  private static func texts(_ texts: [String]) -> JSONValue? { list(texts.map(JSONValue.string)) }
}
