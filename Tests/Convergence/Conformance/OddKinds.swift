import CloudResources
import JSON
import Model
import Resources
import Synchronization
import TestSupport

/// A sample API with traits that no Google kind combines: children of children, a soft delete, and no list. The engine
/// reads, plans and writes its kinds without special code.
enum OddKinds {
  static let catalog: KindSet = {
    let google = KindSet.google
    guard let root = google.root.resource, let setting = google.setting.resource else {
      return google
    }
    return make(google.documents + [Shelf(), Book()], root, setting)
  }()

  private static func make(
    _ documents: [any Kind], _ root: some ResourceKind, _ setting: some ResourceKind
  ) -> KindSet {
    KindSet(documents, root: root, setting: setting)
  }
}

extension KindSample {
  private static let repository = document("Repository", "r", "{format: docker}")

  static let shelf = KindSample(
    kind: Shelf(), kinds: OddKinds.catalog, surroundings: services + repository, name: "top",
    address: Address(project: "my-project-id", Shelf().id, "us-east4", "r", "top"),
    spec: [("repository", "r"), ("title", "One")], changes: [("title", "Two")],
    service: { OddService().answer })

  static let book = KindSample(
    kind: Book(), kinds: OddKinds.catalog,
    surroundings: services + repository + document("Shelf", "top", "{repository: r}"),
    name: "atlas",
    address: Address(project: "my-project-id", Book().id, "us-east4", "r", "top", "atlas"),
    spec: [("shelf", "top"), ("title", "One"), ("language", "english")],
    changes: [("title", "Two"), ("pages", "300")], fixed: [("language", "french")],
    service: { OddService().answer })
}

/// A child of a repository that has no list, and children of its own.
struct Shelf: CloudKind {
  let name = "Shelf"
  let addressName = "shelf"
  let summary = "A made-up kind without a list."
  var place: Place { .child(of: .repository, field: "repository") }
  let deletion = Deletion.final(idIsReusable: true)
  let collection = "shelves"
  let fullNameForm = "projects/P/locations/L/repositories/R/shelves/ID"
  func state(of live: JSONValue) -> ObservedState { .present }
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    live["number"].map { ["number": $0] } ?? [:]
  }
  var schema: Schema {
    Schema([
      Field(
        "repository", .string(StringRule(reference: .kind(.repository))),
        [.required, .immutable, .manifestOnly], "Where it stands."),
      Field("title", .string(), "What it is called."),
      Field("name", .string(), [.outputOnly, .returned], "Its full name."),
      Field("number", .string(), [.outputOnly, .returned], "Never used again."),
    ])
  }
  let listForm: ListForm? = nil
  var rest: RESTResource {
    RESTResource(
      host: .artifactRegistry, version: "v1",
      name: "projects/{project}/locations/{location}/repositories/{repository}/shelves/{shelf}",
      proof: .name, noun: "shelf", plural: "shelves", permission: "library.shelves",
      roles: .init(reads: "roles/library.reader", writes: "roles/library.writer"),
      rights: oddRights,
      grouping: .alone, create: .init(id: .query("shelfId"), answer: .resource),
      update: .init(mask: .query, sendsETag: false, answer: .resource),
      delete: .init(sendsETag: false, answer: .empty), undelete: nil, policy: nil)
  }
}

/// A child of a child, which is deleted softly and whose id is then not free.
struct Book: CloudKind {
  let name = "Book"
  let addressName = "book"
  let summary = "A made-up kind within a made-up kind."
  var place: Place { .child(of: Shelf().id, field: "shelf") }
  let deletion = Deletion.soft(
    isDeleted: { $0["state"] == "DELETED" },
    returning: .init(orCreate: false) { _ in Statement("undelete.book", "it can be undeleted") })
  let collection = "books"
  let fullNameForm = "projects/P/locations/L/repositories/R/shelves/S/books/ID"
  func state(of live: JSONValue) -> ObservedState {
    switch live["state"]?.string {
    case "ACTIVE": .present
    default: .unknown("its state is not known")
    }
  }
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    live["number"].map { ["number": $0] } ?? [:]
  }
  var schema: Schema {
    Schema([
      Field(
        "shelf", .string(StringRule(reference: .kind(Shelf().id))),
        [.required, .immutable, .manifestOnly], "Where it stands."),
      Field("title", .string(), "What it is called."),
      Field("pages", .integer(0...5000), "How long it is."),
      Field(
        "language", .enumeration(Enumeration(["ENGLISH", "FRENCH"], unspecified: nil)),
        [.immutable], "What it is written in."),
      Field("name", .string(), [.outputOnly, .returned], "Its full name."),
      Field("number", .string(), [.outputOnly, .returned], "Never used again."),
      Field("state", .string(), [.outputOnly, .returned], "Whether it is deleted."),
    ])
  }
  let listForm: ListForm? = nil
  var rest: RESTResource {
    RESTResource(
      host: .artifactRegistry, version: "v1",
      name:
        "projects/{project}/locations/{location}/repositories/{repository}/shelves/{shelf}/books/{book}",
      proof: .name, noun: "book", plural: "books", permission: "library.books",
      roles: .init(reads: "roles/library.reader", writes: "roles/library.writer"),
      rights: oddRights,
      grouping: .alone, create: .init(id: .query("bookId"), answer: .operation(version: "v1")),
      update: .init(mask: .query, sendsETag: true, answer: .resource),
      delete: .init(sendsETag: true, answer: .operation(version: "v1")),
      undelete: .init(sendsETag: true, answer: .resource), policy: nil)
  }
}

/// The permissions of both sample kinds.
private let oddRights = RESTResource.Rights(
  checkedOn: .parent, get: ["get"], list: [], locations: [], contents: [], foreign: [],
  create: ["create"], update: ["update"], delete: ["delete"], undelete: ["undelete"],
  policyRead: [], policyWrite: [], field: RESTResource.Rights.noFields, parentField: nil)

/// The common answers of both sample kinds.
protocol OddKind: CloudKind {}
extension Shelf: OddKind {}
extension Book: OddKind {}
extension OddKind {
  var limits: KindLimits { KindLimits() }
  var mustExist: Refusal { .createIsFalse }
  var isCredential: Bool { false }
  var service: String? { "artifactregistry.googleapis.com" }
  var hasPolicy: Bool { false }
  var policyService: String? { nil }
  var takesDefaultLabels: Bool { false }
  var standard: StandardResources? { nil }
  var isListedBeforeItsProjectGoes: Bool { false }
  func problem(withName name: String) -> Problem? { nil }
  func problem(creating name: String) -> Problem? { nil }
  func check(_ spec: JSONObject) -> [Problem] { [] }
  func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
  func isMade(_ spec: JSONObject) -> Bool { true }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  func policiesNeeded(by spec: JSONObject) -> [Address] { [] }
  func findings(
    on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool
  ) -> [GraphFinding] { [] }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec { PreparedSpec(spec) }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] { [] }
  func contents(of live: JSONValue?) -> String? { nil }
  func advice(onDeleting live: JSONValue) -> Statement? { nil }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    .document(WrittenFields.of(live, schema))
  }
  func isSwitchedOff(by change: Change) -> Bool { false }
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    ResourceWriter(calls: calls, address: address)
  }
}

/// The server of the sample API.
final class OddService: Sendable {
  private let state = Mutex((things: [String: JSONObject](), count: 0))

  /// Nil for a request that is not about this API.
  @Sendable func answer(_ request: HTTPExchange) -> JSONValue? {
    guard request.path.contains("/shelves") else { return nil }
    return state.withLock { state in
      let (path, verb) = Self.parts(of: request.path)
      let id = request.query["shelfId"] ?? request.query["bookId"]
      let name = id.map { "\(path)/\($0)" } ?? path
      if id == nil, state.things[name] == nil { return Self.error(404, "NOT_FOUND") }
      state.count += 1
      var thing = state.things[name] ?? [:]
      let isBook = name.contains("/books/")
      switch (request.method, verb) {
      case ("POST", nil):
        guard state.things[name] == nil else { return Self.error(409, "ALREADY_EXISTS") }
        thing = request.body.object ?? [:]
        thing["name"] = .string(name)
        thing["number"] = .string("\(state.count)")
        if isBook { thing["state"] = "ACTIVE" }
      case ("POST", "undelete"): thing["state"] = "ACTIVE"
      case ("PATCH", nil):
        for field in (request.query["updateMask"] ?? "").split(separator: ",").map(String.init) {
          thing[field] = request.body[field]
        }
      case ("DELETE", nil) where isBook: thing["state"] = "DELETED"
      case ("DELETE", nil):
        state.things[name] = nil
        return [:]
      case ("GET", nil): break
      default: return Self.error(404, "NOT_FOUND")
      }
      if isBook, request.method != "GET" { thing["etag"] = .string("e\(state.count)") }
      state.things[name] = thing
      let isOperation = isBook && ["POST", "DELETE"].contains(request.method) && verb == nil
      return isOperation
        ? [
          "name": .string("projects/p/locations/l/operations/o\(state.count)"), "done": true,
          "response": .object(thing),
        ] : .object(thing)
    }
  }

  private static func parts(of path: String) -> (name: String, verb: String?) {
    let name = path.hasPrefix("/v1/") ? path.dropFirst(4) : path[...]
    let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
    return (parts[0], parts.count > 1 ? parts[1] : nil)
  }

  private static func error(_ code: Int64, _ status: String) -> JSONValue {
    ["error": ["code": .integer(code), "status": .string(status), "message": "as it says"]]
  }
}
