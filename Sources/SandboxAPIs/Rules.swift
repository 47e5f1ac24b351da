import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Artifact Registry v1: the download rules of a repository.
///
/// After the discovery document of 2026-10-31, Google's page on [download
/// rules](https://cloud.google.com/artifact-registry/docs/restrict-artifact-downloads) and the help of `gcloud
/// artifacts rules`. The sandbox stores and shows rules; its downloads do not apply them.
package enum Rules: ServedAPI {
  /// The rules.
  package static let records: [any Record.Type] = [RuleRecord.self]

  /// The operations on rules. They all answer at once: none is a long-running operation.
  package static let routes: [Route] = [
    route(.get, "", verb: "list", run: list).taking("pageSize", "pageToken")
      .answering(MessageType(["rules": .init(type: .list(.message(message)))])),
    route(.post, "", verb: "create", run: create).taking("ruleId").answering(message),
    route(.get, "/{rule}", verb: "get") { (call, state) throws(APIError) in
      json(try find(call, state))
    }.answering(message),
    route(.patch, "/{rule}", verb: "update", run: patch).taking("updateMask").answering(message),
    route(.delete, "/{rule}", verb: "delete", run: delete),
  ]

  private static func route(
    _ method: HTTPMethod, _ rest: String, verb: String, run: @escaping Handler
  ) -> Route {
    let path = "/v1/projects/{project}/locations/{location}/repositories/{repository}/rules"
    return Route(
      method, path + rest, api: .artifactRegistry,
      access: .permission("artifactregistry.rules.\(verb)", on: .repository), run: run)
  }

  private static let message = MessageType([
    "name": .init(type: .string),
    "action": .init(type: .enumeration(EnumType("ACTION_UNSPECIFIED", "ALLOW", "DENY"))),
    "operation": .init(type: .enumeration(EnumType("OPERATION_UNSPECIFIED", "DOWNLOAD"))),
    "condition": .init(
      type: .message(
        MessageType([
          "expression": .init(type: .string), "title": .init(type: .string),
          "description": .init(type: .string), "location": .init(type: .string),
        ]))),
    "packageId": .init(type: .string),
  ])

  // MARK: Calls

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let rules = state[RuleRecord.self].children(of: try call.repository(in: state).name)
    let page = try Page(call.query, standard: 100, maximum: 1000).cut(rules, key: \.key)
    var answer: JSONObject = [:]
    if !page.items.isEmpty { answer["rules"] = .array(page.items.map(json)) }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  private static func find(_ call: Call, _ state: State) throws(APIError) -> RuleRecord {
    let key = RuleRecord.key(call["rule"], of: try call.repository(in: state).name)
    guard let rule = state[RuleRecord.self][key] else {
      throw APIError(.notFound, "Requested entity was not found.")
    }
    return rule
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let repository = try call.repository(in: state).name
    let id = call.query["ruleId"] ?? ""
    guard id.utf8.count <= 256,
      id.wholeMatch(of: /(?:[A-Za-z0-9._~:@+^-]|%[0-9A-Fa-f]{2})+/) != nil
    else {
      throw .badField(
        "rule_id",
        "Invalid rule ID \"\(id.prefix(300))\": up to 256 letters, digits, percent-encoded "
          + "characters, or characters of -._~:@+^")
    }
    var fields = try message.read(call.body.object)
    fields["name"] = nil
    let rule = RuleRecord(repository: repository, id: id, fields: JSONText(.object(fields)))
    guard state[RuleRecord.self][rule.key] == nil else {
      throw APIError(.alreadyExists, "the rule already exists")
    }
    try check(rule, state)
    state.put(rule)
    return json(rule)
  }

  private static func patch(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var rule = try find(call, state)
    let update = MaskedUpdate(message: message, name: "Rule", constant: ["name"])
    rule.fields = JSONText(
      .object(
        try update.apply(
          mask: call.query["updateMask"], sent: try message.read(call.body.object),
          to: rule.fields.value.object ?? [:])))
    try check(rule, state)
    state.put(rule)
    return json(rule)
  }

  private static func delete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    state.remove(try find(call, state))
    return [:]
  }

  private static func json(_ rule: RuleRecord) -> JSONValue {
    var object: JSONObject = ["name": .string("\(rule.repository)/rules/\(rule.id)")]
    for (key, value) in rule.fields.value.object ?? [:] { object[key] = value }
    return .object(object)
  }

  // MARK: Validation

  /// Checks a rule. Google does not document the answer to a rule without an action or an operation. Here both are
  /// required, so that such a rule is not mistaken for one that allows or denies.
  private static func check(_ rule: RuleRecord, _ state: State) throws(APIError) {
    let fields = rule.fields.value
    guard fields["action"] != nil else {
      throw .badField("rule.action", "The action must be ALLOW or DENY.")
    }
    guard fields["operation"] != nil else {
      throw .badField("rule.operation", "The operation must be DOWNLOAD.")
    }
    if let condition = fields["condition"] {
      // An empty condition would match everything, as a rule without a condition does.
      guard let expression = condition["expression"]?.string else {
        throw .badField("rule.condition.expression", "The condition has no expression.")
      }
      guard Condition.isComplete(expression) else {
        throw .badField(
          "rule.condition.expression",
          "The condition is not a CEL expression: a text or a bracket does not end.")
      }
    }
    try checkNamesakes(rule, state)
  }

  /// Refuses a second rule for one package, or for the whole repository: "You can set one rule for an entire repository
  /// and one rule for each package within." (discovery document)
  private static func checkNamesakes(_ rule: RuleRecord, _ state: State) throws(APIError) {
    let package = rule.fields.value["packageId"]
    let twin = state[RuleRecord.self].children(of: rule.repository).first {
      $0.key != rule.key && $0.fields.value["packageId"] == package
    }
    guard let twin else { return }
    let subject = package?.string.map { "package \($0)" } ?? "the entire repository"
    throw APIError(
      .alreadyExists, "a rule for \(subject) already exists: \(twin.id)")
  }
}

/// A download rule of a repository.
struct RuleRecord: Record {
  /// The repository's resource name.
  let repository: String
  /// As the request that created it spells it; some characters may be percent-encoded.
  let id: String
  /// The members that clients can set, without the name, in wire form.
  var fields: JSONText

  static var table: String { "rule" }
  static var lag: LagRule { .hidden }
  var key: String { Self.key(id, of: repository) }
  var parent: String? { repository }
  var names: [String] { [] }

  /// The key of a rule. Paths may escape the id once more, so it is compared without escapes.
  static func key(_ id: String, of repository: String) -> String {
    "\(repository)/rules/\(PercentEncoding.decodedID(id) ?? id)"
  }
}
