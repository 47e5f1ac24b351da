import DesiredState
import Diagnostics
import Kinds
import Manifests
import Model
import TestSupport
import Testing

/// Documents for keys that were made elsewhere. `Fixtures/broken` has those that are wrong.
@Suite struct ExternalKeyTests {
  private static let id = "0123456789abcdef0123456789abcdef01234567"
  private static let account = """
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: uploader}
    spec: {project: my-project-id}

    """

  private static func key(_ name: String, _ spec: String, _ lifecycle: String = "{}") -> String {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccountKey
    metadata: {name: \(name)}
    lifecycle: \(lifecycle)
    spec: {project: my-project-id, serviceAccount: uploader, \(spec)}

    """
  }

  private func errors(_ text: String) -> [String] {
    Loading(text).run().diagnostics.filter { $0.severity == .error }
      .map { "\($0.code.rawValue) \($0.message)" }
  }

  @Test func itNeedsNeitherAStackNorADestination() throws {
    let graph = try Loading.graph(
      Self.account + Self.key("jenkins-key", "origin: external, keyId: \(Self.id)"))
    let key = try #require(graph.keys.values.first)
    #expect(key.address.description == "my-project-id/serviceAccountKey/uploader/jenkins-key")
    #expect(key.origin == .external && key.keyID == Self.id && key.file.isEmpty)
    #expect(key.expires == nil && key.rotateAfter == nil && !key.lifecycle.create)
    #expect(!key.isNamed("") && !key.isNamed(key.commonName))
    #expect(key.dependencies.contains(key.account))
  }

  @Test func aKeyThatArctlMakesBesideItStillNeedsAStack() {
    let both =
      Self.account + Self.key("jenkins-key", "origin: external, keyId: \(Self.id)")
      + Self.key("own", "destination: {file: own.json}")
    #expect(errors(both).map { $0.prefix(6) } == ["AR0145"])
    #expect(errors(Loading.stack + "---\n" + both) == [])
  }

  @Test func aDestinationIsStillRequiredOfEveryOtherKey() {
    let missing = ["AR0112 ServiceAccountKey needs `destination`"]
    let stack = Loading.stack + "---\n" + Self.account
    #expect(errors(stack + Self.key("k", "expires: 30d")) == missing)
    #expect(errors(stack + Self.key("k", "origin: google")) == missing)
    #expect(errors(stack + Self.key("k", "origin: uploaded")) == missing)
    // An origin that cannot be read says nothing about the destination.
    #expect(errors(stack + Self.key("k", "origin: extern")).map { $0.prefix(6) } == ["AR0114"])
  }

  @Test func aWholeNameIsShortenedByTheHelp() {
    let name = "projects/p/serviceAccounts/a@p.iam.gserviceaccount.com/keys/\(Self.id)"
    let found = Loading(Self.account + Self.key("k", "origin: external, keyId: \(name)")).run()
      .diagnostics.filter { $0.severity == .error }
    #expect(found.map(\.code) == [.badValue])
    #expect(found.first?.help == ["write the id alone: `\(Self.id)`"])
  }

  @Test func aDeletionNeedsTheIDToo() throws {
    let absent = "{ensure: absent}"
    let graph = try Loading.graph(
      Self.account + Self.key("k", "origin: external, keyId: \(Self.id)", absent))
    #expect(graph.keys.values.first?.keyID == Self.id)
    #expect(
      errors(Self.account + Self.key("k", "origin: external", absent)) == [
        "AR0112 `origin: external` needs `keyId`, also where the key is to be deleted"
      ])
    #expect(
      errors(Loading.stack + "---\n" + Self.account + Self.key("k", "keyId: \(Self.id)", absent))
        == ["AR0122 `keyId` is for keys with `origin: external`"])
  }

  @Test func anotherStackCannotDeclareTheSameKey() {
    func errors(_ own: String, _ other: String) -> [String] {
      var loading = Loading(own)
      loading.files.append((path: "/other/b.yaml", text: other))
      loading.options.also = ["/other"]
      return loading.run().diagnostics.filter { $0.severity == .error }.map {
        "\($0.code.rawValue) \($0.position?.file ?? "") \($0.related.first?.position.file ?? "")"
      }
    }
    let full = "serviceAccount: uploader"
    func set(_ name: String, _ id: String) -> String {
      Self.key(name, "origin: external, keyId: \(id)").replacing(
        full,
        with:
          "serviceAccount: projects/my-project-id/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com"
      )
    }
    #expect(
      errors(set("one", Self.id), set("other", Self.id)) == [
        "AR0156 /manifests/a.yaml /other/b.yaml"
      ])
    #expect(errors(set("one", Self.id), set("other", String(Self.id.reversed()))) == [])
  }
}
