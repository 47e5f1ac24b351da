/// The members of a JSON object in order of arrival; keys are unique.
public struct JSONObject: Sendable {
  /// One member.
  public typealias Member = (key: String, value: JSONValue)

  private var members: [Member] = []
  /// The index of each key; nil while there are so few members that a linear search is faster.
  private var places: [String: Int]?
  private static let quicklySearched = 12

  /// An object without members.
  public init() {}

  /// An object with these members; of members with one key, the last one counts.
  package init(_ pairs: [(String, JSONValue)]) {
    self.init()
    for (key, value) in pairs { self[key] = value }
  }

  /// The keys in order of arrival.
  public var keys: [String] { members.map(\.key) }
  /// The number of members.
  public var count: Int { members.count }
  /// Whether there are no members.
  public var isEmpty: Bool { members.isEmpty }

  /// Reads, adds, replaces or (if set to nil) removes one member. A new key goes to the end.
  public subscript(key: String) -> JSONValue? {
    get { place(of: key).map { members[$0].value } }
    set {
      switch (place(of: key), newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): remove(at: place)
      case (nil, let value?): append(key, value)
      case (nil, nil): break
      }
    }
  }

  mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

  private func place(of key: String) -> Int? {
    if let places { places[key] } else { members.firstIndex { $0.key == key } }
  }

  /// Adds a member whose key is new.
  mutating func append(_ key: String, _ value: JSONValue) {
    assert(place(of: key) == nil, "two members with the key \(key)")
    members.append((key, value))
    if places != nil {
      places?[key] = members.count - 1
    } else if members.count > Self.quicklySearched {
      indexPlaces()
    }
  }

  private mutating func remove(at place: Int) {
    members.remove(at: place)
    if places != nil { indexPlaces() }
  }

  private mutating func indexPlaces() {
    places = Dictionary(
      members.enumerated().map { ($0.element.key, $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension JSONObject: Sequence {
  /// The members as pairs, in order of arrival.
  public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}

extension JSONObject: Hashable {
  /// Whether both have the same members, in any order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count
      && zip(left.members, right.members).allSatisfy { mine, theirs in
        mine.key == theirs.key ? mine.value == theirs.value : right[mine.key] == mine.value
      }
  }

  /// Does not depend on the order of the members.
  public func hash(into hasher: inout Hasher) {
    var sum = 0
    for (key, value) in members {
      var member = Hasher()
      member.combine(key)
      member.combine(value)
      sum ^= member.finalize()
    }
    hasher.combine(sum)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// The members in their order; of members with one key, the last counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }
}
