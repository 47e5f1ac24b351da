import JSON
import SandboxCalls
import SandboxStore
import SandboxWire

/// PATCH of a repository: changes only what the mask names, and no immutable field.
enum RepositoryUpdate {
  static func patch(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var record = try call.repository(in: state)
    let old = record.fields.value.object ?? [:]
    let sent = try RepositorySchema.repository.read(call.body.object)
    var new = try update.apply(mask: call.query["updateMask"], sent: sent, to: old)
    normalize(&new)
    try checkImmutable(old, new)
    try RepositoryRules(
      project: record.project, location: record.location, id: record.id, fields: new, state: state,
      now: call.now
    ).check()
    record.fields = JSONText(.object(new))
    record.updateTime = call.now
    state.put(record)
    guard var answer = Repositories.json(record, state).object else { return [:] }
    answer["registryUri"] = nil
    return .object(answer)
  }

  private static let update = MaskedUpdate(
    message: RepositorySchema.repository, name: "Repository",
    constant: ["name", "format", "mode", "kmsKeyName"])

  /// Converts the fields to the stored form: ids of a map also inside of its values, input-only fields removed.
  static func normalize(_ fields: inout JSONObject) {
    fields["name"] = nil
    fields["disallowUnspecifiedMode"] = nil
    if let policies = fields["cleanupPolicies"]?.object {
      var settled: JSONObject = [:]
      for (id, policy) in policies {
        var inner = policy.object ?? [:]
        if inner["id"] == nil { inner["id"] = .string(id) }
        settled[id] = .object(inner)
      }
      fields["cleanupPolicies"] = .object(settled)
    }
    if var remote = fields["remoteRepositoryConfig"]?.object {
      remote["disableUpstreamValidation"] = nil
      fields["remoteRepositoryConfig"] = .object(remote)
    }
    if fields["vulnerabilityScanningConfig"]?.object?.isEmpty ?? false {
      fields["vulnerabilityScanningConfig"] = nil
    }
  }

  /// Throws if an immutable field changes. Of a remote config only the credentials can.
  private static func checkImmutable(_ old: JSONObject, _ new: JSONObject) throws(APIError) {
    for name in ["format", "mode", "kmsKeyName"] where old[name] != new[name] {
      throw immutable(name)
    }
    var before = old["remoteRepositoryConfig"]?.object ?? [:]
    var after = new["remoteRepositoryConfig"]?.object ?? [:]
    before["upstreamCredentials"] = nil
    after["upstreamCredentials"] = nil
    if before != after { throw immutable("remoteRepositoryConfig") }
  }

  private static func immutable(_ name: String) -> APIError {
    .badField("repository.\(name)", "Field \"\(name)\" of a repository cannot be changed.")
  }
}
