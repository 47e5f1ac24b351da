import Diagnostics
import Model
import TestSupport
import Testing

@testable import Reconcile

/// Each member of `revoked` gets one line: removed from how many policies, in none, and what was not read.
@Suite struct RevokedMemberTests {
  private func notes(unread: Bool) -> [Diagnostic] {
    let (a, b) = (Fixture.repository("aa"), Fixture.repository("bb"))
    var graph = Fixture.graph([Fixture.resource(a), Fixture.resource(b)])
    graph.stack.revoked = ["user:gone@x.yz", "user:typo@x.yz"].map {
      SourcedText($0, Fixture.place)
    }
    var snapshot = Snapshot()
    for address in [a, b] {
      snapshot.resources[address] = .present(
        LiveResource(address: address, value: ["name": "x"]))
    }
    snapshot.policies[a.policy] = .present(Fixture.bindings(("roles/viewer", ["user:gone@x.yz"])))
    snapshot.policies[b.policy] =
      unread ? .unreadable(ReadProblem(.forbidden, "403")) : .present(Fixture.bindings())
    return Planner(graph: graph, snapshot: snapshot).plan().diagnostics
      .filter { $0.code == .revokedMembers }
  }

  @Test func aMemberThatIsNowhereIsNamed() {
    let found = notes(unread: false)
    #expect(found.map(\.severity) == [.note, .note])
    #expect(
      found.map(\.message) == [
        "revoked `user:gone@x.yz` is removed from 1 of the policies that were read (2)",
        "revoked `user:typo@x.yz` is in none of the policies that were read (2)",
      ])
  }

  @Test func unreadPoliciesAreNamed() {
    let found = notes(unread: true)
    #expect(found.map(\.severity) == [.warning, .warning])
    #expect(found[1].message.hasSuffix("(1); 1 was not read: `p-one/iam/repository/us/bb`"))
  }
}
