import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// Each guard at its limit, one below and one above.
@Suite struct GuardLimitTests {
  private let repository = Fixture.repository("r")

  private func isRefused(_ planner: Planner, for code: DiagnosticCode) -> Bool {
    planner.plan().changes.contains { $0.refusals.contains { $0.code == code } }
  }

  // MARK: Deletions: more than max(3, 25 %)

  private func deleting(_ count: Int, of live: Int) -> Planner {
    var graph = Fixture.graph([])
    var snapshot = Snapshot()
    for number in 0..<live {
      let account = Fixture.account("a\(number)")
      graph.resources[account] = Fixture.resource(
        account, ensure: number < count ? .absent : .present)
      snapshot.resources[account] = Fixture.present(account, [:])
    }
    var planner = Planner(graph: graph, snapshot: snapshot)
    planner.overrides.allowed[.delete] = [AddressGlob("p-one/**")]
    return planner
  }

  @Test(arguments: [
    // live, limit
    (3, 3), (4, 3), (11, 3), (12, 3), (15, 3), (16, 4), (19, 4), (20, 5), (40, 10),
  ])
  func deletions(_ live: Int, _ limit: Int) {
    for count in [limit - 1, limit] {
      #expect(!isRefused(deleting(count, of: live), for: .tooManyDeletions), "\(count)")
    }
    guard limit < live else { return }
    #expect(isRefused(deleting(limit + 1, of: live), for: .tooManyDeletions))
  }

  @Test func theFlagAndTheStackSetTheLimitOfDeletions() {
    for (count, isRefused) in [(6, false), (7, false), (8, true)] {
      var planner = deleting(count, of: 10)
      planner.overrides.maximumDeletes = 7
      #expect(self.isRefused(planner, for: .tooManyDeletions) == isRefused, "flag, \(count)")
    }
    for (count, isRefused) in [(1, false), (2, false), (3, true)] {
      var planner = deleting(count, of: 10)
      planner.graph.stack.maximumDeletes = 2
      #expect(self.isRefused(planner, for: .tooManyDeletions) == isRefused, "Stack, \(count)")
    }
    // The Stack can only lower the limit.
    var planner = deleting(4, of: 10)
    planner.graph.stack.maximumDeletes = 100
    #expect(isRefused(planner, for: .tooManyDeletions))
    for (count, isRefused) in [(3, false), (4, false), (5, true)] {
      var planner = deleting(count, of: 40)
      planner.graph.stack.maximumDeletePercent = 10
      #expect(self.isRefused(planner, for: .tooManyDeletions) == isRefused, "percent, \(count)")
    }
  }

  // MARK: Removals by `exclusive`: more than max(5, 25 %) of the policy's entries

  private func removing(_ count: Int, of held: Int) -> Planner {
    let members = (0..<held).map { "user:u\($0)@x.y" }
    var snapshot = Snapshot()
    snapshot.resources[repository] = Fixture.present(repository, [:])
    snapshot.policies[repository.policy] = .present(
      Fixture.bindings(("roles/reader", members)))
    let stay = Array(members.dropFirst(count))
    return Planner(
      graph: Fixture.graph(
        [Fixture.resource(repository)],
        policies: [Fixture.policy(repository, "roles/reader", stay, exclusive: true)]),
      snapshot: snapshot)
  }

  @Test(arguments: [(6, 5), (20, 5), (23, 5), (24, 6), (28, 7), (100, 25)])
  func exclusiveRemovals(_ held: Int, _ limit: Int) {
    for count in [limit - 1, limit] {
      #expect(!isRefused(removing(count, of: held), for: .tooManyRemovals), "\(count)")
    }
    #expect(isRefused(removing(limit + 1, of: held), for: .tooManyRemovals))
  }

  @Test func theFlagAndTheStackSetTheLimitOfExclusiveRemovals() {
    for (count, isRefused) in [(8, false), (9, false), (10, true)] {
      var planner = removing(count, of: 20)
      planner.overrides.maximumRemovals = 9
      #expect(self.isRefused(planner, for: .tooManyRemovals) == isRefused, "flag, \(count)")
    }
    for (count, isRefused) in [(1, false), (2, false), (3, true)] {
      var planner = removing(count, of: 20)
      planner.graph.stack.maximumRemovals = 2
      #expect(self.isRefused(planner, for: .tooManyRemovals) == isRefused, "Stack, \(count)")
    }
  }

  // MARK: Written removals: more than fifty in a run

  private func writing(absent: Int, revoked: Int) -> Planner {
    let going = (0..<absent).map { "user:a\($0)@x.y" }
    let leaving = (0..<revoked).map { "user:r\($0)@x.y" }
    var snapshot = Snapshot()
    snapshot.resources[repository] = Fixture.present(repository, [:])
    snapshot.policies[repository.policy] = .present(
      Fixture.bindings(("roles/reader", going + leaving)))
    var graph = Fixture.graph(
      [Fixture.resource(repository)],
      policies: [Fixture.policy(repository, "roles/reader", [], absent: going)])
    graph.stack.revoked = leaving.map { SourcedText($0, Fixture.place) }
    return Planner(graph: graph, snapshot: snapshot)
  }

  @Test(arguments: [(49, 0), (0, 49), (25, 24)])
  func writtenRemovals(_ absent: Int, _ revoked: Int) {
    for (more, isRefused) in [(0, false), (1, false), (2, true)] {
      let planner = writing(absent: absent + more, revoked: revoked)
      #expect(self.isRefused(planner, for: .tooManyRemovals) == isRefused, "\(49 + more)")
    }
  }

  @Test func theFlagSetsTheLimitOfWrittenRemovals() {
    for (count, isRefused) in [(59, false), (60, false), (61, true)] {
      var planner = writing(absent: count, revoked: 0)
      planner.overrides.maximumRemovals = 60
      #expect(self.isRefused(planner, for: .tooManyRemovals) == isRefused, "\(count)")
    }
  }

  // MARK: Owners: fewer than two that stay

  @Test(arguments: [(1, true), (2, false), (3, false)])
  func owners(_ stay: Int, _ isRefused: Bool) {
    let staying = (0..<stay).map { "user:s\($0)@x.y" }
    var snapshot = Snapshot()
    snapshot.resources[repository] = Fixture.present(repository, [:])
    snapshot.policies[repository.policy] = .present(
      Fixture.bindings(("roles/owner", staying + ["user:gone@x.y"])))
    let graph = Fixture.graph(
      [Fixture.resource(repository)],
      policies: [Fixture.policy(repository, "roles/owner", [], absent: ["user:gone@x.y"])])
    let planner = Planner(graph: graph, snapshot: snapshot)
    #expect(self.isRefused(planner, for: .lockout) == isRefused)
  }

  /// A change that removes no owner is not blocked, however few owners there are.
  @Test func fewRemainingOwnersAreNotALockout() {
    var snapshot = Snapshot()
    snapshot.resources[repository] = Fixture.present(repository, [:])
    snapshot.policies[repository.policy] = .present(
      Fixture.bindings(("roles/owner", ["user:a@x.y"]), ("roles/reader", ["user:b@x.y"])))
    let graph = Fixture.graph(
      [Fixture.resource(repository)],
      policies: [Fixture.policy(repository, "roles/reader", [], absent: ["user:b@x.y"])])
    let planner = Planner(graph: graph, snapshot: snapshot)
    #expect(!isRefused(planner, for: .lockout))
  }
}
