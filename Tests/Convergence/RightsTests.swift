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
    // An apply begins with a plan, so the test of plans covers the reads. The steps of a rotation come months later.
    let later: Set = ["iam.serviceAccountKeys.disable", "iam.serviceAccountKeys.delete"]
    #expect(permissions.isSuperset(of: later))
    try await expectExact(permissions, but: reads.union(later)) { pipeline in
      let report = try await pipeline.apply()
      #expect(
        !pipeline.stage.transport.refused.isEmpty || report.isComplete, "\(report.failed)")
    }
  }

  /// A check without one of the permissions says that it does not know all (exit code 4).
  @Test func aDriftCheckNeedsExactlyThePrintedPermissions() async throws {
    let pipeline = try await RightsStage()
    let permissions = printed(.drift, pipeline.graph)
    pipeline.stop()
    #expect(permissions.isSuperset(of: printed(.plan, pipeline.graph)))
    try await expectExact(permissions) { pipeline in
      // What nobody declares, with policies, in a location that no manifest names.
      let project = "/v1/projects/my-project-id"
      _ = try await pipeline.stage.call(
        .post, "\(project)/locations/asia/repositories?repositoryId=stray", ["format": "PYTHON"])
      _ = try await pipeline.stage.call(
        .post, "\(project)/serviceAccounts", ["accountId": "stray-account"])
      _ = try await pipeline.stage.call(
        .post,
        "\(project)/locations/global/workloadIdentityPools?workloadIdentityPoolId=stray-pool", [:])
      // A list of secrets is refused for a missing permission only where their API is enabled.
      let enabling = try await pipeline.stage.call(
        .post, "\(project)/services/secretmanager.googleapis.com:enable", [:])
      let operation = "/v1/\(enabling["name"]?.string ?? "")"
      while try await pipeline.stage.call(.get, operation)["done"] != true {}
      _ = try await pipeline.stage.call(
        .post, "\(project)/secrets?secretId=stray-secret", ["replication": ["automatic": [:]]])
      pipeline.stage.transport.inject(nil)
      let plan = try await pipeline.plan(
        reach: ReportReach(isEverywhere: true, readsAllGrants: true))
      let refused = pipeline.stage.transport.refused
      let knowsAll = plan.isComplete && !plan.lacksReports
      // What a deletion would destroy is no drift: without its list the row says so, and the check knows all drift.
      let lacksOnlyContents = refused.allSatisfy { $0.contains("/packages?") }
      #expect(lacksOnlyContents == knowsAll, "\(refused)")
      if knowsAll {
        #expect(
          Set(plan.undeclared.map(\.id)).isSuperset(of: [
            "stray", "stray-account", "stray-pool", "stray-secret",
          ]))
      }
    }
  }

  @Test func aKeyThatWasMadeElsewhereTakesNoWrites() throws {
    let key =
      "{serviceAccount: uploader, origin: external, keyId: \(String(repeating: "a", count: 40))}"
    func graph(_ lifecycle: String) throws -> DesiredGraph {
      try Loading.graph(
        Loading.stack + """
          ---
          apiVersion: arctl.dev/v1
          kind: ServiceAccount
          metadata: {name: uploader}
          spec: {}
          ---
          apiVersion: arctl.dev/v1
          kind: ServiceAccountKey
          metadata: {name: ext}
          lifecycle: \(lifecycle)
          spec: \(key)

          """)
    }
    func ofKeys(_ verb: RunRights.Verb, _ graph: DesiredGraph) -> Set<String> {
      printed(verb, graph).filter { $0.hasPrefix("iam.serviceAccountKeys.") }
    }
    let reads: Set = ["iam.serviceAccountKeys.get", "iam.serviceAccountKeys.list"]
    let present = try graph("{}")
    #expect(ofKeys(.plan, present) == reads && ofKeys(.apply, present) == reads)
    let absent = try graph("{ensure: absent}")
    #expect(ofKeys(.apply, absent) == reads.union(["iam.serviceAccountKeys.delete"]))
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
        "iam.googleapis.com/workloadIdentityPools.getIamPolicy",
        "iam.googleapis.com/workloadIdentityPools.list",
        "iam.serviceAccounts.getIamPolicy", "resourcemanager.projects.getIamPolicy",
        "secretmanager.secrets.getIamPolicy", "secretmanager.secrets.list",
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
