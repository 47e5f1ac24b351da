/// One JSON value: what a Google API sends and receives.
///
///     let body: JSONValue = ["description": "Python packages", "labels": ["team": "web"]]
///     body["labels"]?["team"]?.string   // "web"
///
/// Objects keep the order in which their keys arrived, so that an unchanged part is sent back as it came. Equality
/// ignores that order.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// A number without fraction or exponent. Google sends 64-bit integers as strings, so these are small.
  case integer(Int64)
  case real(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue {
  /// The text of a string; nil for every other kind of value.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The value of a boolean; nil for every other kind of value.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The number, if it has neither fraction nor exponent; nil for a real and every other kind of value.
  public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  /// The elements of an array; nil for every other kind of value.
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  /// The members of an object; nil for every other kind of value.
  public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
  /// Whether the value is JSON's `null`, as opposed to a member that is missing.
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// The member of an object; nil for a key that is missing and for every other kind of value.
  public subscript(key: String) -> JSONValue? { object?[key] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}
