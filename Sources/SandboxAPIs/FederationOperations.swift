import Crypto
import JSON
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// The operations of pools and providers: below the resource, named with the project's number, and without metadata and
/// response even when they are done (recorded).
enum FederationOperations {
  static let pools = "/v1/projects/{project}/locations/global/workloadIdentityPools"

  /// The path for polling the operations below a resource.
  static func route(_ template: String, permission: String) -> Route {
    Route(.get, "\(template)/operations/{operation}", api: .iam, access: .signedIn) {
      (call, state) throws(APIError) in
      let project = state.project(call["project"])
      let resource = Resource.pool(
        project: project?.id ?? call["project"], id: call["pool"])
      let parent = numbered(resource.path, project)
      let provider = call["provider"].isEmpty ? "" : "/providers/\(call["provider"])"
      return try LongRunningOperations.get(
        "\(parent)\(provider)/operations/\(call["operation"])", permission: permission,
        api: .iam, for: call, in: state, checked: resource)
    }
  }

  /// Starts an operation on a resource, and returns the first answer.
  static func start(_ name: String, _ call: Call, _ state: inout State) -> JSONValue {
    let serial = LongRunningOperations.serial(&state)
    let digits = Hex.encode(SHA256.hash(Array("federation \(serial)".utf8))).prefix(17)
    let id = "bifq\(digits)\(String(repeating: "0", count: 11))"
    let operation = "\(name)/operations/\(id)"
    LongRunningOperations.start(operation, for: call, in: &state, response: nil)
    return ["name": .string(operation)]
  }

  /// A resource name with the number of its project, as answers have it (recorded).
  static func numbered(_ name: String, _ project: ProjectRecord?) -> String {
    guard let project else { return name }
    return "projects/\(project.number)\(name.dropFirst("projects/\(project.id)".count))"
  }

  /// The id of a new pool or provider, from the query.
  static func newID(_ call: Call, _ parameter: String, _ noun: String) throws(APIError) -> String {
    let id = call.query[parameter] ?? ""
    guard id.wholeMatch(of: /[a-z0-9-]{4,32}/) != nil, !id.hasPrefix("gcp-") else {
      throw .badField(
        parameter,
        "Invalid \(noun) ID \"\(id.prefix(100))\": it must have 4 to 32 characters of [a-z0-9-], and must not begin "
          + "with gcp-.")
    }
    return id
  }

  /// The members of an answer that pools and providers share.
  static func json(_ record: some FederationRecord, name: String) -> JSONObject {
    var object: JSONObject = ["name": .string(name)]
    for (key, value) in record.fields.value.object ?? [:] { object[key] = value }
    object["state"] = record.deleteTime == nil ? "ACTIVE" : "DELETED"
    if let time = record.expireTime { object["expireTime"] = .string(Timestamps.text(time)) }
    return object
  }

  /// The mask of a PATCH. The mask is required; whether `*` is accepted is not known, so it is refused.
  static func mask(_ call: Call) throws(APIError) -> String {
    guard let text = call.query["updateMask"], !text.isEmpty, Mask(text)?.contains("*") == false
    else {
      throw .badField("update_mask", "The update mask must name the fields to update.")
    }
    return text
  }

  /// Refuses a change of something that is deleted.
  static func checkActive(_ record: some FederationRecord, _ noun: String) throws(APIError) {
    guard record.deleteTime == nil else {
      throw APIError(
        .failedPrecondition, "The \(noun) is deleted; undelete it first.",
        reason: "failedPrecondition")
    }
  }

  /// Checks the texts that both have (discovery `iam.v1`).
  static func checkTexts(_ fields: JSONObject, _ noun: String) throws(APIError) {
    for (name, limit) in [("displayName", 32), ("description", 256)]
    where fields[name]?.string?.unicodeScalars.count ?? 0 > limit {
      throw .badField("\(noun).\(name)", "The \(name) cannot exceed \(limit) characters.")
    }
  }

  /// The answer of a list.
  static func list(
    _ member: String, _ page: (items: [JSONObject], next: String?)
  ) -> JSONValue {
    var answer: JSONObject = [:]
    if !page.items.isEmpty { answer[member] = .array(page.items.map { .object($0) }) }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  /// Google's text for a create whose id is taken, also by a deleted one (reported:
  /// hashicorp/terraform-provider-google 14191).
  static let taken = APIError(
    .alreadyExists, "Requested entity already exists", reason: "alreadyExists")

  static let absent = APIError(
    .notFound, "Requested entity was not found.", reason: "notFound")
}
