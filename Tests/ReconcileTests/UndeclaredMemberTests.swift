import Diagnostics
import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// How dangerous undeclared members are, and what a scope may hide.
@Suite struct UndeclaredMemberTests {
  private let repository = Fixture.repository("r")
  private let project = Address(project: "p-one", .project)
  private let number = "123456789012"

  /// A plan in which nothing is declared but the project, one repository and, in each of their policies, one grant.
  private func plan(
    _ bindings: (String, [String])..., on resource: Address? = nil,
    scope: (inout StackSettings.Scope) -> Void = { _ in },
    snapshot change: (inout Snapshot) -> Void = { _ in }
  ) -> Plan {
    let resource = resource ?? repository
    var graph = Fixture.graph(
      [Fixture.resource(project), Fixture.resource(repository)],
      policies: [Fixture.policy(resource, "roles/declared", ["user:a@example.com"])])
    scope(&graph.stack.scope)
    var snapshot = Snapshot()
    snapshot.resources = [
      project: Fixture.present(project, [:]), repository: Fixture.present(repository, [:]),
    ]
    snapshot.projectNumbers["p-one"] = number
    let all = [("roles/declared", ["user:a@example.com"])] + bindings
    snapshot.policies[resource.policy] = .present([
      "bindings": .array(
        all.map { ["role": .string($0.0), "members": .array($0.1.map { .string($0) })] })
    ])
    change(&snapshot)
    return Planner(graph: graph, snapshot: snapshot).plan()
  }

  private func standings(_ plan: Plan) -> [String: UndeclaredMember.Standing] {
    Dictionary(plan.undeclaredMembers.map { ($0.member, $0.standing) }) { $1 }
  }

  @Test func theMostDangerousComesFirst() {
    let plan = plan(
      ("roles/aaa.reader", ["group:g@example.com", "user:z@example.com", "allUsers"]),
      ("roles/iam.securityAdmin", ["group:g@example.com"]),
      ("roles/zzz.reader", ["allAuthenticatedUsers", "domain:gmail.com", "user:b@example.com"]))
    #expect(
      plan.undeclaredMembers.map { "\($0.standing.rawValue) \($0.role) \($0.member)" } == [
        "public roles/aaa.reader allUsers",
        "public roles/zzz.reader allAuthenticatedUsers",
        "public roles/zzz.reader domain:gmail.com",
        "privileged roles/iam.securityAdmin group:g@example.com",
        "user roles/aaa.reader user:z@example.com", "user roles/zzz.reader user:b@example.com",
        "other roles/aaa.reader group:g@example.com",
      ])
    let messages = plan.diagnostics.filter { $0.code == .undeclaredMembers }.map(\.message)
    #expect(messages.count == 6)
    #expect(
      messages.first
        == "no manifest grants `roles/aaa.reader` on `\(repository.policy)` to `allUsers` (public)")
    #expect(
      messages.last
        == "no manifest grants `roles/zzz.reader` on `\(repository.policy)` to `user:b@example.com`"
    )
  }

  /// The row of a policy that changes names its undeclared members in a line; the dangerous ones are reported besides.
  @Test func dangerousMembersOfChangedPoliciesAreReportedToo() {
    let plan = plan(("roles/x.reader", ["allUsers", "group:g@example.com"])) {
      _ in
    } snapshot: {
      $0.policies[repository.policy] = .present(
        Fixture.bindings(("roles/x.reader", ["allUsers", "group:g@example.com"])))
    }
    #expect(plan.hasChanges)
    #expect(plan.reportedMembers.map(\.member) == ["allUsers"])
    #expect(plan.diagnostics.count { $0.code == .undeclaredMembers } == 1)
  }

  /// A custom role counts with its permissions; one that no read showed is taken for privileged.
  @Test(
    arguments: [
      (["iam.serviceAccounts.actAs"], .privileged), (["x.setIamPolicy"], .privileged),
      (["artifactregistry.files.get"], .other), (nil, .privileged),
    ] as [([String]?, UndeclaredMember.Standing)])
  func customRoles(_ permissions: [String]?, _ standing: UndeclaredMember.Standing) {
    let role = Address(project: "p-one", .role, "custom")
    let plan = plan(("projects/p-one/roles/custom", ["group:g@example.com"])) { _ in
    } snapshot: {
      guard let permissions else { return }
      $0.undeclared = [
        LiveResource(
          address: role,
          value: ["includedPermissions": .array(permissions.map { .string($0) })])
      ]
    }
    #expect(standings(plan) == ["group:g@example.com": standing])
  }

  @Test func googlesOwnAccountsOfTheProjectAreOneLine() throws {
    let own = [
      "serviceAccount:service-\(number)@gcp-sa-pubsub.iam.gserviceaccount.com",
      "serviceAccount:\(number)@cloudservices.gserviceaccount.com",
      "serviceAccount:\(number)-compute@developer.gserviceaccount.com",
      "serviceAccount:p-one@appspot.gserviceaccount.com",
    ]
    let plan = plan(("roles/x.agent", own), on: project)
    #expect(Set(standings(plan).values) == [.google])
    #expect(plan.reportedMembers.isEmpty)
    let found = plan.diagnostics.filter { $0.code == .undeclaredMembers }
    #expect(found.map(\.severity) == [.note])
    #expect(
      found.map(\.message) == ["4 undeclared grants of Google's own accounts in 1 project"])
  }

  /// The accounts of another project act for its users, and without the project's number no account is known.
  @Test func googlesAccountsOfOtherProjectsAreNotCountedAway() {
    let others = [
      "serviceAccount:service-999999999999@gcp-sa-pubsub.iam.gserviceaccount.com",
      "serviceAccount:999999999999-compute@developer.gserviceaccount.com",
      "serviceAccount:p-two@appspot.gserviceaccount.com",
    ]
    #expect(Set(standings(plan(("roles/x.agent", others), on: project)).values) == [.other])
    let own = ["serviceAccount:\(number)@cloudservices.gserviceaccount.com"]
    let unknown = plan(("roles/x.agent", own), on: project) { _ in
    } snapshot: {
      $0.projectNumbers = [:]
    }
    #expect(Set(standings(unknown).values) == [.other])
  }

  /// Google gives the default accounts the editor role of the project, and nothing else that is privileged.
  @Test func privilegedRolesOfGooglesAccountsAreShown() {
    let compute = "serviceAccount:\(number)-compute@developer.gserviceaccount.com"
    let agent = "serviceAccount:service-\(number)@gcp-sa-pubsub.iam.gserviceaccount.com"
    func standing(_ role: String, _ member: String, on resource: Address)
      -> UndeclaredMember.Standing?
    { standings(plan((role, [member]), on: resource))[member] }
    #expect(standing("roles/editor", compute, on: project) == .google)
    #expect(standing("roles/editor", compute, on: repository) == .privileged)
    #expect(standing("roles/owner", compute, on: project) == .privileged)
    #expect(standing("roles/editor", agent, on: project) == .privileged)
  }

  @Test func aScopeIgnoresMembersByGlobs() {
    let plan = plan(
      (
        "roles/x.reader",
        ["group:sre-one@acme.com", "group:dev@acme.com", "user:SRE-ana@acme.com"]
      )
    ) {
      $0.ignoredMembers = [AddressGlob("group:sre-*@acme.com"), AddressGlob("user:sre-*")]
    }
    #expect(plan.undeclaredMembers.map(\.member) == ["group:dev@acme.com"])
    #expect(
      plan.ignoredMembers.map(\.member) == ["group:sre-one@acme.com", "user:sre-ana@acme.com"])
    #expect(plan.ignored.isEmpty)
  }

  /// Whatever the scope ignores, public and privileged grants are reported.
  @Test(arguments: ["members", "policy", "everything"])
  func aScopeNeverHidesDangerousMembers(_ by: String) {
    let plan = plan(
      ("roles/x.reader", ["allUsers", "group:g@example.com"]),
      ("roles/owner", ["user:eve@example.com"])
    ) {
      switch by {
      case "members": $0.ignoredMembers = [AddressGlob("**")]
      case "policy": $0.ignored = [AddressGlob("**")]
      default: $0.undeclared = .ignore
      }
    }
    #expect(plan.undeclaredMembers.map(\.member) == ["allUsers", "user:eve@example.com"])
    #expect(plan.ignoredMembers.map(\.member) == ["group:g@example.com"])
    #expect(!plan.hasChanges)
  }

  /// A run that reads the policies of undeclared resources changes none of them, whoever is revoked.
  @Test func policiesOfUndeclaredResourcesAreAReport() {
    let other = Fixture.repository("by-hand")
    var graph = Fixture.graph([Fixture.resource(project)])
    graph.stack.revoked = [SourcedText("user:gone@example.com", Fixture.place)]
    var snapshot = Snapshot()
    snapshot.resources = [project: Fixture.present(project, [:])]
    snapshot.undeclared = [LiveResource(address: other, value: [:])]
    snapshot.policies[other.policy] = .present(
      Fixture.bindings(("roles/x.reader", ["allUsers", "user:gone@example.com"])))
    let plan = Planner(graph: graph, snapshot: snapshot).plan()
    #expect(!plan.hasChanges)
    #expect(plan.undeclaredMembers.map(\.member) == ["allUsers", "user:gone@example.com"])
  }

  /// Neither undeclared things nor their danger are of a plan's id.
  @Test func theIDStays() {
    func id(_ members: [String]) -> String? {
      var graph = Fixture.graph(
        [Fixture.resource(repository)],
        policies: [Fixture.policy(repository, "roles/declared", ["user:a@example.com"])])
      graph.stack.scope.ignoredMembers = [AddressGlob("user:b@example.com")]
      var snapshot = Snapshot()
      snapshot.resources = [repository: Fixture.present(repository, [:])]
      snapshot.policies[repository.policy] = .present(Fixture.bindings(("roles/owner", members)))
      return Planner(graph: graph, snapshot: snapshot).plan().id
    }
    #expect(id([]) != nil)
    #expect(id([]) == id(["allUsers", "user:b@example.com"]))
  }
}
