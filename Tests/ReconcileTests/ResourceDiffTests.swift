import JSON
import Model
import Testing

@testable import Reconcile

@Suite struct ResourceDiffTests {
  private let repository = Fixture.repository("r")

  /// The repository's row, and the plan's id.
  private func row(
    _ resource: DesiredResource, _ live: Observation<LiveResource>,
    allow: [Hazard.Flag: String] = [:]
  ) -> (change: Change?, id: String?) {
    var snapshot = Snapshot()
    snapshot.resources = [repository: live]
    var planner = Planner(
      graph: Fixture.graph([resource]), snapshot: snapshot)
    planner.overrides.allowed = allow.mapValues { [AddressGlob($0)] }
    let plan = planner.plan()
    return (plan.changes.first { $0.address == repository }, plan.id)
  }

  /// Google accepts some fields and never returns them: a plan shows them nevertheless when it sends them.
  @Test func inputOnlyFieldsAreShownWhereTheyAreSent() {
    let spec: JSONObject = ["format": "PYTHON", "remote": ["uri": "u", "skipCheck": true]]
    let resource = Fixture.resource(repository, spec)
    func paths(_ change: Change?) -> [String]? { change?.fields.map(\.path.description) }
    let made = row(resource, .absent(.confirmed))
    #expect(paths(made.change) == ["format", "remote.uri", "remote.skipCheck"])
    var without = resource
    without.spec["remote"] = ["uri": "u"]
    #expect(row(without, .absent(.confirmed)).id != made.id)

    let live: JSONValue = ["format": "PYTHON", "remote": ["uri": "u"]]
    #expect(row(resource, Fixture.present(repository, live)).change?.action == .unchanged)
    var replaceable = resource
    replaceable.lifecycle.allowReplace = true
    let other: JSONValue = ["format": "DOCKER", "remote": ["uri": "u"]]
    let replaced = row(
      replaceable, Fixture.present(repository, other), allow: [.replace: repository.description])
    #expect(replaced.change?.action == .replace)
    #expect(paths(replaced.change) == ["format", "remote.skipCheck"])
  }

  /// The live state is unknown, so the row has no remarks on the spec.
  @Test func anUnreadableResourceShowsOnlyTheHelp() {
    let resource = Fixture.resource(repository, ["marker": [:]])
    #expect(row(resource, .absent(.confirmed)).change?.remarks.map(\.text) == ["marked"])
    let problem = ReadProblem(.forbidden, "403", help: "ask")
    #expect(row(resource, .unreadable(problem)).change?.remarks.map(\.text) == ["ask"])
  }
}
