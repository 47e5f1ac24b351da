package import JSON

/// A JSON value inside a record, stored as its text.
package struct JSONText: Codable, Sendable, Hashable {
  package var value: JSONValue

  package init(_ value: JSONValue) { self.value = value }
  package init(from decoder: any Decoder) throws {
    value = try JSONValue(parsing: String(from: decoder).utf8)
  }
  package func encode(to encoder: any Encoder) throws { try value.text().encode(to: encoder) }
}
