public import JSON

/// The form of a policy's document: what is not understood is neither compared nor written over.
public enum PolicyShape {
  /// What keeps a policy from being understood; nil where it has the form that Google documents.
  ///
  /// A binding whose members cannot be told would look empty, and be written back so.
  public static func problem(in policy: JSONValue) -> String? {
    if let version = policy["version"]?.integer, version > 3 {
      return "the policy is of version \(version), which arctl does not know"
    }
    guard let bindings = policy["bindings"], !bindings.isNull else { return nil }
    guard let list = bindings.array else { return "`bindings` of the policy is not a list" }
    return list.lazy.compactMap(problem(inBinding:)).first
  }

  private static func problem(inBinding binding: JSONValue) -> String? {
    guard let role = binding["role"]?.string, !role.isEmpty else {
      return "a binding of the policy names no role"
    }
    if let members = binding["members"], !members.isNull {
      guard let list = members.array, list.allSatisfy({ $0.string != nil }) else {
        return "the members of `\(role)` are not a list of texts"
      }
    }
    if let condition = binding["condition"], !condition.isNull, condition.object == nil {
      return "the condition of `\(role)` is not an object"
    }
    return nil
  }
}
