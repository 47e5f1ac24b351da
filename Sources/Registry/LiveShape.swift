public import JSON
public import Model

/// Whether what a server says of a resource of some kind can be understood: what plans and writes ask before they compare.
public enum LiveShape {
  /// What keeps a live resource from being compared with the written fields, in words for people; nil where nothing does.
  ///
  /// - Parameter written: the fields that a manifest writes; none for what no manifest declares.
  public static func problem(
    in live: JSONValue, kind: Address.Kind, written: JSONObject = [:]
  ) -> String? {
    guard let kind = Kinds.of(kind) else { return "arctl does not know this kind" }
    return SchemaShape.problem(in: live, schema: kind.schema, written: written)
      ?? kind.problem(inLive: live, written: written)
  }
}
