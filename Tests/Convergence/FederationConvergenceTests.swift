import JSON
import Model
import Testing

/// Pools, providers and the members that they define, end to end against the sandbox.
@Suite struct FederationConvergenceTests {
  private static let pools = "/v1/projects/my-project-id/locations/global/workloadIdentityPools"
  private static let provider = "\(pools)/workflows/providers/github"

  private func manifests(
    _ lifecycle: String = "{}", grants: String = "['github:acme/lib']", owner: String = "5"
  ) -> String {
    let list =
      grants.isEmpty ? "" : "iam: [{role: roles/artifactregistry.reader, members: \(grants)}]"
    return """
      ---
      apiVersion: arctl.dev/v1
      kind: Project
      metadata: {name: my-project-id}
      spec: {services: [artifactregistry.googleapis.com, iam.googleapis.com]}
      ---
      apiVersion: arctl.dev/v1
      kind: WorkloadIdentityPool
      metadata: {name: workflows}
      lifecycle: \(lifecycle)
      spec: {displayName: Workflows}
      ---
      apiVersion: arctl.dev/v1
      kind: WorkloadIdentityPoolProvider
      metadata: {name: github}
      lifecycle: \(lifecycle)
      spec:
        pool: workflows
        github: {owner: acme, ownerId: "\(owner)", repositories: [{name: lib, id: "77"}]}
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: libs}
      spec: {format: python, \(list)}

      """
  }

  private func converge(_ stage: SandboxStage, _ text: String) async throws {
    let graph = try stage.graph(text)
    let plan = try await stage.plan(graph)
    let report = await stage.execute(plan, try await stage.client())
    #expect(report.isComplete, "\(report.failed) \(report.skipped)")
    #expect(summary(try await stage.plan(graph)) == [])
  }

  private func members(_ stage: SandboxStage) async throws -> [JSONValue] {
    let policy = try await stage.call(
      .get, "/v1/projects/my-project-id/locations/us-east4/repositories/libs:getIamPolicy")
    return policy["bindings"]?.array?.flatMap { $0["members"]?.array ?? [] } ?? []
  }

  /// From nothing to the grant in one run: the number of the project is in it.
  @Test func aGrantFollowsItsPool() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    try await converge(stage, manifests())
    let number = try #require(
      try await stage.call(.get, "/v1/projects/my-project-id")["projectNumber"]?.string)
    #expect(
      try await members(stage) == [
        .string(
          "principalSet://iam.googleapis.com/projects/\(number)/locations/global/workloadIdentityPools/workflows/attribute.repository_id/77"
        )
      ])
  }

  /// Absent, and then present again: both are undeleted with what the manifests say now, and the grant is the same.
  @Test func absentPoolsAndProvidersReturn() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    try await converge(stage, manifests())
    let before = try await members(stage)
    // No policy may name what goes; the members that are left are someone else's to remove.
    try await converge(stage, manifests("{ensure: absent}", grants: ""))
    for path in ["\(Self.pools)/workflows", Self.provider] {
      #expect(try await stage.call(.get, path)["state"] == "DELETED", "\(path)")
    }
    #expect(try await members(stage) == before)

    let graph = try stage.graph(manifests(owner: "6"))
    let plan = try await stage.plan(graph)
    let actions = plan.changes.filter { $0.action != .unchanged }.map(\.action)
    #expect(actions == [.undelete, .undelete], "\(summary(plan))")
    let guarded = try await stage.plan(graph, allowing: [])
    #expect(guarded.changes.filter { $0.action == .refused }.count == 2)
    #expect(await stage.execute(plan, try await stage.client()).isComplete)
    // What differs is written with it, or by the next plan.
    try await converge(stage, manifests(owner: "6"))
    #expect(
      try await stage.call(.get, Self.provider)["attributeCondition"]
        == "assertion.repository_owner_id == '6'")
    #expect(try await members(stage) == before)
  }

  /// A pool that was deleted by hand takes its providers along, and returns with them.
  @Test func aPoolDeletedByHandReturns() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    try await converge(stage, manifests())
    _ = try await stage.call(.delete, "\(Self.pools)/workflows")
    let plan = try await stage.plan(try stage.graph(manifests()))
    #expect(plan.changes.contains { $0.action == .undelete && $0.address.id == "workflows" })
    try await converge(stage, manifests())
    #expect(try await stage.call(.get, Self.provider)["state"] == "ACTIVE")
  }

  /// A provider alone is deleted and returns; the pool stays as it is.
  @Test func aProviderDeletedByHandReturns() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    try await converge(stage, manifests())
    _ = try await stage.call(.delete, Self.provider)
    let plan = try await stage.plan(try stage.graph(manifests()))
    #expect(
      summary(plan).map { $0.prefix(8) } == ["undelete"], "\(summary(plan))")
    try await converge(stage, manifests())
  }

  /// Members as other tools write them have the number of the project, which a plan knows.
  @Test func aNumberedMemberThatMatchesNobodyIsWarnedAbout() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let number = try #require(
      try await stage.call(.get, "/v1/projects/my-project-id")["projectNumber"]?.string)
    func warnings(_ project: String, _ rest: String) async throws -> [String] {
      let member =
        "principalSet://iam.googleapis.com/projects/\(project)/locations/global/workloadIdentityPools/workflows/\(rest)"
      let plan = try await stage.plan(try stage.graph(manifests(grants: "['\(member)']")))
      return plan.diagnostics.filter { $0.code == .lint }.map {
        #expect($0.position != nil && ($0.related.isEmpty || $0.related[0].position.line > 1))
        return $0.message
      }
    }
    #expect(
      try await warnings(number, "attribute.repository_id/99") == [
        "no provider of the pool `workflows` names the repository of this member"
      ])
    #expect(
      try await warnings(number, "attribute.team/core") == [
        "no provider of the pool `workflows` maps `attribute.team`, so no identity matches this member"
      ])
    #expect(try await warnings(number, "attribute.repository_id/77") == [])
    // The pool of another project; and members with an id, of which the manifests have told already.
    #expect(try await warnings("1", "attribute.repository_id/99") == [])
    #expect(try await warnings("my-project-id", "attribute.repository_id/99") == [])
  }
}
