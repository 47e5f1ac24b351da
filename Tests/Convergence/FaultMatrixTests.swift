import HTTP
import JSON
import Model
import Platform
import Testing

/// Every request of an apply is lost once, or its answer is, or a 503 answers it: the run reports the true result,
/// and the next one ends with an empty plan, without duplicates and with the changes of others untouched.
@Suite struct FaultMatrixTests {
  private static let manifests = """
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    spec: {services: [artifactregistry.googleapis.com, iam.googleapis.com]}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: my-python-libraries}
    spec:
      format: python
      labels: {team: web}
      iam: [{role: roles/artifactregistry.reader, members: [group:developers@example.com]}]
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: uploader}
    spec: {displayName: PyPI uploader}
    ---
    apiVersion: arctl.dev/v1
    kind: Role
    metadata: {name: publisher}
    spec: {title: Publisher, includedPermissions: [artifactregistry.repositories.get]}
    ---
    apiVersion: arctl.dev/v1
    kind: IAMBinding
    metadata: {name: uploader-writes}
    spec: {resource: project, role: roles/artifactregistry.writer, members: [serviceAccount:uploader]}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccountKey
    metadata: {name: uploader-key}
    spec: {serviceAccount: uploader, origin: ORIGIN, destination: {file: uploader-key.json}}

    """

  /// Every sixth request from a random one on; all of them with `ARCTL_FULL_MATRIX=1`.
  @Test(arguments: ["uploaded", "google"], LossyTransport.Fault.allCases)
  func everyRequest(origin: String, fault: LossyTransport.Fault) async throws {
    let manifests = Self.manifests.replacing("ORIGIN", with: origin)
    let isFull = ProcessEnvironment.current.nonEmpty("ARCTL_FULL_MATRIX") != nil
    let step = isFull ? 1 : 6
    var number = isFull ? 1 : Int.random(in: 1...step)
    while try await survives(manifests, fault, at: number) { number += step }
    // Signing in, the reads of a plan, and the writes of an apply.
    #expect(number > 20)
  }

  /// False when the run made fewer requests than `number`.
  private func survives(
    _ manifests: String, _ fault: LossyTransport.Fault, at number: Int
  ) async throws -> Bool {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let graph = try stage.graph(manifests)
    stage.transport.inject(fault, at: number)
    var what = "\(fault) at \(number)"
    var isDone = false
    do {
      let plan = try await stage.plan(graph)
      let report = await stage.execute(plan, try await stage.client())
      isDone = plan.isComplete && report.isComplete
      what += ": \(report.failed.map { "\($0.failure.call) \($0.failure.message)" })"
    } catch {
      // Not even signed in.
      what += ": \(error)"
    }
    let seen = stage.transport.requests
    stage.transport.inject(nil)
    // If a run reports success, the plan must be empty.
    if isDone { #expect(summary(try await stage.plan(graph)) == [], "\(what)") }
    try await stage.recover(graph)
    #expect(summary(try await stage.plan(graph)) == [], "\(what)")
    let keys = try await stage.call(
      .get,
      "/v1/projects/my-project-id/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com/keys?keyTypes=USER_MANAGED"
    )
    #expect(keys["keys"]?.array?.count == 1, "\(what)")
    for request in seen + stage.transport.requests {
      #expect(!String(decoding: request.body ?? [], as: UTF8.self).contains("PRIVATE KEY"))
    }
    return seen.count >= number
  }
}

extension SandboxStage {
  /// Applies until there is nothing to do; revokes each key that the run reports as a possible orphan, as the report
  /// says.
  func recover(_ graph: DesiredGraph) async throws {
    for _ in 0..<3 {
      let plan = try await plan(graph)
      guard !summary(plan).isEmpty else { return }
      for change in plan.changes where change.refusals.contains(where: { $0.code == .keyOrphan }) {
        let id = try #require(
          change.refusals.first?.remedy?.split(separator: " ").drop { $0 != "delete" }.dropFirst()
            .first)
        _ = try await call(
          .delete,
          "/v1/projects/my-project-id/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com/keys/\(id)"
        )
      }
      _ = try await apply(graph)
    }
  }
}
