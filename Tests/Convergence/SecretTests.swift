import JSON
import Model
import Testing

/// Secrets against the sandbox: what belongs to stored keys stays, and a deletion says what it destroys.
@Suite struct SecretTests {
  private static let path = "/v1/projects/my-project-id/secrets/app"

  private func documents(_ spec: String, _ lifecycle: String = "{}") -> String {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    spec: {services: [secretmanager.googleapis.com]}
    ---
    apiVersion: arctl.dev/v1
    kind: Secret
    metadata: {name: app}
    lifecycle: \(lifecycle)
    spec: \(spec)

    """
  }

  /// Notes and aliases that a key destination writes survive changes of the same field.
  @Test func notesOfKeysStay() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let first = try stage.graph(documents("{annotations: {owner: web}, labels: {team: web}}"))
    #expect(try await stage.apply(first).isComplete)
    _ = try await stage.call(
      .post, "\(Self.path):addVersion", ["payload": ["data": "aGk="]])
    _ = try await stage.call(
      .patch, "\(Self.path)?updateMask=annotations,versionAliases",
      [
        "annotations": ["owner": "web", "arctl-key-id": "0123"], "versionAliases": ["k-0123": "1"],
      ])
    #expect(summary(try await stage.plan(first)) == [])
    let second = try stage.graph(documents("{annotations: {owner: app, old: null}, labels: null}"))
    #expect(try await stage.apply(second).isComplete)
    #expect(summary(try await stage.plan(second)) == [])
    let live = try await stage.call(.get, Self.path)
    #expect(live["annotations"] == ["owner": "app", "arctl-key-id": "0123"])
    #expect(live["versionAliases"] == ["k-0123": "1"] && live["labels"] == nil)
  }

  /// Another process changed the secret between the read and the write: the etag says so, and the write is repeated.
  @Test func aLostRaceIsRepeated() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    #expect(try await stage.apply(try stage.graph(documents("{labels: {team: web}}"))).isComplete)
    let plan = try await stage.plan(try stage.graph(documents("{labels: {team: app}}")))
    _ = try await stage.call(
      .post, "/_sandbox/faults",
      [
        "match": ["method": "PATCH", "path": "/v1/projects/*/secrets/*"],
        "fault": [
          "status": 400,
          "body": [
            "error": [
              "code": 400, "status": "FAILED_PRECONDITION",
              "message": "The provided etag does not match.",
            ]
          ],
        ],
      ])
    let report = await stage.execute(plan, try await stage.client())
    #expect(report.isComplete, "\(report.failed)")
    #expect(try await stage.call(.get, Self.path)["labels"] == ["team": "app"])
  }

  @Test func aDeletionCountsTheVersions() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let spec =
      "{iam: [{role: roles/secretmanager.secretAccessor, members: [group:apps@example.com]}]}"
    #expect(try await stage.apply(try stage.graph(documents(spec))).isComplete)
    #expect(summary(try await stage.plan(try stage.graph(documents(spec)))) == [])
    for _ in 1...3 {
      _ = try await stage.call(.post, "\(Self.path):addVersion", ["payload": ["data": "aGk="]])
    }
    _ = try await stage.call(.post, "\(Self.path)/versions/1:destroy")
    let absent = try stage.graph(documents("{}", "{ensure: absent}"))
    for allowed in [[], [Hazard.Flag.delete]] {
      let change = try #require(
        try await stage.plan(absent, allowing: allowed).changes.first { $0.address.id == "app" })
      #expect(change.action == .refused)
      let hazards = change.refusals.compactMap { $0.hazard?.flag }
      #expect(hazards.contains(.dataLoss), "\(change.refusals)")
    }
    let plan = try await stage.plan(absent)
    #expect(await stage.execute(plan, try await stage.client()).isComplete)
    #expect(summary(try await stage.plan(absent)) == [])
  }
}
