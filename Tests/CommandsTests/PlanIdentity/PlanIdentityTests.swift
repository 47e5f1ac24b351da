import Diagnostics
import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// The plan's id changes if and only if the plan shows other operations.
@Suite struct PlanIdentityTests {
  @Test(arguments: IdentityMutations.all.indices)
  func everythingShownOfAnOperationIsInTheID(_ index: Int) {
    let mutation = IdentityMutations.all[index]
    let before = IdentityWorld()
    var after = before
    mutation.apply(&after)
    let isShown = before.shown != after.shown
    let name = mutation.property
    switch mutation.meaning {
    case .operation:
      #expect(isShown, "\(name) is shown nowhere")
      #expect(before.id != after.id, "\(name) is shown, and the id stays the same")
      #expect(before.compared != after.compared, "\(name): a saved plan that is edited holds")
    case .context:
      #expect(before.id == after.id, "\(name) is not of what is carried out")
    case .hidden:
      #expect(!isShown, "\(name) is shown after all: classify it")
      #expect(before.id == after.id, "\(name) is shown nowhere, and changes the id")
    case .implied:
      #expect(!isShown, "\(name) is shown after all: classify it")
      #expect(before.id != after.id, "\(name)")
    case .refusal:
      #expect(isShown, "\(name) is shown nowhere")
      #expect(before.digest != after.digest, "\(name) is shown, and the digest stays the same")
      #expect(before.id == after.id, "\(name) is not carried out")
    }
  }

  /// Each new stored property is either in the id or not: the test fails until `IdentityMutations` says which.
  @Test func everyStoredPropertyIsClassified() throws {
    let world = IdentityWorld()
    let change = world.changes[4]
    let binding = try #require(change.bindings.first)
    let types: [(Any, [IdentityMutation])] = [
      (change, IdentityMutations.change),
      (try #require(world.changes[0].resource), IdentityMutations.resourceChange),
      (try #require(world.changes[5].keyChange), IdentityMutations.keyChange),
      (try #require(world.changes[0].fields.first), IdentityMutations.fieldChange),
      (binding, IdentityMutations.bindingChange),
      (try #require(binding.removed.first), IdentityMutations.removal),
      (try #require(binding.condition), IdentityMutations.condition),
      (try #require(world.planner.graph.keys[IdentityWorld.key]), IdentityMutations.desiredKey),
      (try #require(world.refused.hazards.first), IdentityMutations.hazard),
      (try #require(world.refused.refusals.first), IdentityMutations.refusal),
      (world.planner.selection, IdentityMutations.selection),
      (
        try #require(world.planner.selection.excludedGrants.first), IdentityMutations.grantPattern
      ),
      (world.planner.overrides, IdentityMutations.permissions),
      (world.planner.plan(), IdentityMutations.plan),
    ]
    for (value, mutations) in types {
      let stored = Mirror(reflecting: value).children.compactMap(\.label).sorted()
      #expect(stored == mutations.map(\.property).sorted(), "\(type(of: value))")
    }
  }

  /// Several changes at once: two plans have the same id if and only if they show the same operations.
  @Test func onlyPlansThatShowTheSameOperationsHaveTheSameID() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(state: seed)
    var idsByForm: [String: String?] = [:]
    for _ in 0..<200 {
      var world = IdentityWorld()
      for mutation in IdentityMutations.combinable
      where Int.random(in: 0..<12, using: &random) == 0 {
        mutation.apply(&world)
      }
      let form = world.compared.text(.canonical)
      if let seen = idsByForm[form] {
        #expect(seen == world.id, "seed \(seed)")
      }
      idsByForm[form] = world.id
    }
    #expect(Set(idsByForm.values.compactMap { $0 }).count > 50, "seed \(seed)")
  }

  /// Every two changes together: next to the first one, the second changes the id only if it is shown.
  @Test(arguments: IdentityMutations.combinable.indices)
  func noChangeHidesAnother(_ index: Int) {
    let first = IdentityMutations.combinable[index]
    var before = IdentityWorld()
    first.apply(&before)
    let (id, form) = (before.id, before.compared)
    for second in IdentityMutations.combinable {
      var after = before
      second.apply(&after)
      guard after.id != id else { continue }
      #expect(after.compared != form, "\(first.property), then \(second.property)")
    }
  }

  /// A digest covers the changes of the row and all its hazards.
  @Test(arguments: IdentityMutations.change.indices)
  func aDigestCoversWhatTheIDCovers(_ index: Int) {
    let mutation = IdentityMutations.change[index]
    guard case .operation = mutation.meaning else { return }
    for place in IdentityWorld().changes.indices {
      func digest(_ world: IdentityWorld) -> String {
        var row = world.changes[place]
        row.intended = row.action
        row.action = .refused
        return PlanIdentity.digest(ofRefused: row, key: world.planner.graph.keys[row.address])
      }
      let before = IdentityWorld()
      var after = before
      mutation.apply(&after)
      let isChanged =
        PlanIdentity.id(of: before.planner, changes: [before.changes[place]])
        != PlanIdentity.id(of: after.planner, changes: [after.changes[place]])
      guard isChanged, mutation.property != "intended" else { continue }
      #expect(digest(before) != digest(after), "\(mutation.property) of row \(place)")
    }
  }

  @Test func aPlanWithoutOperationsHasNoID() {
    var world = IdentityWorld()
    for action in Change.Action.allCases {
      world.changes = [world.changes[0]]
      world.changes[0].action = action
      #expect((world.id == nil) == !world.changes[0].isWrite, "\(action)")
    }
    world.changes = []
    #expect(world.id == nil)
  }

  @Test func theOrderOfRowsFieldsAndOptionsHasNoEffect() {
    var world = IdentityWorld()
    let first = world.id
    world.changes.reverse()
    world.planner.overrides.allowed[.delete] = [
      AddressGlob("my-project-id/role/*"), AddressGlob("my-project-id/role/*"),
    ]
    #expect(world.id == first)
  }

  /// The names in ids and JSON. Renaming a case must not change a name.
  @Test func theNamesAreStable() {
    #expect(
      Change.Action.allCases.map(\.rawValue) == [
        "create", "update", "delete", "replace", "undelete", "unchanged", "gone", "heldElsewhere",
        "pending", "refused", "unreadable", "waiting",
      ])
    #expect(
      BindingChange.Removal.Cause.allCases.map(\.rawValue) == [
        "absent", "revoked", "exclusive", "deletion", "deadTwin", "superseded", "dropped",
      ])
    #expect(
      Hazard.Flag.allCases.map(\.rawValue) == [
        "allow-delete", "allow-data-loss", "allow-replace", "allow-cleanup", "allow-lockout",
        "allow-privileged", "allow-public",
      ])
    #expect(DesiredKey.Origin.allCases.map(\.rawValue) == ["uploaded", "google", "external"])
    #expect(
      KindSet.google.resources.map(\.addressName) == [
        "project", "repository", "rule", "serviceAccount", "serviceAccountKey", "role",
        "workloadIdentityPool", "workloadIdentityPoolProvider", "secret", "service", "keyRing",
        "cryptoKey",
      ])
    #expect(KindID.policy.name == "iam")
    let orders: [KeyAction] = [
      .issue, .reissue(replacing: "k"), .supersede(["k", "l"]), .resume,
      .importExisting(keyID: "k"), .removeLeftovers,
      .delete(keyID: "k"),
    ]
    #expect(
      orders.map(\.name) == [
        "issue", "reissue", "supersede", "resume", "adopt", "tidy", "delete",
      ])
    #expect(orders.map(\.keyIDs) == [[], ["k"], ["k", "l"], [], ["k"], [], ["k"]])
    #expect(orders.map { KeyAction(name: $0.name, keyIDs: $0.keyIDs) } == orders)
  }
}
