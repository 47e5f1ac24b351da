import CloudResources
import Grammar
import JSON
import Model
import Resources

/// A service account of a project.
struct ServiceAccountKind: CloudKind {
  let name = "ServiceAccount"
  let addressName = "serviceAccount"
  let summary = "A service account, and who may act as it."
  var place: Place { .project(.project) }
  let limits = KindLimits(perProject: .init(100, isAdjustable: true))
  let isCredential = false
  var mustExist: Refusal { .createIsFalse }
  let deletion = Deletion.hidden(
    returning: .init(orCreate: true) { uid in
      Statement(
        "undelete.account",
        "uid \(uid ?? "not known"): undelete, or create if Google refuses; an account does not return after 30 days, a new "
          + "one is another identity, and the old grants do not return to it")
    })
  let service: String? = "iam.googleapis.com"
  let hasPolicy = true
  let policyService: String? = nil
  let takesDefaultLabels = false
  let collection = "serviceAccounts"
  let fullNameForm = "a full e-mail"
  func fullName(of address: Address) -> String { AccountName(address).email }

  /// `uploader`, `serviceAccount/uploader`, `P/serviceAccount/uploader`, `uploader@P`, a full e-mail, a full Google name;
  /// an account that Google made has a full e-mail only.
  func read(reference text: String, project: String) -> KindReference? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let name: AccountName?
    switch parts.count {
    case 1: name = AccountName(parts[0], in: project)
    case 2 where parts[0] == addressName: name = AccountName(parts[1], in: project)
    case 3 where parts[1] == addressName: name = AccountName(parts[2], in: parts[0])
    case 4 where parts[0] == "projects" && parts[2] == collection:
      name = AccountName(parts[3], in: parts[1])
    default: name = nil
    }
    if let name {
      let address = Address(project: name.project, id, name.id)
      return name.isFull ? .full(address) : .short(project: name.project, names: [name.id])
    }
    return googleAccount(parts, of: project)
      .map { .full(Address(project: $0.project, id, $0.id)) }
  }

  /// In the forms of all references; the project is that of the document if the text names none, or `-`, Google's word
  /// for any.
  private func googleAccount(_ parts: [String], of document: String) -> GoogleAccount? {
    switch parts.count {
    case 1: GoogleAccount(parts[0], in: document)
    case 2 where parts[0] == addressName: GoogleAccount(parts[1], in: document)
    case 3 where parts[1] == addressName: GoogleAccount(parts[2], in: parts[0])
    case 4 where parts[0] == "projects" && parts[2] == collection:
      GoogleAccount(parts[3], in: parts[1] == "-" ? document : parts[1])
    default: nil
    }
  }
  var schema: Schema { Self.schema }
  /// An id, or the whole e-mail of an account that Google made.
  func problem(withName name: String) -> Problem? {
    guard name.contains("@") else { return NameRules.existingAccountID(name) }
    if let email = AccountEmail(parsing: name) {
      return Problem("must be the id of the account alone", help: "write `\(email.id)`")
    }
    guard name == name.lowercased() else { return "must be in lower case" }
    return GoogleAccount(name, in: "") == nil
      ? "must be an account's id, or the e-mail of an account that Google made" : nil
  }

  func problem(creating name: String) -> Problem? {
    guard name.contains("@") else { return NameRules.accountID(name) }
    return Problem(
      "is an account that Google makes, and cannot be created",
      help: "add lifecycle: {create: false}")
  }
  func check(_ spec: JSONObject) -> [Problem] {
    IAMRules.problems(inEntriesOf: spec)
  }

  /// The number distinguishes an account from others with the same e-mail.
  func problem(inLive live: JSONValue, written: JSONObject) -> String? {
    let isNumber = live["uniqueId"]?.string?.utf8.allSatisfy(NameRules.isDigit) == true
    return isNumber ? nil : "`uniqueId` is not a number"
  }

  func isMade(_ spec: JSONObject) -> Bool { true }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  func policiesNeeded(by spec: JSONObject) -> [Address] { [] }
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  { [] }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec { PreparedSpec(spec) }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] { [] }
  func contents(of live: JSONValue?) -> String? { nil }
  func advice(onDeleting live: JSONValue) -> Statement? {
    guard live["disabled"]?.bool != true else { return nil }
    return Statement(
      "disable-first",
      "it is still enabled: set `disabled: true` first, and delete it after a grace period")
  }

  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    LiveMembers.of(live, ["uniqueId"])
  }

  func policyName(of address: Address) -> PolicyName? {
    .member("serviceAccount:\(AccountEmail(id: address.id, project: address.project))")
  }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }

  /// No answer contains a deleted account.
  func state(of live: JSONValue) -> ObservedState { .present }
  let standard: StandardResources? = nil
  let isListedBeforeItsProjectGoes = true
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    .document(WrittenFields.of(live, schema))
  }
  func isSwitchedOff(by change: Change) -> Bool {
    change.fields.contains { $0.path.description == "disabled" && $0.to == true }
  }

  var rest: RESTResource { Self.rest }
  var listForm: ListForm? { Self.listForm }
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    ResourceWriter(calls: calls, address: address).map(ServiceAccountWriter.init)
  }

  /// IAM v1 `projects.serviceAccounts`. `ServiceAccountWriter` calls `:disable` and `:enable`, and undeletes accounts
  /// by their unique ids.
  private static let rest = RESTResource(
    host: .iam, version: "v1", name: "projects/{project}/serviceAccounts/{email}",
    proof: .nameAndMember("email"), noun: "account", plural: "service accounts",
    permission: "iam.serviceAccounts", permissionVerbs: ["patch": "update"],
    roles: .init(reads: "roles/iam.serviceAccountViewer", writes: "roles/iam.serviceAccountAdmin"),
    rights: .init(
      checkedOn: .itself, get: ["get"], list: ["list"], locations: [], contents: [],
      foreign: [], create: ["create"], update: ["update"], delete: ["delete"],
      undelete: ["undelete"],
      policyRead: ["getIamPolicy"], policyWrite: ["setIamPolicy"], field: fieldRights,
      parentField: nil),
    grouping: .list(items: "accounts", pageSize: 100),
    create: .init(id: .beside(id: "accountId", resource: "serviceAccount"), answer: .resource),
    update: .init(
      method: "patch", mask: .body(resource: "serviceAccount"), sendsETag: false, answer: .resource),
    delete: .init(sendsETag: false, answer: .empty), undelete: nil, policy: .post,
    switchedFields: ["disabled"])

  /// A new account is enabled, so only `disabled: true` needs a call then.
  private static let fieldRights:
    @Sendable (String, JSONValue, Bool) -> [RESTResource.Rights.FieldRight] =
      { name, value, isNew in
        guard name == "disabled" else { return [] }
        if value.bool == true { return [.init("disable")] }
        return isNew ? [] : [.init("enable")]
      }

  private static let listForm = ListForm(
    "accounts", summary: "the service accounts of the projects",
    [
      ListColumns.address, ListColumn("email", .text, at: .member("email"), rank: 4),
      ListColumn("displayName", .text, at: .member("displayName"), rank: 3),
      ListColumn("disabled", .flag, at: .member("disabled", ifMissing: false), rank: 1),
      ListColumns.declared, ListColumns.project, ListColumns.googleName,
      ListColumns.detail("uniqueId"), ListColumns.detail("description"),
    ], order: ["address"])

  /// iam v1 `ServiceAccount`, discovery revision 20261023.
  private static let schema = Schema([
    SharedFields.project,
    Field(
      "displayName", .string(StringRules.bytes(atMost: 100)),
      "The display name; at most 100 bytes of UTF-8."),
    Field(
      "description", .string(StringRules.bytes(atMost: 256)),
      "What the account is for; at most 256 bytes of UTF-8."),
    // Output-only in Google's message; arctl sets it through `:disable` and `:enable`.
    Field(
      "disabled", .boolean, default: false,
      "Whether the account may be used. A new account is disabled in a call of its own, right after its "
        + "creation."),
    SharedFields.iam,
    Field(
      "name", .string(), [.outputOnly, .returned],
      "Google's name for it: `projects/P/serviceAccounts/EMAIL`."),
    Field("projectId", .string(), [.outputOnly], "The id of its project."),
    Field(
      "uniqueId", .string(), [.outputOnly, .returned],
      "Its unique numeric ID, never reused: a recreated account gets a new one."
    ),
    Field(
      "email", .string(), [.outputOnly, .returned],
      "Its e-mail: `ID@PROJECT.iam.gserviceaccount.com`."),
    Field("oauth2ClientId", .string(), [.outputOnly], "Its OAuth 2.0 client id."),
    Field("etag", .string(), [.outputOnly], "Deprecated by Google."),
  ])
}

extension KindID {
  /// The kind `ServiceAccountKind`.
  static let serviceAccount = ServiceAccountKind().id
}
