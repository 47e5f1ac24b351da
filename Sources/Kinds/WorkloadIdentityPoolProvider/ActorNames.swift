import JSON

/// Full names of providers, in which a project has an id and a number.
///
/// An actor belongs to the pool of its provider, so names that differ in the project alone are the same name.
enum ActorNames {
  private static let field = "actorProviders"

  /// The written fields, with the live spelling of each name that is the same.
  static func adopted(_ spec: JSONObject, live: JSONValue?) -> JSONObject {
    guard let written = spec[field]?.array, let existing = live?[field]?.array else { return spec }
    var result = spec
    result[field] = .array(
      written.map { name in existing.first { isSame($0, name) } ?? name })
    return result
  }

  private static func isSame(_ one: JSONValue, _ other: JSONValue) -> Bool {
    guard let one = one.string, let other = other.string else { return false }
    let parts = [one, other].map { $0.split(separator: "/", omittingEmptySubsequences: false) }
    return parts.allSatisfy { $0.count == 8 && $0[0] == "projects" }
      && parts[0].dropFirst(2).elementsEqual(parts[1].dropFirst(2))
  }
}
