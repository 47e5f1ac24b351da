public import JSON

extension PolicyIntent {
  /// The policy after this intent: version 3; the etag and everything that the intent does not mention stay as they
  /// were.
  ///
  /// Returns an equal value if nothing changes, so that the caller can skip the write.
  public func apply(to policy: JSONValue) -> JSONValue {
    var bindings = policy["bindings"]?.array ?? []
    let before = bindings
    for entry in entries {
      let key = PolicyDocument.Key(role: entry.role, condition: entry.condition)
      remove(Set(entry.remove.map(PolicyMember.normalized)), from: &bindings, key)
      add(entry.add, to: &bindings, key)
    }
    // The very same document, so that the caller sees that no write is needed.
    guard bindings != before else { return policy }
    var result = policy.object ?? [:]
    result["bindings"] = .array(bindings)
    // A lower version cannot express conditions.
    result["version"] = 3
    return .object(result)
  }

  private func remove(
    _ members: Set<String>, from bindings: inout [JSONValue], _ key: PolicyDocument.Key
  ) {
    guard !members.isEmpty else { return }
    bindings = bindings.compactMap { binding in
      guard PolicyDocument.key(of: binding) == key else { return binding }
      let old = PolicyDocument.members(of: binding)
      let kept = old.filter { !members.contains(PolicyMember.normalized($0)) }
      // A binding without members grants nothing. An unchanged one stays exactly as the server wrote it.
      return kept.count == old.count ? binding : kept.isEmpty ? nil : binding.withMembers(kept)
    }
  }

  private func add(
    _ members: [String], to bindings: inout [JSONValue], _ key: PolicyDocument.Key
  ) {
    let places = bindings.indices.filter { PolicyDocument.key(of: bindings[$0]) == key }
    // Compared in normal form, because the server may spell a member differently.
    let held = Set(
      places.flatMap { PolicyDocument.members(of: bindings[$0]) }.map(PolicyMember.normalized))
    let new = members.filter { !held.contains(PolicyMember.normalized($0)) }
    guard !new.isEmpty else { return }
    // A live policy may have several bindings of a role and condition; one of them is enough.
    if let place = places.first {
      let old = PolicyDocument.members(of: bindings[place])
      bindings[place] = bindings[place].withMembers(old + new)
    } else {
      bindings.append(Self.binding(key, new))
    }
  }

  private static func binding(_ key: PolicyDocument.Key, _ members: [String]) -> JSONValue {
    var binding: JSONObject = [
      "role": .string(key.role), "members": .array(members.map(JSONValue.string)),
    ]
    if let condition = key.condition {
      var value: JSONObject = [
        "title": .string(condition.title), "expression": .string(condition.expression),
      ]
      if !condition.description.isEmpty { value["description"] = .string(condition.description) }
      binding["condition"] = .object(value)
    }
    return .object(binding)
  }
}

extension JSONValue {
  /// The same binding with other members: everything else in it, known or not, is kept.
  fileprivate func withMembers(_ members: [String]) -> JSONValue {
    var object = object ?? [:]
    object["members"] = .array(members.map(JSONValue.string))
    return .object(object)
  }
}
