public import JSON

/// What the planner asks of the kinds: everything that takes knowledge of Google.
public protocol PlanRules: Sendable {
  /// Google's limits, as far as a plan can count against them.
  var limits: PlanLimits { get }

  /// The fields of a kind, by its address segment; nil for one that has none (services).
  func schema(for kind: Address.Kind) -> Schema?

  /// The order in which kinds are shown, by address segment; lower first.
  func rank(of kind: Address.Kind) -> Int

  /// Whether something new can have the id of what was just deleted, so that it can be replaced at all.
  func canBeMadeAgain(_ kind: Address.Kind) -> Bool

  /// What is really asked for, given what is live: safe defaults that go with a written field, each said in a remark.
  func prepare(
    _ spec: JSONObject, kind: Address.Kind, live: JSONValue?
  ) -> (spec: JSONObject, remarks: [Statement])

  /// What makes this change of a resource dangerous, apart from what follows from its action alone.
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard]

  /// What makes granting this role to this member dangerous. `permissions` are those of a declared custom role.
  func hazards(granting role: String, to member: String, permissions: [String]?) -> [Hazard]

  /// Whether a role lets its holder set policies: losing it may lock the caller out.
  func allowsSettingPolicies(_ role: String) -> Bool

  /// Whether a member is one of Google's own agents of the project with this number.
  func isServiceAgent(_ member: String, projectNumber: String?) -> Bool

  /// The member that `serviceAgent:NAME@PROJECT` stands for; nil while the project's number is not known.
  func resolveServiceAgent(_ member: String, projectNumbers: [String: String]) -> String?

  /// Who else manages a live resource, when a label says so: `Terraform`.
  func otherManager(of live: JSONValue) -> String?

  /// What deleting this live resource destroys: `312 GB of packages`; nil when nothing but the resource itself.
  func contents(of live: JSONValue, kind: Address.Kind) -> String?

  /// What tells a live resource from any other that has, or will have, its name: `createTime`. Before a deletion it also
  /// holds what the resource consists of, where Google's APIs name nothing that a namesake could not have (roles).
  ///
  /// A plan carries it with everything that it does to what is there, and an apply leaves alone what is another one by then.
  func identity(of live: JSONValue, kind: Address.Kind, before action: Change.Action) -> JSONObject

  /// What is wise before this live resource is deleted: `disable it first`; nil when nothing is.
  func advice(onDeleting live: JSONValue, kind: Address.Kind) -> Statement?

  /// How the policy members of a service account and the role name of a custom role read, from their addresses; nil for
  /// other kinds.
  func policyName(of address: Address) -> PolicyName?
}

/// How an address appears in policies.
public enum PolicyName: Sendable, Hashable {
  case member(String)
  case role(String)
}

/// Something dangerous that needs its own flag.
public struct Hazard: Sendable, Hashable {
  /// Which flag allows it.
  public enum Flag: String, Sendable, Hashable, CaseIterable {
    case delete = "allow-delete"
    case dataLoss = "allow-data-loss"
    case replace = "allow-replace"
    case cleanup = "allow-cleanup"
    case lockout = "allow-lockout"
    case privileged = "allow-privileged"
    case publicGrant = "allow-public"
  }
  public var flag: Flag
  public var statement: Statement
  public init(_ flag: Flag, _ statement: Statement) {
    self.flag = flag
    self.statement = statement
  }
  /// What is dangerous, as a reader sees it.
  public var message: String { statement.text }
}
