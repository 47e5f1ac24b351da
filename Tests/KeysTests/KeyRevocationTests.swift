import CloudResources
import GoogleCloud
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Keys

/// Taking a key out of use: one request, repeated only where a repeat is needed.
@Suite struct KeyRevocationTests {
  private final class Counter: Sendable {
    let value = Mutex(0)
  }

  private static let email = "a@p.iam.gserviceaccount.com"
  private static let id = String(repeating: "0", count: 40)
  private static let path = "/v1/projects/p/serviceAccounts/\(email)/keys/\(id)"
  private static let calls: [(action: KeyRevocation.Action, key: String)] = [
    (.disable, "POST \(path):disable"), (.delete, "DELETE \(path)"),
  ]
  private let stage: LiveStage
  private let waits = Counter()

  init() throws { stage = try LiveStage() }

  private func revoke(
    _ action: KeyRevocation.Action, project: String = "p"
  ) async throws(APIError) {
    try await KeyRevocation(
      calls: CloudCalls(client: stage.client, memory: RecentWrites()), email: Self.email,
      project: project, id: Self.id, onWait: { [waits] in waits.value.withLock { $0 += 1 } }
    ).carryOut(action)
  }

  private func failure(_ action: KeyRevocation.Action) async -> APIError? {
    do throws(APIError) {
      try await revoke(action)
      return nil
    } catch {
      return error
    }
  }

  @Test func itTakesOneRequest() async throws {
    for (action, key) in Self.calls {
      stage.cloud.on(key, .empty)
      try await revoke(action)
      #expect(stage.cloud.count(key) == 1)
    }
    #expect(stage.cloud.requests.count == 2)
    #expect(waits.value.withLock { $0 } == 0)
  }

  /// A key of a moment ago may not be visible everywhere.
  @Test func aNewKeyIsWaitedFor() async throws {
    for (action, key) in Self.calls {
      stage.cloud.on(key, .notFound, .notFound, .empty)
      try await revoke(action)
      #expect(stage.cloud.count(key) == 3)
    }
    #expect(waits.value.withLock { $0 } == 2)
  }

  @Test func anAbsentKeyIsNotRevoked() async throws {
    for (action, key) in Self.calls {
      stage.cloud.on(key, .notFound)
      let start = stage.clock.uptime
      let error = await failure(action)
      #expect(error?.kind == .notFound)
      let waited = stage.clock.uptime - start
      #expect(waited > .seconds(45) && waited <= .seconds(60))
    }
  }

  /// After a lost answer, a key that is gone is the one that this run deleted; a key to disable would still be there.
  @Test func aLostAnswerIsRepeated() async throws {
    stage.cloud.on(Self.calls[1].key, .failure(.ambiguous), .notFound)
    try await revoke(.delete)
    stage.cloud.on(Self.calls[0].key, .failure(.ambiguous), .notFound)
    let error = await failure(.disable)
    #expect(error?.kind == .notFound)
    let other = try KeyRevocationTests()
    other.stage.cloud.on(Self.calls[0].key, .failure(.ambiguous), .empty)
    try await other.revoke(.disable)
    #expect(other.stage.cloud.count(Self.calls[0].key) == 2)
  }

  @Test func aRefusalIsFinal() async throws {
    for (action, key) in Self.calls {
      stage.cloud.on(key, .error(400, "FAILED_PRECONDITION", "system"))
      let error = await failure(action)
      #expect(error?.kind == .failedPrecondition)
      #expect(stage.cloud.count(key) == 1)
    }
  }

  @Test func anAccountWhoseProjectIsUnknownIsFoundByItsEmail() async throws {
    stage.cloud.on("DELETE /v1/projects/-/serviceAccounts/\(Self.email)/keys/\(Self.id)", .empty)
    try await revoke(.delete, project: "-")
    stage.cloud.finish()
  }
}
