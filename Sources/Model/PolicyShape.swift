public import JSON

/// The form of a policy's document: arctl neither compares nor overwrites what it does not understand.
public enum PolicyShape {
  /// The members of a policy in any of the APIs. Source: their discovery documents, schema `Policy`.
  private static let known: Set<String> = ["version", "etag", "bindings", "auditConfigs"]

  /// Why a policy cannot be understood; nil if it has the form that Google documents.
  ///
  /// An answer that is not a policy (`{}`, an error, another page) would read as a policy without members: removals
  /// would disappear from the plan. Every policy has an etag, even one that was never set
  /// (docs/google-apis.md#reading-and-writing-a-policy), so a value without one is not taken for a policy. A fifth
  /// member could be another rule about access, as `auditConfigs` once was; arctl would compare one half and overwrite
  /// the other.
  ///
  /// Unknown members inside a binding or its condition are safe: every write keeps them unchanged
  /// (`PolicyIntent.apply`). They cannot change the meaning of role and members, because Google sends what does
  /// (conditions) only to callers that request its version, and arctl requests 3. But a binding with unreadable members
  /// would look empty, and a write would empty it.
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

  /// A condition with an unreadable expression would be taken for another condition.
  private static func problem(inCondition condition: JSONValue, of role: String) -> String? {
    guard condition.object != nil else { return "the condition of `\(role)` is not an object" }
    guard condition["expression"]?.string?.isEmpty == false,
      ["title", "description"].allSatisfy({ condition[$0] == nil || condition[$0]?.string != nil })
    else { return "the condition of `\(role)` cannot be understood" }
    return nil
  }
}
