import HTTP
import SandboxWire

/// Finds the route for a method and a path.
package struct Router: Sendable {
  /// A route, with the decoded variables of its template.
  package struct Match: Sendable {
    /// The matching route.
    package let route: Route
    /// By the name in the template.
    package let variables: [String: String]
  }

  /// A part of a template.
  private enum Segment: Sendable {
    case literal(String)
    case variable(String)
  }
  private struct Entry: Sendable {
    /// Its place in `routes`: a loop over templates must not copy whole routes.
    let route: Int
    let segments: [Segment]
    let literals: Int
  }
  /// What a request must have exactly, so that few templates are left to compare.
  private struct Shape: Hashable, Sendable {
    let method: String
    let count: Int
    let verb: String?
  }

  private let routes: [Route]
  /// Those with the most literals come first.
  private var entries: [Shape: [Entry]] = [:]
  private var verbs: Set<String> = []

  /// Indexes the routes.
  package init(_ routes: [Route]) {
    self.routes = routes
    for (place, route) in routes.enumerated() {
      var parts = route.template.split(separator: "/").map(String.init)
      var verb: String?
      if let last = parts.last, let colon = last.lastIndex(of: ":") {
        verb = String(last[last.index(after: colon)...])
        parts[parts.count - 1] = String(last[..<colon])
      }
      if let verb { verbs.insert(verb) }
      let segments: [Segment] = parts.map {
        $0.hasPrefix("{") ? .variable(String($0.dropFirst().dropLast())) : .literal($0)
      }
      let literals = segments.count { if case .literal = $0 { true } else { false } }
      let shape = Shape(method: route.method.rawValue, count: segments.count, verb: verb)
      // After the routes with as many: of those, the first one counts.
      var found = entries[shape] ?? []
      let entry = Entry(route: place, segments: segments, literals: literals)
      found.insert(entry, at: found.firstIndex { $0.literals < literals } ?? found.endIndex)
      entries[shape] = found
    }
  }

  /// The route of a request; nil if there is none. Literal segments take precedence over variables.
  package func match(_ method: String, _ path: String) -> Match? {
    var raw = path.parts(between: UInt8(ascii: "/")).dropFirst()
    guard let last = raw.last else { return nil }
    // The verb follows an unencoded colon. A project id may contain a colon of its own, so only known verbs are cut
    // off.
    if let colon = last.utf8.lastIndex(of: UInt8(ascii: ":")) {
      let verb = String(last[last.utf8.index(after: colon)...])
      if verbs.contains(verb) {
        raw[raw.endIndex - 1] = last[..<colon]
        return find(Shape(method: method, count: raw.count, verb: verb), raw)
      }
    }
    return find(Shape(method: method, count: raw.count, verb: nil), raw)
  }

  /// The best match among the templates of one shape.
  private func find(_ shape: Shape, _ raw: ArraySlice<Substring>) -> Match? {
    for entry in entries[shape] ?? [] where Self.fits(entry.segments, raw) {
      guard let variables = Self.variables(entry.segments, raw) else { continue }
      return Match(route: routes[entry.route], variables: variables)
    }
    return nil
  }

  /// Whether a path has the literals of a template. Compares bytes: the literals are ASCII.
  private static func fits(_ segments: [Segment], _ raw: ArraySlice<Substring>) -> Bool {
    zip(segments, raw).allSatisfy { segment, text in
      guard case .literal(let literal) = segment else { return true }
      return literal.utf8.count == text.utf8.count && literal.utf8.elementsEqual(text.utf8)
    }
  }

  /// The variables of a path; nil if one is empty or malformed.
  private static func variables(
    _ segments: [Segment], _ raw: ArraySlice<Substring>
  ) -> [String: String]? {
    var variables: [String: String] = [:]
    for (segment, text) in zip(segments, raw) {
      guard case .variable(let name) = segment else { continue }
      guard let value = PercentEncoding.decodedID(text), !value.isEmpty else { return nil }
      variables[name] = value
    }
    return variables
  }
}
