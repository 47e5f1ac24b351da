import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// What is in a resource goes with it: a plan says so, and nothing goes that is protected or not asked for.
@Suite struct InhabitantTests {
  private let repository = Fixture.repository("r")
  private static let part = FixtureKind(
    "part", in: .child(of: .repository, field: "repository"), .final(idIsReusable: true)
  ).id
  private let part = Address(project: "p-one", InhabitantTests.part, "us", "r", "part")
  private let inner = Address(
    project: "p-one",
    FixtureKind(
      "inner", in: .child(of: InhabitantTests.part, field: "part"), .final(idIsReusable: true)
    )
    .id, "us", "r", "part", "inner")

  private var replaced: DesiredResource {
    var resource = Fixture.resource(repository, ["format": "DOCKER"])
    resource.lifecycle.allowReplace = true
    return resource
  }
  private var child: DesiredResource {
    Fixture.resource(part, ["description": "d"], on: [repository])
  }
  private var live: Snapshot {
    var snapshot = Snapshot()
    snapshot.resources = [
      repository: Fixture.present(repository, ["format": "PYTHON"]),
      part: Fixture.present(part, ["description": "d"]),
      inner: Fixture.present(inner, ["description": "d"]),
    ]
    return snapshot
  }

  private func plan(
    _ resources: [DesiredResource], _ snapshot: Snapshot, allowing flags: [Hazard.Flag],
    change: (inout Planner) -> Void = { _ in }
  ) -> Plan {
    var planner = Planner(graph: Fixture.graph(resources), snapshot: snapshot)
    for flag in flags { planner.overrides.allowed[flag] = [AddressGlob("p-one/**")] }
    change(&planner)
    return planner.plan()
  }
  private func row(_ plan: Plan, _ address: Address) -> Change? {
    plan.changes.first { $0.address == address }
  }

  @Test func allThatIsInAReplacedResourceIsCreatedAgain() {
    let grandchild = Fixture.resource(inner, ["description": "d"], on: [part])
    let plan = plan([replaced, child, grandchild], live, allowing: [.replace, .delete])
    #expect(row(plan, repository)?.action == .replace)
    #expect(row(plan, part)?.action == .create)
    #expect(row(plan, inner)?.action == .create)
  }

  @Test(arguments: ["unselected", "not created", "undeclared"])
  func whatIsNotCreatedAgainTakesAFlag(_ reason: String) throws {
    var other = child
    var snapshot = live
    var resources = [replaced, other]
    var exclude: [AddressGlob] = []
    switch reason {
    case "unselected": exclude = [AddressGlob("part/**")]
    case "not created":
      other.lifecycle.create = false
      resources = [replaced, other]
    default:
      resources = [replaced]
      snapshot.undeclared = [LiveResource(address: part, value: ["description": "d"])]
    }
    func action(_ flags: [Hazard.Flag]) -> (Change.Action?, [DiagnosticCode]) {
      let plan = plan(resources, snapshot, allowing: flags) { $0.selection.excludes = exclude }
      return (row(plan, repository)?.action, row(plan, repository)?.refusals.map(\.code) ?? [])
    }
    let refused = action([.replace, .delete])
    #expect(refused.0 == .refused && refused.1 == [.dataLoss], "\(refused)")
    if reason != "not created" { #expect(action([.replace, .delete, .dataLoss]).0 == .replace) }
  }

  @Test(arguments: [Change.Action.replace, .delete])
  func whatIsProtectedKeepsWhatItIsIn(_ action: Change.Action) throws {
    var guarded = child
    guarded.lifecycle.protect = true
    var resource = replaced
    if action == .delete {
      resource.lifecycle.ensure = .absent
      guarded.lifecycle.ensure = .absent
    }
    let plan = plan([resource, guarded], live, allowing: Hazard.Flag.allCases)
    let change = try #require(row(plan, repository))
    #expect(change.action == .refused)
    #expect(change.refusals.map(\.code) == [.protected])
    #expect(plan.operations.isEmpty)
  }

  /// Its deletion was not allowed, so it must not go with its parent.
  @Test func aParentIsBlockedByTheRefusedDeletionOfItsChild() throws {
    var parent = Fixture.resource(repository, ensure: .absent)
    parent.lifecycle.ensure = .absent
    let gone = Fixture.resource(part, ensure: .absent, on: [repository])
    let plan = plan([parent, gone], live, allowing: []) {
      $0.overrides.allowed[.delete] = [AddressGlob("p-one/repository/us/r")]
    }
    #expect(row(plan, part)?.action == .refused)
    #expect(row(plan, repository)?.action == .waiting)
    #expect(row(plan, repository)?.waitsFor == part)
    #expect(plan.operations.isEmpty)
  }

  /// The replacement is refused, so nothing that is in it is gone.
  @Test func whatIsToBeAbsentStaysInViewWhenItsParentIsNotReplaced() {
    let gone = Fixture.resource(part, ensure: .absent, on: [repository])
    let plan = plan([replaced, gone], live, allowing: [])
    #expect(row(plan, part)?.intended == .delete)
  }
}
