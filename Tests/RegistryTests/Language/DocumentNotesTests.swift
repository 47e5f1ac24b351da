import Diagnostics
import Registry
import Testing

@Suite struct DocumentNotesTests {
  private func notes(_ text: String) -> [String?] {
    Loading(Loading.stack + text).run().diagnostics.map(\.note)
  }

  @Test func theErrorsOfADocumentCarryItsNote() {
    #expect(
      notes(
        """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: libs, note: owned by ana}
        spec:
          format: pyhton
          labels: {BAD: x}
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: other}
        spec: {format: pyhton}
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata:
          name: more
          note: |
            owned by
            eve
        spec:
          format: pyhton
        """) == ["owned by ana", nil, "owned by\neve"])
  }

  @Test func warningsDoNotAndASecretIsMaskedThere() {
    #expect(
      notes(
        """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: libs, note: owned by ana}
        spec: {format: python, location: us-east99}
        """) == [nil])
    let found = Loading(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata:
          name: libs
          note: "-----BEGIN PRIVATE KEY----- MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
        spec: {format: pyhton}
        """
    ).run().diagnostics
    #expect(found.contains { $0.code == .secretInManifest })
    #expect(found.allSatisfy { $0.note?.contains("MIIE") != true })
  }
}
