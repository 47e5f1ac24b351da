import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// Resources that are never replaced, and the losses of a replacement.
@Suite struct ReplacementTests {
  let project = Address(project: "p-one", .project)
  let repository = Fixture.repository("r")

  func plan(
    _ resources: [DesiredResource], _ snapshot: Snapshot, policies: [DesiredPolicy] = [],
    allow flags: [Hazard.Flag] = []
  ) -> Plan {
    var planner = Planner(
      graph: Fixture.graph(resources, policies: policies), snapshot: snapshot)
    for flag in flags { planner.overrides.allowed[flag] = [AddressGlob("p-one/**")] }
    return planner.plan()
  }
  func row(_ plan: Plan, _ address: Address) -> Change? {
    plan.changes.first { $0.address == address }
  }

  @Test func aProjectIsNeverReplacedWhateverTheFlagsSay() throws {
    var moved = Fixture.resource(project, ["format": "DOCKER"])
    moved.lifecycle.allowReplace = true
    var snapshot = Snapshot()
    snapshot.resources = [
      project: Fixture.present(project, ["format": "PYTHON"]),
      repository: .absent(.confirmed),
    ]
    let child = Fixture.resource(repository, on: [project])
    let plan = plan([moved, child], snapshot, allow: [.replace, .dataLoss, .delete])
    let change = try #require(row(plan, project))
    #expect(change.action == .refused)
    #expect(change.refusals.map(\.code) == [.immutableField])
    #expect(change.refusals[0].message.contains("the id of a deleted project cannot be used again"))
    #expect(change.refusals[0].remedy?.contains("--allow") == false)
    #expect(row(plan, repository)?.waitsFor == project)
    #expect(plan.operations.isEmpty)
  }

  @Test func undeletingDoesNotChangeImmutableFields() {
    var snapshot = Snapshot()
    snapshot.resources = [
      project: .softDeleted(LiveResource(address: project, value: ["format": "PYTHON"]))
    ]
    let plan = plan([Fixture.resource(project, ["format": "DOCKER"])], snapshot)
    #expect(row(plan, project)?.refusals.map(\.code) == [.immutableField])
    #expect(row(plan, project)?.intended == .undelete)
    #expect(plan.operations.isEmpty)
  }

  /// The replacement of a parent deletes its children, so the same plan recreates them.
  @Test func theChildrenOfWhatIsReplacedAreCreatedAgain() throws {
    let part = Address(
      project: "p-one",
      FixtureKind(
        "part", in: .child(of: .repository, field: "repository"), .final(idIsReusable: true)
      )
      .id, "us", "r", "part")
    var snapshot = Snapshot()
    snapshot.resources = [
      project: Fixture.present(project, [:]),
      repository: Fixture.present(repository, ["format": "PYTHON"]),
      part: Fixture.present(part, ["description": "d"]),
    ]
    let child = Fixture.resource(part, ["description": "d"], on: [repository])
    let stays = plan([Fixture.resource(repository, ["format": "PYTHON"]), child], snapshot)
    #expect(row(stays, part)?.action == .unchanged)
    let all = plan([replaced, child], snapshot, allow: [.replace, .dataLoss, .delete])
    #expect(row(all, repository)?.action == .replace)
    #expect(row(all, part)?.action == .create)
    let order = all.operations.map { "\($0.address.id) \($0.dependencies.count)" }
    #expect(order.count == 3, "\(order)")
  }

  private var replaced: DesiredResource {
    var resource = Fixture.resource(
      repository, ["format": "DOCKER", "labels": ["team": "web"], "remote": ["uri": "u"]])
    resource.lifecycle.allowReplace = true
    return resource
  }
  private var handmade: JSONValue {
    [
      "format": "PYTHON", "mode": "STANDARD_REPOSITORY", "description": "by hand", "dryRun": false,
      "labels": ["team": "web", "foreign": "1"],
      "remote": ["uri": "u", "credentials": ["username": "me"]],
      "policies": ["old": ["id": "old", "action": "KEEP"]],
    ]
  }

  @Test func manuallySetFieldsAreNamed() {
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, handmade)]
    let remark =
      "replacing loses what no manifest declares: description, labels.foreign, policies, remote.credentials.username"
    #expect(row(plan([replaced], snapshot), repository)?.remarks.map(\.text) == [remark])
    #expect(
      row(plan([replaced], snapshot, allow: [.replace]), repository)?.remarks.map(\.text) == [
        remark
      ])
  }

  @Test func grantsOfAnUndeclaredPolicyAreReported() {
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, ["format": "PYTHON"])]
    snapshot.policies = [
      repository.policy: .present(Fixture.bindings(("roles/reader", ["user:z@x.com"])))
    ]
    #expect(
      row(plan([replaced], snapshot, allow: [.replace]), repository)?.remarks.map(\.text)
        == ["replacing loses what no manifest declares: roles/reader user:z@x.com"])
  }

  @Test func anUnreadPolicyBlocksTheReplacement() {
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, ["format": "PYTHON"])]
    snapshot.policies = [repository.policy: .unreadable(ReadProblem(.forbidden, "403"))]
    #expect(!plan([replaced], snapshot, allow: [.replace]).isComplete)
    snapshot.resources = [
      repository: Fixture.present(
        repository, ["format": "DOCKER", "labels": ["team": "web"], "remote": ["uri": "u"]])
    ]
    #expect(plan([replaced], snapshot, allow: [.replace]).isComplete)
  }

  @Test func unknownMembersAreNamedIfTheyAreLost() throws {
    var snapshot = Snapshot()
    snapshot.resources = [
      repository: Fixture.present(
        repository,
        [
          "format": "PYTHON", "future": 1,
          "policies": [
            "old": ["id": "old", "action": "KEEP", "later": 1],
            "new": ["id": "new", "action": "KEEP", "later": 2],
          ],
        ])
    ]
    let spec: JSONObject = ["format": "PYTHON", "policies": ["new": ["action": "KEEP"]]]
    let plan = plan([Fixture.resource(repository, spec)], snapshot)
    let change = try #require(row(plan, repository))
    #expect(change.action == .update)
    #expect(
      change.remarks.map(\.text) == [
        "this also removes what arctl does not know: `policies[\"old\"].later`"
      ])
    // The deletion of the resource deletes everything in it.
    let other = self.plan([replaced], snapshot)
    #expect(row(other, repository)?.remarks.contains { $0.text.contains("future") } == true)
  }

  @Test func aMemberNamedByItsProjectIsNotLost() {
    var resource = Fixture.resource(repository, ["format": "DOCKER"])
    resource.lifecycle.allowReplace = true
    var snapshot = Snapshot()
    snapshot.projectNumbers = ["p-one": "123"]
    snapshot.resources = [repository: Fixture.present(repository, ["format": "PYTHON"])]
    let agent = "serviceAccount:123@cloudservices.gserviceaccount.com"
    snapshot.policies = [
      repository.policy: .present(Fixture.bindings(("roles/reader", [agent])))
    ]
    let policy = Fixture.policy(repository, "roles/reader", ["serviceAgent:cloudservices@p-one"])
    let plan = plan(
      [resource], snapshot, policies: [policy], allow: [.replace])
    #expect(row(plan, repository.policy)?.remarks.isEmpty == true)
  }
}
