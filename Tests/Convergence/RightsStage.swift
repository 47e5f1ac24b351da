import CloudResources
import Foundation
import GoogleCloud
import JSON
import Keys
import Kinds
import Model
import Platform
import Reconcile
import Resources

/// A sandbox with a set that is applied and another one that changes much of it, and an account for a pipeline.
struct RightsStage {
  let stage: SandboxStage
  /// The set that the owner applies first.
  let before: DesiredGraph
  /// The set that the pipeline plans and applies.
  let graph: DesiredGraph
  /// The key file of the pipeline's account.
  let credential: String
  /// The keys of another machine than the one that applied the first set.
  let keys: KeyStore
  static let caller = "pipeline@ci-home.iam.gserviceaccount.com"

  init() async throws {
    stage = try SandboxStage(projects: ["my-project-id", "ci-home"])
    before = try stage.graph(Self.before)
    graph = try stage.graph(Self.after)
    credential = "\(stage.folder)/ci.json"
    keys = stage.otherKeyStore()
    _ = try await stage.call(
      .post, "/v1/projects/ci-home/services/iam.googleapis.com:enable", [:])
    _ = try await stage.call(
      .post, "/v1/projects/ci-home/serviceAccounts", ["accountId": "pipeline"])
    let key = try await stage.call(
      .post, "/v1/projects/ci-home/serviceAccounts/\(Self.caller)/keys",
      ["privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE"])
    guard let data = Data(base64Encoded: key["privateKeyData"]?.string ?? "") else {
      throw Unusable()
    }
    try data.write(to: URL(filePath: credential))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: credential)
    guard try await stage.apply(before).isComplete else { throw Unusable() }
  }

  struct Unusable: Error {}

  func stop() { stage.stop() }

  /// Grants the pipeline's account a custom role of exactly these permissions, on the project or on one repository.
  func grant(_ permissions: Set<String>, on resource: String = "") async throws {
    let id = "exact\(resource.isEmpty ? "" : "Part")"
    _ = try await stage.call(
      .post, "/v1/projects/my-project-id/roles",
      [
        "roleId": .string(id),
        "role": [
          "title": "Exact", "stage": "GA",
          "includedPermissions": .array(permissions.sorted().map(JSONValue.string)),
        ],
      ])
    let path = "/v1/projects/my-project-id\(resource)"
    let live = try await stage.call(
      resource.isEmpty ? .post : .get, "\(path):getIamPolicy")
    var policy = live.object ?? [:]
    policy["bindings"] = .array(
      (live["bindings"]?.array ?? []) + [
        [
          "role": .string("projects/my-project-id/roles/\(id)"),
          "members": [.string("serviceAccount:\(Self.caller)")],
        ]
      ])
    _ = try await stage.call(.post, "\(path):setIamPolicy", ["policy": .object(policy)])
  }

  func client() async throws -> APIClient { try await stage.client(credential) }

  /// A plan by the pipeline, as `arctl plan` makes it.
  ///
  /// - Parameter reach: how far it looks; everywhere for `arctl drift`.
  func plan(reach: ReportReach = ReportReach()) async throws -> Plan {
    let client = try await client()
    let snapshot = await SnapshotReader(client: client, keys: keys, kinds: stage.kinds)
      .readSnapshot(of: graph, reach: reach)
    var planner = Planner(graph: graph, snapshot: snapshot)
    for flag in Hazard.Flag.allCases { planner.overrides.allowed[flag] = [AddressGlob("**")] }
    planner.now = Int64(SystemClock().now)
    let plan = planner.plan()
    let doomed = plan.changes.filter {
      [.delete, .replace].contains($0.intended) && $0.resource != nil
    }
    planner.snapshot.losses = await LossReader(client: client)
      .losses(of: doomed.map(\.address), besides: snapshot)
    return planner.plan()
  }

  /// An apply by the pipeline: its plan, the operations, and the plan that verifies them.
  func apply() async throws -> ExecutionReport {
    let client = try await client()
    let plan = try await plan()
    let executor = Executor(
      runner: CloudRunner(client: client, keys: keys, seen: plan.seen), parallelism: 4,
      stop: StopSignal(), uptime: { SystemClock().uptime })
    let report = await executor.execute(plan.operations) { _ in }
    _ = try await self.plan()
    return report
  }

  private static func document(
    _ kind: String, _ name: String, _ spec: String, _ lifecycle: String = "{}"
  ) -> String {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: \(kind)
    metadata: {name: \(name)}
    lifecycle: \(lifecycle)
    spec: \(spec)

    """
  }

  private static let before =
    document(
      "Project", "my-project-id",
      "{labels: {team: web}, services: [artifactregistry.googleapis.com, iam.googleapis.com, pubsub.googleapis.com]}"
    )
    + document("Repository", "kept", "{format: python, description: one}")
    + document("Repository", "left", "{format: python}")
    + document("Repository", "swapped", "{format: docker}")
    + document(
      "Rule", "kept", "{repository: kept, action: allow, operation: download, packageId: a}")
    + document(
      "Rule", "left", "{repository: kept, action: deny, operation: download, packageId: b}")
    + document("ServiceAccount", "uploader", "{displayName: One}")
    + document("ServiceAccount", "sleeper", "{disabled: false}")
    + document("ServiceAccount", "awakened", "{disabled: true}")
    + document("ServiceAccount", "left-account", "{}")
    + document("Role", "kept", "{title: One, stage: ga}")
    + document("Role", "left", "{title: Left, stage: ga}")
    + document(
      "ServiceAccountKey", "old", "{serviceAccount: uploader, destination: {file: old.json}}")

  private static let after =
    document(
      "Project", "my-project-id",
      """
      {labels: {team: platform}, services: [artifactregistry.googleapis.com, iam.googleapis.com, storage.googleapis.com],
        absentServices: [pubsub.googleapis.com],
        iam: [{role: roles/viewer, members: [group:developers@example.com]}]}
      """)
    + document(
      "Repository", "kept",
      "{format: python, description: two, iam: [{role: roles/artifactregistry.reader, members: [group:developers@example.com]}]}"
    )
    + document("Repository", "left", "{}", "{ensure: absent}")
    + document("Repository", "swapped", "{format: python}", "{allowReplace: true}")
    + document("Repository", "new", "{format: npm}")
    + document(
      "Rule", "kept", "{repository: kept, action: deny, operation: download, packageId: a}")
    + document("Rule", "left", "{repository: kept}", "{ensure: absent}")
    + document(
      "Rule", "new", "{repository: kept, action: deny, operation: download, packageId: c}")
    + document(
      "ServiceAccount", "uploader",
      "{displayName: Two, iam: [{role: roles/iam.serviceAccountUser, members: [group:developers@example.com]}]}"
    )
    + document("ServiceAccount", "sleeper", "{disabled: true}")
    + document("ServiceAccount", "awakened", "{disabled: false}")
    + document("ServiceAccount", "left-account", "{}", "{ensure: absent}")
    + document("ServiceAccount", "new-account", "{}")
    + document("Role", "kept", "{title: Two, stage: ga}")
    + document("Role", "left", "{}", "{ensure: absent}")
    + document("Role", "new", "{title: New, stage: ga}")
    + document(
      "ServiceAccountKey", "old", "{serviceAccount: uploader, destination: {file: old.json}}",
      "{ensure: absent}")
    + document(
      "ServiceAccountKey", "fresh", "{serviceAccount: uploader, destination: {file: fresh.json}}")
    + document(
      "ServiceAccountKey", "googles",
      "{serviceAccount: uploader, origin: google, destination: {file: googles.json}}")
}
