import JSON
import Model
import Testing

/// Every state step must converge and then be a no-op: one suite for all kinds, against the sandbox over real sockets.
@Suite struct ConvergenceTests {
  /// A kind's steps: each is the whole set of manifests at that moment.
  struct Story: Sendable, CustomTestStringConvertible {
    let name: String
    let steps: [String]
    var testDescription: String { name }
  }

  private static func document(_ kind: String, _ name: String, _ spec: String, _ more: String = "")
    -> String
  {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: \(kind)
    metadata: {name: \(name)}
    spec: \(spec)
    \(more)

    """
  }

  private static let services = document(
    "Project", "my-project-id",
    "{services: [artifactregistry.googleapis.com, iam.googleapis.com]}")

  static let stories: [Story] = [
    Story(
      name: "services",
      steps: [
        document("Project", "my-project-id", "{services: [artifactregistry.googleapis.com]}"),
        document(
          "Project", "my-project-id",
          "{services: [artifactregistry.googleapis.com, iam.googleapis.com, pubsub.googleapis.com]}"
        ),
      ]),
    Story(
      name: "project labels",
      steps: [
        document("Project", "my-project-id", "{labels: {team: web, stage: dev}}"),
        document("Project", "my-project-id", "{labels: {team: platform, stage: null}}"),
      ]),
    Story(
      name: "new project",
      steps: [
        document(
          "Project", "brand-new-project",
          "{parent: organizations/123456, displayName: Brand new, services: [artifactregistry.googleapis.com, iam.googleapis.com]}"
        )
          + document("Repository", "r", "{project: brand-new-project, format: python}")
          + document("ServiceAccount", "uploader", "{project: brand-new-project}")
      ]),
    Story(
      name: "repository",
      steps: [
        services
          + document("Repository", "r", "{format: docker, description: one, labels: {a: b}}"),
        services
          + document(
            "Repository", "r",
            "{format: docker, description: two, labels: {a: c, d: e}, dockerConfig: {immutableTags: true}}"
          ),
        services
          + document(
            "Repository", "r",
            "{format: docker, description: null, labels: {a: null}, dockerConfig: {immutableTags: false}}"
          ),
        services
          + document(
            "Repository", "r",
            "{format: docker, cleanupPolicyDryRun: true, cleanupPolicies: {old: {action: delete, condition: {olderThan: 30d, tagState: untagged}}}}"
          ),
        services
          + document(
            "Repository", "r",
            "{format: docker, cleanupPolicyDryRun: false, cleanupPolicies: {keep: {action: keep, mostRecentVersions: {keepCount: 5}}, old: {action: delete, condition: {olderThan: 14d}}}}"
          ),
        services + document("Repository", "r", "{format: docker, cleanupPolicies: {}}"),
        services + document("Repository", "r", "{}", "lifecycle: {ensure: absent}"),
      ]),
    Story(
      name: "remote and virtual repositories",
      steps: [
        services
          + document(
            "Repository", "mirror",
            "{format: python, mode: remote, remoteRepositoryConfig: {pythonRepository: {publicRepository: PYPI}}}"
          ) + document("Repository", "own", "{format: python}")
          + document(
            "Repository", "all",
            "{format: python, mode: virtual, virtualRepositoryConfig: {upstreamPolicies: [{id: own, repository: repository/own, priority: 100}, {id: mirror, repository: repository/mirror, priority: 50}]}}"
          ),
        services
          + document(
            "Repository", "mirror",
            "{format: python, mode: remote, remoteRepositoryConfig: {pythonRepository: {publicRepository: PYPI}}}"
          ) + document("Repository", "own", "{format: python}")
          + document(
            "Repository", "all",
            "{format: python, mode: virtual, virtualRepositoryConfig: {upstreamPolicies: [{id: own, repository: repository/own, priority: 200}]}}"
          ),
      ]),
    Story(
      name: "service account",
      steps: [
        services + document("ServiceAccount", "uploader", "{displayName: One, disabled: true}"),
        services
          + document(
            "ServiceAccount", "uploader", "{displayName: Two, description: x, disabled: false}"),
        services + document("ServiceAccount", "uploader", "{displayName: null, description: null}"),
        services
          + document("ServiceAccount", "uploader", "{}", "lifecycle: {ensure: absent}"),
        services + document("ServiceAccount", "uploader", "{displayName: Three}"),
      ]),
    Story(
      name: "role, deleted and brought back",
      steps: [
        services
          + document(
            "Role", "publisher",
            "{title: P, stage: ga, includedPermissions: [artifactregistry.repositories.get]}"),
        services
          + document(
            "Role", "publisher",
            "{title: Q, description: d, stage: beta, includedPermissions: [artifactregistry.repositories.list, artifactregistry.repositories.get]}"
          ), services + document("Role", "publisher", "{}", "lifecycle: {ensure: absent}"),
        services
          + document(
            "Role", "publisher",
            "{title: R, stage: alpha, includedPermissions: [artifactregistry.repositories.get]}"),
      ]),
    Story(
      name: "policies",
      steps: [
        services
          + document(
            "Repository", "r",
            "{format: python, iam: [{role: roles/artifactregistry.reader, members: [user:a@example.com, group:b@example.com]}]}"
          )
          + document(
            "ServiceAccount", "uploader",
            "{iam: [{role: roles/iam.serviceAccountUser, members: [user:a@example.com]}]}")
          + document(
            "IAMBinding", "w",
            "{resource: project, role: roles/artifactregistry.writer, members: [serviceAccount:uploader]}"
          ),
        services
          + document(
            "Repository", "r",
            "{format: python, iam: [{role: roles/artifactregistry.reader, members: [group:b@example.com], absent: [user:a@example.com], condition: null}, {role: roles/artifactregistry.writer, members: [user:c@example.com], condition: {title: t, expression: 'request.time < timestamp(\"2040-01-01T00:00:00Z\")'}}]}"
          )
          + document(
            "ServiceAccount", "uploader",
            "{iam: [{role: roles/iam.serviceAccountUser, members: [user:z@example.com], exclusive: true}]}"
          )
          + document(
            "IAMBinding", "w",
            "{resource: project, role: roles/artifactregistry.writer, members: [serviceAccount:uploader]}",
            "lifecycle: {ensure: absent}"),
      ]),
    Story(
      name: "keys",
      steps: [
        services + document("ServiceAccount", "uploader", "{}")
          + document(
            "ServiceAccountKey", "k",
            "{serviceAccount: uploader, destination: {file: k.json}}")
          + document(
            "ServiceAccountKey", "g",
            "{serviceAccount: uploader, origin: google, destination: {file: g.json}}"),
        services + document("ServiceAccount", "uploader", "{}")
          + document(
            "ServiceAccountKey", "k", "{serviceAccount: uploader, destination: {file: k.json}}",
            "lifecycle: {ensure: absent}")
          + document(
            "ServiceAccountKey", "g",
            "{serviceAccount: uploader, origin: google, destination: {file: g.json}}",
            "lifecycle: {ensure: absent}"),
      ]),
  ]

  @Test(arguments: stories)
  func eachStepConvergesAndIsThenANoOp(story: Story) async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    for (index, step) in story.steps.enumerated() {
      let graph = try stage.graph(step)
      let report = try await stage.apply(graph)
      #expect(report.isComplete, "step \(index): \(report.failed) \(report.skipped)")
      let after = try await stage.plan(graph)
      #expect(summary(after) == [], "step \(index)")
    }
  }
}
