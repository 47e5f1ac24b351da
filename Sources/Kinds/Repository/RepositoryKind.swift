import CloudResources
import Grammar
import JSON
import Model
import Resources

/// A repository of Artifact Registry, in any format and mode.
struct RepositoryKind: CloudKind {
  let name = "Repository"
  let addressName = "repository"
  let summary =
    "A repository of packages: standard, remote (a mirror) or virtual (several as one)."
  var place: Place { .location(of: .project) }
  let deletion = Deletion.final(idIsReusable: true)
  let limits = KindLimits(labels: 64)
  var mustExist: Refusal { .createIsFalse }
  let isCredential = false
  let service: String? = "artifactregistry.googleapis.com"
  let hasPolicy = true
  let policyService: String? = nil
  let takesDefaultLabels = true
  let collection = "repositories"
  let fullNameForm = "projects/P/locations/L/repositories/ID"
  var schema: Schema { Self.schema }
  func problem(withName name: String) -> Problem? { NameRules.existingRepositoryID(name) }

  /// The repositories of the `gcr.io` domain have dots in their names (docs/google-apis.md#repository-ids).
  func problem(creating name: String) -> Problem? {
    Self.gcrNames.contains(name) ? nil : NameRules.repositoryID(name)
  }
  private static let gcrNames: Set<String> = ["gcr.io", "asia.gcr.io", "eu.gcr.io", "us.gcr.io"]
  func check(_ spec: JSONObject) -> [Problem] { RepositoryRules.problems(in: spec) }
  func problem(inLive live: JSONValue, written: JSONObject) -> String? {
    RemoteRepositoryRules.problem(inLive: live, written: written)
  }

  func isMade(_ spec: JSONObject) -> Bool { true }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? {
    Upstreams.problem(referringTo: target, with: targetSpec, from: address, with: spec)
  }
  func policiesNeeded(by spec: JSONObject) -> [Address] {
    let kind = CryptoKeyKind()
    guard let key = spec["kmsKeyName"]?.string,
      case .full(let address)? = kind.read(reference: key, project: "")
    else { return [] }
    return [address.policy]
  }
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  {
    Upstreams(resource, graph, fullName: fullName).findings(hasCycle: hasCycle)
      + PackageOrigins(graph, self).findings(on: resource)
  }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec {
    CleanupGuard.prepared(EqualSpellings.adopted(spec, live: live), live: live)
  }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] {
    CleanupGuard.hazards(of: change, spec: spec, live: live)
  }
  func contents(of live: JSONValue?) -> String? {
    guard let size = live?["sizeBytes"]?.string.flatMap(Int64.init), size > 0 else { return nil }
    return "\(ByteCount(size)) of packages"
  }
  func advice(onDeleting live: JSONValue) -> Statement? { nil }
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    LiveMembers.of(live, ["createTime", "format"])
  }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  /// A repository in an answer exists: the API has no other state.
  func state(of live: JSONValue) -> ObservedState { .present }
  let standard: StandardResources? = nil
  let isListedBeforeItsProjectGoes = true
  /// Without the scanning that its format has anyway: inherited for Docker, disabled for the others.
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    var fields = WrittenFields.of(live, schema)
    let usual: JSONValue = live["format"] == "DOCKER" ? "INHERITED" : "DISABLED"
    if fields["vulnerabilityScanningConfig"] == ["enablementConfig": usual] {
      fields["vulnerabilityScanningConfig"] = nil
    }
    return .document(fields)
  }
  func isSwitchedOff(by change: Change) -> Bool { false }

  var rest: RESTResource { Self.rest }
  var listForm: ListForm? { Self.listForm }
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    ResourceWriter(calls: calls, address: address)
  }

  /// Artifact Registry v1 `projects.locations.repositories`.
  private static let rest = RESTResource(
    host: .artifactRegistry, version: "v1",
    name: "projects/{project}/locations/{location}/repositories/{repository}", proof: .name,
    noun: "repository", plural: "repositories", permission: "artifactregistry.repositories",
    roles: .init(reads: "roles/artifactregistry.reader", writes: "roles/artifactregistry.admin"),
    rights: .init(
      checkedOn: .itself, get: ["get"], list: ["list"],
      locations: ["artifactregistry.locations.list"], contents: ["artifactregistry.packages.list"],
      foreign: [], create: ["create"], update: ["update"], delete: ["delete"], undelete: [],
      policyRead: ["getIamPolicy"], policyWrite: ["setIamPolicy"],
      field: RESTResource.Rights.noFields, parentField: nil),
    grouping: .list(items: "repositories", pageSize: 1000),
    create: .init(id: .query("repositoryId"), answer: .operation(version: "v1")),
    update: .init(mask: .query, sendsETag: false, answer: .resource),
    delete: .init(sendsETag: false, answer: .operation(version: "v1")), undelete: nil,
    policy: .get)

  /// artifactregistry v1 `Repository`, discovery revision 20261031.
  private static let schema = Schema(identityFields + settings + lifecycle + observed)

  private static let identityFields = [
    SharedFields.project,
    Field(
      "location", .string(StringRules.location), [.manifestOnly, .immutable],
      "The region or multi-region that holds it: `us-east4`, `europe`. Taken from the Stack's defaults if it "
        + "is not written."),
    Field(
      "format", .enumeration(formats), [.required, .immutable], "The format of its packages."),
    Field(
      "mode", .enumeration(modes), [.immutable, .returned], default: "STANDARD_REPOSITORY",
      "`standard` holds packages of its own, `remote` mirrors another registry, `virtual` serves several "
        + "repositories as one, `assured_oss` serves Google's Assured Open Source Software; `aoss` is its older name."
    ),
  ]

  private static let settings = [
    Field("description", .string(), "What the repository is for."),
    Field(
      "labels", .labels,
      "Labels, merged with the Stack's default labels; keys that are not written stay."),
    Field(
      "kmsKeyName", .string(StringRules.kmsKey), [.immutable],
      "The Cloud KMS key that encrypts it: `projects/P/locations/L/keyRings/R/cryptoKeys/K`."),
    Field("dockerConfig", .object(docker), "Settings of Docker repositories.")
      .with(.belongsTo("format", value: "DOCKER", isNeeded: false)),
    Field("mavenConfig", .object(maven), [.immutable], "Settings of Maven repositories.")
      .with(.belongsTo("format", value: "MAVEN", isNeeded: false)),
    Field(
      "remoteRepositoryConfig", .object(RemoteRepositoryFields.all),
      "What a remote repository mirrors, and how."
    ).with(.belongsTo("mode", value: RepositoryRules.remote, isNeeded: true)),
    Field(
      "virtualRepositoryConfig", .object(virtual), "Which repositories a virtual one serves."
    ).with(.belongsTo("mode", value: RepositoryRules.virtual, isNeeded: true)),
    Field(
      "vulnerabilityScanningConfig", .object(scanning), "Whether its images are scanned."),
    Field("platformLogsConfig", .object(platformLogs), "The logging of its use."),
    Field(
      "disallowUnspecifiedMode", .boolean, [.inputOnly],
      "Whether the API refuses a repository without a mode instead of creating a standard one. Google's "
        + "reference does not say that it is returned, so it is not compared."),
    SharedFields.iam,
  ]

  private static let lifecycle = [
    Field(
      "cleanupPolicies", .map(.object(CleanupFields.all), idField: "id"),
      "What Google deletes automatically and what it keeps, by policy id; an exact set. A version that any `keep` policy "
        + "matches is kept."),
    Field(
      "cleanupPolicyDryRun", .boolean, default: false,
      "Whether cleanup policies only log what they would delete."),
  ]

  private static let observed = [
    Field(
      "name", .string(), [.outputOnly, .returned],
      "Google's name for it: `projects/P/locations/L/repositories/ID`."),
    Field("registryUri", .string(), [.outputOnly], "The address for its clients."),
    Field("sizeBytes", .int64, [.outputOnly], "The size of its packages in bytes."),
    Field("createTime", .timestamp, [.outputOnly, .returned], "When it was created."),
    Field("updateTime", .timestamp, [.outputOnly], "When it or its contents were last changed."),
    Field("satisfiesPzs", .boolean, [.outputOnly], "Whether it satisfies zone separation."),
    Field("satisfiesPzi", .boolean, [.outputOnly], "Whether it satisfies zone isolation."),
  ]

  private static let docker = [
    Field(
      "immutableTags", .boolean, default: false,
      "Whether a tag, once pushed, can neither be moved nor deleted.")
  ]

  private static let maven = [
    Field(
      "allowSnapshotOverwrites", .boolean, [.immutable], default: false,
      "Whether a snapshot version may be published again."),
    Field(
      "versionPolicy",
      .enumeration(
        Enumeration(["RELEASE", "SNAPSHOT"], unspecified: "VERSION_POLICY_UNSPECIFIED")),
      [.immutable], "Which versions it accepts; all if not set."),
  ]

  private static let virtual = [
    Field(
      "upstreamPolicies", .list(.object(upstreamPolicy), .keyed("id")),
      "The upstream repositories, at most 30; an exact set by id.")
  ]

  private static let upstreamPolicy = [
    Field("id", .string(), [.required], "The policy's name, unique in the repository."),
    Field(
      "repository", .string(StringRule(reference: .kind(.repository))), [.required],
      "A repository of the set or a full name, `projects/P/locations/L/repositories/ID`; same location and format."
    ),
    Field(
      "priority", .integer(Int64(Int32.min)...Int64(Int32.max)), default: 0,
      "A version that several upstreams have comes from the greatest. Give your own packages a greater priority than "
        + "mirrors; a mirror's newer version of the same name is offered nevertheless."),
  ]

  private static let scanning = [
    Field(
      "enablementConfig",
      .enumeration(
        Enumeration(["INHERITED", "DISABLED"], unspecified: "ENABLEMENT_CONFIG_UNSPECIFIED")),
      "`inherited`: scanned if the project has scanning enabled; unset means that for Docker, `disabled` "
        + "for others."),
    Field(
      "enablementState",
      .enumeration(
        Enumeration(
          ["SCANNING_UNSUPPORTED", "SCANNING_DISABLED", "SCANNING_ACTIVE"],
          unspecified: "ENABLEMENT_STATE_UNSPECIFIED")), [.outputOnly], "Whether it is scanned now."
    ),
    Field("enablementStateReason", .string(), [.outputOnly], "Why it is scanned or not."),
    Field("lastEnableTime", .timestamp, [.outputOnly], "When scanning was last switched on."),
  ]

  private static let platformLogs = [
    Field(
      "loggingState",
      .enumeration(
        Enumeration(["ENABLED", "DISABLED"], unspecified: "LOGGING_STATE_UNSPECIFIED")),
      "Whether its use is logged; the project's setting if not set."),
    Field(
      "severityLevel", .enumeration(severities),
      "The lowest severity that is logged; everything if not set."),
  ]

  static let formats = Enumeration(
    [
      "DOCKER", "MAVEN", "NPM", "APT", "YUM", "GOOGET", "PYTHON", "KFP", "GO", "GENERIC", "RUBY",
      "CONDA",
    ], unspecified: "FORMAT_UNSPECIFIED")
  static let modes = Enumeration(
    [
      "STANDARD_REPOSITORY", "VIRTUAL_REPOSITORY", "REMOTE_REPOSITORY", "AOSS_REPOSITORY",
      "ASSURED_OSS_REPOSITORY",
    ], unspecified: "MODE_UNSPECIFIED", suffix: "_REPOSITORY")
  private static let severities = Enumeration(
    ["DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"],
    unspecified: "SEVERITY_LEVEL_UNSPECIFIED")
}

extension KindID {
  /// The kind `RepositoryKind`.
  static let repository = RepositoryKind().id
}
