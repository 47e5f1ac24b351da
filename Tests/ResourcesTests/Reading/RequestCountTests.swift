import JSON
import Model
import TestSupport
import Testing

@testable import Resources

/// How many requests a plan needs.
@Suite struct RequestCountTests {
  @Test func readOnlyPlanOfTheBenchmarkStaysBelowAThousand() {
    var resources: [DesiredResource] = []
    var policies: [Address] = []
    var keys: [DesiredKey] = []
    for project in 0..<50 {
      let id = "project-\(project)"
      resources.append(Make.resource(Address(project: id, .project), create: false))
      policies.append(Address(project: id, .project).policy)
      for service in ["iam", "artifactregistry"] {
        resources.append(
          Make.resource(Address(project: id, .service, "\(service).googleapis.com")))
      }
      for index in 0..<10 {
        let repository = Address(
          project: id, .repository, ["us", "europe", "asia"][index % 3], "r\(index)")
        resources.append(Make.resource(repository))
        policies.append(repository.policy)
      }
      for index in 0..<6 {
        let account = Address(project: id, .serviceAccount, "account-\(index)")
        resources.append(Make.resource(account))
        guard index < 4 else { continue }
        var key = Make.key()
        key.address = Address(project: id, .serviceAccountKey, "account-\(index)", "k")
        key.account = account
        keys.append(key)
      }
    }
    var graph = Make.graph(resources, policies: policies, keys: keys)
    let plan = ReadPlan(graph, kinds: .google, selected: nil)
    // services + lists of repositories + policies + lists of accounts and of custom roles + accounts with keys
    #expect(plan.reads.count == 50 + 150 + (50 + 500) + (50 + 50) + 200)
    #expect(Set(plan.reads).count == plan.reads.count)
    // The benchmark has no custom roles.
    graph.stack.scope.kinds = [.role: .ignore]
    #expect(ReadPlan(graph, kinds: .google, selected: nil).reads.count <= 1000)
  }

  @Test func aCallReadsThirtyServices() {
    let services = (0..<61).map { Make.resource(Make.service("s\($0).googleapis.com")) }
    let plan = ReadPlan(Make.graph(services, scope: .ignore), kinds: .google, selected: nil)
    let sizes = plan.reads.map { read -> Int in
      if case .batch(_, let ids) = read { ids.count } else { 0 }
    }
    #expect(sizes == [30, 30, 1])
  }

  @Test func oneListReadsAllServicesOfAProjectWhereUndeclaredOnesAreReported() {
    let services = (0..<61).map { Make.resource(Make.service("s\($0).googleapis.com")) }
    let plan = ReadPlan(Make.graph(services), kinds: .google, selected: nil)
    #expect(plan.reads == [.list(.init(.service, project: "p"))])
  }

  @Test func twoHundredBindingsOnOneRepositoryAreOnePolicyRead() {
    let graph = Make.graph(
      [Make.resource(Make.repository)], policies: [Make.repository.policy])
    let plan = ReadPlan(graph, kinds: .google, selected: nil)
    #expect(plan.reads.count == 2)
  }

  @Test func onlyProjectsWithSomethingWrittenAreRead() {
    func reads(_ spec: JSONObject, create: Bool) -> [Read] {
      ReadPlan(
        Make.graph([
          Make.resource(Make.project, spec, create: create), Make.resource(Make.repository),
        ]), kinds: .google, selected: nil
      ).reads.filter { !$0.isGroup }
    }
    #expect(reads([:], create: false).isEmpty)
    #expect(reads([:], create: true) == [.resource(Make.project)])
    #expect(reads(["labels": ["a": "b"]], create: false) == [.resource(Make.project)])
    #expect(
      reads(["billingAccount": "billingAccounts/X"], create: false) == [.billing(project: "p")])
  }

  @Test func exclusiveEntriesNeedTheProjectNumberUnlessServicesShowIt() {
    func count(_ services: [String]) -> Int {
      var graph = Make.graph(services.map { Make.resource(Make.service($0)) })
      graph.policies[Make.project.policy] = DesiredPolicy(
        address: Make.project.policy,
        entries: [PolicyEntry(role: "roles/viewer", exclusive: true, source: Make.place)],
        dependencies: [])
      return ReadPlan(graph, kinds: .google, selected: nil).reads.count
    }
    #expect(count([]) == 2)
    #expect(count(["iam.googleapis.com"]) == 2)
  }
}
