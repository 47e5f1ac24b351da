package import JSON

/// The shape of a message: its fields and their types, for reading and showing it.
package struct MessageType: Sendable {
  /// By name in camel case.
  package let fields: [String: Field]
  /// The full name, such as `google.devtools.artifactregistry.v1.Repository`; only for messages that can be inside an
  /// Any.
  package private(set) var name: String?

  /// A message without a full name.
  package init(_ fields: [String: Field]) { self.fields = fields }

  /// The same message with the full name that identifies it inside an Any.
  package func named(_ name: String) -> MessageType {
    var message = self
    message.name = name
    return message
  }

  /// A field of a message.
  package struct Field: Sendable {
    let type: FieldType
    /// Only the server sets it; ignored when a client sends it back.
    package var isOutputOnly = false
    /// Accepted but never shown.
    var isInputOnly = false

    /// A field that clients read and write, unless the parameters say otherwise.
    package init(type: FieldType, isOutputOnly: Bool = false, isInputOnly: Bool = false) {
      self.type = type
      self.isOutputOnly = isOutputOnly
      self.isInputOnly = isInputOnly
    }
  }

  /// The field at a path such as `mavenConfig.versionPolicy`; nil if there is none.
  package func field(at path: String) -> Field? {
    var message = self
    var found: Field?
    for part in path.split(separator: ".") {
      if let found {
        guard case .message(let inner) = found.type else { return nil }
        message = inner
      }
      guard let field = message.fields[String(part)] else { return nil }
      found = field
    }
    return found
  }
}

/// The type of a field.
package indirect enum FieldType: Sendable {
  case string
  case bool
  case int32
  case int64
  case duration
  case timestamp
  case enumeration(EnumType)
  case message(MessageType)
  case list(FieldType)
  case map(FieldType)
  /// Any object, stored as it is: a message that no discovery document describes.
  case object
}

/// The values of an enum, with their numbers.
package struct EnumType: Sendable {
  let numbers: [String: Int64]
  private let names: [Int64: String]

  /// Values in the order of their numbers, from 0.
  package init(_ values: String...) {
    self.init(
      Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0.element, Int64($0.offset)) }))
  }

  /// Values with explicit numbers.
  package init(_ numbers: [String: Int64]) {
    self.numbers = numbers
    names = Dictionary(uniqueKeysWithValues: numbers.map { ($0.value, $0.key) })
  }

  /// The value with a number.
  func name(_ number: Int64) -> String? { names[number] }

  /// The value that a client means by a name; nil if there is none.
  ///
  /// Google's servers accept names in any case: gcloud sends the `Delete` of a cleanup policy file as it is written
  /// there.
  func name(like text: String) -> String? {
    if numbers[text] != nil { return text }
    let upper = String(text.uppercased().map { $0 == "-" ? "_" : $0 })
    return numbers[upper] == nil ? nil : upper
  }
}

// MARK: - Reading

extension MessageType {
  /// The object as it is stored: names in camel case, enums by name, durations in seconds. Output-only members, nulls
  /// and default values are dropped. Unknown members and wrong types are refused.
  package func read(_ object: JSONObject, at place: String = "") throws(APIError) -> JSONObject {
    var result = JSONObject()
    for (key, value) in object {
      let name = fields[key] == nil ? Query.camelCase(key) : key
      guard let field = fields[name] else {
        let parent = place.isEmpty ? "" : " at '\(place.dropLast())'"
        throw .badField(
          place + key,
          "Invalid JSON payload received. Unknown name \"\(key)\"\(parent): Cannot find field.")
      }
      if field.isOutputOnly || value.isNull { continue }
      let read = try field.type.read(value, at: place + name)
      if !field.type.isDefault(read) { result[name] = read }
    }
    return result
  }
}

extension FieldType {
  fileprivate func read(_ value: JSONValue, at place: String) throws(APIError) -> JSONValue {
    switch self {
    case .string, .timestamp:
      guard value.string != nil else { throw wrong(value, at: place, expected: "TYPE_STRING") }
      return value
    case .bool:
      guard value.bool != nil else { throw wrong(value, at: place, expected: "TYPE_BOOL") }
      return value
    case .int32:
      guard let number = value.integer ?? value.string.flatMap({ Int64($0) }),
        Int32(exactly: number) != nil
      else { throw wrong(value, at: place, expected: "TYPE_INT32") }
      return .integer(number)
    case .int64:
      guard let number = value.integer ?? value.string.flatMap({ Int64($0) }) else {
        throw wrong(value, at: place, expected: "TYPE_INT64")
      }
      return .string(String(number))
    case .duration: return .string(try duration(value, place))
    case .enumeration(let type): return .string(try enumName(value, of: type, at: place))
    case .message(let type):
      guard let object = value.object else { throw wrong(value, at: place, expected: "message") }
      return .object(try type.read(object, at: "\(place)."))
    case .object:
      guard value.object != nil else { throw wrong(value, at: place, expected: "message") }
      return value
    case .list(let item): return try list(value, of: item, at: place)
    case .map(let item): return try map(value, of: item, at: place)
    }
  }

  private func list(
    _ value: JSONValue, of item: FieldType, at place: String
  ) throws(APIError) -> JSONValue {
    guard let items = value.array else { throw wrong(value, at: place, expected: "repeated field") }
    var result: [JSONValue] = []
    for (index, element) in items.enumerated() {
      result.append(try item.read(element, at: "\(place)[\(index)]"))
    }
    return .array(result)
  }

  private func map(
    _ value: JSONValue, of item: FieldType, at place: String
  ) throws(APIError) -> JSONValue {
    guard let members = value.object else { throw wrong(value, at: place, expected: "map") }
    var result = JSONObject()
    for (key, element) in members { result[key] = try item.read(element, at: "\(place).\(key)") }
    return .object(result)
  }

  private func enumName(
    _ value: JSONValue, of type: EnumType, at place: String
  ) throws(APIError) -> String {
    if let name = value.string.flatMap(type.name(like:)) { return name }
    if let number = value.integer, let name = type.name(number) { return name }
    throw wrong(value, at: place, expected: "TYPE_ENUM")
  }

  /// A duration in seconds (`2592000s`), from `30d`, `12h` or `90s`.
  private func duration(_ value: JSONValue, _ place: String) throws(APIError) -> String {
    guard let match = value.string?.wholeMatch(of: /([0-9]{1,12})(?:\.([0-9]{1,9}))?([smhd])/),
      let number = Int64(match.1)
    else { throw wrong(value, at: place, expected: "type.googleapis.com/google.protobuf.Duration") }
    let units: [Substring: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    // Twelve digits of days cannot overflow.
    let seconds = number * (units[match.3] ?? 1)
    guard seconds <= Timestamps.longestDuration else {
      throw wrong(value, at: place, expected: "type.googleapis.com/google.protobuf.Duration")
    }
    if let fraction = match.2, fraction.contains(where: { $0 != "0" }) {
      guard match.3 == "s" else {
        throw wrong(value, at: place, expected: "type.googleapis.com/google.protobuf.Duration")
      }
      return "\(number).\(fraction)s"
    }
    return "\(seconds)s"
  }

  private func wrong(_ value: JSONValue, at place: String, expected type: String) -> APIError {
    let shown = value.string.map { "\"\($0)\"" } ?? value.text()
    return .badField(place, "Invalid value at '\(place)' (\(type)), \(shown.prefix(200))")
  }

  /// Whether proto JSON omits the value. A message that is present counts, even if it is empty.
  fileprivate func isDefault(_ value: JSONValue) -> Bool {
    switch self {
    case .string, .timestamp: value == ""
    case .bool: value == false
    case .int32: value == 0
    case .int64: value == "0"
    case .enumeration(let type): type.numbers[value.string ?? ""] == 0
    case .list: value.array?.isEmpty ?? true
    case .map: value.object?.isEmpty ?? true
    case .duration, .message, .object: false
    }
  }
}

// MARK: - Showing

extension MessageType {
  /// The object with its enums as numbers, for clients that ask for that.
  package func withEnumNumbers(_ object: JSONObject) -> JSONObject {
    var result = JSONObject()
    for (key, value) in object { result[key] = fields[key]?.type.withEnumNumbers(value) ?? value }
    return result
  }
}

extension FieldType {
  fileprivate func withEnumNumbers(_ value: JSONValue) -> JSONValue {
    switch (self, value) {
    case (.enumeration(let type), .string(let name)):
      type.numbers[name].map { .integer($0) } ?? value
    case (.message(let type), .object(let object)): .object(type.withEnumNumbers(object))
    case (.list(let item), .array(let items)): .array(items.map(item.withEnumNumbers))
    case (.map(let item), .object(let members)): .object(members.mapValues(item.withEnumNumbers))
    default: value
    }
  }
}

extension JSONObject {
  fileprivate func mapValues(_ change: (JSONValue) -> JSONValue) -> JSONObject {
    var result = JSONObject()
    for (key, value) in self { result[key] = change(value) }
    return result
  }
}
