import Crypto
import GoogleCloud
import Model
import TestSupport
import Testing

@testable import Keys

/// Times of keys go by the server's clock, the ages of files by this machine's.
@Suite struct KeyClockTests {
  static let day: Double = 86_400
  /// The machine is right, months behind, or months ahead.
  static let distances: [Double] = [0, 61 * day, -61 * day]

  @Test func rotationIsDueByTheServersClock() async throws {
    var stage = KeyStage(origin: .uploaded)
    stage.key.rotateAfter = 60 * 86_400
    _ = try await stage.apply().get()
    #expect(try await stage.plan().keyChange?.rotationDue == nil)
    stage.behind = 61 * Self.day
    #expect(
      try await stage.plan().keyChange?.rotationDue == Int64(InstantClock.start + 60 * Self.day))
    // Up to a minute is the inaccuracy of the header.
    stage.behind = 59
    #expect(try await stage.plan().keyChange?.rotationDue == nil)
  }

  @Test(arguments: distances) func certificatesAreDatedByTheServersClock(
    behind: Double
  ) async throws {
    var stage = KeyStage(origin: .uploaded)
    stage.behind = behind
    _ = try await stage.apply().get()
    let certificate = try Certificate(pem: try #require(stage.server.keys.first?.certificate))
    let now = Int64(stage.clock.now + behind)
    #expect((now - 3600...now).contains(certificate.notBefore))
    #expect(certificate.notAfter > now)
    #expect(try #require(stage.key.expires) == certificate.notAfter - now)
  }

  /// A request of a moment ago stays one, whatever the server's clock shows.
  @Test(arguments: distances) func intentsAgeByThisMachinesClock(behind: Double) async throws {
    var stage = KeyStage(origin: .google)
    stage.behind = behind
    stage.files.putFolder(stage.directory)
    try stage.store().writeIntent(stage.key, keyIDs: [], now: Int64(stage.clock.now))
    #expect(try await stage.plan().keyChange?.wait == 60)
    try await stage.clock.sleep(for: .seconds(20))
    #expect(try await stage.plan().keyChange?.wait == 40)
    let before = stage.clock.uptime
    _ = try await stage.apply().get()
    #expect(stage.clock.uptime - before >= .seconds(40))
    #expect(stage.clock.uptime - before < .seconds(60))
    try await stage.expectConverged("after the wait")
  }

  /// A new file whose key no read shows is not taken for that of a dead key, and an old one is.
  @Test(arguments: distances) func keyFilesAgeByThisMachinesClock(behind: Double) async throws {
    var stage = KeyStage(origin: .uploaded)
    stage.behind = behind
    _ = try await stage.apply().get()
    stage.server.remove("key1")
    let young = try await stage.plan()
    #expect(young.key == nil)
    try await stage.clock.sleep(for: .seconds(61))
    #expect(try await stage.plan().key == .reissue(replacing: "key1"))
    _ = try await stage.apply().get()
    try await stage.expectConverged("replaced")
  }
}
