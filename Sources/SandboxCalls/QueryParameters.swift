package import SandboxWire

/// The query parameters of a method. Every other one is refused, as Google does.
///
/// The names are those of the discovery documents. Handlers check values and repetitions.
package struct QueryParameters: Sendable {
  /// Parameters that handlers use, or that make no difference here.
  package var taken: Set<String> = []
  /// Parameters that Google acts on and the sandbox does not: it answers 501 if they have a value, since ignoring them
  /// would change the result unnoticed.
  package var unserved: Set<String> = []

  /// Google's standard parameters, which every method accepts, also with a `$` in front. `Query` has converted
  /// `upload_protocol` to camel case.
  private static let standard: Set<String> = [
    ".xgafv", "accessToken", "alt", "callback", "fields", "key", "oauthToken", "prettyPrint",
    "quotaUser", "uploadProtocol", "uploadType", "userProject",
  ]

  /// All names, sorted.
  package var names: [String] { taken.union(unserved).sorted() }

  /// Checks the query of a call to Google's APIs.
  package func check(_ query: Query) throws(APIError) {
    let isStandard = { (name: String) in
      Self.standard.contains(name.hasPrefix("$") ? String(name.dropFirst()) : name)
    }
    try refuseUnknown(query, but: isStandard)
    for name in unserved.sorted() where query[name]?.isEmpty == false {
      throw Self.notServed(name)
    }
    for name in ["callback", "$callback"] where query[name]?.isEmpty == false {
      throw Self.notServed(name)
    }
    for name in ["alt", "$alt"] {
      let form = query[name]?.split(separator: ";").first ?? "json"
      guard form == "json" || (form == "media" && taken.contains("alt")) else {
        throw Self.notServed("\(name)=\(form)")
      }
    }
  }

  /// Refuses parameters that are neither taken nor `known`.
  package func refuseUnknown(
    _ query: Query, but known: (String) -> Bool = { _ in false }
  ) throws(APIError) {
    var seen: Set<String> = []
    let messages = query.names.compactMap { name -> String? in
      let wanted = Query.camelCase(name)
      guard !taken.contains(wanted), !unserved.contains(wanted), !known(wanted),
        seen.insert(name).inserted
      else { return nil }
      return
        "Invalid JSON payload received. Unknown name \"\(name)\": Cannot bind query parameter. "
        + "Field '\(unknownPart(of: name))' could not be found in request message."
    }
    guard messages.isEmpty else { throw .violations(messages) }
  }

  /// The part that does not exist: of `options.nosuch` it is `nosuch`.
  private func unknownPart(of name: String) -> String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    for count in 1...parts.count {
      let path = Query.camelCase(parts[..<count].joined(separator: "."))
      if !taken.union(unserved).contains(where: { $0 == path || $0.hasPrefix("\(path).") }) {
        return String(parts[count - 1])
      }
    }
    return name
  }

  private static func notServed(_ name: String) -> APIError {
    APIError(.unimplemented, "The sandbox does not serve the query parameter \(name).")
  }
}

extension Route {
  /// The same route, with these query parameters.
  ///
  /// - Parameter unserved: those that Google acts on and the sandbox does not.
  package func taking(_ names: String..., unserved: Set<String> = []) -> Route {
    var route = self
    route.parameters = QueryParameters(taken: Set(names), unserved: unserved)
    return route
  }
}
