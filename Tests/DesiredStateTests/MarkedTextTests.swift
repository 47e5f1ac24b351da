import DesiredState
import Diagnostics
import TestSupport
import Testing

/// Each problem is reported once, at its mark.
@Suite struct MarkedTextTests {
  static let cases: [(String, String)] = [
    (
      "one unknown kind does not make references to it dangle",
      """
      ---
      apiVersion: arctl.dev/v1
      kind: «AR0111»ServiceAcount
      metadata: {name: uploader}
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: packages}
      spec:
        format: npm
        iam: [{role: roles/artifactregistry.writer, members: ["serviceAccount:uploader"]}]
      """
    ),
    (
      "a document with errors is still there for others",
      """
      ---
      apiVersion: arctl.dev/v1
      kind: ServiceAccount
      metadata: {name: uploader}
      spec: {«AR0104»displayname: Robot}
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: packages}
      spec:
        format: npm
        iam: [{role: roles/artifactregistry.writer, members: ["serviceAccount:uploader"]}]
      """
    ),
    (
      "columns are code points",
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: packages}
      spec: {format: npm, description: "π ≈ 3, 👍", «AR0104»lables: {}}
      """
    ),
    (
      "a broken value is not also a missing one",
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: packages}
      spec: {format: "«AR0130»${format}"}
      """
    ),
    (
      "every level of a document is read",
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: «AR0115»Packages, «AR0104»title: x}
      «AR0104»lifecyle: {}
      lifecycle: {protect: «AR0113»maybe}
      spec:
        format: «AR0114»nmp
        cleanupPolicies:
          old: {«AR0104»actoin: delete, condition: {olderThan: «AR0113»soon}}
        iam:
          - role: roles/artifactregistry.reader
            members: [group:a@example.com]
            exclusive: «AR0113»"true"
      """
    ),
    (
      "a virtual repository looks in its own location",
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: own}
      spec: {format: npm, location: us}
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: all}
      spec:
        format: npm
        mode: virtual
        virtualRepositoryConfig:
          upstreamPolicies: [{id: own, repository: «AR0141»own, priority: 1}]
      """
    ),
    (
      "an upstream has the format and location of its virtual repository",
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: images}
      spec: {format: docker}
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: all}
      spec:
        format: npm
        mode: virtual
        virtualRepositoryConfig:
          upstreamPolicies:
            - {id: a, repository: «AR0122»images, priority: 1}
            - {id: b, repository: «AR0122»projects/my-project-id/locations/us/repositories/far, priority: 2}
            - {id: c, repository: projects/other-project/locations/us-east4/repositories/near, priority: 3}
      """
    ),
    (
      "the project itself must be declared to be named shortly",
      """
      ---
      apiVersion: arctl.dev/v1
      kind: IAMBinding
      metadata: {name: all}
      spec:
        resource: «AR0141»project
        role: roles/artifactregistry.reader
        members: [group:a@example.com]
      """
    ),
  ]

  @Test(arguments: cases) func errorsStandAtTheirMarks(_ name: String, _ text: String) {
    let marked = MarkedText(Loading.stack + text)
    let result = Loading(marked.text).run()
    let errors = result.diagnostics.filter { $0.severity == .error }
    #expect(
      errors.map { Found($0) }.sorted() == marked.expected,
      "\(name): \(Unsound(diagnostics: errors))")
  }

  @Test func aCycleIsShownWhole() {
    func virtual(_ name: String, _ upstream: String) -> String {
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: \(name)}
      spec:
        format: npm
        mode: virtual
        virtualRepositoryConfig: {upstreamPolicies: [{id: up, repository: \(upstream), priority: 1}]}

      """
    }
    let result = Loading(
      Loading.stack + virtual("cc", "aa") + virtual("aa", "bb") + virtual("bb", "cc")
    ).run()
    #expect(
      result.diagnostics.map(\.message) == [
        "a cycle: `repository/us-east4/aa` -> `repository/us-east4/bb` -> `repository/us-east4/cc` -> `repository/us-east4/aa`"
      ])
    #expect(result.diagnostics.first?.position?.line == 21)
    #expect(result.diagnostics.first?.related.map(\.position.line) == [29, 13])
  }

  @Test func anUnknownFieldNamesItsPage() {
    let result = Loading(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: packages}
        spec: {format: npm, cleanupPolicy: {}}
        """
    ).run()
    #expect(result.diagnostics.first?.message == "unknown field `cleanupPolicy` in Repository")
    #expect(result.diagnostics.first?.label == "did you mean `cleanupPolicies`?")
    #expect(result.diagnostics.first?.help == ["arctl explain Repository.cleanupPolicies"])
  }
}
