import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// Grants of earlier manifests, under another condition.
@Suite struct FormerGrantTests {
  private let repository = Fixture.repository("libs")
  private let member = "group:contractors@b.c"
  private let role = "roles/reader"

  private func entry(
    _ condition: PolicyCondition?, members: [String]? = nil, absent: [String] = [],
    exclusive: Bool = false, exclusiveRole: Bool = false
  ) -> PolicyEntry {
    var entry = PolicyEntry(
      role: role, condition: condition,
      members: (members ?? [member]).map { SourcedText($0, Fixture.place) },
      absent: absent.map { SourcedText($0, Fixture.place) }, exclusive: exclusive,
      source: Fixture.place)
    if exclusiveRole { entry.exclusiveRole = Fixture.place }
    return entry
  }

  private func binding(_ condition: PolicyCondition?, _ members: [String]? = nil) -> JSONValue {
    var binding: JSONObject = [
      "role": .string(role), "members": .array((members ?? [member]).map(JSONValue.string)),
    ]
    if let condition {
      binding["condition"] = [
        "title": .string(condition.title), "description": .string(condition.description),
        "expression": .string(condition.expression),
      ]
    }
    return .object(binding)
  }

  private func planner(_ entries: [PolicyEntry], _ live: [JSONValue]) -> Planner {
    var graph = Fixture.graph([Fixture.resource(repository)])
    graph.policies[repository.policy] = DesiredPolicy(
      address: repository.policy, entries: entries, dependencies: [repository])
    var snapshot = Snapshot()
    snapshot.resources[repository] = Fixture.present(repository, [:])
    snapshot.policies[repository.policy] = .present([
      "etag": "BwYabcdef00=", "bindings": .array(live),
    ])
    return Planner(graph: graph, snapshot: snapshot)
  }

  private func row(_ plan: Plan) throws -> Change {
    try #require(plan.changes.first { $0.address.isPolicy })
  }

  private let until2027 = PolicyCondition.until("2027-12-31")
  private let until2026 = PolicyCondition.until("2026-12-31")

  @Test func anotherUntilOfTheSameGrantIsSuperseded() throws {
    let plan = planner([entry(until2026)], [binding(until2027, [member, "user:other@b.c"])]).plan()
    let row = try row(plan)
    #expect(row.bindings.flatMap(\.added) == [member])
    #expect(row.bindings.flatMap(\.removed) == [.init(member, .superseded)])
    #expect(row.bindings.flatMap(\.undeclared) == ["user:other@b.c"])
    #expect(row.bindings.allSatisfy { $0.source == Fixture.place || $0.isEmpty })
    #expect(plan.summary.membersRemoved == 1)
    #expect(plan.operations.count == 1)
  }

  @Test func removedMembersAreInThePlansID() {
    let one = planner([entry(until2026)], [binding(until2027)]).plan()
    #expect(one.id != planner([entry(until2026)], []).plan().id)
  }

  @Test func aPastUntilSupersedesTheLongerOne() throws {
    var past = entry(.until("2020-01-01"), members: [], absent: [member])
    past.ended = [.init(source: Fixture.place, members: [member], isPast: true)]
    let row = try row(planner([past], [binding(until2027)]).plan())
    #expect(row.bindings.flatMap(\.removed) == [.init(member, .superseded)])
  }

  @Test func bothDatesDeclaredAreBothKept() throws {
    let plan = planner(
      [entry(until2026), entry(until2027)], [binding(until2026), binding(until2027)]
    ).plan()
    #expect(try row(plan).action == .unchanged)
    #expect(!plan.hasDifferences)
  }

  @Test(arguments: [
    PolicyCondition(title: "until-2027-12-31", expression: "true"),
    PolicyCondition(
      title: "until-2027-12-31", description: "d",
      expression: PolicyCondition.until("2027-12-31").expression),
    PolicyCondition(title: "contract", expression: PolicyCondition.until("2027-12-31").expression),
  ])
  func otherPartsAreNamedAndStay(condition: PolicyCondition) throws {
    let plan = planner([entry(until2026)], [binding(condition), binding(until2026)]).plan()
    let row = try row(plan)
    #expect(row.action == .unchanged)
    #expect(row.bindings.flatMap(\.alsoHeld) == [.init(member: member, condition: condition)])
    #expect(row.bindings.flatMap(\.undeclared).isEmpty)
    #expect(plan.hasDifferences && !plan.hasChanges)
    #expect(plan.operations.isEmpty)
    #expect(plan.diagnostics.map(\.code) == [.alsoHeld])
    #expect(plan.diagnostics.first?.message.contains(condition.expression) == true)
  }

  @Test func aGrantWithoutAConditionIsNamedToo() throws {
    let plan = planner([entry(until2026)], [binding(nil), binding(until2026)]).plan()
    #expect(try row(plan).bindings.flatMap(\.alsoHeld) == [.init(member: member, condition: nil)])
  }

  @Test func absentRemovesIt() throws {
    let old = PolicyCondition(title: "contract", expression: "x")
    let plan = planner(
      [entry(until2026), entry(old, members: [], absent: [member])],
      [binding(old), binding(until2026)]
    ).plan()
    #expect(try row(plan).bindings.flatMap(\.removed) == [.init(member, .absent)])
    #expect(!plan.hasDifferences)
  }

  @Test func supersededGrantsCountForMaxRemovals() throws {
    let crowd = (0..<51).map { "user:u\($0)@b.c" }
    var planner = planner([entry(until2026, members: crowd)], [binding(until2027, crowd)])
    #expect(try row(planner.plan()).action == .refused)
    planner.overrides.maximumRemovals = 51
    #expect(try row(planner.plan()).action == .update)
    planner.overrides.maximumRemovals = 50
    #expect(try row(planner.plan()).action == .refused)
  }

  @Test func theCallersOwnRightIsExchangedWithoutALockout() throws {
    let me = "user:me@b.c"
    func planner(_ condition: PolicyCondition, _ live: PolicyCondition) -> Planner {
      var new = entry(condition, members: [me])
      new.role = "roles/owner"
      var binding = binding(live, [me]).object ?? [:]
      binding["role"] = "roles/owner"
      var planner = self.planner([new], [.object(binding)])
      planner.caller = "me@b.c"
      planner.overrides.allowed[.privileged] = [AddressGlob("p-one/**")]
      return planner
    }
    #expect(try row(planner(until2026, until2027).plan()).action == .update)
    var past = planner(until2026, until2027)
    past.graph.policies[repository.policy]?.entries[0].members = []
    past.graph.policies[repository.policy]?.entries[0].ended = [
      .init(source: Fixture.place, members: [me], isPast: true)
    ]
    #expect(try row(past.plan()).action == .refused)
  }

  // MARK: White space

  @Test func theSameConditionInAnotherLayoutIsNotADifference() throws {
    let live = PolicyCondition(title: "t", expression: "a &&\n  b == 'x y'\n")
    let other = PolicyCondition(title: "t", expression: "a && b == 'x y'")
    let document = binding(live)
    let plan = planner([entry(other)], [document]).plan()
    #expect(try row(plan).action == .unchanged)
    #expect(!plan.hasDifferences)
    let more = planner([entry(other, members: [member, "user:new@b.c"])], [document]).plan()
    guard case .setPolicy(let intent, _)? = more.operations.first?.action else {
      Issue.record("no write")
      return
    }
    let written = intent.apply(to: ["etag": "e", "bindings": [document]])
    #expect(written["bindings"]?.array?.count == 1)
    #expect(written["bindings"]?.array?.first?["condition"] == document["condition"])
    #expect(
      try row(
        planner([entry(PolicyCondition(title: "t", expression: "a && b == 'x  y'"))], [document])
          .plan()
      ).action == .update)
  }

  @Test func severalLayoutsOfOneConditionAreOneInAnyOrder() {
    let one = binding(PolicyCondition(title: "t", expression: "a  && b"), ["user:x@b.c"])
    let other = binding(PolicyCondition(title: "t", expression: "a&&b"), ["user:y@b.c"])
    let plans = [[one, other], [other, one]].map {
      planner(
        [
          entry(nil),
          entry(
            PolicyCondition(title: "t", expression: "a && b"), members: [],
            absent: ["user:x@b.c", "user:y@b.c"]),
        ], $0
      ).plan()
    }
    #expect(plans[0].changes.flatMap(\.bindings) == plans[1].changes.flatMap(\.bindings))
    #expect(plans[0].id == plans[1].id)
    #expect(plans[0].summary.membersRemoved == 2)
  }

  // MARK: exclusive: role

  @Test func exclusiveTrueStaysWithItsCondition() throws {
    let office = PolicyCondition(title: "office", expression: "x")
    let plan = planner(
      [entry(nil, exclusive: true)], [binding(nil), binding(office, ["user:other@b.c"])]
    ).plan()
    #expect(try row(plan).bindings.flatMap(\.removed).isEmpty)
  }

  @Test func exclusiveRoleHoldsAcrossConditions() throws {
    let office = PolicyCondition(title: "office", expression: "x")
    let agent = "serviceAccount:service-1@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    let plan = planner(
      [entry(until2026, exclusiveRole: true)],
      [
        binding(nil, ["user:wide@b.c", agent, "deleted:user:gone@b.c?uid=7"]),
        binding(office, [member]), binding(until2026, [member, "user:more@b.c"]),
      ]
    ).plan()
    let row = try row(plan)
    #expect(
      row.bindings.flatMap(\.removed) == [
        .init("user:wide@b.c", .exclusive), .init(member, .exclusive),
        .init("user:more@b.c", .exclusive),
      ])
    #expect(row.bindings.flatMap(\.undeclared) == ["deleted:user:gone@b.c?uid=7", agent])
    #expect(row.bindings.filter { !$0.isEmpty }.allSatisfy { $0.source == Fixture.place })
    #expect(!plan.hasDifferences)
  }

  @Test func exclusiveRoleLeavesOtherRolesAlone() throws {
    var other = binding(nil, ["user:other@b.c"]).object ?? [:]
    other["role"] = "roles/writer"
    let plan = planner([entry(nil, exclusiveRole: true)], [binding(nil), .object(other)]).plan()
    #expect(try row(plan).action == .unchanged)
  }
}
