/// The members of a JSON object, in the order in which they arrived, each key once.
public struct JSONObject: Sendable {
  /// The keys in order of arrival.
  public private(set) var keys: [String] = []
  private var members: [String: JSONValue] = [:]

  public init() {}

  public var count: Int { keys.count }
  public var isEmpty: Bool { keys.isEmpty }

  /// Reads, adds, replaces or (set to nil) removes one member; a new key goes to the end.
  public subscript(key: String) -> JSONValue? {
    get { members[key] }
    set {
      let old = members.updateValue(newValue ?? .null, forKey: key)
      if newValue == nil {
        members[key] = nil
        if old != nil { keys.removeAll { $0 == key } }
      } else if old == nil {
        keys.append(key)
      }
    }
  }
}

extension JSONObject: Sequence {
  /// The members as pairs, in order of arrival.
  public func makeIterator() -> AnyIterator<(key: String, value: JSONValue)> {
    var index = 0
    return AnyIterator {
      guard index < keys.count else { return nil }
      defer { index += 1 }
      return (keys[index], members[keys[index]] ?? .null)
    }
  }
}

extension JSONObject: Hashable {
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members == right.members
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(members) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }
}
