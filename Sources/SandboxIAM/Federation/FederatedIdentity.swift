import JSON

/// A caller from outside Google: what a provider's mapping made of its token.
package struct FederatedIdentity: Sendable, Hashable {
  /// The resource name of the pool, with the project's id.
  package let pool: String
  /// The resource name of the pool as policies write it, with the project's number.
  package let numberedPool: String
  /// `google.subject`.
  package let subject: String
  /// `google.groups`.
  package let groups: [String]
  /// `attribute.NAME`, by NAME.
  package let attributes: [String: String]

  /// An identity of a pool.
  package init(
    pool: String, numberedPool: String, subject: String, groups: [String],
    attributes: [String: String]
  ) {
    self.pool = pool
    self.numberedPool = numberedPool
    self.subject = subject
    self.groups = groups
    self.attributes = attributes
  }

  /// As a policy names it alone.
  var member: String { "principal://iam.googleapis.com/\(numberedPool)/subject/\(subject)" }

  /// Whether a member of a policy is this identity, or a set with it. Values are compared byte by byte.
  func isIncluded(in member: String) -> Bool {
    let set = "principalSet://iam.googleapis.com/\(numberedPool)/"
    guard member.hasPrefix(set) else { return member.utf8.elementsEqual(self.member.utf8) }
    let rest = member.dropFirst(set.count)
    if rest == "*" { return true }
    if rest.hasPrefix("group/") {
      let group = rest.dropFirst("group/".count)
      return groups.contains { $0.utf8.elementsEqual(group.utf8) }
    }
    guard rest.hasPrefix("attribute."), let slash = rest.firstIndex(of: "/") else { return false }
    let name = String(rest[..<slash].dropFirst("attribute.".count))
    return attributes[name]?.utf8.elementsEqual(rest[rest.index(after: slash)...].utf8) ?? false
  }
}

extension FederatedIdentity {
  /// The form inside an access token.
  var json: JSONValue {
    var values = JSONObject()
    for (name, value) in attributes { values[name] = .string(value) }
    return [
      "pool": .string(pool), "numberedPool": .string(numberedPool), "subject": .string(subject),
      "groups": .array(groups.map { .string($0) }), "attributes": .object(values),
    ]
  }

  /// An identity in an access token that this sandbox issued.
  init?(_ json: JSONValue) {
    guard let pool = json["pool"]?.string, let numbered = json["numberedPool"]?.string,
      let subject = json["subject"]?.string
    else { return nil }
    var attributes: [String: String] = [:]
    for (name, value) in json["attributes"]?.object ?? [:] { attributes[name] = value.string }
    self.init(
      pool: pool, numberedPool: numbered, subject: subject,
      groups: (json["groups"]?.array ?? []).compactMap(\.string), attributes: attributes)
  }
}
