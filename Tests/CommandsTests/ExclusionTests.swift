import DesiredState
import Model
import TestSupport
import Testing

@testable import Commands

/// What is printed to be pasted leaves out exactly what hinders an apply, or is not printed.
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

  /// The globs leave the same as all addresses by themselves, and hold nothing that a shell cannot take.
  private func isExact(_ exclusion: Exclusion, _ hindered: [Address]) -> Bool {
    guard let flags = exclusion.flags else { return false }
    let globs = flags.filter { $0 != "--exclude" }.map { $0.filter { $0 != "'" } }
    func left(_ patterns: [String]) -> Set<Address> {
      exclusion.graph.selected(by: Selection(excludes: patterns.map(AddressGlob.init)))
    }
    return left(globs) == left(hindered.map(\.description))
      && !flags.joined(separator: " ").contains("(")
  }

  @Test(arguments: [1, 9, 10]) func aFewAreNamedOneByOne(_ count: Int) {
    let (exclusion, hindered) = exclusion([("p-one", count), ("p-two", 3)]) {
      $0.project == "p-one"
    }
    #expect(exclusion.flags?.count == 2 * count)
    #expect(isExact(exclusion, hindered))
  }

  @Test func manyAreAGlobWhereOneIsExact() {
    let (all, hindered) = exclusion([("p-one", 300), ("p-two", 3)]) { $0.project == "p-one" }
    #expect(all.flags == ["--exclude", "'p-one/**'"])
    #expect(isExact(all, hindered))
    let (some, europe) = exclusion([("p-one", 300)]) { $0.description.contains("/europe/") }
    #expect(some.flags == ["--exclude", "'p-one/repository/europe/**'"])
    #expect(isExact(some, europe))
  }

  /// One more that a glob would take along makes it wrong.
  @Test func noGlobTakesMoreAlong() {
    let (mixed, hindered) = exclusion([("p-one", 24)]) { $0.id != "r0" && $0.id != "r1" }
    #expect(mixed.flags == nil)
    #expect(mixed.help.contains("leave these 22 out with --exclude GLOB"))
    #expect(hindered.count == 22)
    let (few, named) = exclusion([("p-one", 20)]) { $0.id != "r0" && $0.id != "r1" }
    #expect(few.flags?.count == 2 * 18)
    #expect(isExact(few, named))
  }

  @Test func nothingIsHindered() {
    let (exclusion, _) = exclusion([("p-one", 2)]) { _ in false }
    #expect(exclusion.flags == nil)
  }
}
