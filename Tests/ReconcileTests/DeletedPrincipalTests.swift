import JSON
import Model
import Testing

@testable import Reconcile

/// Google refuses a policy with a member and a deleted principal of the same e-mail, in any bindings.
@Suite struct DeletedPrincipalTests {
  private let repository = Fixture.repository("r")
  private let account = Fixture.account("uploader")
  private var member: String { Fixture.member("uploader") }

  private func bindings(
    _ live: JSONValue, account state: Observation<LiveResource>? = nil,
    wanting members: [String]? = nil
  ) throws -> [BindingChange] {
    var snapshot = Snapshot()
    snapshot.resources = [
      repository: Fixture.present(repository, [:]),
      account: state ?? Fixture.present(account, [:]),
    ]
    snapshot.policies[repository.policy] = .present(live)
    let plan = Planner(
      graph: Fixture.graph(
        [Fixture.resource(repository), Fixture.resource(account)],
        policies: [Fixture.policy(repository, "roles/writer", members ?? [member], on: [account])]),
      snapshot: snapshot
    ).plan()
    return try #require(plan.changes.first { $0.address.isPolicy }).bindings
  }

  private func removed(_ bindings: [BindingChange], _ role: String) -> [BindingChange.Removal] {
    bindings.first { $0.role == role && $0.condition == nil }?.removed ?? []
  }

  @Test func oneUnderAnotherRoleIsRemovedInTheSameWrite() throws {
    let dead = "deleted:\(member)?uid=1"
    let found = try bindings(Fixture.bindings(("roles/reader", [dead, "user:a@b.c"])))
    #expect(removed(found, "roles/reader") == [.init(dead, .tombstone)])
    #expect(found.first { $0.role == "roles/writer" }?.added == [member])
    // No other member is removed.
    #expect(found.first { $0.role == "roles/reader" }?.undeclared == ["user:a@b.c"])
  }

  @Test func oneUnderAConditionIsRemovedToo() throws {
    let dead = "deleted:\(member)?uid=1"
    let live: JSONValue = [
      "etag": "BwY=",
      "bindings": [
        [
          "role": "roles/reader", "members": [.string(dead)],
          "condition": ["title": "t", "expression": "true"],
        ]
      ],
    ]
    let found = try bindings(live)
    #expect(
      found.first { $0.condition != nil }?.removed == [.init(dead, .tombstone)])
  }

  @Test func severalOfThemAreRemovedEverywhere() throws {
    let dead = (1...3).map { "deleted:\(member)?uid=\($0)" }
    let found = try bindings(
      Fixture.bindings(("roles/reader", [dead[0], dead[1]]), ("roles/writer", [dead[2]])))
    #expect(removed(found, "roles/reader").map(\.member) == [dead[0], dead[1]])
    #expect(removed(found, "roles/writer").map(\.member) == [dead[2]])
  }

  @Test func withoutAnAddedMemberOfTheSameNameTheyStay() throws {
    let dead = "deleted:\(member)?uid=1"
    let other = try bindings(
      Fixture.bindings(("roles/reader", [dead])), wanting: ["user:else@x.y"])
    #expect(removed(other, "roles/reader").isEmpty)
  }

  /// The undelete restores the identity in its other bindings.
  @Test func anUndeletedAccountKeepsItsOtherGrants() throws {
    let dead = "deleted:\(member)?uid=7"
    let found = try bindings(
      Fixture.bindings(("roles/reader", [dead])), account: .absent(.confirmed))
    #expect(removed(found, "roles/reader").isEmpty)
  }

  /// The written policy has no member beside the deleted principal of the same name.
  @Test func theWrittenPolicyHasNoPair() throws {
    let dead = ["deleted:\(member)?uid=1", "deleted:\(member)?uid=2"]
    let live = Fixture.bindings(
      ("roles/reader", [dead[0], "user:a@b.c"]), ("roles/viewer", [dead[1]]))
    let written = PolicyIntent(try bindings(live)).apply(to: live)
    let members = (written["bindings"]?.array ?? []).flatMap(PolicyDocument.members)
    #expect(members.contains(member))
    #expect(!members.contains { PolicyMember.deletedPrincipal($0)?.member == member })
    #expect(members.contains("user:a@b.c"))
  }
}
