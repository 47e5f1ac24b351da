public import Diagnostics
public import JSON

/// A kind of document: its names, its fields and its own rules.
///
/// The schema answers every question about a single field; the kind adds the rules that involve more than one. No
/// member has a default, so a kind that does not answer a question does not compile; only the members that name
/// narrower protocols answer by themselves.
public protocol Kind: Sendable {
  /// As manifests write it: `Repository`.
  var name: String { get }
  /// One sentence for reference pages.
  var summary: String { get }
  /// The role of its documents in a set.
  var part: DocumentPart { get }
  /// The fields of `spec`: those of Google's resource, and with `.manifestOnly` those of the language alone.
  var schema: Schema { get }
  /// What is wrong with `metadata.name`, or nil: whether such a resource can exist, whoever made it.
  func problem(withName name: String) -> Problem?
  /// Rules between fields, on a decoded `spec` in wire form.
  func check(_ spec: JSONObject) -> [Problem]
  /// This kind, if its documents have addresses.
  var resource: (any ResourceKind)? { get }
}

/// The role of a document in its set.
public enum DocumentPart: Sendable, Hashable {
  /// The settings of the set; one document at most.
  case settings
  /// Members of a policy.
  case grants
  /// A resource with an address.
  case resource
}

/// A kind whose documents have addresses: a resource at Google, with everything that a plan needs to know about it.
public protocol ResourceKind: Kind {
  /// As addresses write it: `repository`.
  var addressName: String { get }
  /// Its parent.
  var place: Place { get }
  /// The effect of its deletion.
  var deletion: Deletion { get }
  /// Google's limits for it.
  var limits: KindLimits { get }
  /// The service that its project must have enabled: `iam.googleapis.com`; nil if it needs none.
  var service: String? { get }
  /// Whether it has an IAM policy of its own.
  var hasPolicy: Bool { get }
  /// The additional service that must be enabled to read or write its policy; nil if there is none.
  var policyService: String? { get }
  /// Whether the Stack's default labels apply to it.
  var takesDefaultLabels: Bool { get }
  /// The collection in Google's names: `repositories`.
  var collection: String { get }
  /// The form of a full name, in words: `projects/P/locations/L/repositories/ID`.
  var fullNameForm: String { get }

  /// Why a resource with this possible name cannot be created, or nil. Google gives some of its own resources names
  /// that it accepts from no user, and other names are older than its rules: a manifest may refer to both.
  func problem(creating name: String) -> Problem?

  /// The full name with which a manifest refers to an undeclared one.
  func fullName(of address: Address) -> String

  /// The resource that a text of a manifest refers to; nil if the text has another form.
  ///
  /// - Parameter project: the project of the referring document.
  func read(reference text: String, project: String) -> KindReference?

  /// Why a live resource cannot be compared with the written fields, beyond the rules of the schema; nil if it can. A
  /// difference from an unusable answer could replace a live resource.
  func problem(inLive live: JSONValue, written: JSONObject) -> String?

  /// The fields to request, given the live ones: adds safe defaults that belong to a written field, each with a remark.
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec

  /// The dangers of this change beyond those of its action.
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard]

  /// The contents that a deletion destroys: `312 GB of packages`; nil if there are none. Without a live value, what is
  /// known of every resource of the kind.
  func contents(of live: JSONValue?) -> String?

  /// What to do before a live resource is deleted: `disable it first`; nil if nothing.
  func advice(onDeleting live: JSONValue) -> Statement?

  /// The values that distinguish a live resource from any other with the same name, now or later: `createTime`. Before
  /// a deletion it also holds the resource's contents, if Google's APIs return nothing that a resource of the same name
  /// could not have.
  ///
  /// A plan carries it with every change of a live resource, and apply refuses if the resource has been exchanged
  /// since.
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject

  /// The name of the resource in policies; nil if policies do not name it.
  func policyName(of address: Address) -> PolicyName?

  /// For a kind that is a role: the permissions as written, or else as live.
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]?

  /// The state of a live resource that is not soft-deleted, which `deletion` decides. An unknown state is never taken for a
  /// known one.
  func state(of live: JSONValue) -> ObservedState

  /// The ones that a project may hold without a declaration: no plan reports them as undeclared. Nil if there are none.
  var standard: StandardResources? { get }

  /// Whether a plan lists those of a project before it deletes the project, to name what the deletion destroys.
  var isListedBeforeItsProjectGoes: Bool { get }

  /// Whether a change disables the identity, so that whoever signs in with it no longer can.
  func isSwitchedOff(by change: Change) -> Bool

  /// Whether a missing one is created if its lifecycle does not say.
  func isMade(_ spec: JSONObject) -> Bool

  /// Why a missing one is not created, if its document says that it must exist.
  var mustExist: Refusal { get }

  /// The problem with a reference to another resource, given that resource's document; nil if there is none, or if no
  /// document declares the resource.
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem?

  /// The policies that must be written before a resource with this `spec`, as far as the set declares them: that of the
  /// key that encrypts it.
  func policiesNeeded(by spec: JSONObject) -> [Address]

  /// Advice about one resource, given the others of its set. `hasCycle`: there are resources that need each other.
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]

  /// How a document writes a live resource, for exports: the fields that differ from their defaults.
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm

  /// Whether it is a credential: arctl creates it, and keeps its private half in a file.
  var isCredential: Bool { get }

  // The narrower protocols that it conforms to. A protocol finds them through its members, because a cast to a protocol
  // searches all conformances of the program: milliseconds at every start.

  /// This kind, if members of policies can be written by its shorthands.
  var identityKind: (any IdentityKind)? { get }
  /// This kind, if some of its fields stand for others.
  var abbreviatingKind: (any AbbreviatingKind)? { get }
  /// This kind, if a run can sign in by its resources.
  var signInKind: (any SignInKind)? { get }
  /// What the layer knows that calls Google; nil if there is none.
  var details: (any KindDetails)? { get }
}

extension ResourceKind {
  /// The kind of its parent; nil for a project.
  public var parent: KindID? { place.parent }

  /// Whether a 404 means that the resource is absent. For a setting it can mean that Google does not know the name.
  public var isAbsentAfterNotFound: Bool { !place.isSetting }

  /// Whether errors about other resources name it: `Role projects/p/roles/x does not exist`.
  public var isNamedInErrors: Bool { canBeListed && !isCredential }

  /// Whether policies name it as a member.
  public var isMember: Bool {
    if case .member = policyName(of: Address(project: "p", id, "name")) { true } else { false }
  }

  /// Whether policies name it as a role.
  public var isRole: Bool {
    if case .role = policyName(of: Address(project: "p", id, "name")) { true } else { false }
  }

  /// The documents of a resource kind are resources.
  public var part: DocumentPart { .resource }

  /// Whether undeclared ones can be found and deleted: all kinds except projects and the services of a project, which
  /// are found and never deleted.
  public var canBeListed: Bool { !place.isRoot && !place.isSetting }

  /// Why a live resource cannot be compared with the written fields, by its schema and by the kind's own rules; nil if
  /// it can.
  ///
  /// - Parameter written: the fields in the manifest; none for an undeclared resource.
  public func problem(comparing live: JSONValue, written: JSONObject) -> String? {
    SchemaShape.problem(in: live, schema: schema, written: written)
      ?? problem(inLive: live, written: written)
  }
}

extension Refusal {
  /// The refusal of kinds that are created unless the document sets `lifecycle.create: false`.
  public static let createIsFalse = Refusal(
    .mustExist,
    Statement("must-exist.create", "does not exist, and `lifecycle.create` is false"),
    remedy: "correct the name, create it first, or remove `create: false`")
}

/// Resources that a project may hold without a declaration, such as the services that Google enables in new projects.
public struct StandardResources: Sendable, Hashable {
  /// Their ids.
  public var ids: Set<String>
  /// What they are, as the subject of a sentence: `Google's default services of new projects`.
  public var description: String
  /// Names a set of ids for reports.
  public init(ids: Set<String>, description: String) {
    self.ids = ids
    self.description = description
  }
}

/// The state that a live value shows.
public enum ObservedState: Sendable, Hashable {
  /// It exists.
  case present
  /// It is deleted, and can still be restored.
  case softDeleted
  /// It has an answer, but does not exist: a service that is off.
  case absent
  /// A state that arctl does not know; a sentence about it, to follow its address.
  case unknown(String)
}

/// The effect of a deletion.
public enum Deletion: Sendable {
  /// It is never deleted.
  case never
  /// It is deleted at once. `idIsReusable`: whether a new resource can have its id; if not, arctl never replaces it.
  case final(idIsReusable: Bool)
  /// It stays, marked as deleted, and can be undeleted for a while; its id is not free until Google purges it.
  case soft(isDeleted: @Sendable (JSONValue) -> Bool, returning: Return)
  /// No read shows it any more; with its unique id it can be undeleted for a while; its id is free.
  case hidden(returning: Return)

  /// The undelete of a deleted resource.
  public struct Return: Sendable {
    /// The reason in the plan, including what happens if it fails. Takes the unique id, if it is known.
    public var reason: @Sendable (_ uid: String?) -> Statement
    /// Whether arctl creates a new one if Google refuses because it is too late.
    public var orCreate: Bool
    /// Takes the function that makes the reason from the unique id, which is nil if it is unknown.
    public init(orCreate: Bool, reason: @escaping @Sendable (_ uid: String?) -> Statement) {
      self.orCreate = orCreate
      self.reason = reason
    }
  }

  /// How an undelete works; nil if it is not possible.
  public var returning: Return? {
    switch self {
    case .soft(_, let returning), .hidden(let returning): returning
    case .never, .final: nil
    }
  }

  /// Whether a new resource can have the id of one that was just deleted.
  public var idIsReusable: Bool {
    switch self {
    case .final(let isReusable): isReusable
    case .hidden: true
    case .never, .soft: false
    }
  }

  /// Whether a live value is that of a deleted resource.
  public func isDeleted(_ live: JSONValue) -> Bool {
    switch self {
    case .soft(let isDeleted, _): isDeleted(live)
    case .never, .final, .hidden: false
    }
  }
}

/// A problem with a reference.
public struct ReferenceProblem: Sendable, Hashable {
  /// What is wrong, on one line without a full stop.
  public var message: String
  /// What to write instead.
  public var help: String
  /// The field of the other document that explains it, with a text for its place.
  public var field: Related?

  /// A field, and the text for its place.
  public struct Related: Sendable, Hashable {
    /// The name of the field in the other document's `spec`.
    public var name: String
    /// The text at the field's place: a note of the diagnostic, on one line.
    public var words: String
    /// Pairs the name of a field with the text for its place.
    public init(_ name: String, _ words: String) {
      self.name = name
      self.words = words
    }
  }

  /// By default about the reference alone.
  public init(_ message: String, help: String, field: Related? = nil) {
    self.message = message
    self.help = help
    self.field = field
  }
}

/// A finding of a kind about a whole set.
public struct GraphFinding: Sendable {
  /// The diagnostic: its code, message, place and help.
  public var diagnostic: Diagnostic
  /// Whether it replaces another lint warning at the same place, because it says more.
  public var replacesLint: Bool
  /// By default beside other warnings at its place.
  public init(_ diagnostic: Diagnostic, replacesLint: Bool = false) {
    self.diagnostic = diagnostic
    self.replacesLint = replacesLint
  }
}

/// Google's limits for one kind, as far as a plan can check them.
public struct KindLimits: Sendable, Hashable {
  /// How many one project may have; nil if no number is documented.
  public var perProject: Quota?
  /// How many labels one may have, whoever added them; nil for a kind without labels.
  public var labels: Int?

  /// One limit, and whether Google raises it on request.
  public struct Quota: Sendable, Hashable {
    /// The largest number without such a request.
    public var maximum: Int
    /// Whether it is a default quota that Google raises; a fixed limit refuses a plan.
    public var isAdjustable: Bool
    /// Takes the largest number that Google accepts.
    public init(_ maximum: Int, isAdjustable: Bool) {
      self.maximum = maximum
      self.isAdjustable = isAdjustable
    }
  }

  /// By default without limits.
  public init(perProject: Quota? = nil, labels: Int? = nil) {
    self.perProject = perProject
    self.labels = labels
  }
}

/// The fields to request, with the additions of the kind.
public struct PreparedSpec: Sendable {
  /// The fields of `spec` in wire form, additions included.
  public var spec: JSONObject
  /// One warning for each addition.
  public var remarks: [Statement]
  /// What else its creation does, beside its row; nil if nothing.
  public var creation: Statement?
  /// By default as written, without additions.
  public init(_ spec: JSONObject, remarks: [Statement] = [], creation: Statement? = nil) {
    self.spec = spec
    self.remarks = remarks
    self.creation = creation
  }
}

/// How an address appears in policies.
public enum PolicyName: Sendable, Hashable {
  case member(String)
  case role(String)
}
