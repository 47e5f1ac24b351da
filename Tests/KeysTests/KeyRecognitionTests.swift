import JSON
import Model
import TestSupport
import Testing

@testable import Keys

/// A server that is reached under another address (a forwarded port) is recognized by the key itself.
@Suite struct KeyRecognitionTests {
  @Test(arguments: DesiredKey.Origin.made)
  func aFileWithAnotherServerAddressIsAcceptedIfItsKeyIsKnown(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    try await stage.clock.sleep(for: .seconds(3600))
    var file = try #require(try stage.file().object)
    file["token_uri"] = "http://127.0.0.1:8090/token"
    stage.files.restart()
    let path = "\(stage.directory)/\(stage.key.file)"
    stage.files.put(path, JSONValue.object(file).serialized())
    #expect(try await stage.plan().action == .unchanged)
    // That a list omits it changes nothing: it is requested by itself.
    stage.server.refuse("GET /v1/projects/p/serviceAccounts/\(Make.email)/keys", 200, [:])
    #expect(try await stage.plan().action == .unchanged)
    stage.server.acceptAll()
    #expect(try await stage.plan(reissue: true).key == .supersede(["key1"]))
    _ = try await stage.apply(reissue: true).get()
    #expect(stage.files.contents["\(stage.directory)/.uploader-key.json.key1.old"] != nil)
    // An undecided key is neither.
    stage.files.restart()
    stage.server.refuse(
      "/keys/key1", 500, ["error": ["code": 500, "message": "no", "status": "INTERNAL"]])
    #expect(try await stage.plan().action == .unreadable)
  }
}
