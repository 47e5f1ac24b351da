import Foundation
import HTTP
import JSON
import Testing

/// What was answered is on the disk, whatever happens then.
@Suite(.serialized) struct DurabilityTests {
  private let folder = NSTemporaryDirectory() + "arctl-sandbox-\(UUID().uuidString)"
  private let accounts = "/v1/projects/my-project/serviceAccounts"

  /// Creates accounts until the server is gone; gives the ids whose creation was answered.
  private func write(_ server: SandboxProcess, _ prefix: String) async -> [String] {
    var answered: [String] = []
    while true {
      let id = "\(prefix)-\(answered.count)"
      guard
        let reply = try? await server.call(.post, accounts, ["accountId": .string(id)]),
        reply.status == 200
      else { return answered }
      answered.append(id)
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

  @Test(.timeLimit(.minutes(3))) func aKillLosesNoAnsweredWrite() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var expected: Set<String> = []
    for round in 0..<4 {
      let server = try await SandboxProcess(folder: folder, ["--project", "my-project"])
      #expect(try await list(server).isSuperset(of: expected))
      let answered = await withTaskGroup(of: [String].self) { group in
        for writer in 0..<4 {
          group.addTask { await write(server, "round-\(round)-writer-\(writer)") }
        }
        try? await Task.sleep(for: .milliseconds(300 + 70 * round))
        server.kill()
        return await group.reduce(into: []) { $0 += $1 }
      }
      server.transport.shutdown()
      #expect(answered.count > 4)
      expected.formUnion(answered)
    }
    let server = try await SandboxProcess(folder: folder)
    defer { server.stop() }
    let found = try await list(server)
    #expect(expected.subtracting(found) == [])
    // At most the one request of each writer that was not answered came through as well.
    #expect(found.count - expected.count <= 4 * 4)
  }

  @Test(.timeLimit(.minutes(3))) func termFinishesAnswersInFlight() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try await SandboxProcess(
      folder: folder, ["--project", "my-project", "--latency", "500"])
    let statuses = await withTaskGroup(of: Int.self) { group in
      for index in 0..<20 {
        group.addTask {
          let body: JSONValue = ["accountId": .string("worker-\(index)")]
          return (try? await server.call(.post, accounts, body).status) ?? -1
        }
      }
      try? await Task.sleep(for: .milliseconds(250))
      server.process.terminate()
      return await group.reduce(into: []) { $0.append($1) }
    }
    server.process.waitUntilExit()
    #expect(server.process.terminationStatus == 0)
    #expect(statuses.allSatisfy { $0 == 200 || $0 == -1 })
    let answered = statuses.count { $0 == 200 }
    #expect(answered > 0)
    server.transport.shutdown()
    let again = try await SandboxProcess(folder: folder)
    defer { again.stop() }
    // Whatever was carried out was answered too.
    #expect(try await list(again).count == answered)
  }
}
