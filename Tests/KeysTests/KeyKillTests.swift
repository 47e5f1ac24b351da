import Model
import Platform
import Resources
import TestSupport
import Testing

@testable import Keys

/// Kills at every request and at every step of the file system, with late requests and lagging lists. The following
/// applies end with one live key that is in the file, and every possible orphan was reported.
@Suite struct KeyKillTests {
  /// What interrupts a run, and how slowly the server shows changes.
  struct Case: Sendable, CustomStringConvertible {
    var origin: DesiredKey.Origin
    var cut: Cut
    var lag: Double
    var description: String { "\(origin), \(cut), lag \(lag)s" }
  }

  enum Cut: Sendable {
    case request(Int, KeyServer.Fault)
    case step(Int, MemoryFileSystem.Fault)
  }

  /// The number of steps and requests in an undisturbed run.
  private func length(_ origin: DesiredKey.Origin) async throws -> (steps: Int, requests: Int) {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    return (stage.files.steps.count, stage.server.requests.count)
  }

  @Test(arguments: [DesiredKey.Origin.uploaded, .google], [0, 8, 30, 55] as [Double])
  func everyRequest(origin: DesiredKey.Origin, lag: Double) async throws {
    let faults: [KeyServer.Fault] = [
      .lostRequest, .lostAnswer, .killBefore, .killLater(0), .killLater(3), .killLater(25),
      .killLater(55),
    ]
    for number in 1...(try await length(origin).requests) {
      for fault in faults where fault.delay + lag < 60 {
        try await play(Case(origin: origin, cut: .request(number, fault), lag: lag))
      }
    }
  }

  @Test(arguments: [DesiredKey.Origin.uploaded, .google], [0, 8, 30, 55] as [Double])
  func everyStep(origin: DesiredKey.Origin, lag: Double) async throws {
    for step in 1...(try await length(origin).steps) {
      for fault in [MemoryFileSystem.Fault.crashBefore, .crashAfter, .fails(28)] {
        try await play(Case(origin: origin, cut: .step(step, fault), lag: lag))
      }
    }
  }

  /// A file with a live key, and an interrupted reissue: the key in the file is not an orphan and is not lost.
  @Test(arguments: [0, 30] as [Double])
  func everyRequestOfAReissue(lag: Double) async throws {
    let stage = KeyStage(origin: .google)
    try await stage.apply()
    stage.server.inject(nil)
    stage.files.restart()
    _ = try await stage.apply(reissue: true).get()
    for number in 1...stage.server.requests.count {
      for fault in [KeyServer.Fault.killBefore, .killLater(0), .killLater(25)] {
        let stage = KeyStage(origin: .google)
        try await stage.apply()
        stage.files.restart()
        stage.server.setLag(lag)
        stage.server.inject(fault, at: number)
        _ = try? await stage.apply(reissue: true).get()
        stage.server.inject(nil)
        stage.files.restart()
        let what = "reissue, \(fault) at \(number), lag \(lag)"
        try await recover(stage, what)
        // `--reissue` leaves the old key live, and its file is here.
        try await expectHeld(stage, besides: "key1", what)
      }
    }
  }

  private func play(_ cell: Case) async throws {
    let stage = KeyStage(origin: cell.origin)
    stage.server.setLag(cell.lag)
    switch cell.cut {
    case .request(let number, let fault): stage.server.inject(fault, at: number)
    case .step(let step, let fault): stage.files.inject(fault, atStep: step)
    }
    try reportsOrphans(try await stage.apply(), stage, "\(cell)")
    stage.server.inject(nil)
    stage.files.restart()
    try await recover(stage, "\(cell)")
    try await expectHeld(stage, besides: nil, "\(cell)")
    try await stage.expectConverged("\(cell)")
  }

  /// Applies until there is nothing left to do, and carries out what reports ask for.
  private func recover(_ stage: KeyStage, _ what: String) async throws {
    for _ in 0..<8 {
      let change = try await stage.plan()
      switch change.action {
      case .refused:
        #expect(change.refusals.map(\.code) == [.keyOrphan], "\(what): \(change.refusals)")
        revoke(change.refusals.compactMap(\.remedy).joined(), stage, what)
      case .unreadable, .pending:
        #expect(
          change.reason?.text.contains(/[0-9]+s/) == true, "\(what): \(change.reason?.text ?? "")")
        try await stage.clock.sleep(for: .seconds(61))
      default:
        guard change.key != nil else { return }
        try reportsOrphans(try await stage.apply(), stage, what)
        stage.files.restart()
      }
    }
    Issue.record("\(what): it goes on for ever")
  }

  /// A failure that mentions orphans names each one with the command that revokes it; the user runs these commands.
  private func reportsOrphans(
    _ result: Result<OperationResult, OperationFailure>, _ stage: KeyStage, _ what: String
  ) throws {
    guard case .failure(let failure) = result, failure.help.contains("keys delete") else { return }
    #expect(failure.kind == .key, "\(what)")
    revoke(failure.help, stage, what)
  }

  private func revoke(_ text: String, _ stage: KeyStage, _ what: String) {
    let held = stage.store().heldIDs(stage.key)
    for key in stage.server.keys where text.contains("keys delete \(key.id) ") {
      #expect(!held.contains(key.id), "\(what): a key whose file is here is reported as lost")
      stage.server.remove(key.id)
    }
  }

  /// In the end there is one live key, which is in the file, besides the one that a reissue replaced.
  private func expectHeld(_ stage: KeyStage, besides old: String?, _ what: String) async throws {
    try await stage.clock.sleep(for: .seconds(300))
    stage.server.catchUp()
    let held = stage.store().heldIDs(stage.key)
    #expect(
      held.count == 1 || held.count == 2 && old.map(held.contains) == true, "\(what): \(held)")
    let live = stage.server.keys.map(\.id)
    #expect(Set(live) == held, "\(what): live \(live), held \(held)")
    #expect(try await stage.plan().action == .unchanged, "\(what)")
  }
}

extension KeyServer.Fault {
  /// In seconds.
  fileprivate var delay: Double {
    if case .killLater(let delay) = self { Double(delay) } else { 0 }
  }
}

/// Two keys of one account, created in one run.
@Suite struct KeyNeighbourTests {
  private func pair() -> (KeyStage, [DesiredKey]) {
    let stage = KeyStage(origin: .google)
    var second = stage.key
    second.address = Address(project: "p", .serviceAccountKey, "uploader", "second-key")
    second.file = "second-key.json"
    second.neighbours = [stage.key.file]
    var first = stage.key
    first.neighbours = [second.file]
    return (stage, [first, second])
  }

  /// If the answer for one key is lost, neither this run nor the next one takes the other key for it.
  @Test func twoKeysOfOneAccountAreNotEachOthersOrphans() async throws {
    let (stage, keys) = pair()
    stage.server.inject(.lostAnswer, at: 3)
    let runner = CloudRunner(client: try stage.client(), keys: stage.store())
    let failures = await withTaskGroup(of: OperationFailure?.self) { group in
      for key in keys {
        group.addTask {
          let operation = Operation(
            id: OperationID("\(key.address)"), address: key.address, action: .key(.issue, key),
            covers: [key.address], source: nil)
          do throws(OperationFailure) {
            _ = try await runner.run(operation)
            return nil
          } catch {
            return error
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
    }
    #expect(failures.map(\.kind) == [.key])
    let held = stage.store().heldIDs(keys[0])
    #expect(held == stage.store().heldIDs(keys[1]))
    #expect(held.count == 1)
    #expect(Set(stage.server.keys.map(\.id)).subtracting(held).count == 1)
    for key in stage.server.keys {
      #expect(failures[0].help.contains("delete \(key.id) ") == !held.contains(key.id))
    }
  }
}
