import Crypto
import Model
import Platform
import TestSupport
import Testing

@testable import Keys

/// Crashes at every step of the file system and at every request: the following runs converge, without a duplicate
/// and without a loss.
@Suite struct KeyCrashTests {
  /// The number of steps in an undisturbed run.
  private func length(_ origin: DesiredKey.Origin) async throws -> (steps: Int, requests: Int) {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    return (stage.files.steps.count, stage.server.requests.count)
  }

  private func recover(_ stage: KeyStage, _ what: String) async throws {
    for _ in 0..<3 {
      let change = try await stage.plan()
      guard change.key != nil || change.action == .refused else { break }
      if change.refusals.first?.code == .keyOrphan {
        // The report names the command, and the user runs it.
        for key in stage.server.keys { stage.server.remove(key.id) }
      }
      try await stage.apply()
      stage.files.restart()
    }
    try await stage.expectConverged(what)
  }

  @Test(arguments: [DesiredKey.Origin.uploaded, .google], [false, true])
  func everyFileSystemStep(origin: DesiredKey.Origin, powerCut: Bool) async throws {
    let steps = try await length(origin).steps
    #expect(steps >= 8)
    for step in 1...steps {
      for fault in [MemoryFileSystem.Fault.crashBefore, .crashAfter] {
        let stage = KeyStage(origin: origin)
        stage.files.inject(fault, atStep: step)
        try await stage.apply()
        let last = stage.files.steps.last ?? ""
        stage.files.restart(losingUnsynchronized: powerCut)
        stage.server.inject(nil)
        try await recover(stage, "\(origin) \(fault) at \(step) (\(last)), power cut \(powerCut)")
      }
    }
  }

  @Test(arguments: [DesiredKey.Origin.uploaded, .google])
  func everyLostRequestAndAnswer(origin: DesiredKey.Origin) async throws {
    let requests = try await length(origin).requests
    for number in 1...requests {
      for fault in [KeyServer.Fault.lostRequest, .lostAnswer] {
        let stage = KeyStage(origin: origin)
        stage.server.inject(fault, at: number)
        try await stage.apply()
        stage.server.inject(nil)
        stage.files.restart()
        try await recover(stage, "\(origin) \(fault) at request \(number)")
      }
    }
  }

  // MARK: a reissue

  private static let firstKey = "key1"

  /// A machine with a live key that is an hour old, and a server that counts requests from here.
  private func withLiveKey(_ origin: DesiredKey.Origin) async throws -> KeyStage {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    try await stage.clock.sleep(for: .seconds(3600))
    stage.files.restart()
    stage.server.inject(nil)
    return stage
  }

  /// The private half of every live key is in a file here, or a report says that it is lost.
  private func expectNothingLost(_ stage: KeyStage, _ what: String) async throws {
    let held = stage.store().heldIDs(stage.key)
    #expect(held.contains(Self.firstKey), "\(what): held \(held)")
    let inspection = stage.store().inspect(stage.key).destination
    for key in stage.server.keys where !held.contains(key.id) {
      let isPending = Hex.encode(key.publicKey.fingerprint) == inspection.pendingFingerprint
      #expect(isPending || inspection.intent != nil, "\(what): \(key.id) is lost")
    }
  }

  private func recoverReissue(_ stage: KeyStage, _ what: String) async throws {
    try await expectNothingLost(stage, what)
    for _ in 0..<6 {
      let change = try await stage.plan()
      for refusal in change.refusals {
        #expect(refusal.code == .keyOrphan, "\(what): \(refusal)")
        for key in stage.server.keys where refusal.remedy?.contains("delete \(key.id) ") == true {
          #expect(!stage.store().heldIDs(stage.key).contains(key.id), "\(what)")
          stage.server.remove(key.id)
        }
      }
      if change.action == .pending || change.action == .unreadable {
        try await stage.clock.sleep(for: .seconds(61))
        continue
      }
      // The flag that started a private half that is not uploaded yet also finishes it.
      let isBegun = change.remarks.map(\.text).joined().contains("--reissue")
      guard change.key != nil || isBegun || change.action == .refused else { break }
      try await stage.apply(reissue: isBegun)
      stage.files.restart()
      try await expectNothingLost(stage, what)
    }
    let end = try await stage.plan()
    #expect(end.action == .unchanged, "\(what): \(end.action) \(end.reason ?? "") \(end.refusals)")
    let held = stage.store().heldIDs(stage.key)
    #expect(Set(stage.server.keys.map(\.id)) == held, "\(what): held \(held)")
    let names = stage.files.contents.keys.filter { $0.contains(".uploader-key.json.") }
    #expect(names.allSatisfy { $0.hasSuffix(".old") }, "\(what): \(names)")
    #expect(held.count - 1 == names.count, "\(what): \(names)")
  }

  @Test(arguments: [DesiredKey.Origin.uploaded, .google], [false, true])
  func everyFileSystemStepOfAReissue(
    origin: DesiredKey.Origin, powerCut: Bool
  ) async throws {
    let whole = try await withLiveKey(origin)
    _ = try await whole.apply(reissue: true).get()
    let steps = whole.files.steps
    #expect(steps.contains { $0.hasPrefix("link ") && $0.hasSuffix(".key1.old") })
    for step in 1...steps.count {
      for fault in [MemoryFileSystem.Fault.crashBefore, .crashAfter, .fails(28)] {
        let stage = try await withLiveKey(origin)
        stage.files.inject(fault, atStep: step)
        try await stage.apply(reissue: true)
        stage.files.restart(losingUnsynchronized: powerCut)
        stage.server.inject(nil)
        try await recoverReissue(
          stage, "\(origin) \(fault) at \(step) (\(steps[step - 1])), power cut \(powerCut)")
      }
    }
  }

  @Test(arguments: [DesiredKey.Origin.uploaded, .google])
  func everyRequestOfAReissue(origin: DesiredKey.Origin) async throws {
    let whole = try await withLiveKey(origin)
    _ = try await whole.apply(reissue: true).get()
    for number in 1...whole.server.requests.count {
      for fault in [
        KeyServer.Fault.lostRequest, .lostAnswer, .killBefore, .killLater(0), .killLater(25),
      ] {
        let stage = try await withLiveKey(origin)
        stage.server.inject(fault, at: number)
        try await stage.apply(reissue: true)
        stage.server.inject(nil)
        stage.files.restart()
        try await recoverReissue(stage, "\(origin) \(fault) at request \(number)")
      }
    }
  }
}
