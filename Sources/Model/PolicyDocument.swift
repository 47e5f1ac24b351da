package import JSON

/// A view of a live policy's bindings, by role and condition; the document itself does not change.
package struct PolicyDocument {
  /// The identity of a binding; the one without a condition comes first.
  package struct Key: Hashable, Comparable {
    /// The role's name as policies have it: `roles/artifactregistry.reader`.
    package var role: String
    /// Nil for a binding without a condition.
    package var condition: PolicyCondition?
    /// Names the bindings of a role under a condition, or under none.
    package init(role: String, condition: PolicyCondition?) {
      self.role = role
      self.condition = condition
    }
    package static func < (left: Key, right: Key) -> Bool {
      if left.role != right.role { return left.role < right.role }
      switch (left.condition, right.condition) {
      case (nil, nil): return false
      case (nil, _): return true
      case (_, nil): return false
      case (let one?, let two?): return one < two
      }
    }
  }

  /// Members as the server wrote them, in its order.
  package private(set) var members: [Key: [String]] = [:]

  /// Reads a policy as the server sent it, and merges bindings of the same role and condition; ignores what is not a
  /// binding.
  package init(_ policy: JSONValue) {
    // The least spelling of a condition represents all of them, so the order of the bindings does not matter.
    let bindings = (policy["bindings"]?.array ?? []).map { (Self.key(of: $0), $0) }.sorted {
      ($0.0.condition?.texts ?? []).lexicographicallyPrecedes($1.0.condition?.texts ?? [])
    }
    for (key, binding) in bindings { members[key, default: []] += Self.members(of: binding) }
  }

  /// The role and condition of a binding, as the server wrote it.
  package static func key(of binding: JSONValue) -> Key {
    let condition = binding["condition"].flatMap { value -> PolicyCondition? in
      guard value.object != nil else { return nil }
      return PolicyCondition(
        title: value["title"]?.string ?? "", description: value["description"]?.string ?? "",
        expression: value["expression"]?.string ?? "")
    }
    return Key(role: binding["role"]?.string ?? "", condition: condition)
  }

  /// The members of a binding, as the server wrote them.
  package static func members(of binding: JSONValue) -> [String] {
    (binding["members"]?.array ?? []).compactMap(\.string)
  }
}
