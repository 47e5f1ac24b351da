public import Diagnostics
public import JSON

/// What a manifest can declare: its names, its fields and its own rules.
///
/// The schema drives everything that can be said of a field once and for all; a kind adds what takes more than one field.
/// No member has a default: what a kind does not answer does not compile.
public protocol Kind: Sendable {
  /// As manifests write it: `Repository`.
  var name: String { get }
  /// One sentence for reference pages.
  var summary: String { get }
  /// What its documents are to a set.
  var part: DocumentPart { get }
  /// The fields of `spec`: those of Google's resource, and with `.manifestOnly` those of the language alone.
  var schema: Schema { get }
  /// What is wrong with `metadata.name`, or nil; naming rules are Google's.
  func problem(withName name: String) -> String?
  /// Rules between fields, on a decoded `spec` in wire form.
  func check(_ spec: JSONObject) -> [SpecProblem]
}

/// What a document is to its set.
public enum DocumentPart: Sendable, Hashable {
  /// The settings of the set; one document at most.
  case settings
  /// Members of a policy.
  case grants
  /// Something with an address.
  case resource
}

/// A kind whose documents have addresses: something at Google, with everything that a plan has to know of it.
public protocol ResourceKind: Kind {
  /// As addresses write it: `repository`.
  var addressName: String { get }
  /// What it stands in.
  var place: Place { get }
  /// What its deletion means.
  var deletion: Deletion { get }
  /// Google's limits for it.
  var limits: KindLimits { get }
  /// The service that has to be on in its project first: `iam.googleapis.com`; nil for what needs none.
  var service: String? { get }
  /// Whether it has an IAM policy of its own.
  var hasPolicy: Bool { get }
  /// The service that has to be on before its policy can be read or written, beside what it needs itself; nil for none.
  var policyService: String? { get }
  /// Whether the Stack's default labels are its own labels, too.
  var takesDefaultLabels: Bool { get }
  /// What Google calls all of them in a name: `repositories`.
  var collection: String { get }
  /// How a manifest names one that it does not declare, in words: `projects/P/locations/L/repositories/ID`.
  var fullNameForm: String { get }

  /// How a manifest names one that it does not declare.
  func fullName(of address: Address) -> String

  /// What a text of a manifest refers to; nil for a text of another form.
  ///
  /// - Parameter project: of the document that refers.
  func read(reference text: String, project: String) -> KindReference?

  /// What keeps a live resource from being compared with the written fields, beyond what the schema says of each field:
  /// nil where nothing does. A difference that is concluded from such an answer could replace what is there.
  func problem(inLive live: JSONValue, written: JSONObject) -> String?

  /// What is really asked for, given what is live: safe defaults that go with a written field, each said in a remark.
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec

  /// What makes this change dangerous, apart from what follows from its action alone.
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard]

  /// What a resource holds and its deletion destroys: `312 GB of packages`; nil when nothing but the resource itself.
  /// Without a live value, as far as that is known of every one.
  func contents(of live: JSONValue?) -> String?

  /// What is wise before a live resource is deleted: `disable it first`; nil when nothing is.
  func advice(onDeleting live: JSONValue) -> Statement?

  /// What tells a live resource from any other that has, or will have, its name: `createTime`. Before a deletion it also
  /// holds what the resource consists of, where Google's APIs name nothing that a namesake could not have.
  ///
  /// A plan carries it with everything that it does to what is there, and an apply leaves alone what is another one by then.
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject

  /// How policies name it; nil where they do not.
  func policyName(of address: Address) -> PolicyName?

  /// For a kind that policies name as a role: the permissions that one holds, as written or else as live.
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]?

  /// What a live value says of its resource: a state that the kind does not know is never taken for another.
  func state(of live: JSONValue) -> ObservedState

  /// Whether those of a project are listed before it is deleted, to name what goes with it.
  var isListedBeforeItsProjectGoes: Bool { get }

  /// Whether a change switches it off, so that who signs in as it no longer can.
  func isSwitchedOff(by change: Change) -> Bool

  /// Whether one is made that does not exist, where its lifecycle does not say.
  func isMade(_ spec: JSONObject) -> Bool

  /// Why one is not made that does not exist, where its document says that it must.
  var mustExist: Refusal { get }

  /// What is wrong with a field of one that refers to another resource, whose fields are those of its document; nil for what
  /// no document declares.
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem?

  /// What is unwise about one beside the others of its set. `hasCycle`: resources were found to need each other.
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]

  /// Whether it is a credential: arctl makes it, and keeps its private half in a file.
  var isCredential: Bool { get }
}

extension Kind {
  /// This kind, if it has addresses.
  public var resource: (any ResourceKind)? { self as? any ResourceKind }
}

extension ResourceKind {
  /// The kind of its parent; nil for a project.
  public var parent: KindID? { place.parent }

  /// Whether a 404 says that one is absent. Of a setting it may say that Google has none of this name.
  public var isAbsentAfterNotFound: Bool { !place.isSetting }

  /// Whether errors about other resources name one: `Role projects/p/roles/x does not exist`.
  public var isNamedInErrors: Bool { canBeListed && !isCredential }

  /// Whether policies name one as a member.
  public var isMember: Bool {
    if case .member = policyName(of: Address(project: "p", id, "name")) { true } else { false }
  }

  /// Whether policies name one as a role.
  public var isRole: Bool {
    if case .role = policyName(of: Address(project: "p", id, "name")) { true } else { false }
  }

  /// Documents of a resource are resources.
  public var part: DocumentPart { .resource }

  /// Whether undeclared ones can be found and deleted: all but projects, and the services that a project has.
  public var canBeListed: Bool { !place.isRoot && !place.isSetting }

  /// What keeps a live resource from being compared with the written fields, by its schema and by the kind's own rules;
  /// nil where nothing does.
  ///
  /// - Parameter written: the fields that a manifest writes; none for what no manifest declares.
  public func problem(comparing live: JSONValue, written: JSONObject) -> String? {
    SchemaShape.problem(in: live, schema: schema, written: written)
      ?? problem(inLive: live, written: written)
  }
}

extension Refusal {
  /// For a kind that is made unless its document says `lifecycle.create: false`.
  public static let createIsFalse = Refusal(
    .mustExist,
    Statement("must-exist.create", "does not exist, and `lifecycle.create` is false"),
    remedy: "correct the name, create it first, or remove `create: false`")
}

/// What a live value says of its resource.
public enum ObservedState: Sendable, Hashable {
  /// It is there.
  case present
  /// It is deleted, and can still be restored.
  case softDeleted
  /// It answers, and is not there: a service that is off.
  case absent
  /// It is in a state that arctl does not know; a sentence about it, to follow its address.
  case unknown(String)
}

/// What a resource is in, and so what its address holds.
public enum Place: Sendable, Hashable {
  /// Nothing: a project. `P/project`.
  case root
  /// A switch of a project: a service, which is enabled and never made. `P/KIND/NAME`.
  case setting(of: KindID)
  /// A project. `P/KIND/NAME`.
  case project(KindID)
  /// A location of a project. `P/KIND/LOCATION/NAME`.
  case location(of: KindID)
  /// Another resource, which the field of this name refers to. `P/KIND/.../NAME`, with the names of that one first.
  case child(of: KindID, field: String)
}

extension Place {
  /// The kind of what a resource is in; nil for a project.
  public var parent: KindID? {
    switch self {
    case .root: nil
    case .setting(let kind), .project(let kind), .location(let kind), .child(let kind, _): kind
    }
  }

  /// Whether it is in nothing.
  public var isRoot: Bool { self == .root }
  /// Whether it is a switch of a project.
  public var isSetting: Bool { if case .setting = self { true } else { false } }
  /// Whether it is in a location.
  public var isLocation: Bool { if case .location = self { true } else { false } }

  /// How many names an address has.
  public var nameCount: Int {
    switch self {
    case .root: 0
    case .setting, .project: 1
    case .location: 2
    case .child(let parent, _): (parent.resource?.place.nameCount ?? 0) + 1
    }
  }

  /// Whether its document says in which project: a child is where its parent is.
  public var isInProject: Bool {
    switch self {
    case .setting, .project, .location: true
    case .root, .child: false
    }
  }
}

/// What the deletion of a resource means.
public enum Deletion: Sendable {
  /// It is never deleted.
  case never
  /// It is gone at once. Whether something new can have its id; what cannot be made again is never replaced.
  case final(idIsReusable: Bool)
  /// It stays, marked, and can be brought back for a while; until it is purged its id is not free.
  case soft(isDeleted: @Sendable (JSONValue) -> Bool, returning: Return)
  /// No read shows it any more, and who knows its unique id can bring it back for a while; its id is free.
  case hidden(returning: Return)

  /// What is said where one comes back.
  public struct Return: Sendable {
    /// Why, and what if not. Takes the unique id, where it is known.
    public var reason: @Sendable (_ uid: String?) -> Statement
    /// Whether one is made instead where Google refuses, because it is too late.
    public var orCreate: Bool
    /// Takes the function that makes the reason from the unique id, which is nil where it is not known.
    public init(orCreate: Bool, reason: @escaping @Sendable (_ uid: String?) -> Statement) {
      self.orCreate = orCreate
      self.reason = reason
    }
  }

  /// How one comes back; nil where it does not.
  public var returning: Return? {
    switch self {
    case .soft(_, let returning), .hidden(let returning): returning
    case .never, .final: nil
    }
  }

  /// Whether something new can have the id of what was just deleted.
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

/// What is wrong with a reference.
public struct ReferenceProblem: Sendable, Hashable {
  /// What is wrong, on one line without a full stop.
  public var message: String
  /// What to write instead.
  public var help: String
  /// The field of the other document that it is about, with words for its place.
  public var field: Related?

  /// A field, and what is said of it.
  public struct Related: Sendable, Hashable {
    /// The name of the field in the other document's `spec`.
    public var name: String
    /// What is said at its place: a note of the diagnostic, on one line.
    public var words: String
    /// Pairs the name of a field with the words for its place.
    public init(_ name: String, _ words: String) {
      self.name = name
      self.words = words
    }
  }

  /// About the reference alone, unless a field of the other document is named.
  public init(_ message: String, help: String, field: Related? = nil) {
    self.message = message
    self.help = help
    self.field = field
  }
}

/// What a kind finds in a whole set.
public struct GraphFinding: Sendable {
  /// What is reported: its code, message, place and help.
  public var diagnostic: Diagnostic
  /// Whether it says more than another lint warning at the same place, which then goes.
  public var replacesLint: Bool
  /// Beside what else is said there, unless it replaces that.
  public init(_ diagnostic: Diagnostic, replacesLint: Bool = false) {
    self.diagnostic = diagnostic
    self.replacesLint = replacesLint
  }
}

/// Google's limits for one kind, as far as a plan can count against them.
public struct KindLimits: Sendable, Hashable {
  /// How many one project may hold; nil where no number is documented.
  public var perProject: Quota?
  /// How many labels one may have, whoever put them there; nil for a kind without labels.
  public var labels: Int?

  /// One number, and whether Google raises it on request.
  public struct Quota: Sendable, Hashable {
    /// The largest number that Google accepts without such a request.
    public var maximum: Int
    /// Whether it is a default quota that Google raises; a fixed limit refuses a plan.
    public var isAdjustable: Bool
    /// Takes the largest number that Google accepts.
    public init(_ maximum: Int, isAdjustable: Bool) {
      self.maximum = maximum
      self.isAdjustable = isAdjustable
    }
  }

  /// Without a limit, unless one is given.
  public init(perProject: Quota? = nil, labels: Int? = nil) {
    self.perProject = perProject
    self.labels = labels
  }
}

/// The fields as they are asked for, with what was added to them.
public struct PreparedSpec: Sendable {
  /// The fields of `spec` in wire form, additions included.
  public var spec: JSONObject
  /// What is said of additions.
  public var remarks: [Statement]
  /// As written, unless something was added.
  public init(_ spec: JSONObject, remarks: [Statement] = []) {
    self.spec = spec
    self.remarks = remarks
  }
}

/// How an address appears in policies.
public enum PolicyName: Sendable, Hashable {
  case member(String)
  case role(String)
}

/// What a checker found: the field it is about, for the caller to turn into file, line and column.
public struct SpecProblem: Sendable, Hashable {
  /// The field in `spec` that the problem is about; its place is that of the nearest written field.
  public var path: FieldPath
  /// Whether the manifest is still valid: it is reported, and does not fail the load.
  public var isWarning: Bool
  /// Which diagnostic it becomes.
  public var code: DiagnosticCode
  /// What is wrong, on one line without a full stop, identifiers in backticks.
  public var message: String
  /// What to write instead; nil where the message says it.
  public var help: String?
  /// An error of a value, unless said otherwise.
  public init(
    _ path: FieldPath, _ message: String, isWarning: Bool = false,
    code: DiagnosticCode = .badValue, help: String? = nil
  ) {
    self.path = path
    self.code = code
    self.message = message
    self.isWarning = isWarning
    self.help = help
  }
}
