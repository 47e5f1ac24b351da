import CloudResources
import Diagnostics
import Grammar
import JSON
import Model
import Resources

/// A download rule of a repository: which downloads of the repository, or of one of its packages, are allowed.
struct RuleKind: CloudKind {
  let name = "Rule"
  let addressName = "rule"
  let summary =
    "A download rule of a repository: whether it, or one of its packages, may be downloaded, and when. In preview at Google."
  var place: Place { .child(of: .repository, field: "repository") }
  let deletion = Deletion.final(idIsReusable: true)
  let limits = KindLimits()
  var mustExist: Refusal { .createIsFalse }
  let isCredential = false
  let service: String? = "artifactregistry.googleapis.com"
  let hasPolicy = false
  let policyService: String? = nil
  let takesDefaultLabels = false
  let collection = "rules"
  let fullNameForm = "projects/P/locations/L/repositories/R/rules/ID"
  var schema: Schema { Self.schema }

  /// Source: docs/google-apis.md#download-rules. Google also allows percent-encoded characters; a manifest contains the
  /// characters themselves.
  func problem(withName name: String) -> Problem? {
    guard (1...256).contains(name.utf8.count) else { return "must have 1 to 256 characters" }
    guard name != ".", name != ".." else { return "cannot be `.` or `..`" }
    let isPlain = name.utf8.allSatisfy {
      NameRules.isAlphanumeric($0) || "-._~:@+^".utf8.contains($0)
    }
    return isPlain ? nil : "may contain letters, digits and `-._~:@+^` only"
  }

  func problem(creating name: String) -> Problem? { nil }
  func check(_ spec: JSONObject) -> [Problem] {
    guard spec["packageId"]?.string == "" else { return [] }
    return [
      Problem(
        FieldPath().field("packageId"), "`packageId` is empty",
        help: "leave it out: the rule then applies to every package of the repository")
    ]
  }

  func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
  func isMade(_ spec: JSONObject) -> Bool { true }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  func policiesNeeded(by spec: JSONObject) -> [Address] { [] }
  /// A repository accepts one rule for each package, and one for all of it (docs/google-apis.md#download-rules). The
  /// last of several names the first.
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  {
    guard resource.lifecycle.ensure == .present else { return [] }
    let package = resource.spec["packageId"]?.string
    let namesakes = graph.resources.values.filter { other in
      other.address.kind == id && other.address.parent == resource.address.parent
        && other.lifecycle.ensure == .present && other.spec["packageId"]?.string == package
        && other.address < resource.address
    }
    guard let first = namesakes.min(by: { $0.address < $1.address }) else { return [] }
    let scope = package.map { "the package `\($0)`" } ?? "the whole repository"
    return [
      GraphFinding(
        Diagnostic(
          .fieldConflict, "a second rule for \(scope)",
          at: resource.positions["packageId"] ?? resource.source,
          related: [.init(first.positions["packageId"] ?? first.source, "the first one")],
          help: ["Google accepts one rule for each package: put both conditions into one rule"]))
    ]
  }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec { PreparedSpec(spec) }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] { [] }
  func contents(of live: JSONValue?) -> String? { nil }
  func advice(onDeleting live: JSONValue) -> Statement? { nil }

  /// A rule has neither a number nor a creation time, so its contents are its identity before a deletion.
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    guard action != .update else { return [:] }
    return [
      "action": live["action"] ?? .null, "operation": live["operation"] ?? .null,
      "packageId": .string(live["packageId"]?.string ?? ""),
      "condition": live["condition"] ?? .null,
    ]
  }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  /// A rule in an answer exists: the API has no other state.
  func state(of live: JSONValue) -> ObservedState { .present }
  let standard: StandardResources? = nil
  let isListedBeforeItsProjectGoes = false
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    .document(WrittenFields.of(live, schema))
  }
  func isSwitchedOff(by change: Change) -> Bool { false }

  var rest: RESTResource { Self.rest }
  let listForm: ListForm? = nil
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    ResourceWriter(calls: calls, address: address)
  }

  /// Artifact Registry v1 `projects.locations.repositories.rules`; no method returns a long-running operation.
  private static let rest = RESTResource(
    host: .artifactRegistry, version: "v1",
    name: "projects/{project}/locations/{location}/repositories/{repository}/rules/{rule}",
    proof: .name, noun: "rule", plural: "download rules", permission: "artifactregistry.rules",
    permissionVerbs: ["patch": "update"],
    roles: .init(
      reads: "roles/artifactregistry.reader", writes: "roles/artifactregistry.repoAdmin"),
    rights: .init(
      checkedOn: .parent, get: ["get"], list: ["list"], locations: [], contents: [],
      foreign: [], create: ["create"], update: ["update"], delete: ["delete"], undelete: [],
      policyRead: [], policyWrite: [], field: RESTResource.Rights.noFields, parentField: nil),
    grouping: .list(items: "rules", pageSize: 1000),
    create: .init(id: .query("ruleId"), answer: .resource),
    update: .init(method: "patch", mask: .query, sendsETag: false, answer: .resource),
    delete: .init(sendsETag: false, answer: .empty), undelete: nil, policy: nil)

  /// artifactregistry v1 `GoogleDevtoolsArtifactregistryV1Rule`, discovery revision 20261031.
  private static let schema = Schema([
    SharedFields.project,
    Field(
      "repository", .string(StringRule(reference: .kind(.repository))),
      [.required, .immutable, .manifestOnly],
      "The repository whose downloads it controls: a repository of the set or a full name, "
        + "`projects/P/locations/L/repositories/ID`."),
    Field(
      "action", .enumeration(Enumeration(["ALLOW", "DENY"], unspecified: "ACTION_UNSPECIFIED")),
      [.required], "Whether what it matches may be downloaded."),
    Field(
      "operation", .enumeration(Enumeration(["DOWNLOAD"], unspecified: "OPERATION_UNSPECIFIED")),
      [.required], "The operation that it controls: `download`."),
    Field(
      "condition", .object(condition),
      "Which versions it matches; every version if not set."),
    Field(
      "packageId", .string(),
      "The package that it applies to; the whole repository if not set. Google allows one rule for each."
    ),
    Field(
      "name", .string(), [.outputOnly, .returned],
      "Google's name for it: `projects/P/locations/L/repositories/R/rules/ID`."),
  ])

  private static let condition = [
    Field(
      "expression", .string(), [.required],
      "In the Common Expression Language: `pkg.version.id == \"1.0.0\"`."),
    Field("title", .string(), "The title of the condition."),
    Field("description", .string(), "What the condition is for."),
    Field("location", .string(), "Where the expression is written, for messages about it."),
  ]
}
