import JSON
import Kinds
import Model
import TestSupport
import Testing

@testable import CloudResources
@testable import GoogleCloud
@testable import Resources

/// How far a plan and a drift check look for what no manifest declares.
@Suite struct ReportReachTests {
  private let drift = ReportReach(isEverywhere: true, readsAllGrants: true)
  private let declared = Make.resource(Make.project, create: false)

  private func graph(_ others: DesiredResource...) -> DesiredGraph {
    var graph = Make.graph([declared] + others)
    graph.stack.defaultLocation = "us"
    return graph
  }

  private func read(
    _ graph: DesiredGraph, _ stage: LiveStage, _ reach: ReportReach
  ) async -> Snapshot {
    await SnapshotReader(client: stage.client, keys: nil, kinds: .google)
      .readSnapshot(of: graph, reach: reach)
  }

  /// A project with an account and, in each of two locations, a repository.
  ///
  /// - Parameter listsPools: whether the run looks for pools, as a drift check does.
  private func stage(listsPools: Bool = true) throws -> LiveStage {
    let stage = try LiveStage()
    if listsPools {
      stage.cloud.on("GET /v1/projects/p/locations/global/workloadIdentityPools", .json([:]))
      stage.cloud.on("GET /v1/projects/p/secrets", .json([:]))
    }
    stage.cloud.on("GET /v3/projects/p", .json(Make.live(Make.project)))
    stage.cloud.on(
      "GET /v1/projects/p/serviceAccounts", .json(["accounts": [Make.live(Make.account)]]))
    stage.cloud.on("GET /v1/projects/p/roles", .json([:]))
    for location in ["us", "asia"] {
      stage.cloud.on(
        "GET /v1/projects/p/locations/\(location)/repositories",
        .json(["repositories": [Make.live(Address(project: "p", .repository, location, "r"))]]))
    }
    return stage
  }

  @Test func aPlanNamesTheOtherLocationsInOneLine() async throws {
    let stage = try stage(listsPools: false)
    let snapshot = await read(graph(), stage, ReportReach())
    #expect(
      snapshot.undeclared.map(\.address.local) == ["repository/us/r", "serviceAccount/uploader"])
    #expect(snapshot.notLookedIn == ["repositories in other locations than us"])
    #expect(snapshot.notChecked.isEmpty)
    #expect(!snapshot.lacksReports)
    #expect(stage.cloud.requests.count == 4)
  }

  @Test func onlyWhatIsReportedIsLookedFor() async throws {
    var ignoring = graph()
    ignoring.stack.scope.kinds = [.repository: .ignore]
    let stage = try stage()
    for path in [
      "/v3/projects/p", "/v1/projects/p", "/v1/projects/p/serviceAccounts/\(Make.email)",
    ] {
      stage.cloud.on("POST \(path):getIamPolicy", .json(["etag": "ACAB"]))
    }
    let snapshot = await read(ignoring, stage, drift)
    #expect(snapshot.notLookedIn.isEmpty)
    #expect(
      !stage.cloud.requests.contains {
        $0.contains("/locations") && !$0.contains("/workloadIdentityPools")
      })
    #expect(
      await read(ignoring, try self.stage(listsPools: false), ReportReach()).notLookedIn.isEmpty)
  }

  @Test func aDriftCheckLooksInAllLocationsAndReadsAllPolicies() async throws {
    let stage = try stage()
    stage.cloud.on(
      "GET /v1/projects/p/locations",
      .json(["locations": [["locationId": "us"], ["locationId": "asia"]]]))
    let hand: JSONValue = [
      "bindings": [["role": "roles/viewer", "members": ["allUsers"]]], "etag": "ACAB",
    ]
    stage.cloud.on("POST /v3/projects/p:getIamPolicy", .json(["etag": "ACAB"]))
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .json(["etag": "ACAB"]))
    for location in ["us", "asia"] {
      stage.cloud.on(
        "GET /v1/projects/p/locations/\(location)/repositories/r:getIamPolicy", .json(hand))
    }
    stage.cloud.on(
      "POST /v1/projects/p/serviceAccounts/\(Make.email):getIamPolicy", .json(["etag": "ACAB"]))
    let snapshot = await read(graph(), stage, drift)
    let asia = Address(project: "p", .repository, "asia", "r")
    #expect(
      snapshot.undeclared.map(\.address) == [
        asia, Address(project: "p", .repository, "us", "r"), Make.account,
      ])
    guard case .present(let policy) = snapshot.policies[asia.policy] else {
      Issue.record("the policy of \(asia) was not read")
      return
    }
    #expect(policy["bindings"]?.array?.count == 1)
    #expect(snapshot.notChecked.isEmpty)
    #expect(snapshot.notLookedIn.isEmpty)
    #expect(!snapshot.lacksReports)
  }

  @Test func whatCannotBeReadIsNamed() async throws {
    let stage = try stage()
    stage.cloud.on("GET /v1/projects/p/locations", .forbidden)
    stage.cloud.on("POST /v3/projects/p:getIamPolicy", .forbidden)
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .forbidden)
    stage.cloud.on("GET /v1/projects/p/locations/us/repositories/r:getIamPolicy", .forbidden)
    stage.cloud.on(
      "POST /v1/projects/p/serviceAccounts/\(Make.email):getIamPolicy", .json(["etag": "ACAB"]))
    let snapshot = await read(graph(), stage, drift)
    #expect(snapshot.notChecked.count == 3, "\(snapshot.notChecked)")
    #expect(snapshot.notChecked.contains { $0.hasPrefix("members of p/project: ") })
    #expect(snapshot.notChecked.contains { $0.hasPrefix("members of p/repository/us/r: ") })
    #expect(
      snapshot.notChecked.contains { $0.hasPrefix("repositories of p in other locations: ") })
    #expect(snapshot.lacksReports)
  }

  /// Where the API is not enabled, nothing of it is served: that is named, and is not a failure.
  @Test func aDisabledServiceIsNoFailure() async throws {
    let stage = try LiveStage()
    stage.cloud.on("GET /v3/projects/p", .json(Make.live(Make.project)))
    stage.cloud.on("GET /v1/projects/p/serviceAccounts", .json([:]))
    stage.cloud.on("GET /v1/projects/p/locations/global/workloadIdentityPools", .json([:]))
    stage.cloud.on("GET /v1/projects/p/secrets", .json([:]))
    stage.cloud.on("GET /v1/projects/p/roles", .json([:]))
    stage.cloud.on("POST /v3/projects/p:getIamPolicy", .json(["etag": "ACAB"]))
    stage.cloud.on("POST /v1/projects/p:getIamPolicy", .json(["etag": "ACAB"]))
    for path in ["/locations", "/locations/us/repositories"] {
      stage.cloud.on(
        "GET /v1/projects/p\(path)", .disabled("artifactregistry.googleapis.com"))
    }
    let snapshot = await read(graph(), stage, drift)
    #expect(snapshot.notChecked.count == 2, "\(snapshot.notChecked)")
    #expect(snapshot.notChecked.allSatisfy { $0.hasSuffix(" is not enabled") })
    #expect(!snapshot.lacksReports)
  }

  /// The keys of every declared account, and one policy for each declared resource.
  @Test func theRequestsOfADriftCheck() throws {
    let repositories = ["us", "europe"].map { location in
      Make.resource(Address(project: "p", .repository, location, "r"))
    }
    var graph = graph(Make.resource(Make.account))
    for repository in repositories { graph.resources[repository.address] = repository }
    let search = LocationSearch(kind: .repository, project: "p")
    let pool = try #require(KindSet.google["workloadIdentityPool"])
    let secret = try #require(KindSet.google["secret"])
    #expect(
      LocationSearch.all(graph, kinds: .google, selected: nil, listsIgnored: false) == [search])
    let plan = ReadPlan(graph, kinds: .google, selected: nil)
    let check = ReadPlan(
      graph, kinds: .google, selected: nil, reach: drift,
      locations: [search: FoundLocations(ids: ["asia", "europe", "us"])])
    let added = Set(check.reads).subtracting(plan.reads)
    #expect(Set(plan.reads).isSubset(of: check.reads))
    #expect(
      added == [
        .list(.init(.repository, project: "p", ["asia"])), .keys(Make.account),
        .list(.init(pool, project: "p")), .list(.init(secret, project: "p")),
        .policy(Make.project.policy), .policy(Make.account.policy),
        .policy(repositories[0].address.policy), .policy(repositories[1].address.policy),
      ])
  }

  /// Few projects have pools, so a plan of other resources needs neither their list nor its permission.
  @Test func poolsAreSoughtWhereTheManifestsNameOne() throws {
    let kind = try #require(KindSet.google["workloadIdentityPool"])
    let list = Read.list(.init(kind, project: "p"))
    func reads(_ graph: DesiredGraph, _ reach: ReportReach = ReportReach()) -> [Read] {
      ReadPlan(graph, kinds: .google, selected: nil, reach: reach).reads
    }
    #expect(!reads(graph()).contains(list))
    #expect(reads(graph(Make.resource(Address(project: "p", kind, "pool")))).contains(list))
    #expect(reads(graph(), drift).contains(list))
    var named = graph()
    named.stack.scope.kinds = [kind: .report]
    #expect(reads(named).contains(list))
  }
}
