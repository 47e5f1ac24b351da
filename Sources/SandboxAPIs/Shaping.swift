package import JSON
package import SandboxCalls
package import SandboxWire

/// Applies query parameters to an answer: `$alt=json;enum-encoding=int` and `fields`.
package enum Shaping {
  /// The answer in the form that the query requests.
  ///
  /// - Parameter messages: the messages whose enums are shown as numbers inside an Any, by full name.
  package static func shape(
    _ value: JSONValue, query: Query, route: Route, messages: [String: MessageType]
  ) -> JSONValue {
    var value = value
    if query.standard("alt")?.contains("enum-encoding=int") ?? false {
      value = withNumbers(value, route: route, messages: messages)
    }
    if let fields = query.standard("fields"), let object = value.object {
      value = .object(select(object, FieldSelection(fields)))
    }
    return value
  }

  private static func withNumbers(
    _ value: JSONValue, route: Route, messages: [String: MessageType]
  ) -> JSONValue {
    guard let object = value.object else { return value }
    if var response = object["response"]?.object, let type = response["@type"]?.string {
      // The value inside an Any has the form of its own type.
      if let schema = messages[type.split(separator: "/").last.map(String.init) ?? ""] {
        response = schema.withEnumNumbers(response)
      }
      var result = object
      result["response"] = .object(response)
      return .object(result)
    }
    return route.answer.map { .object($0.withEnumNumbers(object)) } ?? value
  }

  private static func select(_ object: JSONObject, _ selection: FieldSelection) -> JSONObject {
    guard !selection.inner.isEmpty, selection.inner["*"] == nil else { return object }
    var result = JSONObject()
    for (key, value) in object {
      guard let inner = selection.inner[key] else { continue }
      result[key] = select(value, inner)
    }
    return result
  }

  private static func select(_ value: JSONValue, _ selection: FieldSelection) -> JSONValue {
    switch value {
    case .object(let object): .object(select(object, selection))
    case .array(let items): .array(items.map { select($0, selection) })
    default: value
    }
  }
}

/// A partial-response mask, such as `services/name,nextPageToken` or `services(name,state)`.
struct FieldSelection {
  private(set) var inner: [String: FieldSelection] = [:]

  /// A text over a thousand bytes selects everything: the parser recurses, and nesting takes stack.
  init(_ text: String) {
    guard text.utf8.count <= 1000 else { return }
    var rest = text[...]
    self = FieldSelection(parsing: &rest)
  }

  private init() {}

  private init(parsing rest: inout Substring) {
    while !rest.isEmpty, rest.first != ")" {
      var path: [String] = []
      var group: FieldSelection?
      while let character = rest.first, character != ",", character != ")" {
        if character == "(" {
          rest.removeFirst()
          group = FieldSelection(parsing: &rest)
          if rest.first == ")" { rest.removeFirst() }
        } else if character == "/" {
          rest.removeFirst()
        } else {
          let name = rest.prefix { !"/,()".contains($0) }
          path.append(String(name))
          rest = rest[name.endIndex...]
        }
      }
      if rest.first == "," { rest.removeFirst() }
      add(path[...], group)
    }
  }

  private mutating func add(_ path: ArraySlice<String>, _ group: FieldSelection?) {
    guard let first = path.first else { return }
    var next = inner[first] ?? FieldSelection()
    if path.count > 1 {
      next.add(path.dropFirst(), group)
    } else if let group {
      next.inner.merge(group.inner) { _, new in new }
    }
    inner[first] = next
  }
}
