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
    let route: Route
    let segments: [Segment]
  }
  /// What a request must have exactly, so that few templates are left to compare.
  private struct Shape: Hashable, Sendable {
    let method: String
    let count: Int
    let verb: String?
  }

  private var entries: [Shape: [Entry]] = [:]
  private var verbs: Set<String> = []

  /// Indexes the routes.
  package init(_ routes: [Route]) {
    for route in routes {
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
      let shape = Shape(method: route.method.rawValue, count: segments.count, verb: verb)
      entries[shape, default: []].append(Entry(route: route, segments: segments))
    }
  }

  /// The route of a request; nil if there is none. Literal segments take precedence over variables.
  package func match(_ method: String, _ path: String) -> Match? {
    var raw = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()[...]
    guard !raw.isEmpty, let last = raw.last else { return nil }
    // The verb follows an unencoded colon. A project id may contain a colon of its own, so only known verbs are cut
    // off.
    if let colon = last.lastIndex(of: ":") {
      let verb = String(last[last.index(after: colon)...])
      if verbs.contains(verb) {
        raw[raw.endIndex - 1] = last[..<colon]
        return find(Shape(method: method, count: raw.count, verb: verb), raw)
      }
    }
    return find(Shape(method: method, count: raw.count, verb: nil), raw)
  }

  /// The best match among the templates of one shape.
  private func find(_ shape: Shape, _ raw: ArraySlice<Substring>) -> Match? {
    var best: (match: Match, literals: Int)?
    for entry in entries[shape] ?? [] {
      guard let (variables, literals) = Self.bind(entry.segments, raw) else { continue }
      if literals > best?.literals ?? -1 {
        best = (Match(route: entry.route, variables: variables), literals)
      }
    }
    return best?.match
  }

  /// The variables of a path that matches a template, and the number of its literals.
  private static func bind(
    _ segments: [Segment], _ raw: ArraySlice<Substring>
  ) -> (variables: [String: String], literals: Int)? {
    var variables: [String: String] = [:]
    var literals = 0
    for (segment, text) in zip(segments, raw) {
      switch segment {
      case .literal(let literal):
        guard literal == text else { return nil }
        literals += 1
      case .variable(let name):
        guard let value = PercentEncoding.decodedID(text), !value.isEmpty else { return nil }
        variables[name] = value
      }
    }
    return (variables, literals)
  }
}
