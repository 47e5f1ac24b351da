import Diagnostics
import Registry
import Testing

@Suite struct SpeedTests {
  /// 10,000 documents in 20 files: well under half a second in release, so seconds in a debug build on a busy machine.
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
    let start = ContinuousClock.now
    let result = loading.run()
    let took = ContinuousClock.now - start
    print("10,000 documents: \(took)")
    #expect(result.graph?.resources.count == 10_001, "\(Unsound(diagnostics: result.diagnostics))")
    #expect(result.graph?.policies.count == 10_000)
    #expect(took < .seconds(30))
  }
}
