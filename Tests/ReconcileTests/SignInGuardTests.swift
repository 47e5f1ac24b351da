import Diagnostics
import Model
import TestSupport
import Testing

@testable import Reconcile

/// A run that signs in by a pool keeps what it acts by, unless a flag allows the loss.
@Suite struct SignInGuardTests {
  private static let pool =
    "iam.googleapis.com/projects/7/locations/global/workloadIdentityPools/pool"
  private let jobs = "principalSet://\(pool)/attribute.repository_id/77"
  private let others = "principalSet://\(pool.replacing("pool", with: "pond"))/*"
  private let account = Fixture.account("publisher")
  private let repository = Fixture.repository("r")
  private let project = Address(project: "p-one", .project, "p-one")

  private func codes(
    removing member: String, of role: String, on resource: Address, as accounts: [String] = [],
    keeping: [String] = ["user:a@x.y"]
  ) -> [DiagnosticCode] {
    var snapshot = Snapshot()
    snapshot.resources = [resource: Fixture.present(resource, [:])]
    snapshot.policies = [resource.policy: .present(Fixture.bindings((role, [member] + keeping)))]
    let graph = Fixture.graph(
      [Fixture.resource(resource)],
      policies: [Fixture.policy(resource, role, [], absent: [member])])
    var planner = Planner(graph: graph, snapshot: snapshot)
    let audience = "//\(Self.pool)/providers/main"
    planner.caller = accounts.last ?? audience
    planner.signIn = FederatedSignIn(audience: audience, accounts: accounts)
    return planner.plan().changes.first { $0.address == resource.policy }?.refusals.map(\.code)
      ?? []
  }

  @Test func theRightToSetThePolicy() {
    let role = "roles/artifactregistry.admin"
    #expect(codes(removing: jobs, of: role, on: repository) == [.lockout])
    #expect(codes(removing: jobs, of: "roles/artifactregistry.reader", on: repository) == [])
    #expect(codes(removing: others, of: role, on: repository) == [])
    #expect(codes(removing: "user:b@x.y", of: role, on: repository) == [])
    // This run acts as an account, whose rights are not the pool's.
    #expect(
      codes(removing: jobs, of: role, on: repository, as: ["x@p-two.iam.gserviceaccount.com"]) == []
    )
  }

  @Test(arguments: [
    "roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator",
    "projects/p-one/roles/unknown",
  ])
  func theRightToActAsTheAccount(_ role: String) {
    let email = "publisher@p-one.iam.gserviceaccount.com"
    #expect(codes(removing: jobs, of: role, on: account, as: [email]) == [.lockout])
    #expect(codes(removing: jobs, of: role, on: project, as: [email]) == [.lockout])
    #expect(codes(removing: others, of: role, on: account, as: [email]) == [])
    #expect(codes(removing: jobs, of: role, on: repository, as: [email]) == [])
    // The account in between counts, too; another one does not.
    let last = "last@p-two.iam.gserviceaccount.com"
    #expect(codes(removing: jobs, of: role, on: account, as: [email, last]) == [.lockout])
    #expect(codes(removing: jobs, of: role, on: account, as: [last]) == [])
    #expect(
      codes(removing: jobs, of: "roles/iam.serviceAccountUser", on: account, as: [email]) == [])
  }

  /// Projects of the pool and of the account, and the APIs in them.
  @Test func theProjectAndItsAPIs() {
    func codes(
      _ address: Address, number: String?, as accounts: [String] = []
    ) -> [DiagnosticCode] {
      var snapshot = Snapshot()
      snapshot.resources = [address: Fixture.present(address, [:])]
      snapshot.projectNumbers = number.map { ["p-one": $0] } ?? [:]
      let graph = Fixture.graph([Fixture.resource(address, ensure: .absent)])
      var planner = Planner(graph: graph, snapshot: snapshot)
      planner.signIn = FederatedSignIn(
        audience: "//\(Self.pool)/providers/main", accounts: accounts)
      return planner.plan().changes.first { $0.address == address }?.refusals.map(\.code) ?? []
    }
    let sts = Address(project: "p-one", .service, "sts.googleapis.com")
    let other = Address(project: "p-one", .service, "run.googleapis.com")
    for address in [sts, Address(project: "p-one", .project)] {
      #expect(codes(address, number: "7").contains(.lockout), "\(address)")
      #expect(codes(address, number: nil).contains(.lockout), "\(address)")
      #expect(!codes(address, number: "8").contains(.lockout), "\(address)")
      #expect(
        codes(address, number: "8", as: ["a-name@p-one.iam.gserviceaccount.com"]).contains(.lockout)
      )
    }
    #expect(!codes(other, number: "7").contains(.lockout))
  }
}
