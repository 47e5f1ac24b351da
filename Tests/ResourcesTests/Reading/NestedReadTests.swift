import CloudResources
import JSON
import Keys
import Model
import TestSupport
import Testing

@testable import Resources

/// Resources inside another one, if the parent does not exist, and if the answers contradict each other.
@Suite struct NestedReadTests {
  private let account = Make.account
  private let accounts = Read.list(ResourceCollection(.serviceAccount, project: "p"))
  /// Keys have no list of the generic sort, so these answers are made by hand.
  private let below = Read.list(
    ResourceCollection(.serviceAccountKey, project: "p", ["uploader"]))

  private func builder(
    _ resource: DesiredResource, _ answers: [Read: [JSONValue]]
  ) async -> SnapshotBuilder {
    let others = ["b", "c"].map { Make.resource(Address(project: "p", .serviceAccount, $0)) }
    let graph = Make.graph([resource] + others)
    var outcomes = ReadOutcomes()
    for (read, members) in answers { outcomes.record(read, .success(.list(members))) }
    return SnapshotBuilder(
      graph: graph, plan: ReadPlan(graph, kinds: .google, selected: nil), outcomes: outcomes,
      local: await LocalKeys.look(at: [], nil))
  }

  @Test func aMissingParentWithReadableContentsIsUnreadable() async {
    let resource = Make.resource(account)
    let absent = await builder(resource, [accounts: []])
    #expect(absent.observe(resource).word == "absent")
    let contradicted = await builder(resource, [accounts: [], below: []])
    #expect(contradicted.observe(resource).word.hasPrefix("unreadable"))
    let present = await builder(resource, [accounts: [Make.live(account)], below: []])
    #expect(present.observe(resource).word == "present")
  }

  @Test func theContentsOfAnAbsentParentAreAbsentOrNotYetThere() async {
    let resource = Make.resource(account)
    #expect(
      await builder(resource, [accounts: []]).absence(in: account) == .notYetThere(because: account)
    )
    #expect(await builder(resource, [accounts: [Make.live(account)]]).absence(in: account) == nil)
    let goes = Make.resource(account, ensure: .absent)
    #expect(await builder(goes, [accounts: []]).absence(in: account) == .confirmed)
    let external = Make.resource(account, origin: .external)
    #expect(await builder(external, [accounts: []]).absence(in: account) == .confirmed)
    // An unread resource is not absent.
    #expect(await builder(resource, [:]).absence(in: account) == nil)
  }

  @Test func aReadNamesItsParent() {
    let project = Address(project: "p", .project)
    #expect(below.surroundings == account)
    #expect(accounts.surroundings == project)
    #expect(Read.resource(Make.repository).surroundings == project)
    #expect(Read.policy(Make.repository.policy).surroundings == project)
    #expect(Read.policy(Make.project.policy).surroundings == nil)
    #expect(Read.resource(Make.project).surroundings == nil)
  }
}
