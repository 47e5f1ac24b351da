import JSON
import Model

/// What tells a live resource from another one of its name.
enum LiveIdentity {
  /// The members that another resource of this name would not have, before `action` is done to this one.
  static func of(_ live: JSONValue, kind: Address.Kind, before action: Change.Action) -> JSONObject
  {
    if kind == .role, action != .update { return content(ofRole: live) }
    var identity = JSONObject()
    for name in fixed(kind) { identity[name] = live[name] }
    return identity
  }

  /// What Google sets once and for all: a namesake that is created later has other values.
  ///
  /// A project has none, as its id is never free again; a key's id and a service's name are their identity.
  private static func fixed(_ kind: Address.Kind) -> [String] {
    switch kind {
    case .repository: ["createTime", "format"]
    case .serviceAccount: ["uniqueId"]
    case .project, .service, .role, .serviceAccountKey, .iam: []
    }
  }

  /// A custom role has neither a number nor a time: one that ends, or comes back with what it held, is what it consists of.
  ///
  /// Its etag would tell as well, but a list and a GET are not known to name the same one, and a plan's id holds none.
  private static func content(ofRole live: JSONValue) -> JSONObject {
    let permissions = (live["includedPermissions"]?.array ?? []).compactMap(\.string).sorted()
    return [
      "title": .string(live["title"]?.string ?? ""),
      "description": .string(live["description"]?.string ?? ""),
      // Google leaves out ALPHA. Source: gcp-api.md 2.6.
      "stage": .string(live["stage"]?.string ?? "ALPHA"),
      "includedPermissions": .array(permissions.map(JSONValue.string)),
    ]
  }
}
