import JSON
import Model
import TestSupport
import Testing

@testable import Keys

/// A file with a key of another server or project is never replaced.
@Suite struct KeyServerMismatchTests {
  private static let google = "https://oauth2.googleapis.com/token"

  private func stage(
    _ origin: DesiredKey.Origin, _ member: String, _ value: JSONValue?
  ) async throws -> KeyStage {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    stage.server.remove("key1")
    try await stage.clock.sleep(for: .seconds(3600))
    var file = try #require(try stage.file().object)
    file[member] = value
    stage.files.restart()
    stage.files.put("\(stage.directory)/\(stage.key.file)", JSONValue.object(file).serialized())
    return stage
  }

  @Test(
    arguments: DesiredKey.Origin.made,
    [
      ("token_uri", "http://127.0.0.1:8090/token", "another server"),
      ("token_uri", nil, "another server"),
      ("token_uri", "https://oauth2.googleapis.com.example.com/token", "another server"),
      ("token_uri", 7, "another server"), ("project_id", "other", "the project other"),
      ("client_email", "x@p.iam.gserviceaccount.com", "a key of x@p"),
    ] as [(String, JSONValue?, String)]) func anUnreadableFileIsRefusedAndKept(
      origin: DesiredKey.Origin, change: (String, JSONValue?, String)
    ) async throws
  {
    let stage = try await stage(origin, change.0, change.1)
    let files = stage.files.contents
    for reissue in [false, true] {
      let row = try await stage.plan(reissue: reissue)
      #expect(row.refusals.map(\.code) == [.keyMismatch])
      #expect(row.refusals.first?.message.contains(change.2) == true)
    }
    for order in [
      KeyAction.issue, .reissue(replacing: "key1"), .supersede(["key1"]), .resume,
      .importExisting(keyID: "key1"),
      .removeLeftovers,
    ] {
      _ = try? await stage.carryOut(order)
      stage.files.releaseLocks()
    }
    #expect(
      stage.files.contents.filter { !$0.key.hasSuffix("/.lock") }
        == files.filter { !$0.key.hasSuffix("/.lock") })
    #expect(stage.server.keys.isEmpty)
  }

  @Test func severalNamesMeanOneServer() {
    for (other, isSame) in [
      ("https://accounts.google.com/o/oauth2/token", true), (Self.google, true),
      ("https://oauth2.googleapis.com:8443/token", false),
      ("http://oauth2.googleapis.com/token", false),
      ("", false), ("http://localhost:1/token", false),
    ] {
      #expect(KeyStore.isSameServer(other, Self.google) == isSame, "\(other)")
    }
    #expect(KeyStore.isSameServer("http://localhost:80/token", "http://127.0.0.1/token"))
    #expect(!KeyStore.isSameServer("http://localhost:81/token", "http://127.0.0.1/token"))
  }
}
