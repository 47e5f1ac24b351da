import Foundation
import HTTP
import JSON
import Platform
import Synchronization
import Testing

/// Counts the work of several tasks. Another task waits for a count.
private final class Progress: Sendable {
  private let count = Atomic<Int>(0)

  func advance() { count.add(1, ordering: .relaxed) }

  func reach(_ number: Int) async throws {
    while count.load(ordering: .relaxed) < number { try await Task.sleep(for: .milliseconds(2)) }
  }
}

/// What was answered is on disk, whatever happens then.
@Suite(.serialized) struct DurabilityTests {
  private let folder = NSTemporaryDirectory() + "arctl-sandbox-\(UUID().uuidString)"
  /// So many that their changes share transactions.
  private static let writers = 12
  private let accounts = "/v1/projects/my-project/serviceAccounts"

  /// Creates accounts until the server is gone. Returns the ids whose creation was answered.
  private func write(
    _ server: SandboxProcess, _ prefix: String, _ progress: Progress
  ) async -> [String] {
    var answered: [String] = []
    while true {
      let id = "\(prefix)-\(answered.count)"
      guard
        let reply = try? await server.call(.post, accounts, ["accountId": .string(id)]),
        reply.status == 200
      else { return answered }
      answered.append(id)
      progress.advance()
    }
  }

  private func list(_ server: SandboxProcess) async throws -> Set<String> {
    var found: Set<String> = []
    var token = ""
    repeat {
      let page = try await server.call(.get, "\(accounts)?pageSize=100&pageToken=\(token)").body
      for account in page["accounts"]?.array ?? [] {
        found.insert(account["email"]?.string?.split(separator: "@").first.map(String.init) ?? "")
      }
      token = page["nextPageToken"]?.string ?? ""
    } while !token.isEmpty
    return found
  }

  @Test func aKillLosesNoAnsweredWrite() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var expected: Set<String> = []
    for round in 0..<4 {
      let server = try await SandboxProcess(folder: folder, ["--project", "my-project"])
      #expect(try await list(server).isSuperset(of: expected))
      let progress = Progress()
      let answered = try await withThrowingTaskGroup(of: [String].self) { group in
        for writer in 0..<Self.writers {
          group.addTask { await write(server, "round-\(round)-writer-\(writer)", progress) }
        }
        try await progress.reach(60 + 21 * round)
        await server.kill()
        return try await group.reduce(into: []) { $0 += $1 }
      }
      expected.formUnion(answered)
    }
    let server = try await SandboxProcess(folder: folder)
    let found = try await list(server)
    await server.stop()
    #expect(expected.subtracting(found) == [])
    // Per writer, at most the one unanswered request was carried out as well.
    #expect(found.count - expected.count <= 4 * Self.writers)
  }

  @Test func termFinishesAnswersInFlight() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try await SandboxProcess(
      folder: folder, ["--project", "my-project", "--latency", "500"])
    let progress = Progress()
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<20 {
        group.addTask {
          // The second half is in flight when the first answer arrives.
          if index >= 10 { try await Task.sleep(for: .milliseconds(250)) }
          let body: JSONValue = ["accountId": .string("worker-\(index)")]
          let status = (try? await server.call(.post, accounts, body).status) ?? -1
          progress.advance()
          return status
        }
      }
      try await progress.reach(1)
      server.process.send(SIGTERM)
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(await server.stop() == .exited(0))
    #expect(statuses.allSatisfy { $0 == 200 || $0 == -1 })
    let answered = statuses.count { $0 == 200 }
    #expect(answered > 0)
    let again = try await SandboxProcess(folder: folder)
    // Everything that was carried out was also answered.
    let carriedOut = try await list(again).count
    await again.stop()
    #expect(carriedOut == answered)
  }
}
