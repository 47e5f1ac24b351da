import JSON
import Model
import TestSupport
import Testing

@testable import Keys

/// A file whose key is not in the list is replaced only if the key is proven dead.
@Suite(.serialized) struct UnlistedKeyTests {
  private static let path = "/v1/projects/p/serviceAccounts/\(Make.email)/keys"

  /// A file that is old enough, and a list without its key.
  private func stage(_ origin: DesiredKey.Origin) async throws -> KeyStage {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    stage.files.restart()
    try await stage.clock.sleep(for: .seconds(3600))
    stage.server.refuse("GET \(Self.path)", 200, [:])
    return stage
  }

  @Test(arguments: DesiredKey.Origin.made) func aLaggingListProvesNothing(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = try await stage(origin)
    let file = try stage.file()
    #expect(try await stage.plan().action == .unchanged)
    _ = try await stage.apply().get()
    #expect(try stage.file() == file)
    #expect(stage.server.keys.count == 1)
  }

  /// A key that still signs in is not dead, whatever reads show.
  @Test(arguments: DesiredKey.Origin.made) func aKeyThatSignsInIsLive(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = KeyStage(origin: origin)
    stage.server.setLag(1_000_000)
    _ = try await stage.apply().get()
    stage.files.restart()
    for age in [0, 30, 3600] {
      try await stage.clock.sleep(for: .seconds(age))
      #expect(try await stage.plan().action == .unchanged)
    }
    #expect(try await stage.plan(reissue: true).key == .supersede(["key1"]))
  }

  @Test(arguments: DesiredKey.Origin.made) func aDeadKeyWithAnOldFileIsReplaced(
    origin: DesiredKey.Origin
  ) async throws {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    stage.files.restart()
    stage.server.remove("key1")
    let young = try await stage.plan()
    #expect(young.action == .pending)
    #expect(young.reason?.text.hasPrefix("for 60s: the key in the file is new") == true)
    try await stage.clock.sleep(for: .seconds(60))
    #expect(try await stage.plan().key == .reissue(replacing: "key1"))
    _ = try await stage.apply().get()
    try await stage.expectConverged("replaced")
  }

  @Test(arguments: [
    ("GET \(path)/key1", 403, "PERMISSION_DENIED"), ("GET \(path)/key1", 500, "INTERNAL"),
    ("POST /token", 403, "PERMISSION_DENIED"), ("POST /token", 500, "INTERNAL"),
  ]) func anUndecidedKeyIsUnreadable(key: String, status: Int, name: String) async throws {
    let stage = KeyStage(origin: .google)
    _ = try await stage.apply().get()
    stage.files.restart()
    try await stage.clock.sleep(for: .seconds(3600))
    stage.server.remove("key1")
    stage.server.refuse(
      key, status,
      ["error": ["code": .integer(Int64(status)), "message": "no", "status": .string(name)]])
    #expect(try await stage.plan().action == .unreadable)
    _ = try await stage.apply().get()
    #expect(try stage.file()["private_key_id"] == "key1")
  }

  /// The staged file of an interrupted run, which only lacks its name, is kept like an installed one.
  @Test func aStagedFileSurvivesALaggingList() async throws {
    let stage = KeyStage(origin: .google)
    stage.server.setLag(40)
    let steps = KeyStage(origin: .google)
    _ = try await steps.apply().get()
    let link = try #require(steps.files.steps.firstIndex { $0.hasPrefix("link ") })
    stage.files.inject(.crashBefore, atStep: link + 1)
    _ = try? await stage.apply().get()
    stage.files.restart()
    #expect(try await stage.plan().key == .importExisting(keyID: "key1"))
    _ = try await stage.apply().get()
    try await stage.expectConverged("named")
  }
}
