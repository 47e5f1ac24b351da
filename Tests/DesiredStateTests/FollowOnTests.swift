import DesiredState
import Diagnostics
import Foundation
import TestSupport
import Testing

/// One mistake is one error: its mere consequences are not reported.
@Suite struct FollowOnTests {
  static let set = """
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: publisher}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccountKey
    metadata: {name: publisher-key}
    spec: {serviceAccount: publisher, destination: {file: publisher.json}}
    ---
    apiVersion: arctl.dev/v1
    kind: Role
    metadata: {name: auditor}
    spec: {title: Auditor, includedPermissions: [artifactregistry.repositories.get]}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: packages}
    spec:
      format: python
      iam: [{role: auditor, members: ["serviceAccount:publisher"]}]
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: all}
    spec:
      format: python
      mode: virtual
      virtualRepositoryConfig: {upstreamPolicies: [{id: own, repository: packages, priority: 1}]}
    ---
    apiVersion: arctl.dev/v1
    kind: IAMBinding
    metadata: {name: install}
    spec:
      resource: repository/packages
      role: roles/artifactregistry.reader
      members: ["serviceAccount:publisher"]
    ---
    apiVersion: arctl.dev/v1
    kind: IAMBinding
    metadata: {name: look}
    spec: {resource: project, role: projects/my-project-id/roles/auditor, members: ["group:a@example.com"]}

    """

  private func stack(_ spec: String) -> String {
    "apiVersion: arctl.dev/v1\nkind: Stack\nmetadata: {name: test}\nspec:\n  \(spec)\n"
  }

  private func errors(_ text: String) -> [String] {
    Loading(text).run().diagnostics.filter { $0.severity == .error }
      .map { "\($0.code.rawValue) \($0.position?.line ?? 0) \($0.message)" }
  }

  @Test func theSetItselfIsValid() {
    #expect(errors(Loading.stack + Self.set).isEmpty)
  }

  @Test func withoutAStack() {
    #expect(errors(Self.set) == ["AR0112 8 the document has no project, and 6 others have none"])
  }

  @Test(arguments: [
    ("defaults: {project: 123456789012, location: us-east4}", "AR0116"),
    ("defaults: {project: my-project-id, location: EU}", "AR0116"),
    ("default: {project: my-project-id, location: us-east4}", "AR0104"),
    ("defaults: [project, my-project-id]", "AR0113"),
    ("defaults: {project: \"${nope}\", location: us-east4}", "AR0130"),
    (
      "defaults: {project: \"my-${env}\", location: us}\n  variables: {env: {default: [project-id]}}",
      "AR0132"
    ),
    (
      "defaults: {project: my-project-id, location: us}\n  variables: {env: {default: [dev]}}",
      "AR0132"
    ),
  ])
  func aBadStackIsTheOnlyError(_ spec: String, _ code: String) {
    let found = errors(stack(spec) + Self.set)
    #expect(found.count == 1 && found[0].hasPrefix(code), "\(found)")
  }

  @Test(arguments: [
    "apiVersion: arctl.dev/v1\nkind: Stak\nmetadata: {name: test}\n",
    "apiVersion: arctl.dev/v1\nkind: Stack\nmetadata: {nome: test}\n",
    "apiVersion: arctl.dev/v1\nkind: Stack\nmetadata: {name: test}\nspec: {defaults: {project: p\n",
  ])
  func aLostStackIsTheOnlyError(_ stack: String) {
    #expect(errors(stack + Self.set).count == (stack.contains("nome") ? 2 : 1))
  }

  @Test(arguments: [
    (
      "kind: Repository\nmetadata: {name: packages}", "kind: Repository\nmetadata: {name: Packages}"
    ),
    (
      "kind: Repository\nmetadata: {name: packages}",
      "kind: Repository\nmetadata: {name: pack_ages}"
    ),
    (
      "kind: ServiceAccount\nmetadata: {name: publisher}",
      "kind: ServiceAccount\nmetadata: {name: pub}"
    ),
    ("kind: Role\nmetadata: {name: auditor}", "kind: Role\nmetadata: {name: audi-tor}"),
  ])
  func aRefusedNameIsNotSuggested(_ good: String, _ bad: String) {
    let found = errors(Loading.stack + Self.set.replacing(good, with: bad))
    #expect(found.count == 1 && found[0].hasPrefix("AR0115"), "\(found)")
  }

  @Test func aReferenceNearerToAValidNameIsReported() {
    let text = Self.set.replacing("resource: repository/packages", with: "resource: repository/al")
      .replacing("metadata: {name: packages}", with: "metadata: {name: Packages}")
    #expect(errors(Loading.stack + text).map { $0.prefix(6) } == ["AR0115", "AR0141"])
  }

  @Test(arguments: ["specs", "Spec", "spce"])
  func aMisspeltKeyIsTheOnlyError(_ key: String) {
    let set = Loading.stack + Self.set
    for place in ["kind: Stack", "kind: Repository"] {
      let start = set.range(of: place)?.upperBound ?? set.startIndex
      let spec = set[start...].firstRange(of: "\nspec:")
      let broken = spec.map { set.replacingCharacters(in: $0, with: "\n\(key):") } ?? ""
      let found = errors(broken)
      #expect(found.count == 1 && found[0].hasPrefix("AR0104"), "\(place): \(found)")
    }
  }

  @Test func aRevokedAccountNeedsAProject() {
    let found = errors(
      stack("revoked: [\"serviceAccount:publisher\"]")
        + """
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccount
        metadata: {name: publisher}
        spec: {project: my-project-id}
        """)
    #expect(
      found == [
        "AR0141 5 `serviceAccount:publisher`: Stack `test` has no project to look in"
      ])
  }

  @Test func anUnknownLocationIsPointedAtWhereItIsWritten() throws {
    let text = stack("defaults: {project: my-project-id, location: europe-wset4}") + Self.set
    let warnings = Loading(text).run().diagnostics.filter { $0.code == .unknownLocation }
    #expect(warnings.map { Found($0) } == [Found("AR0124", 5, 48)])
    var flag = Loading(text)
    flag.options.location = "europe-wset4"
    let given = flag.run().diagnostics.filter { $0.code == .unknownLocation }
    #expect(given.map(\.position) == [nil])
    #expect(
      given.first?.message == "--location: `europe-wset4` is not a location of Artifact Registry")
  }
}
