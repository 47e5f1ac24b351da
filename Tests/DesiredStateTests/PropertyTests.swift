import DesiredState
import Diagnostics
import Model
import TestSupport
import Testing

@Suite struct PropertyTests {
  static let soundDocuments: [String] =
    (1...6).map {
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: repo-\($0)}
      spec:
        format: python
        labels: {team: web}
        iam:
          - {role: roles/artifactregistry.reader, members: ["group:dev\($0)@example.com"]}

      """
    } + [
      """
      ---
      apiVersion: arctl.dev/v1
      kind: ServiceAccount
      metadata: {name: uploader}
      spec: {displayName: "PyPI ${env}"}

      """.replacing("${env}", with: "uploader"),
      """
      ---
      apiVersion: arctl.dev/v1
      kind: IAMBinding
      metadata: {name: writes}
      spec:
        resource: repository/repo-1
        role: publisher
        members: ["serviceAccount:uploader", "group:dev1@example.com"]
        absent: []

      """.replacing("  absent: []\n", with: ""),
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Role
      metadata: {name: publisher}
      spec: {title: Publisher, includedPermissions: [artifactregistry.repositories.get]}

      """,
      """
      ---
      apiVersion: arctl.dev/v1
      kind: ServiceAccountKey
      metadata: {name: uploader-key}
      spec: {serviceAccount: uploader, destination: {file: key.json}}

      """,
    ]

  /// Removes, repeats and replaces pieces of valid manifests; each result must be refused or read, never trap, and an
  /// error must have a place.
  @Test func damagedDocumentsNeverTrap() {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var generator = SeededRandom(state: seed)
    let sound = Array((Loading.stack + Self.soundDocuments.joined()).unicodeScalars)
    let pieces = [
      "${", "}", "[", "]", "{", ": ", "- ", "null", "~", "\n", "  ", "${x.y}", "each: {a: [b]}\n",
      "\"", "'", "&a ", "*a", "<<: ", "é", "iam", "absent", "members: 3", "---\n", "|", "0", "-1",
      "projects/p/locations/l/repositories/r", "serviceAccount:a@b", "variables: ",
    ]
    for _ in 0..<400 {
      var text = sound
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let start = Int.random(in: 0..<text.count, using: &generator)
        let end = min(text.count, start + Int.random(in: 0...12, using: &generator))
        let piece = pieces.randomElement(using: &generator) ?? ""
        text.replaceSubrange(start..<end, with: Array(piece.unicodeScalars))
      }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: text)
      let result = Loading(String(view)).run()
      let errors = result.diagnostics.filter { $0.severity == .error }
      #expect((result.graph == nil) == !errors.isEmpty)
      for diagnostic in errors {
        #expect(!diagnostic.message.isEmpty)
        let position = diagnostic.position
        #expect(position != nil)
        #expect((position?.line ?? 0) >= 1 && (position?.column ?? 0) >= 1)
      }
    }
  }
}
