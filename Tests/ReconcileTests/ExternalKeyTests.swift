import Diagnostics
import Model
import TestSupport
import Testing

@testable import Reconcile

/// Keys that were made elsewhere, alone and beside keys that arctl makes.
@Suite struct ExternalKeyTests {
  private static let account = Fixture.account("uploader")
  private static let email = "uploader@p-one.iam.gserviceaccount.com"
  private static let day: Int64 = 86_400

  private static func key(
    _ name: String, _ origin: DesiredKey.Origin, id: String? = nil,
    _ ensure: Lifecycle.Ensure = .present, protect: Bool = false
  ) -> DesiredKey {
    var key = DesiredKey(
      address: Address(project: "p-one", .serviceAccountKey, "uploader", name), account: account,
      email: email, origin: origin, file: origin == .external ? "" : "\(name).json",
      expires: origin == .uploaded ? 90 * day : nil, rotateAfter: nil, overlap: day,
      commonName: origin == .external ? "" : "arctl-\(name)", source: Fixture.place,
      dependencies: [account])
    key.keyID = id
    key.lifecycle.ensure = ensure
    key.lifecycle.protect = protect
    return key
  }

  private static func live(
    _ id: String, uploaded: Bool = false, disabled: Bool = false, from: Int64? = 0,
    until: Int64? = nil, name: String? = nil
  ) -> LiveKey {
    LiveKey(
      id: id, isUploaded: uploaded, isDisabled: disabled, validAfter: from, validBefore: until,
      fingerprint: uploaded ? "print-\(id)" : nil, commonName: name)
  }

  private static func plan(
    _ keys: [DesiredKey], _ live: [LiveKey], files: [String: String] = [:], now: Int64 = 1_000,
    others: [DesiredKey] = [], allow: [Hazard.Flag: [AddressGlob]] = [:]
  ) -> Plan {
    var graph = Fixture.graph([], keys: keys)
    if !others.isEmpty { graph.others = OtherStacks([Fixture.graph([], keys: others)]) }
    var snapshot = Snapshot()
    snapshot.keys[account] = .present(live)
    for key in keys where key.origin != .external {
      let file = files[key.address.id].map {
        KeyDestination.State.file(.init(keyID: $0, email: email, fingerprint: "print-\($0)"))
      }
      snapshot.destinations[key.address] = KeyDestination(state: file ?? .empty, path: key.file)
    }
    var planner = Planner(graph: graph, snapshot: snapshot)
    planner.now = now
    planner.overrides.allowed = allow
    // The limits on deletions count all rows together.
    planner.overrides.maximumDeletes = 100
    return planner.plan()
  }

  private static func row(_ plan: Plan, _ name: String = "ext") -> Change? {
    plan.changes.first { $0.address.id == name }
  }

  // MARK: one key

  @Test func aLiveKeyIsUnchanged() {
    let plan = Self.plan([Self.key("ext", .external, id: "k1")], [Self.live("k1")])
    #expect(Self.row(plan)?.action == .unchanged)
    #expect(Self.row(plan)?.isNoteworthy == false)
    #expect(plan.operations.isEmpty && plan.diagnostics.isEmpty && plan.id == nil)
    #expect(Drift(plan).isEmpty)
  }

  @Test func aMissingKeyMustExistAndIsNeverCreated() throws {
    let plan = Self.plan([Self.key("ext", .external, id: "k1")], [Self.live("k2")])
    let row = try #require(Self.row(plan))
    #expect(row.action == .refused && row.refusals.map(\.code) == [.mustExist])
    #expect(row.refusals.first?.isLiftedByFlag == false)
    #expect(plan.operations.isEmpty)
    #expect(Drift(plan).counts == [.missing: 1])
  }

  @Test func aDisabledKeyIsAFactAndNoChange() throws {
    let plan = Self.plan(
      [Self.key("ext", .external, id: "k1")], [Self.live("k1", disabled: true, until: 500)])
    let row = try #require(Self.row(plan))
    #expect(row.action == .unchanged && row.remarks.count == 1)
    #expect(row.keyChange?.ageing == nil)
    #expect(Drift(plan).isEmpty)
  }

  @Test func theEndAndTheAgeAreReportedInTheirTime() {
    func ageing(_ live: LiveKey, at day: Int64, _ seconds: Int64 = 0) -> KeyAgeing? {
      KeyAgeing(live, now: day * Self.day + seconds)
    }
    // A third of a short time, 30 days of a long one.
    let short = Self.live("k1", until: 9 * Self.day)
    #expect(ageing(short, at: 6, -1) == nil)
    #expect(ageing(short, at: 6) == .ends(9 * Self.day))
    #expect(ageing(short, at: 9, -1) == .ends(9 * Self.day))
    #expect(ageing(short, at: 9) == .expired(9 * Self.day))
    let long = Self.live("k1", until: 3650 * Self.day)
    #expect(ageing(long, at: 3620, -1) == nil)
    #expect(ageing(long, at: 3620) == .ends(3650 * Self.day))
    let unknownStart = Self.live("k1", from: nil, until: 100 * Self.day)
    #expect(ageing(unknownStart, at: 69) == nil)
    #expect(ageing(unknownStart, at: 70) == .ends(100 * Self.day))
    let endless = Self.live("k1")
    #expect(ageing(endless, at: 90, -1) == nil)
    #expect(ageing(endless, at: 90) == .old(since: 0))
    #expect(ageing(Self.live("k1", from: nil), at: 9_000) == nil)
  }

  @Test func onlyAnEndCountsAsExpiring() {
    let keys = [Self.key("ext", .external, id: "k1")]
    func found(_ live: LiveKey) -> ([String], Int?) {
      let plan = Self.plan(keys, [live], now: 400 * Self.day)
      return (
        plan.diagnostics.map { "\($0.severity.rawValue) \($0.code.rawValue) \($0.message)" },
        Drift(plan).counts[.expiring]
      )
    }
    let address = keys[0].address
    #expect(
      found(Self.live("k1", until: 300 * Self.day))
        == (["warning AR0315 `\(address)` expired on 1970-10-28"], 1))
    #expect(
      found(Self.live("k1", until: 401 * Self.day))
        == (["warning AR0315 `\(address)` expires on 1971-02-06"], 1))
    let old = found(Self.live("k1"))
    #expect(old.0.map { $0.prefix(12) } == ["note AR0315 "])
    #expect(old.1 == nil)
  }

  @Test func anUnreadableAccountProvesNothing() {
    for ensure in [Lifecycle.Ensure.present, .absent] {
      var snapshot = Snapshot()
      snapshot.keys[Self.account] = .unreadable(ReadProblem(.forbidden, "403"))
      let graph = Fixture.graph([], keys: [Self.key("ext", .external, id: "k1", ensure)])
      let plan = Planner(graph: graph, snapshot: snapshot).plan()
      #expect(Self.row(plan)?.action == .unreadable)
      #expect(Self.row(Planner(graph: graph, snapshot: Snapshot()).plan())?.action == .unreadable)
    }
  }

  /// A new account has no keys; one that returns may bring them along.
  @Test func theKeyOfAnAccountThatIsCreatedIsMissing() {
    var snapshot = Snapshot()
    snapshot.resources[Self.account] = .absent(.confirmed)
    snapshot.keys[Self.account] = .absent(.notYetThere(because: Self.account))
    let graph = Fixture.graph(
      [Fixture.resource(Self.account)], keys: [Self.key("ext", .external, id: "k1")])
    let plan = Planner(graph: graph, snapshot: snapshot).plan()
    #expect(Self.row(plan)?.refusals.map(\.code) == [.mustExist])
    snapshot.resources[Self.account] = .softDeleted(LiveResource(address: Self.account, value: [:]))
    let returning = Planner(graph: graph, snapshot: snapshot).plan()
    #expect(Self.row(returning)?.action == .pending)
  }

  // MARK: deletion

  @Test func theDeletionIsGuardedAndNamesExactlyOneKey() throws {
    let keys = [Self.key("ext", .external, id: "k1", .absent)]
    let live = [Self.live("k1"), Self.live("k2")]
    let refused = try #require(Self.row(Self.plan(keys, live)))
    #expect(refused.refusals.map(\.code) == [.deletionNotAllowed])
    let allowed = Self.plan(
      keys, live, allow: [.delete: [AddressGlob(keys[0].address.description)]])
    #expect(Self.row(allowed)?.key == .delete(keyID: "k1"))
    #expect(Self.row(Self.plan(keys, [Self.live("k2")]))?.action == .gone)
    let protected = Self.plan(
      [Self.key("ext", .external, id: "k1", .absent, protect: true)], live,
      allow: [.delete: [AddressGlob("p-one/**")]])
    #expect(Self.row(protected)?.refusals.map(\.code) == [.protected])
  }

  @Test func theIDOfThePlanNamesTheKey() {
    let all: [Hazard.Flag: [AddressGlob]] = [.delete: [AddressGlob("p-one/**")]]
    let live = [Self.live("k1"), Self.live("k2")]
    let ids = ["k1", "k2"].map {
      Self.plan([Self.key("ext", .external, id: $0, .absent)], live, allow: all).id
    }
    #expect(ids[0] != nil && ids[0] != ids[1])
  }

  // MARK: beside keys that arctl makes

  @Test func aKeyFromGoogleIsNotTakenForADeclaredOne() {
    let own = Self.key("own", .google)
    let external = Self.key("ext", .external, id: "k1")
    // Without the external document, the only such key would be the declared one.
    #expect(Self.row(Self.plan([own], [Self.live("k1")]), "own")?.action == .heldElsewhere)
    let plan = Self.plan([own, external], [Self.live("k1")])
    #expect(Self.row(plan, "own")?.key == .issue)
    #expect(Self.row(plan)?.action == .unchanged)
    guard case .key(_, let key)? = plan.operations.first?.action else {
      Issue.record("no operation")
      return
    }
    #expect(key.namedElsewhere == ["k1"])
    // The same if another stack declares it.
    let foreign = Self.plan([own], [Self.live("k1")], others: [external])
    #expect(Self.row(foreign, "own")?.key == .issue)
  }

  @Test func oneLiveKeyHasOneDeclaration() {
    let external = Self.key("ext", .external, id: "k1")
    let byFile = Self.plan(
      [Self.key("own", .google), external], [Self.live("k1")], files: ["own": "k1"])
    #expect(Self.row(byFile)?.refusals.map(\.code) == [.keyDuplicate])
    #expect(Self.row(byFile, "own")?.action == .unchanged)
    let byName = Self.plan(
      [Self.key("own", .uploaded), external],
      [Self.live("k1", uploaded: true, until: 90 * Self.day, name: "arctl-own")])
    #expect(Self.row(byName)?.refusals.map(\.code) == [.keyDuplicate])
    #expect(Self.row(byName, "own")?.action == .heldElsewhere)
  }

  /// The two documents disagree about one key: it stays.
  @Test func whatADocumentKeepsIsNotDeletedByAnother() {
    let all: [Hazard.Flag: [AddressGlob]] = [.delete: [AddressGlob("p-one/**")]]
    let live = Self.live("k1", uploaded: true, until: 90 * Self.day, name: "arctl-own")
    let goes = Self.plan(
      [Self.key("own", .uploaded, .absent), Self.key("ext", .external, id: "k1")], [live],
      files: ["own": "k1"], allow: all)
    #expect(Self.row(goes, "own")?.action == .gone)
    #expect(goes.operations.isEmpty)
    let stays = Self.plan(
      [Self.key("own", .uploaded), Self.key("ext", .external, id: "k1", .absent)], [live],
      files: ["own": "k1"], allow: all)
    #expect(Self.row(stays)?.action == .gone)
    #expect(Self.row(stays, "own")?.action == .unchanged)
    #expect(stays.operations.isEmpty)
  }

  /// Keys that were made elsewhere, with their documents, change nothing for the other documents of the account.
  @Test(arguments: 0..<400) func othersArePlannedAsWithoutThem(_ seed: UInt64) {
    var random = SeededRandom(state: seed)
    var keys: [DesiredKey] = []
    var live: [LiveKey] = []
    var files: [String: String] = [:]
    for name in ["a", "b", "c"] where random.chance(70) {
      let origin = random.pick(DesiredKey.Origin.made)
      keys.append(Self.key(name, origin, random.chance(80) ? .present : .absent))
      guard random.chance(70) else { continue }
      live.append(
        Self.live(
          "live-\(name)", uploaded: origin == .uploaded, disabled: random.chance(10),
          until: origin == .uploaded ? 90 * Self.day : nil,
          name: origin == .uploaded ? "arctl-\(name)" : nil))
      if random.chance(60) { files[name] = "live-\(name)" }
    }
    var externals: [DesiredKey] = []
    var theirs: [LiveKey] = []
    for number in 1...3 where random.chance(70) {
      let id = "ext-\(number)"
      externals.append(
        Self.key(id, .external, id: id, random.chance(80) ? .present : .absent))
      if random.chance(80) {
        theirs.append(
          Self.live(
            id, uploaded: random.chance(50), disabled: random.chance(20),
            until: random.chance(30) ? 10 : nil, name: random.chance(20) ? "CN=x" : nil))
      }
    }
    let all: [Hazard.Flag: [AddressGlob]] = [.delete: [AddressGlob("p-one/**")]]
    let alone = Self.plan(keys, live, files: files, allow: all)
    let together = Self.plan(
      keys + externals, (live + theirs).sorted { $0.id < $1.id }, files: files, allow: all)
    func rows(_ plan: Plan) -> [String] {
      plan.changes.filter { !$0.address.id.hasPrefix("ext-") }.map {
        "\($0.address) \($0.action) \($0.key.map { "\($0)" } ?? "") \($0.reason?.text ?? "") "
          + $0.refusals.map(\.code.rawValue).joined(separator: " ")
      }
    }
    #expect(rows(together) == rows(alone), "seed \(seed)")
    for change in together.changes where change.address.id.hasPrefix("ext-") {
      let isDeletion = change.key == .delete(keyID: change.address.id)
      #expect(change.key == nil || isDeletion, "seed \(seed)")
      #expect(![.create, .update].contains(change.action), "seed \(seed)")
    }
  }
}
