import JSON

/// One cleanup policy, as far as arctl knows its meaning, for a comparison with another one.
///
/// An unknown field or value makes it incomparable: then it matches only what an equal policy matches.
struct CleanupRule: Equatable {
  enum Action { case delete, keep }

  let id: String
  /// Nil: neither of the two.
  let action: Action?
  private let written: JSONObject
  private let matching: Matching?

  /// The policies in `cleanupPolicies`, in the order of their ids.
  static func rules(_ policies: JSONValue?) -> [CleanupRule] {
    (policies?.object ?? [:]).map { CleanupRule(id: $0.key, $0.value) }.sorted { $0.id < $1.id }
  }

  static func == (left: CleanupRule, right: CleanupRule) -> Bool {
    left.id == right.id && left.action == right.action && left.written == right.written
  }

  init(id: String, _ policy: JSONValue) {
    self.id = id
    var written = Self.withoutNulls(policy.object ?? [:])
    let action = written["action"]?.string
    self.action = action == "DELETE" ? .delete : action == "KEEP" ? .keep : nil
    (written["id"], written["action"]) = (nil, nil)
    self.written = written
    matching = Self.matching(written, self.action)
  }

  /// Whether every version that this policy matches is certainly matched by the other one, which has the same action.
  func matchesOnly(whatMatches other: CleanupRule) -> Bool {
    if written == other.written { return true }
    switch (matching, other.matching) {
    case (.versions(let own)?, .versions(let others)?): return own.isWithin(others)
    case (.newest(let count, let prefixes)?, .newest(let most, let others)?):
      return count == 0 || count <= most && Prefixes.isWithin(prefixes, others)
    case (.newest(0, _)?, _): return true
    default: return false
    }
  }

  private enum Matching {
    case versions(Versions)
    /// The newest versions of every package whose name begins with one of the prefixes.
    case newest(Int64, prefixes: [String])
  }

  private static func matching(_ written: JSONObject, _ action: Action?) -> Matching? {
    guard written.count == 1, let name = written.keys.first, let value = written[name],
      let fields = value.object.map(withoutNulls)
    else { return nil }
    switch name {
    case "condition": return Versions(fields).map { .versions($0) }
    case "mostRecentVersions" where action == .keep:
      guard Set(fields.keys).isSubset(of: ["keepCount", "packageNamePrefixes"]),
        let prefixes = Prefixes.list(fields["packageNamePrefixes"]),
        let count = fields["keepCount"] == nil ? 0 : fields["keepCount"]?.integer
      else { return nil }
      return .newest(count, prefixes: prefixes)
    default: return nil
    }
  }

  private static func withoutNulls(_ object: JSONObject) -> JSONObject {
    JSONObject(
      object.filter { !$0.value.isNull }.map { key, value in
        (key, value.object.map { .object(withoutNulls($0)) } ?? value)
      })
  }
}

/// The requirements of a condition; a version must meet all of them.
private struct Versions {
  private static let lists = ["tagPrefixes", "versionNamePrefixes", "packageNamePrefixes"]

  /// Nil: any.
  private let tagState: String?
  private let prefixes: [[String]]
  private let olderThan: Double?
  private let newerThan: Double?

  /// Nil if it contains something unknown. A condition without any part does not certainly match everything.
  init?(_ fields: JSONObject) {
    guard !fields.isEmpty,
      Set(fields.keys).isSubset(of: Self.lists + ["tagState", "olderThan", "newerThan"])
    else { return nil }
    switch fields["tagState"] {
    case nil, "ANY", "TAG_STATE_UNSPECIFIED": tagState = nil
    case "TAGGED": tagState = "TAGGED"
    case "UNTAGGED": tagState = "UNTAGGED"
    default: return nil
    }
    let lists = Self.lists.compactMap { Prefixes.list(fields[$0]) }
    guard lists.count == Self.lists.count else { return nil }
    prefixes = lists
    olderThan = Self.seconds(fields["olderThan"])
    newerThan = Self.seconds(fields["newerThan"])
    if fields["olderThan"] != nil, olderThan == nil { return nil }
    if fields["newerThan"] != nil, newerThan == nil { return nil }
  }

  /// Whether each part is at least as strict as that of the other one.
  func isWithin(_ other: Versions) -> Bool {
    (other.tagState == nil || tagState == other.tagState)
      && zip(prefixes, other.prefixes).allSatisfy { Prefixes.isWithin($0, $1) }
      && other.olderThan.map { least in olderThan.map { $0 >= least } ?? false } ?? true
      && other.newerThan.map { most in newerThan.map { $0 <= most } ?? false } ?? true
  }

  /// `2592000s`, `0.5s`.
  private static func seconds(_ value: JSONValue?) -> Double? {
    guard let text = value?.string, text.hasSuffix("s"), let seconds = Double(text.dropLast()),
      seconds.isFinite
    else { return nil }
    return seconds
  }
}

private enum Prefixes {
  /// Empty without the field; nil for a value that is not a list of texts.
  static func list(_ value: JSONValue?) -> [String]? {
    guard let value else { return [] }
    guard let items = value.array else { return nil }
    let texts = items.compactMap(\.string)
    return texts.count == items.count ? texts : nil
  }

  /// Whether every text that begins with one of these also begins with one of the others; no prefixes match everything.
  static func isWithin(_ prefixes: [String], _ others: [String]) -> Bool {
    if others.isEmpty { return true }
    return !prefixes.isEmpty
      && prefixes.allSatisfy { prefix in
        others.contains { prefix.utf8.starts(with: $0.utf8) }
      }
  }
}
