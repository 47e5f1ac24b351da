import Diagnostics
import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// What a baseline accepts of the undeclared things, and until when.
@Suite struct BaselineTests {
  private let repository = Fixture.repository("r")
  private let stray = Fixture.account("stray")
  private let reader = Grant(role: "roles/x.reader", member: "allUsers")
  private let night = PolicyCondition(title: "night", expression: "request.time < x")

  private func entry(_ thing: Baseline.Thing, end: Int64 = 100) -> Baseline.Entry {
    Baseline.Entry(
      thing, reason: "because", expires: "1970-01-01T00:01:40Z", end: end, source: Fixture.place)
  }

  /// A repository with one declared and two undeclared grants, and an undeclared account.
  private func plan(_ entries: [Baseline.Entry]?, now: Int64 = 0) -> Plan {
    let graph = Fixture.graph(
      [Fixture.resource(repository)],
      policies: [Fixture.policy(repository, "roles/declared", ["user:a@example.com"])])
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, [:])]
    snapshot.undeclared = [LiveResource(address: stray, value: [:])]
    snapshot.policies[repository.policy] = .present([
      "bindings": [
        ["role": "roles/declared", "members": ["user:a@example.com"]],
        ["role": "roles/x.reader", "members": ["allUsers"]],
        [
          "role": "roles/x.reader", "members": ["user:b@example.com"],
          "condition": ["title": "night", "expression": "request.time < x"],
        ],
      ]
    ])
    var planner = Planner(graph: graph, snapshot: snapshot)
    planner.now = now
    planner.baseline = entries.map { Baseline($0) }
    return planner.plan()
  }

  private var things: [Baseline.Thing] {
    [
      Baseline.Thing(stray), Baseline.Thing(repository.policy, reader),
      Baseline.Thing(
        repository.policy,
        Grant(role: "roles/x.reader", condition: night, member: "user:b@example.com")),
    ]
  }

  @Test func whatItListsIsNotReported() {
    #expect(Set(plan(nil).undeclaredThings) == Set(things))
    #expect(plan(nil).baseline == nil)
    let accepted = plan(things.map { entry($0) })
    #expect(accepted.undeclaredThings.isEmpty)
    #expect(accepted.baseline?.accepted.map(\.thing) == things)
    #expect(accepted.diagnostics.isEmpty)
    #expect(accepted.summary.undeclared == 0)
  }

  /// An entry accepts exactly its grant: not the same role without its condition, of another member or elsewhere.
  @Test func everythingElseStays() {
    let others = [
      Baseline.Thing(
        repository.policy, Grant(role: "roles/x.reader", member: "user:b@example.com")),
      Baseline.Thing(repository.policy, Grant(role: "roles/x.writer", member: "allUsers")),
      Baseline.Thing(
        repository.policy, Grant(role: "roles/x.reader", member: "allAuthenticatedUsers")),
      Baseline.Thing(
        repository.policy, Grant(role: "roles/x.reader", condition: night, member: "allUsers")),
      Baseline.Thing(Fixture.repository("s").policy, reader), Baseline.Thing(repository.policy),
      Baseline.Thing(repository),
    ]
    let plan = plan(others.map { entry($0) })
    #expect(Set(plan.undeclaredThings) == Set(things))
    #expect(plan.baseline?.unmatched.map(\.thing) == others)
    let notes = plan.diagnostics.filter { $0.code == .baselineEntry }
    #expect(notes.count == others.count)
    #expect(notes.allSatisfy { $0.severity == .note && $0.position == Fixture.place })
  }

  @Test func anExpiredEntryAcceptsNothing() throws {
    let entries = things.map { entry($0) }
    #expect(plan(entries, now: 99).undeclaredThings.isEmpty)
    for now: Int64 in [100, 101] {
      let plan = plan(entries, now: now)
      #expect(Set(plan.undeclaredThings) == Set(things))
      #expect(plan.baseline?.expired.map(\.thing) == things)
      let found = try #require(plan.diagnostics.first { $0.code == .baselineEntry })
      #expect(found.severity == .warning)
      #expect(
        found.message
          == "the baseline accepted `\(stray)` until 1970-01-01T00:01:40Z: because")
    }
  }

  @Test func theRowsAndTheIDStay() {
    var snapshot = Snapshot()
    snapshot.resources = [repository: .absent(.confirmed)]
    snapshot.undeclared = [LiveResource(address: stray, value: [:])]
    var planner = Planner(
      graph: Fixture.graph([Fixture.resource(repository)]), snapshot: snapshot)
    let before = planner.plan()
    planner.baseline = Baseline([entry(Baseline.Thing(stray)), entry(Baseline.Thing(repository))])
    let after = planner.plan()
    #expect(before.id != nil)
    #expect(before.id == after.id)
    #expect(after.changes.map(\.action) == [.create])
  }
}
