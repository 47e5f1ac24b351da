import Model
import Platform
import TestSupport
import Testing

@testable import Keys

/// A crash at every step of the file system and at every request: the next runs converge, with no duplicate and nothing
/// lost.
@Suite struct KeyCrashTests {
  /// How many steps an undisturbed run takes.
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
        // Reported with the command to run; somebody runs it.
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
}
