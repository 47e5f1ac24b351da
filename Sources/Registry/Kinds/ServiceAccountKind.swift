public import JSON
public import Model

/// A service account of a project.
public struct ServiceAccountKind: ResourceKind {
  public init() {}
  public let name = "ServiceAccount"
  public let id = Address.Kind.serviceAccount
  public let summary = "A service account, and who may act as it."
  public let place = Place.project
  public let limits = KindLimits(perProject: .init(100, isAdjustable: true))
  public let isCredential = false
  public var mustExist: Refusal { .createIsFalse }
  public let deletion = Deletion.hidden(
    returning: .init(orCreate: true) { uid in
      Statement(
        "undelete.account",
        "uid \(uid ?? "not known"): undelete, or create if Google refuses; an account does not return after 30 days, a new "
          + "one is another identity, and the old grants do not return to it")
    })
  public let service: String? = "iam.googleapis.com"
  public let hasPolicy = true
  public let takesDefaultLabels = false
  public let collection = "serviceAccounts"
  public let fullNameForm = "a full e-mail"
  public func fullName(of address: Address) -> String { AccountName(address).email }

  /// `uploader`, `serviceAccount/uploader`, `P/serviceAccount/uploader`, `uploader@P`, a full e-mail, a full Google name.
  public func read(reference text: String, project: String) -> KindReference? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let name: AccountName?
    switch parts.count {
    case 1: name = AccountName(parts[0], in: project)
    case 2 where parts[0] == id.rawValue: name = AccountName(parts[1], in: project)
    case 3 where parts[1] == id.rawValue: name = AccountName(parts[2], in: parts[0])
    case 4 where parts[0] == "projects" && parts[2] == collection:
      name = AccountName(parts[3], in: parts[1])
    default: name = nil
    }
    guard let name else { return nil }
    let address = Address(project: name.project, id, name.id)
    return name.isFull ? .full(address) : .short(project: name.project, names: [name.id])
  }
  public var schema: Schema { Self.schema }
  public func problem(withName name: String) -> String? { NameRules.accountID(name) }
  public func check(_ spec: JSONObject) -> [SpecProblem] {
    IAMRules.problems(inEntriesOf: spec)
  }

  /// The number is what tells an account from its namesakes.
  public func problem(inLive live: JSONValue, written: JSONObject) -> String? {
    let isNumber = live["uniqueId"]?.string?.utf8.allSatisfy(NameRules.isDigit) == true
    return isNumber ? nil : "`uniqueId` is not a number"
  }

  public func isMade(_ spec: JSONObject) -> Bool { true }
  public func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  public func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  { [] }
  public func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec { PreparedSpec(spec) }
  public func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] { [] }
  public func contents(of live: JSONValue?) -> String? { nil }
  public func advice(onDeleting live: JSONValue) -> Statement? {
    guard live["disabled"]?.bool != true else { return nil }
    return Statement(
      "disable-first",
      "it is still enabled: set `disabled: true` first, and delete it once nobody misses it")
  }

  public func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    LiveMembers.of(live, ["uniqueId"])
  }

  public func policyName(of address: Address) -> PolicyName? {
    .member("serviceAccount:\(AccountEmail(id: address.id, project: address.project))")
  }
  public func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }

  public func isSwitchedOff(by change: Change) -> Bool {
    change.fields.contains { $0.path.description == "disabled" && $0.to == true }
  }

  /// iam v1 `ServiceAccount`, discovery revision 20261023.
  private static let schema = Schema([
    SharedFields.project,
    Field(
      "displayName", .string(StringRules.bytes(atMost: 100)),
      "The name that people see; at most 100 bytes of UTF-8."),
    Field(
      "description", .string(StringRules.bytes(atMost: 256)),
      "What the account is for; at most 256 bytes of UTF-8."),
    // Output-only in Google's message; here it is what `:disable` and `:enable` are called for.
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
      "Its number, never used again: an account that is made anew under the same e-mail has another."
    ),
    Field(
      "email", .string(), [.outputOnly, .returned],
      "Its e-mail: `ID@PROJECT.iam.gserviceaccount.com`."),
    Field("oauth2ClientId", .string(), [.outputOnly], "Its OAuth 2.0 client id."),
    Field("etag", .string(), [.outputOnly], "Deprecated by Google."),
  ])
}
