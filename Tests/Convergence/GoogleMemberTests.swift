import Diagnostics
import GoogleCloud
import HTTP
import JSON
import Model
import Reconcile
import TestSupport
import Testing

@testable import Resources

/// Projects as Google leaves them: each has grants of its own service agents and default accounts.
@Suite struct GoogleMemberTests {
  private let projects = (10..<50).map { "project-\($0)" }
  private let services = [
    "cloudbuild", "cloudkms", "compute", "container", "pubsub", "run", "secretmanager", "workflows",
  ].map { "\($0).googleapis.com" }

  private func agents(_ number: String) -> [String] {
    [
      "\(number)@cloudservices.gserviceaccount.com",
      "\(number)-compute@developer.gserviceaccount.com",
      "\(number)@cloudbuild.gserviceaccount.com",
    ]
      + [
        "gcp-sa-cloudbuild", "gcp-sa-cloudkms", "compute-system", "container-engine-robot",
        "gcp-sa-pubsub", "serverless-robot-prod", "gcp-sa-secretmanager",
      ].map { "service-\(number)@\($0).iam.gserviceaccount.com" }
  }

  private func prepare(_ project: String, _ stage: SandboxStage, extra: [JSONValue] = [])
    async throws
  {
    _ = try await stage.call(
      .post, "/v1/projects/\(project)/services:batchEnable",
      ["serviceIds": .array(services.map { .string($0) })])
    let answer = try await stage.call(.get, "/v1/projects/\(project)")
    let number = try #require(answer["projectNumber"]?.string)
    let policy = try await stage.call(.post, "/v1/projects/\(project):getIamPolicy", [:])
    let members = agents(number).map { JSONValue.string("serviceAccount:\($0)") }
    let added: [JSONValue] = [
      ["role": "roles/editor", "members": .array(Array(members.prefix(2)))],
      ["role": "roles/logging.logWriter", "members": .array(Array(members.dropFirst(2)))],
    ]
    _ = try await stage.call(
      .post, "/v1/projects/\(project):setIamPolicy",
      ["policy": ["bindings": .array((policy["bindings"]?.array ?? []) + added + extra)]])
  }

  private func graph(_ stage: SandboxStage) throws -> DesiredGraph {
    try stage.graph(
      projects.map { project in
        """
        ---
        apiVersion: arctl.dev/v1
        kind: Project
        metadata: {name: \(project)}
        spec:
          services: [artifactregistry.googleapis.com]
          iam: [{role: roles/viewer, members: ["group:team@example.com"]}]

        """
      }.joined())
  }

  @Test func fortyProjectsWithTenAgentsEachAreOneLine() async throws {
    let stage = try SandboxStage(projects: projects)
    defer { stage.stop() }
    for project in projects.dropLast() { try await prepare(project, stage) }
    func account(_ project: String) async throws -> String {
      let answer = try await stage.call(.get, "/v1/projects/\(project)")
      let number = try #require(answer["projectNumber"]?.string)
      return "serviceAccount:\(number)-compute@developer.gserviceaccount.com"
    }
    let foreign = try await account(projects[0])
    let own = try await account(projects[39])
    // The last one has two grants that Google does not make: a privileged one, and one of another project's account.
    try await prepare(
      projects[39], stage,
      extra: [
        ["role": "roles/artifactregistry.reader", "members": [.string(foreign)]],
        ["role": "roles/iam.securityAdmin", "members": [.string(own)]],
      ])
    let graph = try graph(stage)
    #expect(try await stage.apply(graph).isComplete)
    let plan = try await stage.plan(graph)
    #expect(!plan.hasChanges)
    #expect(
      plan.googleMembers.sentence
        == "400 undeclared grants of Google's own accounts in 40 projects")
    let owner = "serviceAccount:owner@sandbox-owner.iam.gserviceaccount.com"
    let reported = plan.reportedMembers.filter { $0.member != owner }
    #expect(
      reported.map { "\($0.standing.rawValue) \($0.member)" } == [
        "privileged \(own)", "other \(foreign)",
      ])
    let diagnostics = plan.diagnostics.filter { $0.code == .undeclaredMembers }
    #expect(diagnostics.contains { $0.message.hasSuffix("to `\(own)` (privileged)") })
    #expect(diagnostics.count { $0.message.contains("Google's own accounts") } == 1)
    #expect(!diagnostics.contains { $0.message.contains("gcp-sa-") })
  }
}
