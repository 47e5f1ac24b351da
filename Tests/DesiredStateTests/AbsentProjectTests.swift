import Diagnostics
import TestSupport
import Testing

@testable import DesiredState

/// The deletion of a project deletes everything in it.
@Suite struct AbsentProjectTests {
  private func stack(_ documents: String...) -> String {
    ([
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Project
        metadata: {name: victim-proj-1}
        lifecycle: {ensure: absent}
        ---
        apiVersion: arctl.dev/v1
        kind: Project
        metadata: {name: my-project-id}
        """
    ] + documents.map { "apiVersion: arctl.dev/v1\n" + $0 }).joined(separator: "\n---\n")
  }

  private func found(_ text: String) -> [Diagnostic] { Loading(text).run().diagnostics }

  @Test(arguments: [
    "kind: Repository\nmetadata: {name: r}\nspec: {format: python, project: victim-proj-1}",
    "kind: ServiceAccount\nmetadata: {name: botbot}\nspec: {project: victim-proj-1}",
    "kind: Role\nmetadata: {name: rrr}\nspec: {project: victim-proj-1, title: t}",
    """
    kind: ServiceAccountKey
    metadata: {name: k}
    spec: {serviceAccount: botbot@victim-proj-1.iam.gserviceaccount.com, destination: {file: k.json}}
    """,
    """
    kind: IAMBinding
    metadata: {name: b}
    spec:
      resource: projects/victim-proj-1/locations/us/repositories/r
      role: roles/artifactregistry.reader
      members: [user:a@example.com]
    """,
    """
    kind: IAMBinding
    metadata: {name: b}
    spec:
      resource: project
      role: roles/artifactregistry.reader
      members: ["serviceAccount:uploader@victim-proj-1.iam.gserviceaccount.com"]
    """,
    """
    kind: IAMBinding
    metadata: {name: b}
    spec:
      resource: projects/victim-proj-1
      role: roles/artifactregistry.reader
      members: ["user:a@example.com"]
    """,
  ]) func aResourceWantedThereIsAnErrorWithBothLines(document: String) throws {
    let text = stack(document)
    let diagnostics = found(text)
    #expect(Set(diagnostics.map(\.code)) == [.refersToAbsent], "\(diagnostics)")
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let absent = try #require(lines.firstIndex { $0.contains("ensure: absent") }) + 1
    let diagnostic = try #require(diagnostics.first)
    #expect(diagnostic.related.map(\.position.line) == [absent])
    #expect((diagnostic.position?.line ?? 0) > absent)
  }

  @Test func theResourcesDeletedWithIt() {
    #expect(
      found(
        stack(
          "kind: Repository\nmetadata: {name: r}\nspec: {project: victim-proj-1}\nlifecycle: {ensure: absent}",
          """
          kind: IAMBinding
          metadata: {name: b}
          spec:
            resource: project
            role: roles/artifactregistry.reader
            absent: ["serviceAccount:uploader@victim-proj-1.iam.gserviceaccount.com"]
          """)
      ).isEmpty)
  }
}
