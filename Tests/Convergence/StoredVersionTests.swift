import CloudResources
import Crypto
import GoogleCloud
import JSON
import Keys
import Testing

/// The versions of a secret, as keys are stored in them, against the sandbox.
@Suite struct StoredVersionTests {
  private static let path = "/v1/projects/my-project-id/secrets/store"

  private func prepared(_ stage: SandboxStage) async throws -> SecretVersions {
    let graph = try stage.graph(
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Project
      metadata: {name: my-project-id}
      spec: {services: [secretmanager.googleapis.com]}
      ---
      apiVersion: arctl.dev/v1
      kind: Secret
      metadata: {name: store}
      spec: {}

      """)
    #expect(try await stage.apply(graph).isComplete)
    return SecretVersions(
      calls: CloudCalls(client: try await stage.client(), memory: RecentWrites()),
      project: "my-project-id", secret: "store")
  }

  private func bytes(_ text: String) -> SecretBytes {
    var bytes = SecretBytes()
    bytes.append(text)
    return bytes
  }

  @Test func aRotation() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let secret = try await prepared(stage)
    let first = try await secret.add(bytes("the first value"))
    let claim = try #require(try await secret.read())
    guard
      case .done(let noted) = try await secret.patch(
        annotations: ["arctl-key-id": "0123"], aliases: ["k-0123": first.number],
        etag: claim.etag)
    else { Issue.record("the note was not written"); return }
    #expect(noted.aliases == ["k-0123": 1] && noted.etag != claim.etag)
    // Another run that read the same state comes too late.
    let late = try await secret.patch(
      annotations: ["arctl-key-id": "4567"], aliases: [:], etag: claim.etag)
    #expect(late == .overtaken(noted))

    let second = try await secret.add(bytes("the second value"))
    #expect(second.number == 2 && second.isChecksumConfirmed && second.state == .enabled)
    // Somebody disables the first one.
    let disabled = try await stage.call(.post, "\(Self.path)/versions/1:disable")
    guard case .overtaken(let seen) = try await secret.destroy(1, etag: first.etag),
      let now = seen, case .done(let gone) = try await secret.destroy(1, etag: now.etag)
    else { Issue.record("the first version is still there"); return }
    #expect(now.state == .disabled && .string(now.etag) == disabled["etag"])
    #expect(gone.state == .destroyed)
    #expect(try await secret.list().map(\.state) == [.enabled, .destroyed])
    let value = try await stage.call(.get, "\(Self.path)/versions/latest:access")
    #expect(value["payload"]?["data"] == .string(Base64.encode(Array("the second value".utf8))))
  }

  /// Neither the journal nor the errors of the sandbox have the value, and no read needs it.
  @Test func theValueIsInNoJournal() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let secret = try await prepared(stage)
    let value = "a value that is nowhere else"
    _ = try await secret.add(bytes(value))
    _ = try await secret.list()
    let journal = try await stage.call(.get, "/_sandbox/journal").text()
    #expect(!journal.contains(Base64.encode(Array(value.utf8))) && !journal.contains(value))
    #expect(!journal.contains(":access"))
  }

  @Test func anAbsentSecret() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let secret = try await prepared(stage)
    let other = SecretVersions(calls: secret.calls, project: secret.project, secret: "absent")
    #expect(try await other.read() == nil)
  }
}
