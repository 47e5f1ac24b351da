import HTTP
import JSON
import Model
import Testing

/// Changes of others are detected, corrected if they are declared, and kept if they are not.
@Suite struct DriftTests {
  private let manifests = """
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    spec:
      services: [artifactregistry.googleapis.com, iam.googleapis.com]
      iam: [{role: roles/viewer, members: [group:developers@example.com]}]
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: r}
    spec:
      format: python
      description: Python packages
      labels: {team: web}
      iam: [{role: roles/artifactregistry.reader, members: [group:developers@example.com]}]
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: uploader}
    spec: {displayName: PyPI uploader}

    """
  private let repository = "/v1/projects/my-project-id/locations/us-east4/repositories/r"
  private let account =
    "/v1/projects/my-project-id/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com"

  @Test func exactlyTheDeclaredPartIsMended() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let graph = try stage.graph(manifests)
    _ = try await stage.apply(graph)

    _ = try await stage.call(
      .patch, repository + "?updateMask=description,labels",
      ["description": "hacked", "labels": ["team": "x", "theirs": "y"]])
    _ = try await stage.call(
      .patch, account,
      ["serviceAccount": ["displayName": "hacked"], "updateMask": "displayName"])
    let foreign: [JSONValue] = [
      ["role": "roles/artifactregistry.reader", "members": ["user:friend@example.com"]],
      [
        "role": "roles/artifactregistry.writer", "members": ["user:ana@example.com"],
        "condition": [
          "title": "later", "description": "d",
          "expression": "request.time < timestamp(\"2040-01-01T00:00:00Z\")",
        ],
      ],
    ]
    let audit: JSONValue = [
      ["service": "allServices", "auditLogConfigs": [["logType": "DATA_READ"]]]
    ]
    let before = try await stage.call(
      .get, repository + ":getIamPolicy?options.requestedPolicyVersion=3")
    var policy: JSONObject = ["version": 3, "bindings": .array(foreign)]
    policy["etag"] = before["etag"]
    _ = try await stage.call(.post, repository + ":setIamPolicy", ["policy": .object(policy)])
    try await auditProject(stage, audit)

    let plan = try await stage.plan(graph)
    #expect(
      plan.changes.filter(\.isWrite).map(\.address.local).sorted() == [
        "iam/project", "iam/repository/us-east4/r", "repository/us-east4/r",
        "serviceAccount/uploader",
      ])
    let fields = plan.changes.flatMap(\.fields).map(\.path.description).sorted()
    #expect(fields == ["description", "displayName", "labels.team"])

    stage.transport.inject(nil)
    let report = try await stage.apply(graph)
    #expect(report.isComplete)
    let writes = stage.transport.requests.filter {
      $0.method == .patch || $0.url.hasSuffix(":setIamPolicy")
    }
    #expect(writes.count == 4)
    #expect(summary(try await stage.plan(graph)) == [])

    let live = try await stage.call(.get, repository)
    #expect(live["labels"] == ["team": "web", "theirs": "y"])
    let after = try await stage.call(
      .get, repository + ":getIamPolicy?options.requestedPolicyVersion=3")
    let project = try await stage.call(.post, "/v1/projects/my-project-id:getIamPolicy")
    #expect(project["auditConfigs"] == audit)
    let bindings = after["bindings"]?.array ?? []
    #expect(bindings.contains(foreign[1]))
    #expect(
      bindings.contains([
        "role": "roles/artifactregistry.reader",
        "members": ["group:developers@example.com", "user:friend@example.com"],
      ])
        || bindings.contains([
          "role": "roles/artifactregistry.reader",
          "members": ["user:friend@example.com", "group:developers@example.com"],
        ]))
  }

  /// Turns on audit logs for the project, and removes our member.
  private func auditProject(_ stage: SandboxStage, _ audit: JSONValue) async throws {
    let path = "/v1/projects/my-project-id"
    let live = try await stage.call(.post, path + ":getIamPolicy")
    var policy = live.object ?? [:]
    policy["auditConfigs"] = audit
    policy["bindings"] = .array(
      (live["bindings"]?.array ?? []).filter { $0["role"] != "roles/viewer" })
    _ = try await stage.call(
      .post, path + ":setIamPolicy",
      ["policy": .object(policy), "updateMask": "bindings,etag,auditConfigs"])
  }

  @Test func aPlanWritesNothingAndIsTheSameTwice() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let graph = try stage.graph(manifests)
    let first = try await stage.plan(graph)
    stage.transport.inject(nil)
    let second = try await stage.plan(graph)
    #expect(first.id == second.id)
    let writes = stage.transport.requests.filter {
      $0.method != .get && !$0.url.contains(":getIamPolicy") && !$0.url.hasSuffix("/token")
    }
    #expect(writes.isEmpty)
  }

  @Test func twoAppliesAtOnceEndWithOneOfEverything() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let graph = try stage.graph(manifests)
    async let one = stage.apply(graph)
    async let other = stage.apply(graph)
    _ = try await (one, other)
    _ = try await stage.apply(graph)
    #expect(summary(try await stage.plan(graph)) == [])
  }
}
