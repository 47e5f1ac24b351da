package import SandboxStore

/// An IAM policy.
package struct PolicyRecord: Record {
  /// The path of the resource that it belongs to. It is the key of the row, so the stored value does not repeat it.
  package let resource: String
  /// The grants, merged and sorted.
  package var bindings: [Binding] = []
  /// As on the wire; an empty list if there are none.
  package var auditConfigs: JSONText = JSONText([])
  /// Eight bytes in base64, different after each write.
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

  /// A role and its members.
  package struct Binding: Codable, Sendable, Hashable {
    /// `roles/viewer`, or the resource name of a custom role.
    package var role: String
    /// In the form that is stored, such as `serviceAccount:E-MAIL`.
    package var members: [String]
    /// Nil if the binding always applies.
    package var condition: Condition?

    /// A binding, with a condition if one is given.
    package init(role: String, members: [String], condition: Condition? = nil) {
      self.role = role
      self.members = members
      self.condition = condition
    }
  }
  /// When a binding applies.
  package struct Condition: Codable, Sendable, Hashable {
    /// Required by IAM.
    package var title: String
    /// Empty if there is none.
    package var description: String
    /// In the Common Expression Language.
    package var expression: String
    /// Where the expression comes from, for messages; empty if the client did not say.
    package var location: String

    /// A condition; optional texts that are missing are empty.
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
  /// Reads show its changes late, as Google's services may do (docs/google-apis.md#eventual-consistency).
  package static var lag: LagRule { .hidden }
  /// The path of its resource.
  package var key: String { resource }
  /// Its resource, whose removal removes it.
  package var parent: String? { resource }
  /// Empty: a policy has no children.
  package var names: [String] { [] }
}

// MARK: - Stored form

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
