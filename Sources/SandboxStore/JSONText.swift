package import JSON

/// A JSON value inside a record, stored as text, so that numbers and order survive.
package struct JSONText: Codable, Sendable, Hashable {
  /// The value.
  package var value: JSONValue

  /// The text of a value.
  package init(_ value: JSONValue) { self.value = value }
  package init(from decoder: any Decoder) throws {
    value = try JSONValue(parsing: String(from: decoder).utf8)
  }
  package func encode(to encoder: any Encoder) throws { try value.text().encode(to: encoder) }
}
