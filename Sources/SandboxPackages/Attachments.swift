import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Artifact Registry v1: attachments, which link files of a repository to it, to a package or to a version.
package enum Attachments: ServedAPI {
  /// The attachments.
  package static let records: [any Record.Type] = [AttachmentRecord.self]

  /// The operations on attachments.
  package static let routes: [Route] = [
    route(.get, "", "list", run: list).taking("filter", "pageSize", "pageToken"),
    route(.post, "", "create", run: create).taking("attachmentId"),
    route(.get, "/{attachment}", "get") { (call, state) throws(APIError) in
      json(try find(call, state))
    },
    route(.delete, "/{attachment}", "delete") { (call, state) throws(APIError) in
      state.remove(try find(call, state))
      return OperationPlace.startInRegistry(
        call, &state, response: ["@type": "type.googleapis.com/google.protobuf.Empty"])
    },
  ]

  private static func route(
    _ method: HTTPMethod, _ rest: String, _ verb: String, run: @escaping Handler
  ) -> Route {
    let path = "/v1/projects/{project}/locations/{location}/repositories/{repository}/attachments"
    return Route(
      method, path + rest, api: .artifactRegistry,
      access: .permission("artifactregistry.attachments.\(verb)", on: .repository), run: run)
  }

  private static let message = MessageType([
    "name": .init(type: .string), "target": .init(type: .string), "type": .init(type: .string),
    "attachmentNamespace": .init(type: .string), "annotations": .init(type: .map(.string)),
    "files": .init(type: .list(.string)),
    "createTime": .init(type: .timestamp, isOutputOnly: true),
    "updateTime": .init(type: .timestamp, isOutputOnly: true),
    "ociVersionName": .init(type: .string, isOutputOnly: true),
  ])

  private static func find(_ call: Call, _ state: State) throws(APIError) -> AttachmentRecord {
    let name = "\(try call.repository(in: state).name)/attachments/\(call["attachment"])"
    guard let found = state[AttachmentRecord.self][name] else { throw PackageRoutes.absent }
    return found
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var found = state[AttachmentRecord.self].children(of: try call.repository(in: state).name)
    let text = call.query["filter"] ?? ""
    let filter = try Filter.parse(text)
    let known = ["target", "type", "attachmentNamespace", "ociVersionName"]
    for term in filter?.terms ?? [] where !known.contains(Query.camelCase(term.field)) {
      throw .badField("filter", "Invalid filter \"\(text)\".")
    }
    if let filter {
      found = found.filter { row in
        filter.holds { term in
          let value = row.fields.value[Query.camelCase(term.field)]?.string ?? ""
          return Filter.Term(
            field: term.field, comparator: term.comparator,
            value: PercentEncoding.decodedID(term.value) ?? term.value
          ).fits(PercentEncoding.decodedID(value) ?? value)
        }
      }
    }
    let page = try Page(call.query, standard: 100, maximum: 1000).cut(found, key: \.name)
    var answer: JSONObject = [:]
    if !page.items.isEmpty { answer["attachments"] = .array(page.items.map(json)) }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let repository = try call.repository(in: state)
    let id = call.query["attachmentId"] ?? ""
    guard id.utf8.count <= 256, id.wholeMatch(of: /[A-Za-z0-9._~:@-]+/) != nil else {
      throw .badField("attachment_id", "Invalid attachment ID \"\(id.prefix(300))\".")
    }
    var fields = try message.read(call.body.object)
    fields["name"] = nil
    let names = RepositoryContents(repository, state).names
    let target = fields["target"]?.string ?? ""
    guard target == repository.name || names.contains(where: { same($0, target) }) else {
      throw .badField(
        "attachment.target",
        "The target \"\(target)\" is not the repository, and no package or version in it.")
    }
    let files = (fields["files"]?.array ?? []).compactMap(\.string)
    guard !files.isEmpty else {
      throw .badField("attachment.files", "An attachment needs at least one file.")
    }
    for file in files where !names.contains(where: { same($0, file) && $0.contains("/files/") }) {
      throw .badField("attachment.files", "The file \"\(file)\" is not in the repository.")
    }
    let record = AttachmentRecord(
      repository: repository.name, id: id,
      target: names.first { same($0, target) } ?? repository.name,
      fields: JSONText(.object(fields)), createTime: call.now)
    guard state[AttachmentRecord.self][record.key] == nil else {
      throw APIError(.alreadyExists, "the attachment already exists")
    }
    state.put(record)
    guard var response = json(record).object else { return [:] }
    response["@type"] = "type.googleapis.com/google.devtools.artifactregistry.v1.Attachment"
    return OperationPlace.startInRegistry(call, &state, response: .object(response))
  }

  /// Whether two names name the same, however their ids are escaped.
  private static func same(_ one: String, _ other: String) -> Bool {
    one == other || PercentEncoding.decodedID(one) == PercentEncoding.decodedID(other)
  }

  private static func json(_ attachment: AttachmentRecord) -> JSONValue {
    var object: JSONObject = ["name": .string(attachment.name)]
    for (key, value) in attachment.fields.value.object ?? [:] { object[key] = value }
    object["createTime"] = .string(Timestamps.text(attachment.createTime))
    object["updateTime"] = .string(Timestamps.text(attachment.createTime))
    return .object(object)
  }
}

/// An attachment.
struct AttachmentRecord: Record {
  /// The repository's resource name.
  let repository: String
  let id: String
  /// The resource name of what it is attached to, as the repository spells it.
  let target: String
  /// The members that clients set, without the name, in wire form.
  let fields: JSONText
  let createTime: Int64

  /// The resource name.
  var name: String { "\(repository)/attachments/\(id)" }

  static var table: String { "attachment" }
  static var lag: LagRule { .hidden }
  var key: String { name }
  var parent: String? { repository }
  var names: [String] { [] }
}
