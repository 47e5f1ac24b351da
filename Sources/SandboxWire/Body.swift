package import JSON

/// Reads the members of a request body, with the errors of Google's JSON parser.
///
/// Names can be in camel or snake case, as proto JSON allows. Null counts as absent.
package struct Body: Sendable {
  /// The members as they were sent.
  package let object: JSONObject
  /// The path to this object, such as `service_account.`; empty at the top.
  private let place: String

  /// An object at a path.
  package init(_ object: JSONObject = [:], at place: String = "") {
    self.object = object
    self.place = place
  }

  /// Parses a body. An empty one counts as `{}`.
  package init(parsing bytes: [UInt8]) throws(APIError) {
    if bytes.isEmpty {
      self.init()
      return
    }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw .invalid("Invalid JSON payload received. \(error)")
    }
    guard let object = value.object else {
      throw .invalid("Invalid JSON payload received. Root element must be a message.")
    }
    self.init(object)
  }

  /// A member that is not null, under either form of its name.
  private func value(_ name: String) -> JSONValue? {
    if let value = object[name] { return value.isNull ? nil : value }
    for (key, value) in object where Query.camelCase(key) == name {
      return value.isNull ? nil : value
    }
    return nil
  }

  /// Whether a member is present and not null.
  package func has(_ name: String) -> Bool { value(name) != nil }

  /// Refuses members that the message does not have, as Google does.
  package func allow(_ names: String...) throws(APIError) {
    for key in object.keys where !names.contains(Query.camelCase(key)) && !names.contains(key) {
      let field = place.isEmpty ? "" : " at '\(place.dropLast())'"
      throw .badField(
        place + key,
        "Invalid JSON payload received. Unknown name \"\(key)\"\(field): Cannot find field.")
    }
  }

  /// A string; nil if it is absent.
  package func string(_ name: String) throws(APIError) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.string else {
      throw wrongType(name, expected: "TYPE_STRING", found: value)
    }
    return text
  }

  /// A boolean; nil if it is absent.
  package func bool(_ name: String) throws(APIError) -> Bool? {
    guard let value = value(name) else { return nil }
    guard let flag = value.bool else { throw wrongType(name, expected: "TYPE_BOOL", found: value) }
    return flag
  }

  /// A number, which may be in a string; nil if it is absent.
  package func integer(_ name: String) throws(APIError) -> Int? {
    guard let value = value(name) else { return nil }
    if let number = value.integer ?? value.string.flatMap({ Int64($0) }) { return Int(number) }
    throw wrongType(name, expected: "TYPE_INT32", found: value)
  }

  /// A list of strings; nil if it is absent.
  package func strings(_ name: String) throws(APIError) -> [String]? {
    guard let value = value(name) else { return nil }
    guard let items = value.array else {
      throw wrongType(name, expected: "TYPE_STRING", found: value)
    }
    var texts: [String] = []
    for item in items {
      guard let text = item.string else {
        throw wrongType(name, expected: "TYPE_STRING", found: item)
      }
      texts.append(text)
    }
    return texts
  }

  /// A map of strings; nil if it is absent.
  package func labels(_ name: String) throws(APIError) -> [String: String]? {
    guard let value = value(name) else { return nil }
    guard let members = value.object else { throw wrongType(name, expected: "map", found: value) }
    var labels: [String: String] = [:]
    for (key, item) in members {
      guard let text = item.string else {
        throw wrongType("\(name).\(key)", expected: "TYPE_STRING", found: item)
      }
      labels[key] = text
    }
    return labels
  }

  /// An object; nil if it is absent.
  package func message(_ name: String) throws(APIError) -> Body? {
    guard let value = value(name) else { return nil }
    guard let object = value.object else {
      throw wrongType(name, expected: "message", found: value)
    }
    return Body(object, at: "\(place)\(name).")
  }

  /// A list of objects; nil if it is absent.
  package func messages(_ name: String) throws(APIError) -> [Body]? {
    guard let value = value(name) else { return nil }
    guard let items = value.array else {
      throw wrongType(name, expected: "repeated message", found: value)
    }
    var bodies: [Body] = []
    for (index, item) in items.enumerated() {
      guard let object = item.object else {
        throw wrongType("\(name)[\(index)]", expected: "message", found: item)
      }
      bodies.append(Body(object, at: "\(place)\(name)[\(index)]."))
    }
    return bodies
  }

  private func wrongType(_ name: String, expected type: String, found value: JSONValue) -> APIError
  {
    let shown = value.string.map { "\"\($0)\"" } ?? value.text()
    return .badField(
      place + name, "Invalid value at '\(place)\(name)' (\(type)), \(shown.prefix(200))")
  }
}
