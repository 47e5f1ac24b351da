import CloudResources
import HTTP
import JSON
import Kinds
import Model
import SandboxIAM
import TestSupport
import Testing

@testable import Resources

/// The permissions that arctl prints for a run are exactly those that it needs: the sandbox decides.
@Suite struct RightsTests {
  /// What a run needs in the one project, without what only the return of something deleted needs.
  private func printed(_ verb: RunRights.Verb, _ graph: DesiredGraph) -> Set<String> {
    Set(
      RunRights(graph, kinds: .google).needs(of: verb).filter { $0.purpose != .undelete }
        .map(\.permission))
  }

  @Test func aPlanNeedsExactlyThePrintedPermissions() async throws {
    let pipeline = try await RightsStage()
    let permissions = printed(.plan, pipeline.graph)
    pipeline.stop()
    #expect(permissions.allSatisfy { $0.contains(".get") || $0.hasSuffix(".list") })
    try await expectExact(permissions) { pipeline in
      let plan = try await pipeline.plan()
      #expect(!pipeline.stage.transport.refused.isEmpty || plan.isComplete)
    }
  }

  @Test func anApplyNeedsExactlyThePrintedPermissions() async throws {
    let pipeline = try await RightsStage()
    let permissions = printed(.apply, pipeline.graph)
    pipeline.stop()
    let reads = printed(.plan, pipeline.graph)
    #expect(permissions.isSuperset(of: reads))
    // An apply begins with a plan, so the test of plans covers these.
    try await expectExact(permissions, but: reads) { pipeline in
      let report = try await pipeline.apply()
      #expect(
        !pipeline.stage.transport.refused.isEmpty || report.isComplete, "\(report.failed)")
    }
  }

  /// With the permissions nothing is refused; without any one of them something is.
  ///
  /// - Parameter known: those of which that is known.
  private func expectExact(
    _ permissions: Set<String>, but known: Set<String> = [],
    _ run: (RightsStage) async throws -> Void
  ) async throws {
    for missing in [nil] + permissions.subtracting(known).sorted().map(Optional.some) {
      let pipeline = try await RightsStage()
      defer { pipeline.stop() }
      try await pipeline.grant(permissions.filter { $0 != missing })
      pipeline.stage.transport.inject(nil)
      try await run(pipeline)
      let refused = pipeline.stage.transport.refused
      if let missing {
        #expect(!refused.isEmpty, "without \(missing) nothing is refused")
      } else {
        #expect(refused == [])
      }
    }
  }

  /// A search for drift needs what a plan needs, the lists of the locations, and the policies of all that it finds.
  @Test func driftNeedsWhatAPlanNeedsTheLocationsAndThePolicies() async throws {
    let graph = try Loading.graph(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Project
        metadata: {name: my-project-id}
        spec: {services: [artifactregistry.googleapis.com]}

        """)
    #expect(
      printed(.drift, graph).subtracting(printed(.plan, graph)) == [
        "artifactregistry.locations.list", "artifactregistry.repositories.getIamPolicy",
        "iam.serviceAccounts.getIamPolicy", "resourcemanager.projects.getIamPolicy",
      ])
    #expect(printed(.plan, graph).isSubset(of: printed(.drift, graph)))
  }

  /// Every permission that a kind names exists, and so does every role of the table, with these permissions.
  @Test func theTableOfRolesAgreesWithTheCatalogue() throws {
    let all = Set(PredefinedRoles.all.flatMap(\.permissions))
    for permission in all {
      #expect(PermissionCatalogue.isKnown(permission), "\(permission)")
    }
    // The catalogue has few permissions of Cloud KMS, so these are marked as not verified.
    let used = all.filter { !$0.hasPrefix("cloudkms.") }
    #expect(
      Set(PredefinedRoles.all.flatMap(\.unverified)) == all.filter { $0.hasPrefix("cloudkms.") })
    for role in PredefinedRoles.all {
      let real = try #require(RoleCatalogue.role(role.name), "\(role.name)")
      let verified = role.permissions.subtracting(role.unverified)
      #expect(verified == real.permissions.intersection(used), "\(role.name)")
    }
  }
}
