import Diagnostics
import JSON
import Kinds
import Model
import Rendering
import TestSupport

@testable import Commands
@testable import Reconcile

/// A plan with a row of every kind; tests change one property at a time.
struct IdentityWorld {
  var planner: Planner
  /// In order: creation, update, replacement, undeletion, policy, key.
  var changes: [Change]
  /// A refused row: it has a digest and is not in the id.
  var refused: Change
  var undeclared: [Address] = []
  var notChecked: [String] = []
  var diagnostics: [Diagnostic] = []
  var counts = 1

  static let key = Address(project: "my-project-id", .serviceAccountKey, "uploader", "ci")

  init() {
    var graph = DesiredGraph()
    graph.stack.name = "greetings"
    graph.stack.variables = ["env": "prod"]
    let account = PlanFixture.address(.serviceAccount, "uploader")
    graph.keys[Self.key] = DesiredKey(
      address: Self.key, account: account,
      email: "uploader@my-project-id.iam.gserviceaccount.com", origin: .uploaded, file: "ci.json",
      expires: 7_776_000, rotateAfter: nil, overlap: 0, commonName: "arctl-1",
      source: PlanFixture.at(1), dependencies: [account])
    planner = Planner(graph: graph, snapshot: Snapshot())
    planner.caller = "ci@example.com"
    planner.selection = Selection(
      targets: [AddressGlob("**")], excludes: [AddressGlob("role/old")],
      excludedGrants: [
        GrantPattern(
          policies: AddressGlob("iam/**"), role: "roles/viewer", member: "user:x@y.z",
          condition: "night")
      ])
    planner.overrides.allowed = [.delete: [AddressGlob("my-project-id/role/*")]]
    planner.overrides.reissue = [AddressGlob(Self.key.description)]
    planner.overrides.maximumDeletes = 4
    planner.overrides.maximumRemovals = 5
    changes = Self.rows
    refused = Self.row(.replace, PlanFixture.address(.repository, "us", "maven"))
    refused.action = .refused
    refused.intended = .replace
    refused.refusals = [Refusal(.immutableField, "cannot be changed in place", remedy: "a flag")]
    refused.hazards = [Hazard(.dataLoss, "replacing deletes 3 kB of packages")]
  }

  private static func row(_ action: Change.Action, _ address: Address) -> Change {
    var change = Change(address: address, action: action, source: PlanFixture.at(10))
    change.resource?.fields = [
      FieldChange(
        path: FieldPath([.field("description")]), from: action == .create ? nil : "old", to: "new",
        mask: "description", source: PlanFixture.at(11))
    ]
    change.note = "ask ana"
    if action != .create { change.resource?.identity = ["createTime": "2026-01-01T00:00:00Z"] }
    return change
  }

  private static var rows: [Change] {
    let create = row(.create, PlanFixture.address(.repository, "us", "new"))
    let update = row(.update, PlanFixture.address(.repository, "us", "old"))
    var replace = row(.replace, PlanFixture.address(.repository, "us", "other"))
    replace.reason = "replacing deletes 3 kB"
    replace.hazards = [Hazard(.privileged, "it leads to more")]
    replace.remarks = ["Terraform manages this resource too"]
    var undelete = row(.undelete, PlanFixture.address(.serviceAccount, "back"))
    undelete.resource?.uid = "117"
    var policy = Change(
      address: PlanFixture.address(.project).policy, action: .update, source: PlanFixture.at(20))
    var binding = BindingChange(
      role: "roles/viewer",
      condition: PolicyCondition(title: "t", description: "d", expression: "true"),
      source: PlanFixture.at(21))
    binding.added = ["user:a@example.com"]
    binding.removed = [BindingChange.Removal("user:b@example.com", .exclusive)]
    binding.undeclared = ["user:c@example.com"]
    binding.ended = [PlanFixture.at(22)]
    policy.bindings = [binding]
    var order = KeyChange(order: .reissue(replacing: "k1"))
    order.wait = 50
    var key = Change(
      address: Self.key, action: .create, source: PlanFixture.at(30), what: .key(order))
    key.reason = "the key in the file has expired"
    return [create, update, replace, undelete, policy, key]
  }

  /// Nil if there are no operations.
  var id: String? { PlanIdentity.id(of: planner, changes: changes) }

  var digest: String {
    PlanIdentity.digest(ofRefused: refused, key: planner.graph.keys[refused.address])
  }

  /// The plan without its id, which would make every form differ.
  private var plan: Plan {
    var refused = refused
    refused.digest = nil
    var operations: [Operation] = []
    for change in changes {
      guard let order = change.key, let key = planner.graph.keys[change.address] else { continue }
      operations.append(
        Operation(
          id: OperationID("\(change.address)"), address: change.address, action: .key(order, key),
          covers: [change.address], source: nil))
    }
    return Plan(
      id: "0123456789abcdef", stackName: planner.graph.stack.name,
      variables: planner.graph.stack.variables, caller: planner.caller,
      selection: planner.selection, allowances: planner.overrides, changes: changes + [refused],
      undeclared: undeclared, notChecked: notChecked, diagnostics: diagnostics,
      operations: operations, declaredCount: counts, selectedCount: counts, fileCount: counts)
  }

  /// Everything that a form shows: text, Markdown, JSON, and a saved plan without its digest.
  var shown: [String] {
    var saved = PlanJSON.saved(plan, createdAt: "now").object ?? [:]
    saved["digest"] = nil
    return [
      PlanText(values: .kinds, keyDirectory: "keys").render(plan),
      PlanMarkdown(values: .kinds).render(plan), PlanJSON.value(plan).text(.pretty),
      JSONValue.object(saved).text(.pretty),
    ]
  }

  /// What `--plan` compares besides the id.
  var compared: JSONValue { PlanJSON.shown(by: plan) }
}
