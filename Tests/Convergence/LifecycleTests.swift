import JSON
import Model
import Testing

/// Lifecycle, scope and undelete, end to end against the sandbox.
@Suite struct LifecycleTests {
  private let services = """
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    spec: {services: [artifactregistry.googleapis.com, iam.googleapis.com]}

    """
  private func document(_ kind: String, _ name: String, _ spec: String, _ lifecycle: String = "{}")
    -> String
  {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: \(kind)
    metadata: {name: \(name)}
    lifecycle: \(lifecycle)
    spec: \(spec)

    """
  }
  private let account =
    "/v1/projects/my-project-id/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com"
  private let repository = "/v1/projects/my-project-id/locations/us-east4/repositories/r"

  @Test func anAccountWithItsUidInAPolicyIsUndeletedWithItsGrants() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let whole = try stage.graph(
      services
        + document(
          "Repository", "r",
          "{format: python, iam: [{role: roles/artifactregistry.writer, members: [serviceAccount:uploader]}]}"
        ) + document("ServiceAccount", "uploader", "{displayName: One}"))
    #expect(try await stage.apply(whole).isComplete)
    let uid = try #require(try await stage.call(.get, account)["uniqueId"]?.string)
    _ = try await stage.call(.delete, account)

    let plan = try await stage.plan(whole)
    #expect(
      summary(plan).first?.hasPrefix(
        "undelete my-project-id/serviceAccount/uploader uid \(uid): undelete, or create") == true,
      "\(summary(plan))")
    let report = await stage.execute(plan, try await stage.client())
    #expect(report.isComplete, "\(report.failed) \(report.skipped)")
    #expect(try await stage.call(.get, account)["uniqueId"]?.string == uid)
    let after = try await stage.plan(whole)
    #expect(summary(after) == [])
    let policy = try await stage.call(
      .get, repository + ":getIamPolicy?options.requestedPolicyVersion=3")
    #expect(
      policy["bindings"]?.array?.map { $0["members"] } == [
        ["serviceAccount:uploader@my-project-id.iam.gserviceaccount.com"]
      ])
  }

  @Test func aDeletedRoleIsUndeletedAsWritten() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let graph = try stage.graph(
      services
        + document(
          "Role", "publisher",
          "{title: P, includedPermissions: [artifactregistry.repositories.get]}"
        )
        + document(
          "IAMBinding", "b",
          "{resource: project, role: publisher, members: [user:a@example.com]}"))
    #expect(try await stage.apply(graph).isComplete)
    _ = try await stage.call(.delete, "/v1/projects/my-project-id/roles/publisher")
    let plan = try await stage.plan(graph)
    #expect(summary(plan).map { $0.prefix(8) } == ["undelete"])
    #expect(await stage.execute(plan, try await stage.client()).isComplete)
    #expect(summary(try await stage.plan(graph)) == [])
  }

  @Test func aResourceRecreatedSinceThePlanIsNotChanged() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let absent = "{ensure: absent}"
    let before = try stage.graph(
      services + document("Repository", "r", "{format: python, description: old}")
        + document("ServiceAccount", "doomed-one", "{}")
        + document("Role", "doomed", "{title: D, includedPermissions: [iam.roles.get]}"))
    #expect(try await stage.apply(before).isComplete)
    let update = try await stage.plan(
      try stage.graph(
        services + document("Repository", "r", "{format: python, description: new}")))
    let deletion = try await stage.plan(
      try stage.graph(
        services + document("Repository", "r", "{}", absent)
          + document("ServiceAccount", "doomed-one", "{}", absent)
          + document("Role", "doomed", "{}", absent)))
    #expect(deletion.operations.count == 3, "\(summary(deletion))")

    _ = try await stage.call(.delete, repository)
    _ = try await stage.call(
      .post, "/v1/projects/my-project-id/locations/us-east4/repositories?repositoryId=r",
      ["format": "PYTHON", "description": "old"])
    let accounts = "/v1/projects/my-project-id/serviceAccounts"
    let doomed = accounts + "/doomed-one@my-project-id.iam.gserviceaccount.com"
    _ = try await stage.call(.delete, doomed)
    _ = try await stage.call(.post, accounts, ["accountId": "doomed-one"])
    let role = "/v1/projects/my-project-id/roles/doomed"
    _ = try await stage.call(.patch, role + "?updateMask=title", ["title": "in use"])

    for plan in [update, deletion] {
      let report = await stage.execute(plan, try await stage.client())
      #expect(report.failed.count == plan.operations.count)
      #expect(report.failed.allSatisfy { $0.failure.kind == .stale }, "\(report.failed)")
    }
    #expect(try await stage.call(.get, repository)["description"] == "old")
    #expect(try await stage.call(.get, doomed)["uniqueId"] != nil)
    #expect(try await stage.call(.get, role)["deleted"] == nil)
    // Their ids differ, so that neither `--expect` nor `--plan` takes one for the other.
    for (plan, manifests) in [
      (update, document("Repository", "r", "{format: python, description: new}")),
      (deletion, document("Repository", "r", "{}", absent)),
    ] {
      let again = try await stage.plan(try stage.graph(services + manifests))
      let rows = [again, plan].map { $0.changes.first { $0.address.kind == .repository } }
      #expect(rows[0]?.action == rows[1]?.action)
      #expect(rows[0]?.fields == rows[1]?.fields)
      #expect(again.id != plan.id)
    }
  }

  @Test func anAuthoritativeScopeDeletesUndeclaredResources() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let kept =
      services + document("Repository", "keep", "{format: python}")
      + document("ServiceAccount", "keeper", "{}")
      + document(
        "ServiceAccountKey", "k", "{serviceAccount: keeper, destination: {file: k.json}}")
      + document(
        "Role", "kept_role",
        "{title: K, includedPermissions: [artifactregistry.repositories.get]}")
    let extra =
      document("Repository", "spare", "{format: python}")
      + document("ServiceAccount", "spare-one", "{}")
      + document(
        "ServiceAccountKey", "spare-key",
        "{serviceAccount: keeper, destination: {file: spare.json}}")
      + document(
        "Role", "spare_role",
        "{title: S, includedPermissions: [artifactregistry.repositories.get]}")
      + document(
        "IAMBinding", "spare-grant",
        "{resource: project, role: roles/artifactregistry.reader, members: [serviceAccount:spare-one]}"
      )
    let report = try await stage.apply(try stage.graph(kept + extra))
    #expect(report.isComplete, "\(report.failed) \(report.skipped)")

    let grant = document(
      "IAMBinding", "w",
      "{resource: project, role: roles/artifactregistry.writer, members: [serviceAccount:keeper]}")
    var graph = try stage.graph(kept + grant)
    #expect(summary(try await stage.plan(graph)).allSatisfy { !$0.hasPrefix("delete") })
    for kind in [.repository, .serviceAccount, .serviceAccountKey, .role] as [KindID] {
      graph.stack.scope.kinds[kind] = .authoritative
    }
    let refused = try await stage.plan(graph, allowing: [])
    #expect(refused.changes.count { $0.action == .refused } == 4)
    #expect(
      refused.operations.allSatisfy { if case .setPolicy = $0.action { true } else { false } })

    let plan = try await stage.plan(graph)
    #expect(
      plan.changes.filter { $0.action == .delete }.map { $0.address.kind.name }.sorted()
        == ["repository", "role", "serviceAccount", "serviceAccountKey"])
    let done = await stage.execute(plan, try await stage.client())
    #expect(done.isComplete, "\(done.failed) \(done.skipped)")
    let after = try await stage.plan(graph)
    #expect(summary(after) == [])
    #expect(after.undeclared.isEmpty)
    let policy = try await stage.call(.post, "/v1/projects/my-project-id:getIamPolicy")
    #expect(!policy.text().contains("spare-one"))
  }

  @Test func aResourceThatMustExistIsNeverCreated() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let graph = try stage.graph(
      services + document("Repository", "r", "{format: python}", "{create: false}")
        + document(
          "IAMBinding", "b",
          "{resource: repository/r, role: roles/artifactregistry.reader, members: [user:a@example.com]}"
        ))
    let plan = try await stage.plan(graph)
    #expect(
      plan.changes.filter { $0.action == .refused }.map(\.refusals).map { $0.map(\.code) }
        == [[.mustExist]])
    #expect(!plan.operations.contains { $0.address.kind == .repository || $0.address.isPolicy })
    // Once it exists, it is managed like any other.
    #expect(
      try await stage.apply(
        try stage.graph(services + document("Repository", "r", "{format: python}"))
      ).isComplete)
    #expect(try await stage.apply(graph).isComplete)
    #expect(summary(try await stage.plan(graph)) == [])
  }

  @Test func aReplacementRecreatesItWithItsGrants() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    func manifests(_ format: String) -> String {
      services
        + document(
          "Repository", "r",
          "{format: \(format), description: d, iam: [{role: roles/artifactregistry.reader, members: [user:a@example.com]}]}",
          "{allowReplace: true}")
    }
    #expect(try await stage.apply(try stage.graph(manifests("python"))).isComplete)
    let graph = try stage.graph(manifests("docker"))
    let refused = try await stage.plan(graph, allowing: [])
    #expect(refused.operations.isEmpty)
    let plan = try await stage.plan(graph)
    #expect(plan.changes.first { $0.address.kind == .repository }?.action == .replace)
    let report = await stage.execute(plan, try await stage.client())
    #expect(report.isComplete, "\(report.failed) \(report.skipped)")
    #expect(summary(try await stage.plan(graph)) == [])
    #expect(try await stage.call(.get, repository)["format"] == "DOCKER")
  }
}
