import DesiredState
import Model
import TestSupport
import Testing

@testable import Commands

/// The printed `--exclude` options leave out exactly the blocked rows, or none are printed.
@Suite struct ExclusionTests {
  /// Repositories by project, each with a policy, and which of them are refused.
  private func exclusion(
    _ repositories: [(String, Int)], refused: (Address) -> Bool
  ) -> (Exclusion, [Address]) {
    var graph = DesiredGraph()
    var changes: [Change] = []
    for (project, count) in repositories {
      for number in 0..<count {
        let location = number % 2 == 0 ? "us" : "europe"
        let address = Address(project: project, .repository, location, "r\(number)")
        graph.resources[address] = DesiredResource(address: address, source: PlanFixture.at(1))
        graph.policies[address.policy] = DesiredPolicy(
          address: address.policy, entries: [], dependencies: [address])
        let isRefused = refused(address)
        changes.append(
          Change(address: address, action: isRefused ? .refused : .create, source: nil))
        changes.append(
          Change(address: address.policy, action: isRefused ? .waiting : .create, source: nil))
      }
    }
    let plan = PlanFixture.plan(changes, undeclared: [])
    return (
      Exclusion(plan: plan, graph: graph),
      changes.filter { $0.action == .refused }.map(\.address)
    )
  }

  /// Whether the globs leave the same rows as the single addresses, and contain nothing that a shell would interpret.
  private func isExact(_ exclusion: Exclusion, _ blocked: [Address]) -> Bool {
    guard let flags = exclusion.flags else { return false }
    let globs = flags.filter { $0 != "--exclude" }.map { $0.filter { $0 != "'" } }
    func left(_ patterns: [String]) -> Set<Address> {
      exclusion.graph.selected(by: Selection(excludes: patterns.map(AddressGlob.init)))
    }
    return left(globs) == left(blocked.map(\.description))
      && !flags.joined(separator: " ").contains("(")
  }

  @Test(arguments: [1, 9, 10]) func aFewRowsAreNamedOneByOne(_ count: Int) {
    let (exclusion, blocked) = exclusion([("p-one", count), ("p-two", 3)]) {
      $0.project == "p-one"
    }
    #expect(exclusion.flags?.count == 2 * count)
    #expect(isExact(exclusion, blocked))
  }

  @Test func manyRowsBecomeOneExactGlob() {
    let (all, blocked) = exclusion([("p-one", 300), ("p-two", 3)]) { $0.project == "p-one" }
    #expect(all.flags == ["--exclude", "'p-one/**'"])
    #expect(isExact(all, blocked))
    let (some, europe) = exclusion([("p-one", 300)]) { $0.description.contains("/europe/") }
    #expect(some.flags == ["--exclude", "'p-one/repository/europe/**'"])
    #expect(isExact(some, europe))
  }

  /// A glob that matches one more row is wrong.
  @Test func noGlobMatchesMore() {
    let (mixed, blocked) = exclusion([("p-one", 24)]) { $0.id != "r0" && $0.id != "r1" }
    #expect(mixed.flags == nil)
    #expect(mixed.help.contains("exclude these 22 resources with --exclude GLOB"))
    #expect(blocked.count == 22)
    let (few, named) = exclusion([("p-one", 20)]) { $0.id != "r0" && $0.id != "r1" }
    #expect(few.flags?.count == 2 * 18)
    #expect(isExact(few, named))
  }

  @Test func nothingIsBlocked() {
    let (exclusion, _) = exclusion([("p-one", 2)]) { _ in false }
    #expect(exclusion.flags == nil)
  }
}
