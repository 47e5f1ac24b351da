public import JSON

/// The form of a policy's document: what is not understood is neither compared nor written over.
public enum PolicyShape {
  /// What a policy of any of the APIs may hold. Source: their discovery documents, schema `Policy`.
  private static let known: Set<String> = ["version", "etag", "bindings", "auditConfigs"]

  /// What keeps a policy from being understood; nil where it has the form that Google documents.
  ///
  /// An answer that is no policy (`{}`, an error, something else's page) would read as "nobody holds anything": removals
  /// would vanish from the plan. Every policy has an etag, one that was never set too
  /// (docs/google-apis.md#reading-and-writing-a-policy), so what has none
  /// is not taken for one. A member beside the four could be another statement on who may do what, as `auditConfigs` once
  /// was; arctl would compare half of it and write over the other half.
  ///
  /// Inside a binding it is otherwise: what more a binding or its condition holds is kept, word for word, by every write
  /// (`PolicyIntent.apply`), and cannot change what role and members say, as Google sends what does (conditions) only to
  /// callers who ask for its version, and arctl asks for 3. A binding whose members cannot be told, though, would look
  /// empty, and be written back so.
  public static func problem(in policy: JSONValue) -> String? {
    guard let members = policy.object else { return "the policy is not an object" }
    if let unknown = members.keys.first(where: { !known.contains($0) }) {
      return "the policy holds `\(unknown)`, which arctl does not know"
    }
    if let version = policy["version"] {
      guard let number = version.integer, number >= 0 else {
        return "`version` of the policy is not a number"
      }
      guard number <= 3 else {
        return "the policy is of version \(number), which arctl does not know"
      }
    }
    guard let etag = policy["etag"]?.string, !etag.isEmpty else {
      return "the policy has no etag, so a write could undo what others change"
    }
    if let audit = policy["auditConfigs"], audit.array == nil {
      return "`auditConfigs` of the policy is not a list"
    }
    guard let bindings = policy["bindings"] else { return nil }
    guard let list = bindings.array else { return "`bindings` of the policy is not a list" }
    return list.lazy.compactMap(problem(inBinding:)).first
  }

  private static func problem(inBinding binding: JSONValue) -> String? {
    guard let role = binding["role"]?.string, !role.isEmpty else {
      return "a binding of the policy has no role"
    }
    if let members = binding["members"] {
      guard let list = members.array, list.allSatisfy({ $0.string?.isEmpty == false }) else {
        return "the members of `\(role)` are not a list of texts"
      }
    }
    return binding["condition"].flatMap { problem(inCondition: $0, of: role) }
  }

  /// One whose expression cannot be told would be taken for another condition.
  private static func problem(inCondition condition: JSONValue, of role: String) -> String? {
    guard condition.object != nil else { return "the condition of `\(role)` is not an object" }
    guard condition["expression"]?.string?.isEmpty == false,
      ["title", "description"].allSatisfy({ condition[$0] == nil || condition[$0]?.string != nil })
    else { return "the condition of `\(role)` cannot be understood" }
    return nil
  }
}
