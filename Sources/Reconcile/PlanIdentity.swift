import Crypto
import JSON
import Model

/// The canonical form of what a plan does, and its hash.
enum PlanIdentity {
  /// The first 16 hex digits of SHA-256 over format version, Stack, variables, caller, selection and operations, which name
  /// the very resources that they change or end: no etag, time, position or warning.
  static func id(of planner: Planner, changes: [Change]) -> String {
    let form: JSONValue = [
      "formatVersion": 1,
      "stack": planner.graph.stack.name.map(JSONValue.string) ?? .null,
      "variables": .object(
        JSONObject(planner.graph.stack.variables.map { ($0.key, $0.value) })),
      "caller": .string(planner.caller),
      "targets": .array(planner.selection.targets.map { .string($0.pattern) }),
      "excludes": .array(planner.selection.excludes.map { .string($0.pattern) }),
      "excludedGrants": .array(
        planner.selection.excludedGrants.map { .string($0.description) }),
      "operations": .array(
        changes.filter(\.isWrite).map { change in
          operation(
            change, spec: planner.graph.resources[change.address]?.spec ?? [:],
            key: planner.graph.keys[change.address])
        }),
    ]
    let digest = SHA256.hash(form.serialized(.canonical))
    return String(Hex.encode(digest).prefix(16))
  }

  private static func operation(
    _ change: Change, spec: JSONObject, key: DesiredKey?
  ) -> JSONValue {
    var form: JSONObject = [
      "address": .string(change.address.description),
      "action": .string(change.action.rawValue),
      "detail": change.key.map { .string(String(describing: $0)) } ?? .null,
      "uid": change.uid.map(JSONValue.string) ?? .null,
      "key": key.map(detail) ?? .null,
      "fields": .array(
        change.fields.map {
          [
            "path": .string($0.path.description), "from": $0.from ?? .null, "to": $0.to ?? .null,
          ]
        }),
      "members": .array(change.bindings.filter { !$0.isEmpty }.map(binding)),
    ]
    // What is created in place of an undelete has all written fields, and not only those that differ.
    form["fallback"] = change.fallback.map {
      ["action": .string($0.rawValue), "spec": .object(spec)]
    }
    if !change.identity.isEmpty { form["identity"] = .object(change.identity) }
    return .object(form)
  }

  /// What a plan prints of a key: for whom it is, who makes it, where its file goes and how long it lasts.
  private static func detail(_ key: DesiredKey) -> JSONValue {
    [
      "email": .string(key.email), "origin": .string(key.origin.rawValue),
      "file": .string(key.file), "expires": key.expires.map(JSONValue.integer) ?? .null,
    ]
  }

  private static func binding(_ binding: BindingChange) -> JSONValue {
    [
      "role": .string(binding.role),
      "condition": binding.condition.map {
        [.string($0.title), .string($0.description), .string($0.expression)]
      } ?? .null,
      "added": .array(binding.added.map(JSONValue.string)),
      "removed": .array(binding.removed.map { .string($0.member) }),
    ]
  }
}
