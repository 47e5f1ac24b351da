package import JSON

/// Reading of a request body's members with the errors that Google's JSON parser gives.
///
/// Names are taken in camel and in snake case, as proto JSON allows; null counts as absent.
package struct Body: Sendable {
  package let object: JSONObject
  /// Where this object is, as `service_account.`; empty at the top.
  private let place: String

  package init(_ object: JSONObject = [:], at place: String = "") {
    self.object = object
    self.place = place
  }

  /// Parses a body; an empty one is `{}`.
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

  private func value(_ name: String) -> JSONValue? {
    if let value = object[name] { return value.isNull ? nil : value }
    for (key, value) in object where Query.camelCase(key) == name {
      return value.isNull ? nil : value
    }
    return nil
  }

  /// Whether a member is there and not null.
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

  /// A string.
  package func string(_ name: String) throws(APIError) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.string else { throw wrongType(name, "TYPE_STRING", value) }
    return text
  }

  /// A bool.
  package func bool(_ name: String) throws(APIError) -> Bool? {
    guard let value = value(name) else { return nil }
    guard let flag = value.bool else { throw wrongType(name, "TYPE_BOOL", value) }
    return flag
  }

  /// A number, which may stand in a string.
  package func integer(_ name: String) throws(APIError) -> Int? {
    guard let value = value(name) else { return nil }
    if let number = value.integer ?? value.string.flatMap({ Int64($0) }) { return Int(number) }
    throw wrongType(name, "TYPE_INT32", value)
  }

  /// A list of strings.
  package func strings(_ name: String) throws(APIError) -> [String]? {
    guard let value = value(name) else { return nil }
    guard let items = value.array else { throw wrongType(name, "TYPE_STRING", value) }
    var texts: [String] = []
    for item in items {
      guard let text = item.string else { throw wrongType(name, "TYPE_STRING", item) }
      texts.append(text)
    }
    return texts
  }

  /// A map of strings.
  package func labels(_ name: String) throws(APIError) -> [String: String]? {
    guard let value = value(name) else { return nil }
    guard let members = value.object else { throw wrongType(name, "map", value) }
    var labels: [String: String] = [:]
    for (key, item) in members {
      guard let text = item.string else { throw wrongType("\(name).\(key)", "TYPE_STRING", item) }
      labels[key] = text
    }
    return labels
  }

  /// An object.
  package func message(_ name: String) throws(APIError) -> Body? {
    guard let value = value(name) else { return nil }
    guard let object = value.object else { throw wrongType(name, "message", value) }
    return Body(object, at: "\(place)\(name).")
  }

  /// A list of objects.
  package func messages(_ name: String) throws(APIError) -> [Body]? {
    guard let value = value(name) else { return nil }
    guard let items = value.array else { throw wrongType(name, "repeated message", value) }
    var bodies: [Body] = []
    for (index, item) in items.enumerated() {
      guard let object = item.object else { throw wrongType("\(name)[\(index)]", "message", item) }
      bodies.append(Body(object, at: "\(place)\(name)[\(index)]."))
    }
    return bodies
  }

  private func wrongType(_ name: String, _ type: String, _ value: JSONValue) -> APIError {
    let shown = value.string.map { "\"\($0)\"" } ?? value.text()
    return .badField(
      place + name, "Invalid value at '\(place)\(name)' (\(type)), \(shown.prefix(200))")
  }
}
