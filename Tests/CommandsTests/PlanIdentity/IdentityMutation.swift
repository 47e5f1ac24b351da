import Diagnostics
import JSON
import Model
import TestSupport

/// A stored property of a plan's types, its effect on the plan's id, and a change of it.
struct IdentityMutation: Sendable {
  enum Meaning: Sendable {
    /// Part of the operations: a change is shown and changes the id.
    case operation
    /// Not part of the operations: a change may be shown, but keeps the id. The text says why.
    case context(String)
    /// Not shown: a change keeps the id.
    case hidden
    /// Shown only through something that follows from it: a change changes the id.
    case implied(String)
    /// Part of a refused row: a change is shown and changes the digest.
    case refusal
  }
  let property: String
  let meaning: Meaning
  let apply: @Sendable (inout IdentityWorld) -> Void

  init(
    _ property: String, _ meaning: Meaning,
    _ apply: @escaping @Sendable (inout IdentityWorld) -> Void
  ) {
    self.property = property
    self.meaning = meaning
    self.apply = apply
  }
}

/// All properties by type: a missing one fails a test.
enum IdentityMutations {
  private static let place = SourcePosition(file: "elsewhere.yaml", line: 99, column: 9)
  private static let moved = IdentityMutation.Meaning.context("moving documents changes nothing")
  private static let foreign = IdentityMutation.Meaning.context("what others do is left alone")
  private static let unwritten = IdentityMutation.Meaning.context("rows that are written have none")
  private static let account = PlanFixture.address(.serviceAccount, "other")

  static let change: [IdentityMutation] = [
    .init("address", .operation) { $0.changes[0].address = account },
    .init("action", .operation) { $0.changes[1].action = .replace },
    .init("intended", .operation) { $0.changes[1].intended = .create },
    .init("source", moved) { $0.changes[0].source = place },
    .init("what", .operation) { $0.changes[4].bindings.append(binding) },
    .init("reason", .operation) { $0.changes[2].reason = "replacing deletes 4 TB" },
    .init("refusals", unwritten) { $0.changes[0].refusals = [Refusal(.lockout, "no")] },
    .init("hazards", .operation) { $0.changes[0].hazards = [Hazard(.dataLoss, "all is lost")] },
    .init("digest", unwritten) { $0.changes[0].digest = "0" },
    .init("waitsFor", unwritten) { $0.changes[0].waitsFor = account },
    .init("note", .operation) { $0.changes[0].note = "ask bob" },
    .init("losses", .operation) { $0.changes[2].losses = ["3 packages"] },
    .init("remarks", .operation) { $0.changes[2].remarks = [] },
  ]

  static let resourceChange: [IdentityMutation] = [
    .init("fields", .operation) { $0.changes[0].resource?.fields = [] },
    .init("fallback", .operation) { $0.changes[3].resource?.fallback = .create },
    .init("uid", .operation) { $0.changes[3].resource?.uid = "118" },
    .init("identity", .operation) { $0.changes[1].resource?.identity = ["createTime": "later"] },
    .init("holders", foreign) {
      $0.changes[1].resource?.holders = [
        RoleHolder(policy: account.policy, member: "user:h@example.com")
      ]
    },
  ]

  static let keyChange: [IdentityMutation] = [
    .init("order", .operation) { $0.changes[5].keyChange?.order = .reissue(replacing: "k2") },
    .init("wait", .context("time goes by")) { $0.changes[5].keyChange?.wait = 49 },
    .init("superseded", .hidden) {
      $0.changes[5].keyChange?.superseded = SupersededKeys(
        current: "k9", live: ["k8"], since: nil, email: "x@y.z")
    },
    .init("rotationDue", .hidden) { $0.changes[5].keyChange?.rotationDue = 1 },
    .init("expires", .hidden) { $0.changes[5].keyChange?.expires = 2 },
    .init("daysLeft", .hidden) { $0.changes[5].keyChange?.daysLeft = 3 },
    .init("ageing", .hidden) { $0.changes[5].keyChange?.ageing = .expired(1) },
    .init("destination", .context("it follows from the key")) {
      $0.changes[5].keyChange?.destination = "set when it is shown"
    },
  ]

  static let fieldChange: [IdentityMutation] = [
    .init("path", .operation) {
      $0.changes[1].resource?.fields[0].path = FieldPath([.element("old")])
    },
    .init("from", .operation) { $0.changes[1].resource?.fields[0].from = "older" },
    .init("to", .operation) { $0.changes[0].resource?.fields[0].to = "newer" },
    .init("isImmutable", .operation) { $0.changes[2].resource?.fields[0].isImmutable = true },
    .init("mask", .hidden) { $0.changes[1].resource?.fields[0].mask = "x" },
    .init("source", moved) { $0.changes[1].resource?.fields[0].source = place },
  ]

  private static var binding: BindingChange {
    var binding = BindingChange(role: "roles/owner", condition: nil)
    binding.added = ["user:eve@example.com"]
    return binding
  }

  static let bindingChange: [IdentityMutation] = [
    .init("role", .operation) { $0.changes[4].bindings[0].role = "roles/editor" },
    .init("condition", .operation) { $0.changes[4].bindings[0].condition = nil },
    .init("added", .operation) { $0.changes[4].bindings[0].added = ["user:x@example.com"] },
    .init("removed", .operation) { $0.changes[4].bindings[0].removed = [] },
    .init("undeclared", foreign) { $0.changes[4].bindings[0].undeclared = [] },
    .init("standings", foreign) {
      $0.changes[4].bindings[0].standings = ["user:c@example.com": .privileged]
    },
    .init("source", moved) { $0.changes[4].bindings[0].source = place },
    .init("ends", .hidden) { $0.changes[4].bindings[0].ends = 3 },
    .init("alsoHeld", foreign) {
      $0.changes[4].bindings[0].alsoHeld = [
        BindingChange.AlsoHeld(member: "user:a@example.com", condition: nil)
      ]
    },
    .init("leftOut", .context("it follows from the selection")) {
      $0.changes[4].bindings[0].leftOut = ["user:z@example.com"]
    },
    .init("written", .context("another word for a member that the id covers")) {
      $0.changes[4].bindings[0].written = ["user:a@example.com": "x"]
    },
    .init("places", moved) { $0.changes[4].bindings[0].places = ["user:a@example.com": place] },
    .init("ended", .context("nothing is done for them")) { $0.changes[4].bindings[0].ended = [] },
  ]

  static let removal: [IdentityMutation] = [
    .init("member", .operation) {
      $0.changes[4].bindings[0].removed[0].member = "user:d@example.com"
    },
    .init("cause", .operation) { $0.changes[4].bindings[0].removed[0].cause = .revoked },
  ]

  static let condition: [IdentityMutation] = [
    .init("title", .operation) { retext(&$0) { ("u", $0.description, $0.expression) } },
    .init("description", .operation) { retext(&$0) { ($0.title, "e", $0.expression) } },
    .init("expression", .operation) { retext(&$0) { ($0.title, $0.description, "1 < 2") } },
    .init("form", .hidden) {
      retext(&$0) { ($0.title, $0.description, $0.expression) }
    },
  ]

  /// Changes the texts of the binding's condition.
  private static func retext(
    _ world: inout IdentityWorld,
    _ texts: (PolicyCondition) -> (title: String, description: String, expression: String)
  ) {
    guard let old = world.changes[4].bindings[0].condition else { return }
    let new = texts(old)
    world.changes[4].bindings[0].condition = PolicyCondition(
      title: new.title, description: new.description, expression: new.expression)
  }

  private static func key(
    _ property: String, _ meaning: IdentityMutation.Meaning,
    _ apply: @escaping @Sendable (inout DesiredKey) -> Void
  ) -> IdentityMutation {
    .init(property, meaning) { world in
      guard var key = world.planner.graph.keys[IdentityWorld.key] else { return }
      apply(&key)
      world.planner.graph.keys[IdentityWorld.key] = key
    }
  }

  static let desiredKey: [IdentityMutation] = [
    key("address", .hidden) { $0.address = account },
    key("account", .hidden) { $0.account = account },
    key("email", .implied("the address names the account")) { $0.email = "x@y.z" },
    key("origin", .operation) { $0.origin = .google },
    key("originIsWritten", .hidden) { $0.originIsWritten.toggle() },
    key("keyID", .hidden) { $0.keyID = "k7" },
    key("namedElsewhere", .hidden) { $0.namedElsewhere = ["k8"] },
    key("file", .operation) { $0.file = "elsewhere.json" },
    key("remote", .operation) { $0.remote = .secretManager(project: "p", secret: "s") },
    key("store", .hidden) { $0.store = account },
    key("neighbours", .hidden) { $0.neighbours = ["x"] },
    key("expires", .operation) { $0.expires = nil },
    key("rotateAfter", .hidden) { $0.rotateAfter = 1 }, key("overlap", .hidden) { $0.overlap = 1 },
    key("fingerprint", .hidden) { $0.fingerprint = "sha256:00" },
    key("commonName", .hidden) { $0.commonName = "arctl-2" },
    key("formerCommonNames", .hidden) { $0.formerCommonNames = ["arctl-3"] },
    key("lifecycle", .hidden) { $0.lifecycle.protect = true },
    key("source", .hidden) { $0.source = place }, key("note", .hidden) { $0.note = "n" },
    key("dependencies", .hidden) { $0.dependencies = [] },
  ]

  static let hazard: [IdentityMutation] = [
    .init("flag", .operation) { $0.changes[2].hazards[0].flag = .publicGrant },
    .init("statement", .operation) {
      $0.changes[2].hazards[0].statement = Statement("more", "it leads to much more")
    },
  ]

  static let refusal: [IdentityMutation] = [
    .init("code", .refusal) { $0.refused.refusals[0].code = .mustExist },
    .init("statement", .refusal) {
      $0.refused.refusals[0].statement = Statement("absent", "is not there")
    },
    .init("hazard", .refusal) {
      $0.refused.refusals[0].hazard = Hazard(.lockout, Statement("lockout", "you are out"))
    },
    .init("remedy", .context("how to allow it")) { $0.refused.refusals[0].remedy = "another" },
  ]

  static let selection: [IdentityMutation] = [
    .init("targets", .operation) { $0.planner.selection.targets = [] },
    .init("excludes", .operation) { $0.planner.selection.excludes = [] },
    .init("excludedGrants", .operation) { $0.planner.selection.excludedGrants = [] },
  ]

  static let grantPattern: [IdentityMutation] = [
    .init("policies", .operation) {
      $0.planner.selection.excludedGrants[0].policies = AddressGlob("iam/project")
    },
    .init("role", .operation) { $0.planner.selection.excludedGrants[0].role = nil },
    .init("member", .operation) { $0.planner.selection.excludedGrants[0].member = "user:y@z.a" },
    .init("condition", .operation) { $0.planner.selection.excludedGrants[0].condition = "other" },
  ]

  static let permissions: [IdentityMutation] = [
    .init("allowed", .operation) {
      $0.planner.overrides.allowed[.publicGrant] = [AddressGlob("p/**")]
    },
    .init("maximumDeletes", .operation) { $0.planner.overrides.maximumDeletes = nil },
    .init("maximumRemovals", .operation) { $0.planner.overrides.maximumRemovals = 6 },
    .init("reissue", .operation) { $0.planner.overrides.reissue = [] },
  ]

  static let plan: [IdentityMutation] = [
    .init("id", .hidden) { _ in },
    .init("stackName", .operation) { $0.planner.graph.stack.name = "others" },
    .init("variables", .operation) { $0.planner.graph.stack.variables = ["env": "dev"] },
    .init("caller", .context("one plans, another applies")) { $0.planner.caller = "x@y.z" },
    .init("selection", .operation) { $0.planner.selection = Selection() },
    .init("inputs", .context("it follows from the operations")) { _ in },
    .init("allowances", .operation) { $0.planner.overrides = GuardOverrides() },
    .init("changes", .operation) { $0.changes.removeFirst() },
    .init("undeclared", foreign) { $0.undeclared = [account] },
    .init("ignored", foreign) { _ in },
    .init("ignoredMembers", foreign) { _ in },
    .init("notChecked", foreign) { $0.notChecked = ["roles"] },
    .init("notLookedIn", foreign) { _ in },
    .init("lacksReports", .hidden) { _ in },
    .init("baseline", .hidden) { _ in },
    .init("diagnostics", .context("warnings about the whole")) {
      $0.diagnostics = [Diagnostic(.lint, severity: .warning, "w")]
    },
    .init("operations", .hidden) { _ in },
    .init("seen", .hidden) { _ in },
    .init("since", .context("what it reports stays as it is")) { _ in },
    .init("declaredCount", .context("what is not written")) { $0.counts = 2 },
    .init("selectedCount", .context("what is not written")) { $0.counts = 2 },
    .init("fileCount", moved) { $0.counts = 2 },
    .init("leftOut", .context("it follows from the selection")) { _ in },
    .init("keysLeftOut", .context("what is not written")) { _ in },
  ]

  static let all =
    change + resourceChange + keyChange + fieldChange + bindingChange + removal + condition
    + desiredKey + hazard + refusal
    + selection + grantPattern + permissions + plan

  /// Those that can be applied together: removed rows, bindings or patterns would leave nothing for the other changes, and
  /// a row that says its key's destination already, as only a shown plan does, hides the key's own changes.
  static let combinable = all.filter { mutation in
    if case .implied = mutation.meaning { return false }
    return ![
      "changes", "fields", "condition", "removed", "bindings", "selection", "excludedGrants",
      "destination",
    ].contains(mutation.property)
  }
}
