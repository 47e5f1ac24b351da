import Diagnostics
import Registry
import TestSupport
import Testing

@Suite struct SpeedTests {
  /// 10,000 documents in 20 files: well under half a second in release, so seconds in a debug build.
  @Test func tenThousandDocuments() throws {
    var loading = Loading(Loading.stack)
    for file in 0..<20 {
      var text = ""
      for number in 0..<500 {
        let name = "repo-\(file)-\(number)"
        text += """
          ---
          apiVersion: arctl.dev/v1
          kind: Repository
          metadata: {name: \(name)}
          spec:
            format: python
            description: Packages of one team
            labels: {team: web, tier: gold}
            iam:
              - role: roles/artifactregistry.reader
                members: [group:readers@example.com, serviceAccount:uploader]

          """
      }
      loading.files.append(("/manifests/\(file).yaml", text))
    }
    loading.files.append(
      (
        "/manifests/account.yaml",
        """
        apiVersion: arctl.dev/v1
        kind: ServiceAccount
        metadata: {name: uploader}
        """
      ))
    let (result, took) = withThreadTime { loading.run() }
    print("10,000 documents: \(took)")
    #expect(result.graph?.resources.count == 10_001, "\(Unsound(diagnostics: result.diagnostics))")
    #expect(result.graph?.policies.count == 10_000)
    #expect(took < .seconds(30))
  }

  /// What grows with the square of the input takes minutes here.
  @Test func aLongListWithIdsIsReadInOneGo() {
    var text =
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: all}
        spec:
          format: python
          mode: virtual
          virtualRepositoryConfig:
            upstreamPolicies:

        """
    for number in 0..<5000 {
      text +=
        "      - {id: u\(number), repository: projects/p-one/locations/us-east4/repositories/r\(number)}\n"
    }
    let (result, took) = withThreadTime { Loading(text).run() }
    #expect(result.diagnostics.contains { $0.severity == .error })
    #expect(took < .seconds(20))
  }

  /// Each misspelt name is held against all that there are, for the first of them only.
  @Test func suggestionsEndWhereTheyTakeTooLong() {
    var text =
      Loading.stack.replacing("spec:", with: "spec:\n  variables:\n    near: {default: x}") + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: all}
        spec:
          format: python
          description: "${near}"
          labels:
            first: ${naer}

        """
    let variables = (0..<8000).map { "    declared\($0): {default: x}\n" }.joined()
    text = text.replacing("  variables:\n", with: "  variables:\n" + variables)
    for number in 0..<8000 { text += "    k\(number): ${decalred\(number)}\n" }
    let (result, took) = withThreadTime { Loading(text).run() }
    #expect(result.diagnostics.contains { $0.label == "did you mean `near`?" })
    #expect(result.diagnostics.count { $0.code == .undefinedVariable } == 8001)
    #expect(took < .seconds(20))
  }

  @Test func manyDanglingReferencesAreJudgedInOneGo() {
    var text = Loading.stack
    for number in 0..<2000 {
      text += """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: repo-\(number)}
        spec: {format: python}
        ---
        apiVersion: arctl.dev/v1
        kind: IAMBinding
        metadata: {name: b\(number)}
        spec: {resource: repository/erpo-\(number), role: roles/viewer, members: ["user:a@example.com"]}

        """
    }
    let (result, took) = withThreadTime { Loading(text).run() }
    #expect(result.diagnostics.count { $0.code == .danglingReference } == 2000)
    #expect(result.diagnostics.first?.label == "did you mean `repo-0`?")
    #expect(took < .seconds(20))
  }

  @Test func manyErrorsOfOneFileAreQuotedInOneGo() {
    var text =
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: all}
        spec:
          format: python

        """
    for number in 0..<10_000 { text += "  unknown\(number): 1\n" }
    let result = Loading(text).run()
    #expect(result.diagnostics.count == 10_000)
    let took = withThreadTime {
      for diagnostic in result.diagnostics {
        #expect(result.sourceLine("/manifests/a.yaml", diagnostic.position?.line ?? 0) != nil)
      }
    }.time
    #expect(took < .seconds(20))
  }
}
