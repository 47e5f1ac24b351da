package import JSON

/// The mapping and the condition of a provider: what becomes of a token's claims.
package struct ProviderMapping: Sendable {
  private let subject: ClaimExpression
  private let groups: ClaimExpression?
  private let attributes: [String: ClaimExpression]
  private let condition: ClaimExpression?

  /// Why claims are refused.
  package enum Refusal: Error, Sendable, Hashable {
    /// The condition is false, or cannot be evaluated.
    case condition
    /// A mapping failed, with the text for the caller.
    case mapping(String)
  }

  /// The greatest subject, in bytes (discovery `iam.v1 WorkloadIdentityPoolProvider.attributeMapping`).
  private static let maximumSubject = 127
  /// The greatest size of all values, in bytes (same).
  private static let maximumValues = 8 << 10

  /// The mapping of a provider with these fields. Throws if one of its expressions is not served.
  package init(_ fields: JSONValue) throws(ClaimExpression.Mistake) {
    let mapping = fields["attributeMapping"]?.object ?? [:]
    subject = try ClaimExpression(
      parsing: mapping["google.subject"]?.string ?? "", as: .mapping)
    groups = try mapping["google.groups"]?.string.map { (text) throws(ClaimExpression.Mistake) in
      try ClaimExpression(parsing: text, as: .groups)
    }
    var attributes: [String: ClaimExpression] = [:]
    for (key, value) in mapping where key.hasPrefix("attribute.") {
      attributes[String(key.dropFirst("attribute.".count))] = try ClaimExpression(
        parsing: value.string ?? "", as: .mapping)
    }
    self.attributes = attributes
    let condition = fields["attributeCondition"]?.string ?? ""
    self.condition =
      condition.isEmpty ? nil : try ClaimExpression(parsing: condition, as: .condition)
  }

  /// The identity that claims stand for in a pool.
  package func identity(
    of claims: JSONObject, pool: String, numberedPool: String
  ) throws(Refusal) -> FederatedIdentity {
    let values = ClaimValues(assertion: claims)
    let identity: FederatedIdentity
    do throws(ClaimExpression.Failure) {
      var mapped: [String: String] = [:]
      for (name, expression) in attributes { mapped[name] = try expression.text(values) }
      identity = FederatedIdentity(
        pool: pool, numberedPool: numberedPool, subject: try subject.text(values),
        groups: try groups?.texts(values) ?? [], attributes: mapped)
    } catch {
      throw .mapping("The attribute mapping cannot be evaluated: \(error.message).")
    }
    try Self.checkSizes(identity)
    guard let condition else { return identity }
    guard (try? condition.truth(Self.values(claims, identity))) == true else { throw .condition }
    return identity
  }

  private static func checkSizes(_ identity: FederatedIdentity) throws(Refusal) {
    guard !identity.subject.isEmpty else {
      throw .mapping("The mapped attribute google.subject is empty.")
    }
    guard identity.subject.utf8.count <= maximumSubject else {
      throw .mapping("The size of mapped attribute exceeds the 127 bytes limit.")
    }
    let all = [identity.subject] + identity.groups + Array(identity.attributes.values)
    guard all.reduce(0, { $0 + $1.utf8.count }) <= maximumValues else {
      throw .mapping("The total size of the mapped attributes exceeds the 8KB limit.")
    }
  }

  private static func values(
    _ claims: JSONObject, _ identity: FederatedIdentity
  ) -> ClaimValues {
    var attributes = JSONObject()
    for (name, value) in identity.attributes { attributes[name] = .string(value) }
    return ClaimValues(
      assertion: claims,
      google: [
        "subject": .string(identity.subject),
        "groups": .array(identity.groups.map { .string($0) }),
      ], attribute: attributes)
  }
}
