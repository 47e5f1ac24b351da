import JSON
import SandboxCalls
import SandboxStore
import SandboxWire

/// PATCH of a repository: only what the mask names changes, and immutable fields do not.
enum RepositoryUpdate {
  static func patch(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var record = try call.repository(in: state)
    let old = record.fields.value.object ?? [:]
    let sent = try RepositorySchema.repository.read(call.body.object)
    var new = old
    for path in try paths(call, sent) { try apply(path, from: sent, to: &new) }
    settle(&new)
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

  /// The paths to change: those of the mask, or without one whatever the body sets.
  private static func paths(_ call: Call, _ sent: JSONObject) throws(APIError) -> [String] {
    guard let mask = Mask(call.query["updateMask"]) else {
      return sent.keys.filter { $0 != "name" }
    }
    if mask.paths.contains("*") {
      return RepositorySchema.repository.fields.filter {
        !$0.value.isOutputOnly && !["name", "format", "mode", "kmsKeyName"].contains($0.key)
      }.keys.sorted()
    }
    var result: [String] = []
    for path in mask.paths {
      guard let field = RepositorySchema.repository.field(at: path) else {
        throw .badField("update_mask", "Invalid update mask: no field \"\(path)\" in Repository.")
      }
      if !field.isOutputOnly && path != "name" { result.append(path) }
    }
    return result
  }

  private static func apply(
    _ path: String, from sent: JSONObject, to target: inout JSONObject
  ) throws(APIError) {
    let parts = path.split(separator: ".").map(String.init)
    var value: JSONValue? = .object(sent)
    for part in parts { value = value?[part] }
    set(value, at: parts[...], in: &target)
  }

  private static func set(
    _ value: JSONValue?, at path: ArraySlice<String>, in object: inout JSONObject
  ) {
    guard let first = path.first else { return }
    if path.count == 1 {
      object[first] = value
      return
    }
    var inner = object[first]?.object ?? [:]
    set(value, at: path.dropFirst(), in: &inner)
    if value != nil || object[first] != nil { object[first] = .object(inner) }
  }

  /// Puts the fields into the form that is stored: map ids inside, input-only fields gone.
  static func settle(_ fields: inout JSONObject) {
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
