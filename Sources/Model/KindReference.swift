/// What a text says that refers to a resource of some kind.
public enum KindReference: Sendable, Hashable {
  /// Google's full name: it may be of something that no manifest declares.
  case full(Address)
  /// The last names of its address, or all of them; it must be declared in the set.
  case short(project: String, names: [String])
}

/// Google's name of a resource, with places for its project and for what its address holds:
/// `projects/*/locations/*/repositories/*`.
public struct NameTemplate: Sendable, Hashable {
  private let parts: [Substring]

  /// - Parameter text: with `*` for the project and for each name of the address, in order.
  public init(_ text: StaticString) { parts = "\(text)".split(separator: "/") }

  /// The number of names that an address has.
  public var nameCount: Int { parts.count { $0 == "*" } - 1 }

  /// Google's name of an address.
  public func name(of address: Address) -> String {
    var values = ([address.project] + address.names)[...]
    return parts.map { $0 == "*" ? values.popFirst() ?? "NAME" : String($0) }.joined(separator: "/")
  }

  /// The project and the names in one of Google's names; nil where its form is another.
  public func values(in text: String) -> (project: String, names: [String])? {
    let given = text.split(separator: "/", omittingEmptySubsequences: false)
    guard given.count == parts.count, zip(parts, given).allSatisfy({ $0 == "*" || $0 == $1 })
    else { return nil }
    let values = zip(parts, given).filter { $0.0 == "*" }.map { String($0.1) }
    return values.first.map { ($0, Array(values.dropFirst())) }
  }

  /// Reads `x`, `KIND/x`, `KIND/L/x`, `P/KIND/L/x` and the full name; nil for any other form.
  public func read(_ text: String, kind: Address.Kind, project: String) -> KindReference? {
    if let (project, names) = values(in: text) {
      return .full(Address(project: project, kind, names: names))
    }
    let given = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let segment = kind.rawValue
    if given[0] == segment, [1, nameCount].contains(given.count - 1) {
      return .short(project: project, names: Array(given[1...]))
    }
    if given.count == nameCount + 2, given[1] == segment {
      return .short(project: given[0], names: Array(given[2...]))
    }
    return given.count == 1 && nameCount > 0 ? .short(project: project, names: given) : nil
  }
}
