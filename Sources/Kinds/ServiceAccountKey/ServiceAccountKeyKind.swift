import CloudResources
import Grammar
import JSON
import Model
import Resources

/// A live key of a service account, with its private half at a destination.
struct ServiceAccountKeyKind: CloudKind {
  let name = "ServiceAccountKey"
  let addressName = "serviceAccountKey"
  let summary = "One live key of a service account, with its destination, age and rotation."
  var place: Place { .child(of: .serviceAccount, field: "serviceAccount") }
  let deletion = Deletion.final(idIsReusable: true)
  let limits = KindLimits()
  var mustExist: Refusal { .createIsFalse }
  let isCredential = true
  let service: String? = "iam.googleapis.com"
  let hasPolicy = false
  let policyService: String? = nil
  let takesDefaultLabels = false
  let collection = "keys"
  let fullNameForm = "projects/P/serviceAccounts/ACCOUNT/keys/ID"
  /// No resource refers to a key: its address contains the manifest's name, which Google does not know.
  func fullName(of address: Address) -> String { "\(address)" }
  func read(reference text: String, project: String) -> KindReference? { nil }
  var schema: Schema { Self.schema }
  func problem(withName name: String) -> Problem? { NameRules.freeName(name) }
  func problem(creating name: String) -> Problem? { nil }
  func check(_ spec: JSONObject) -> [Problem] { KeyRules.problems(in: spec) }

  func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
  func isMade(_ spec: JSONObject) -> Bool { !KeyRules.isExternal(spec) }
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
  func advice(onDeleting live: JSONValue) -> Statement? { nil }
  /// Its id is its identity.
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject { [:] }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  /// The list of keys is not read as the list of a kind.
  func state(of live: JSONValue) -> ObservedState { .unknown("an answer of another kind") }
  let standard: StandardResources? = nil
  let isListedBeforeItsProjectGoes = false
  /// As a key that was made elsewhere: its private half cannot be exported. The address ends in Google's id.
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    .document(
      ["origin": "external", "keyId": .string(address.id)], name: "key-\(address.id.prefix(12))")
  }
  func isSwitchedOff(by change: Change) -> Bool { false }

  var rest: RESTResource { Self.rest }
  var listForm: ListForm? { Self.listForm }
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    KeyWriter(calls: calls, address: address)
  }

  /// IAM v1 `projects.serviceAccounts.keys`. A key's address contains the manifest's name and not Google's id, so the
  /// target `Keys` makes the calls.
  private static let rest = RESTResource(
    host: .iam, version: "v1", name: nil, proof: .impossible, noun: "key", plural: "keys",
    permission: "iam.serviceAccountKeys", permissionVerbs: ["upload": "create"],
    roles: .init(
      reads: "roles/iam.serviceAccountViewer", writes: "roles/iam.serviceAccountKeyAdmin"),
    rights: .init(
      checkedOn: .parent, get: ["get"], list: ["list"], locations: [], contents: [],
      foreign: [], create: ["create"], update: [], delete: ["delete"], undelete: [],
      policyRead: [], policyWrite: [], field: RESTResource.Rights.noFields, parentField: nil),
    grouping: .alone, create: nil, update: nil, delete: nil, undelete: nil, policy: nil)

  private static let listForm = ListForm(
    "keys", summary: "the user-managed keys of the service accounts of the projects",
    [
      ListColumn("account", .address),
      ListColumn("id", .text),
      ListColumn("created", .time, at: .member("validAfterTime"), rank: 3),
      ListColumn("expires", .end, at: .member("validBeforeTime")),
      ListColumn("age", .age),
      ListColumn("daysLeft", .count, isDetail: true),
      ListColumn("disabled", .flag, at: .member("disabled", ifMissing: false), rank: 1),
      ListColumn("origin", .text, rank: 4),
      ListColumns.declared,
      // The file on this machine.
      ListColumn("where", .text, rank: 2),
      ListColumns.project, ListColumns.googleName,
      ListColumn("declaration", .text, isDetail: true),
    ], order: ["account", "created", "id"])

  private static let schema = Schema(declared + observed)

  private static let declared = [
    SharedFields.project,
    Field(
      "serviceAccount", .string(StringRule(reference: .kind(.serviceAccount))),
      [.required, .immutable, .manifestOnly],
      "The account that the key is for: the name of a ServiceAccount of the set, or a full e-mail."),
    Field(
      "origin", .enumeration(Enumeration(["uploaded", "google", "external"], unspecified: nil)),
      [.immutable, .manifestOnly], default: "uploaded",
      "Who creates the key: `uploaded` (arctl creates it here and uploads the public half), `google` (Google "
        + "creates it and sends the private half once) or `external` (it exists already, and its private half is held "
        + "elsewhere: `keyId` says which key it is; arctl never creates, rotates, enables or disables it)."
    ),
    Field(
      "keyId", .string(StringRules.accountKeyID), [.manifestOnly],
      "With `origin: external`, where it is required: the id of the key at Google, 40 hexadecimal digits."
    ).with(.belongsTo("origin", value: KeyRules.external, isNeeded: true)),
    Field(
      "destination", .object(KeyDestinationFields.all), [.required, .manifestOnly],
      "Where arctl stores the private half: exactly one of the places below."
    ).unless("origin", is: KeyRules.external).with(notExternal),
    Field(
      "expires", .duration, [.manifestOnly], default: .string(KeyTimes.defaultExpiry.wire),
      "How long a new uploaded key is valid."
    ).with(notExternal),
    Field(
      "rotateAfter", .duration, [.manifestOnly],
      "The age from which an apply replaces the key: it creates a new one and stores it at the destination, where the old "
        + "one stays valid for `overlap`. Two thirds of `expires` when it is not written; a key of Google's is replaced "
        + "only if it is written."
    ).with(notExternal),
    Field(
      "overlap", .duration, [.manifestOnly], default: .string(KeyTimes.defaultOverlap.wire),
      "How long a replaced key stays valid beside its successor: after it, an apply that finds the successor at the "
        + "destination disables the old key, and after twice that time it deletes it. `rotateAfter` and twice the overlap "
        + "must fit into `expires`, and twice the overlap into `rotateAfter`."
    ).with(notExternal),
    Field(
      "formerly", .string(StringRules.formerKey), [.manifestOnly],
      "The Stack and the name under which the key was issued, `STACK/NAME`: the key moves here and is not issued again. "
        + "Remove the old document in the same change."
    ).with(notExternal),
    Field(
      "fingerprint", .string(StringRules.fingerprint), [.manifestOnly],
      "Pins the public key: `sha256:` and the digest of its SubjectPublicKeyInfo."
    ).with(notExternal),
  ]

  /// Only keys that arctl makes have it.
  private static let notExternal = Field.Relation.notWith("origin", value: KeyRules.external)

  /// iam v1 `ServiceAccountKey`, discovery revision 20261023; manifests write none of these fields.
  private static let observed = [
    Field("name", .string(), [.outputOnly], "Google's name for it, with its id at the end."),
    Field("keyAlgorithm", .enumeration(algorithms), [.outputOnly], "The key's algorithm and size."),
    Field("keyOrigin", .enumeration(origins), [.outputOnly], "Who created the key."),
    Field("keyType", .enumeration(types), [.outputOnly], "Who manages the key."),
    Field("validAfterTime", .timestamp, [.outputOnly], "When the key becomes valid."),
    Field("validBeforeTime", .timestamp, [.outputOnly], "When the key stops being valid."),
    Field("disabled", .boolean, [.outputOnly], "Whether the key is disabled; rotation decides."),
    Field("disableReason", .enumeration(disableReasons), [.outputOnly], "Why the key is disabled."),
    Field(
      "extendedStatus", .list(.object(status), .ordered), [.outputOnly],
      "What Google found out about the key, such as its exposure."),
    Field("publicKeyData", .string(), [.outputOnly], "The public half."),
    Field(
      "privateKeyType", .enumeration(privateTypes), [.outputOnly], "The form of the private half."),
    Field("privateKeyData", .string(), [.outputOnly, .secret], "The private half, sent once."),
  ]

  private static let status = [
    Field("key", .enumeration(statusKeys), [.outputOnly], "What the status is about."),
    Field("value", .string(), [.outputOnly], "The status itself."),
  ]

  private static let algorithms = Enumeration(
    ["KEY_ALG_RSA_1024", "KEY_ALG_RSA_2048"], unspecified: "KEY_ALG_UNSPECIFIED")
  private static let origins = Enumeration(
    ["USER_PROVIDED", "GOOGLE_PROVIDED"], unspecified: "ORIGIN_UNSPECIFIED")
  private static let types = Enumeration(
    ["USER_MANAGED", "SYSTEM_MANAGED"], unspecified: "KEY_TYPE_UNSPECIFIED")
  private static let privateTypes = Enumeration(
    ["TYPE_PKCS12_FILE", "TYPE_GOOGLE_CREDENTIALS_FILE"], unspecified: "TYPE_UNSPECIFIED")
  private static let disableReasons = Enumeration(
    [
      "SERVICE_ACCOUNT_KEY_DISABLE_REASON_USER_INITIATED",
      "SERVICE_ACCOUNT_KEY_DISABLE_REASON_EXPOSED",
      "SERVICE_ACCOUNT_KEY_DISABLE_REASON_COMPROMISE_DETECTED",
    ], unspecified: "SERVICE_ACCOUNT_KEY_DISABLE_REASON_UNSPECIFIED")
  private static let statusKeys = Enumeration(
    [
      "SERVICE_ACCOUNT_KEY_EXTENDED_STATUS_KEY_EXPOSED",
      "SERVICE_ACCOUNT_KEY_EXTENDED_STATUS_KEY_COMPROMISE_DETECTED",
    ], unspecified: "SERVICE_ACCOUNT_KEY_EXTENDED_STATUS_KEY_UNSPECIFIED")
}
