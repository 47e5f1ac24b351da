package import SandboxStore

/// An IAM policy.
package struct PolicyRecord: Record {
  /// The path of the resource that it is on. It is the row's key, which the stored value does not repeat.
  package let resource: String
  package var bindings: [Binding] = []
  /// As on the wire; empty when there is none.
  package var auditConfigs: JSONText = JSONText([])
  package var etag: String

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
    package var role: String
    package var members: [String]
    package var condition: Condition?

    package init(role: String, members: [String], condition: Condition? = nil) {
      self.role = role
      self.members = members
      self.condition = condition
    }
  }
  /// When a binding counts.
  package struct Condition: Codable, Sendable, Hashable {
    package var title: String
    package var description: String
    package var expression: String
    package var location: String

    package init(title: String, description: String, expression: String, location: String) {
      self.title = title
      self.description = description
      self.expression = expression
      self.location = location
    }
  }
}

extension PolicyRecord {
  package static var table: String { "policy" }
  package static var lag: LagRule { .hidden }
  package var key: String { resource }
  package var parent: String? { resource }
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
