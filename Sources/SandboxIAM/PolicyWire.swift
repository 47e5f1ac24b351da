import Crypto
package import JSON
package import SandboxWire

/// Converts a policy between its wire form and its record.
package enum PolicyWire {
  /// The answer of getIamPolicy.
  ///
  /// Below version 3, a conditional binding is shown without its condition and under a mangled role name, as Google
  /// does: a client that writes this back must not turn it into an unconditional grant.
  package static func json(_ policy: PolicyRecord?, requestedVersion: Int) -> JSONValue {
    guard let policy else { return ["etag": .string(unsetEtag)] }
    var object: JSONObject = [:]
    // Only conditions need version 3 (docs/google-apis.md#reading-and-writing-a-policy).
    let conditional = policy.bindings.contains { $0.condition != nil }
    // The version that the content needs, which may be lower than the requested one.
    object["version"] = conditional && requestedVersion >= 3 ? 3 : 1
    object["etag"] = .string(policy.etag)
    if !policy.bindings.isEmpty {
      object["bindings"] = .array(
        policy.bindings.map { json($0, mangled: requestedVersion < 3) })
    }
    if let audits = policy.auditConfigs.value.array, !audits.isEmpty {
      object["auditConfigs"] = policy.auditConfigs.value
    }
    return .object(object)
  }

  /// The etag of a policy that was never set: such a policy has one too, so that the first write can be compared.
  static let unsetEtag = "ACAB"

  private static func json(_ binding: PolicyRecord.Binding, mangled: Bool) -> JSONValue {
    var object: JSONObject = [
      "role": .string(binding.role), "members": .array(binding.members.map { .string($0) }),
    ]
    if let condition = binding.condition {
      if mangled {
        object["role"] = .string(mangledRole(binding.role, condition))
      } else {
        object["condition"] = json(condition)
      }
    }
    return .object(object)
  }

  private static func json(_ condition: PolicyRecord.Condition) -> JSONValue {
    var object: JSONObject = [:]
    // Empty fields are omitted, as in Google's JSON. The expression is required, so it is never empty.
    if !condition.title.isEmpty { object["title"] = .string(condition.title) }
    if !condition.description.isEmpty { object["description"] = .string(condition.description) }
    object["expression"] = .string(condition.expression)
    if !condition.location.isEmpty { object["location"] = .string(condition.location) }
    return .object(object)
  }

  /// The role name under which a conditional binding is shown: stable for one condition, and different for another.
  private static func mangledRole(
    _ role: String, _ condition: PolicyRecord.Condition
  ) -> String {
    let parts = [condition.title, condition.description, condition.expression]
    // With a separator: otherwise text could move from the title to the description without a change of the hash.
    let hash = Hex.encode(SHA256.hash(Array(parts.joined(separator: "\u{0}").utf8)))
    return "\(role)_withcond_\(hash.prefix(20))"
  }

  /// A policy as a client sent it.
  package struct Incoming {
    /// 0 if the client sent none.
    package var version: Int
    var etag: String?
    /// As they were sent: not merged, and members not normalized.
    package var bindings: [PolicyRecord.Binding]
    var auditConfigs: JSONValue?
  }

  /// Reads the `policy` of setIamPolicy.
  package static func read(_ body: Body) throws(APIError) -> Incoming {
    try body.allow("version", "etag", "bindings", "auditConfigs", "rules", "kind", "resourceId")
    let version = try body.integer("version") ?? 0
    // IAM has no version 2.
    guard [0, 1, 3].contains(version) else {
      throw .badField("policy.version", "Invalid policy version \(version).")
    }
    var bindings: [PolicyRecord.Binding] = []
    // Only their form: PolicyWriter compares the etag before it judges the content.
    for item in try body.messages("bindings") ?? [] { bindings.append(try binding(item)) }
    return Incoming(
      // An empty etag is the field's default value, so it means that the client sent none.
      version: version, etag: try body.string("etag").flatMap { $0.isEmpty ? nil : $0 },
      bindings: bindings, auditConfigs: try audits(body))
  }

  private static func binding(_ body: Body) throws(APIError) -> PolicyRecord.Binding {
    // As at Google, an unknown member is an error: a misspelt `condition` would otherwise widen a grant.
    try body.allow("role", "members", "condition", "bindingId")
    return PolicyRecord.Binding(
      // Missing texts are empty, as in protocol buffers. PolicyWriter refuses those that are required.
      role: try body.string("role") ?? "", members: try body.strings("members") ?? [],
      condition: try body.message("condition").map { (part) throws(APIError) in
        try condition(part)
      })
  }

  private static func condition(_ body: Body) throws(APIError) -> PolicyRecord.Condition {
    try body.allow("title", "description", "expression", "location")
    return PolicyRecord.Condition(
      title: try body.string("title") ?? "", description: try body.string("description") ?? "",
      expression: try body.string("expression") ?? "", location: try body.string("location") ?? "")
  }

  /// Checks the audit configurations and keeps their JSON. The sandbox writes no audit logs, so it only has to return
  /// them.
  private static func audits(_ body: Body) throws(APIError) -> JSONValue? {
    guard let configs = try body.messages("auditConfigs") else { return nil }
    var result: [JSONValue] = []
    for config in configs {
      try config.allow("service", "auditLogConfigs", "exemptedMembers")
      guard let service = try config.string("service"), !service.isEmpty else {
        throw .invalid("Audit config must have a service.")
      }
      var object = config.object
      var logs: [JSONValue] = []
      for log in try config.messages("auditLogConfigs") ?? [] {
        try log.allow("logType", "exemptedMembers", "ignoreChildExemptions")
        // Kept as it was sent but for the type, which is stored by its name.
        var entry = log.object
        entry["logType"] = .string(try logType(log))
        logs.append(.object(entry))
      }
      if !logs.isEmpty { object["auditLogConfigs"] = .array(logs) }
      result.append(.object(object))
    }
    return .array(result)
  }

  /// The type of an audit log, by name or by number: Google's own clients send enums as numbers.
  private static func logType(_ log: Body) throws(APIError) -> String {
    // The first one is the default of the enum and not a type that can be chosen.
    let types = ["LOG_TYPE_UNSPECIFIED", "ADMIN_READ", "DATA_WRITE", "DATA_READ"]
    if let number = log.object["logType"]?.integer, types.indices.dropFirst().contains(Int(number))
    {
      return types[Int(number)]
    }
    let type = try log.string("logType") ?? ""
    guard types.dropFirst().contains(type) else {
      throw .invalid("Invalid value for log_type: \"\(type)\".")
    }
    return type
  }
}
