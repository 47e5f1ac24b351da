import JSON
import Model
import Platform
import Reconcile
import Resources
import Testing

/// The life of a key that was made elsewhere, against the sandbox.
@Suite struct ExternalKeyTests {
  private static let account =
    "/v1/projects/my-project-id/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com"
  private static let base = """
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    spec: {services: [artifactregistry.googleapis.com, iam.googleapis.com]}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: uploader}
    spec: {}

    """

  private static func key(_ name: String, _ spec: String, _ lifecycle: String = "{}") -> String {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccountKey
    metadata: {name: \(name)}
    lifecycle: \(lifecycle)
    spec: {serviceAccount: uploader, \(spec)}

    """
  }

  /// A sandbox with the account and a key of it that a person made.
  private struct World {
    let stage: SandboxStage
    let id: String

    init() async throws {
      stage = try SandboxStage()
      guard try await stage.apply(try stage.graph(base)).isComplete else { throw Unusable() }
      id = try await Self.made(stage)
    }

    struct Unusable: Error {}

    static func made(_ stage: SandboxStage) async throws -> String {
      let key = try await stage.call(.post, account + "/keys", [:])
      return String(key["name"]?.string?.split(separator: "/").last ?? "")
    }

    func graph(_ more: String = "", _ lifecycle: String = "{}") throws -> DesiredGraph {
      try stage.graph(base + key("ext", "origin: external, keyId: \(id)", lifecycle) + more)
    }

    func row(_ plan: Plan, _ name: String = "ext") -> Change? {
      plan.changes.first { $0.address.id == name }
    }

    /// What the reads of a drift check find undeclared besides grants.
    func undeclared(_ graph: DesiredGraph) async throws -> [String] {
      let snapshot = await SnapshotReader(
        client: try await stage.client(), keys: stage.keyStore, kinds: stage.kinds
      ).readSnapshot(of: graph, reach: ReportReach(isEverywhere: true, readsAllGrants: true))
      return snapshot.undeclared.map(\.address.id)
    }

    func liveIDs() async throws -> [String] {
      let answer = try await stage.call(.get, account + "/keys?keyTypes=USER_MANAGED")
      return (answer["keys"]?.array ?? []).compactMap {
        $0["name"]?.string?.split(separator: "/").last.map(String.init)
      }
    }
  }

  @Test func itsWholeLife() async throws {
    let world = try await World()
    let stage = world.stage
    defer { stage.stop() }
    #expect(try await world.undeclared(try stage.graph(Self.base)) == [world.id])
    let graph = try world.graph()
    #expect(try await world.undeclared(graph) == [])
    #expect(summary(try await stage.plan(graph)) == [])

    _ = try await stage.call(.post, "\(Self.account)/keys/\(world.id):disable", [:])
    let disabled = try await stage.plan(graph)
    #expect(summary(disabled) == [])
    #expect(world.row(disabled)?.remarks.isEmpty == false)
    _ = try await stage.call(.post, "\(Self.account)/keys/\(world.id):enable", [:])

    _ = try await stage.call(.delete, "\(Self.account)/keys/\(world.id)")
    let missing = try await stage.plan(graph)
    #expect(world.row(missing)?.refusals.map(\.code) == [.mustExist])
    #expect(missing.operations.isEmpty && Drift(missing).counts[.missing] == 1)
    let absent = try await stage.plan(try world.graph("", "{ensure: absent}"))
    #expect(world.row(absent)?.action == .gone)
  }

  @Test func itsEndReachesThePlan() async throws {
    let world = try await World()
    let stage = world.stage
    defer { stage.stop() }
    // A key of arctl's own, which a later set declares as made elsewhere.
    let own = try stage.graph(Self.base + Self.key("own", "destination: {file: own.json}"))
    #expect(try await stage.apply(own).isComplete)
    let id = try #require(try await world.liveIDs().first { $0 != world.id })
    let graph = try stage.graph(Self.base + Self.key("ext", "origin: external, keyId: \(id)"))
    let snapshot = await SnapshotReader(
      client: try await stage.client(), keys: stage.keyStore, kinds: stage.kinds
    ).readSnapshot(of: graph)
    func ageing(afterDays days: Int64) -> KeyAgeing? {
      var planner = Planner(graph: graph, snapshot: snapshot)
      planner.now = Int64(SystemClock().now) + days * 86_400
      return world.row(planner.plan())?.keyChange?.ageing
    }
    #expect(ageing(afterDays: 0) == nil)
    guard case .ends(let end)? = ageing(afterDays: 61), case .expired(end)? = ageing(afterDays: 91)
    else {
      Issue.record("no end")
      return
    }
    #expect(abs(end - Int64(SystemClock().now) - 90 * 86_400) < 86_400)
  }

  /// A key from Google has no name, and two of one account look alike.
  @Test(arguments: ["uploaded", "google"])
  func aKeyThatArctlMakesBesideItConverges(_ origin: String) async throws {
    let world = try await World()
    let stage = world.stage
    defer { stage.stop() }
    let graph = try world.graph(Self.key("own", "origin: \(origin), destination: {file: own.json}"))
    let plan = try await stage.plan(graph)
    #expect(summary(plan).map { $0.prefix(6) } == ["create"])
    let report = await stage.execute(plan, try await stage.client())
    #expect(report.isComplete, "\(report.failed)")
    #expect(summary(try await stage.plan(graph)) == [])
    #expect(try await world.undeclared(graph) == [])
    #expect(try await world.liveIDs().count == 2)

    // Ours goes, theirs stays.
    let gone = try world.graph(
      Self.key("own", "origin: \(origin), destination: {file: own.json}", "{ensure: absent}"))
    #expect(try await stage.apply(gone).isComplete)
    #expect(try await world.liveIDs() == [world.id])
    #expect(summary(try await stage.plan(gone)) == [])
  }

  @Test func aDeletionDeletesExactlyThisKey() async throws {
    let world = try await World()
    let stage = world.stage
    defer { stage.stop() }
    let other = try await World.made(stage)
    let own = Self.key("own", "destination: {file: own.json}")
    #expect(try await stage.apply(try world.graph(own)).isComplete)
    let graph = try world.graph(own, "{ensure: absent}")
    let guarded = try await stage.plan(graph, allowing: [])
    #expect(world.row(guarded)?.refusals.map(\.code) == [.deletionNotAllowed])
    #expect(guarded.operations.isEmpty)
    let before = Set(try await world.liveIDs())
    #expect(try await stage.apply(graph).isComplete)
    #expect(Set(try await world.liveIDs()) == before.subtracting([world.id]))
    #expect(try await world.liveIDs().contains(other))
    #expect(world.row(try await stage.plan(graph))?.action == .gone)
  }

  /// An authoritative scope deletes undeclared keys, and this one is declared.
  @Test func anAuthoritativeScopeLeavesIt() async throws {
    let world = try await World()
    let stage = world.stage
    defer { stage.stop() }
    let stray = try await World.made(stage)
    var graph = try world.graph()
    graph.stack.scope.kinds[.serviceAccountKey] = .authoritative
    let plan = try await stage.plan(graph)
    #expect(plan.changes.filter { $0.intended == .delete }.map(\.address.id) == [stray])
  }

  /// The list lags: a request for the key itself decides.
  @Test func aListWithoutItProvesNothing() async throws {
    let world = try await World()
    let stage = world.stage
    defer { stage.stop() }
    let graph = try world.graph()
    stage.transport.rewrite { url in
      // The other type of keys: the list is complete and lacks the one in question.
      url.replacing("keyTypes=USER_MANAGED", with: "keyTypes=SYSTEM_MANAGED")
    }
    #expect(summary(try await stage.plan(graph)) == [])
    _ = try await stage.call(.delete, "\(Self.account)/keys/\(world.id)")
    #expect(world.row(try await stage.plan(graph))?.refusals.map(\.code) == [.mustExist])
  }
}
