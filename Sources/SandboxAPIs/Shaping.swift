package import JSON
package import SandboxCalls
package import SandboxWire

/// What query parameters do to an answer: `$alt=json;enum-encoding=int` and `fields`.
package enum Shaping {
  /// The answer as the query wants it.
  package static func shape(_ value: JSONValue, _ query: Query, _ route: Route) -> JSONValue {
    var value = value
    if query.standard("alt")?.contains("enum-encoding=int") ?? false {
      value = withNumbers(value, route)
    }
    if let fields = query.standard("fields"), let object = value.object {
      value = .object(select(object, FieldSelection(fields)))
    }
    return value
  }

  private static func withNumbers(_ value: JSONValue, _ route: Route) -> JSONValue {
    guard let object = value.object else { return value }
    if var response = object["response"]?.object, let type = response["@type"]?.string {
      // The inside of an Any keeps its type's own form.
      if let schema = messages[type.split(separator: "/").last.map(String.init) ?? ""] {
        response = schema.withEnumNumbers(response)
      }
      var result = object
      result["response"] = .object(response)
      return .object(result)
    }
    return answers[route.api]?.withEnumNumbers(object).wrapped ?? value
  }

  /// By full name, those that carry enums.
  private static let messages: [String: MessageType] = [
    "google.devtools.artifactregistry.v1.Repository": RepositorySchema.repository,
    "google.cloud.resourcemanager.v3.Project": project,
  ]

  private static let project = MessageType([
    "state": .init(type: .enumeration(EnumType("STATE_UNSPECIFIED", "ACTIVE", "DELETE_REQUESTED")))
  ])
  private static let file = MessageType([
    "hashes": .init(
      type: .list(
        .message(
          MessageType([
            "type": .init(
              type: .enumeration(
                EnumType("HASH_TYPE_UNSPECIFIED", "SHA256", "MD5", "DIRSUM_SHA256")))
          ]))))
  ])
  private static let service = MessageType([
    "state": .init(type: .enumeration(EnumType("STATE_UNSPECIFIED", "DISABLED", "ENABLED")))
  ])

  /// The members of each API's answers that carry enums: no two answers of an API use a name differently.
  private static let answers: [API: MessageType] = [
    .artifactRegistry: MessageType(
      RepositorySchema.repository.fields.merging(RepositorySchema.list.fields) { first, _ in first }
        .merging(file.fields) { first, _ in first }
        .merging(["files": .init(type: .list(.message(file)))]) { first, _ in first }
    ),
    .resourceManager: MessageType(
      project.fields.merging(["projects": .init(type: .list(.message(project)))]) { a, _ in a }),
    .serviceUsage: MessageType(
      service.fields.merging(["services": .init(type: .list(.message(service)))]) { a, _ in a }),
  ]

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

extension JSONObject {
  fileprivate var wrapped: JSONValue { .object(self) }
}

/// A partial-response mask such as `services/name,nextPageToken` or `services(name,state)`.
struct FieldSelection {
  private(set) var inner: [String: FieldSelection] = [:]

  /// A text of over a thousand characters selects everything: nesting takes stack.
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
