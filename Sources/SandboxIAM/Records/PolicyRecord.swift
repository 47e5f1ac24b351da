package import SandboxStore

/// An IAM policy.
package struct PolicyRecord: Record {
  /// The path of the resource that it is on. It is the row's key, which the stored value does not repeat.
  package let resource: String
  /// Who has which role.
  package var bindings: [Binding] = []
  /// As on the wire; empty when there is none.
  package var auditConfigs: JSONText = JSONText([])
  /// Eight bytes in base64; another one after each write.
  package var etag: String

  /// The policy of a resource.
  package init(
    resource: String, bindings: [Binding] = [], auditConfigs: JSONText = JSONText([]), etag: String
  ) {
    self.resource = resource
    self.bindings = bindings
    self.auditConfigs = auditConfigs
    self.etag = etag
  }

  /// A role, and who has it.
  package struct Binding: Codable, Sendable, Hashable {
    /// As `roles/viewer`, or the resource name of a custom role.
    package var role: String
    /// As `serviceAccount:E-MAIL`.
    package var members: [String]
    /// Nil where the binding always counts.
    package var condition: Condition?

    /// A binding without a condition, or with one.
    package init(role: String, members: [String], condition: Condition? = nil) {
      self.role = role
      self.members = members
      self.condition = condition
    }
  }
  /// When a binding counts.
  package struct Condition: Codable, Sendable, Hashable {
    /// Required by IAM.
    package var title: String
    /// Empty when there is none.
    package var description: String
    /// In the Common Expression Language.
    package var expression: String
    /// Where the expression is written, for messages; empty when it is not said.
    package var location: String

    /// A condition; texts that it does not have are empty.
    package init(title: String, description: String, expression: String, location: String) {
      self.title = title
      self.description = description
      self.expression = expression
      self.location = location
    }
  }
}

extension PolicyRecord {
  /// The name of its table in the store.
  package static var table: String { "policy" }
  /// Reads see its changes late, as Google's services may show them.
  package static var lag: LagRule { .hidden }
  /// The path of the resource.
  package var key: String { resource }
  /// A policy is removed with its resource.
  package var parent: String? { resource }
  /// Nothing is below it.
  package var names: [String] { [] }
}

// MARK: - The stored form

extension PolicyRecord {
  private enum CodingKeys: String, CodingKey { case bindings, auditConfigs, etag }

  package init(from decoder: any Decoder) throws {
    guard let name = CodingUserInfoKey.rowKey, let resource = decoder.userInfo[name] as? String
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a policy outside of its row"))
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      resource: resource, bindings: try values.decode([Binding].self, forKey: .bindings),
      auditConfigs: try values.decode(JSONText.self, forKey: .auditConfigs),
      etag: try values.decode(String.self, forKey: .etag))
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(bindings, forKey: .bindings)
    try values.encode(auditConfigs, forKey: .auditConfigs)
    try values.encode(etag, forKey: .etag)
  }
}
