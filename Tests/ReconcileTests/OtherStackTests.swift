import Diagnostics
import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// What another stack declares is neither undeclared nor changed.
@Suite struct OtherStackTests {
  private let mine = Fixture.repository("aa")
  private let theirs = Fixture.repository("bb")

  private func world(
    _ live: JSONValue, mine entries: [PolicyEntry], theirs others: [PolicyEntry]
  ) -> (graph: DesiredGraph, snapshot: Snapshot) {
    var graph = Fixture.graph([Fixture.resource(mine)])
    graph.policies[mine.policy] = DesiredPolicy(
      address: mine.policy, entries: entries, dependencies: [])
    var other = Fixture.graph([Fixture.resource(theirs)])
    other.policies[mine.policy] = DesiredPolicy(
      address: mine.policy, entries: others, dependencies: [])
    graph.others = OtherStacks([other])
    var snapshot = Snapshot()
    snapshot.resources[mine] = .present(LiveResource(address: mine, value: ["name": "x"]))
    snapshot.policies[mine.policy] = .present(live)
    snapshot.undeclared = [LiveResource(address: theirs, value: ["name": "y"])]
    snapshot.projectNumbers = ["p-one": "123"]
    return (graph, snapshot)
  }

  private func entry(_ role: String, _ members: String..., exclusive: Bool = false) -> PolicyEntry {
    PolicyEntry(
      role: role, members: members.map { SourcedText($0, Fixture.place) }, exclusive: exclusive,
      source: Fixture.place)
  }

  @Test func itsResourcesAndMembersAreNotUndeclared() {
    let live = Fixture.bindings(("roles/viewer", ["user:a@x.yz", "user:b@x.yz", "user:c@x.yz"]))
    var (graph, snapshot) = world(
      live, mine: [entry("roles/viewer", "user:a@x.yz")],
      theirs: [entry("roles/viewer", "user:b@x.yz")])
    let plan = Planner(graph: graph, snapshot: snapshot).plan()
    #expect(plan.undeclared == [])
    #expect(plan.changes.flatMap(\.bindings).flatMap(\.undeclared) == ["user:c@x.yz"])
    #expect(!plan.hasChanges)
    graph.others = OtherStacks()
    let alone = Planner(graph: graph, snapshot: snapshot).plan()
    #expect(alone.undeclared == [theirs])
    #expect(
      alone.changes.flatMap(\.bindings).flatMap(\.undeclared) == ["user:b@x.yz", "user:c@x.yz"])
  }

  /// The plan deletes an undeclared resource under an authoritative scope, and never one of another stack.
  @Test func anAuthoritativeScopeLeavesItAlone() {
    var (graph, snapshot) = world(Fixture.bindings(), mine: [], theirs: [])
    graph.stack.scope.kinds[theirs.kind] = .authoritative
    let plan = Planner(graph: graph, snapshot: snapshot).plan()
    #expect(!plan.changes.contains { $0.address == theirs })
    graph.others = OtherStacks()
    let alone = Planner(graph: graph, snapshot: snapshot).plan()
    #expect(alone.changes.contains { $0.address == theirs && $0.intended == .delete })
  }

  /// A member that only its project's number reveals as the one that the other stack grants: nothing is written.
  @Test func aPolicyThatWouldLoseItsGrantIsUnreadable() {
    let agent = "serviceAccount:service-123@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    let (graph, snapshot) = world(
      Fixture.bindings(("roles/viewer", ["user:a@x.yz", agent])),
      mine: [
        PolicyEntry(
          role: "roles/viewer", members: [SourcedText("user:a@x.yz", Fixture.place)],
          absent: [SourcedText(agent, Fixture.place)], source: Fixture.place)
      ], theirs: [entry("roles/viewer", "serviceAgent:artifactregistry@p-one")])
    let plan = Planner(graph: graph, snapshot: snapshot).plan()
    let row = plan.changes.first { $0.address == mine.policy }
    #expect(row?.action == .unreadable)
    #expect(row?.reason?.text.contains("which another stack grants") == true)
    #expect(plan.operations.isEmpty)
  }

  @Test func aGrantOfAnotherStackUnderAnotherConditionIsNoDifference() {
    let condition = PolicyCondition(title: "t", description: "", expression: "true")
    let live: JSONValue = [
      "bindings": [
        ["role": "roles/viewer", "members": ["user:a@x.yz"]],
        [
          "role": "roles/viewer", "members": ["user:a@x.yz"],
          "condition": ["title": "t", "expression": "true"],
        ],
      ]
    ]
    var (graph, snapshot) = world(
      live, mine: [entry("roles/viewer", "user:a@x.yz")],
      theirs: [
        PolicyEntry(
          role: "roles/viewer", condition: condition,
          members: [SourcedText("user:a@x.yz", Fixture.place)], source: Fixture.place)
      ])
    #expect(!Planner(graph: graph, snapshot: snapshot).plan().hasDifferences)
    graph.others = OtherStacks()
    #expect(Planner(graph: graph, snapshot: snapshot).plan().hasDifferences)
  }

  /// A key that `formerly` moves to another stack, or to another name, did not leave the manifests: `--prune` keeps it.
  @Test func aKeyThatMovedIsNotDropped() {
    func key(_ name: String, _ commonName: String, formerly: [String] = []) -> DesiredKey {
      var key = DesiredKey(
        address: Address(project: "p-one", .serviceAccountKey, "uploader", name),
        account: Fixture.account("uploader"), email: "uploader@p-one.iam.gserviceaccount.com",
        origin: .uploaded, file: "\(name).json", expires: nil, rotateAfter: nil, overlap: 0,
        commonName: commonName, source: Fixture.place, dependencies: [])
      key.formerCommonNames = formerly
      return key
    }
    let account = Fixture.resource(Fixture.account("uploader"))
    let earlier = Fixture.graph([account], keys: [key("old", "arctl-1")])
    let today = Fixture.graph([account])
    let moved = Fixture.graph([], keys: [key("new", "arctl-2", formerly: ["arctl-1"])])
    let another = Fixture.graph([], keys: [key("new", "arctl-2")])
    #expect(DroppedDeclarations(from: earlier, to: today, besides: [moved]).keys.isEmpty)
    #expect(DroppedDeclarations(from: earlier, to: today, besides: [another]).keys.count == 1)
    let renamed = Fixture.graph(
      [account], keys: [key("new", "arctl-2", formerly: ["arctl-1"])])
    #expect(DroppedDeclarations(from: earlier, to: renamed).keys.isEmpty)
  }
}
