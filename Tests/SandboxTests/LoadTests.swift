import Foundation
import HTTP
import JSON
import Testing

/// Many connections at once. `SANDBOX_LOAD_SECONDS` extends it.
@Suite(.serialized) struct LoadTests {
  private let folder = NSTemporaryDirectory() + "arctl-sandbox-\(UUID().uuidString)"
  private let repository = "/v1/projects/my-project/locations/us-east4/repositories/lib"
  private let seconds =
    ProcessInfo.processInfo.environment["SANDBOX_LOAD_SECONDS"].flatMap(Double.init) ?? 3

  /// The results of one client.
  private struct Tally: Sendable {
    var requests = 0
    var increments = 0
    var conflicts = 0
    var problems: [String] = []
    static func + (left: Tally, right: Tally) -> Tally {
      Tally(
        requests: left.requests + right.requests, increments: left.increments + right.increments,
        conflicts: left.conflicts + right.conflicts, problems: left.problems + right.problems)
    }
  }

  /// The counter is a member of the policy, `user:n7@example.com`.
  private func count(in policy: JSONValue) -> Int {
    let member = policy["bindings"]?.array?.first?["members"]?.array?.first?.string ?? "user:n0@"
    return Int(member.dropFirst("user:n".count).prefix { $0 != "@" }) ?? -1
  }

  private func increment(_ server: SandboxProcess, _ tally: inout Tally) async throws {
    let policy = try await server.call(.get, "\(repository):getIamPolicy").body
    let reply = try await server.call(
      .post, "\(repository):setIamPolicy",
      [
        "policy": [
          "etag": policy["etag"] ?? .null,
          "bindings": [
            [
              "role": "roles/artifactregistry.reader",
              "members": [.string("user:n\(count(in: policy) + 1)@example.com")],
            ]
          ],
        ]
      ])
    tally.requests += 2
    switch reply.status {
    case 200: tally.increments += 1
    case 409: tally.conflicts += 1
    default: tally.problems.append("setIamPolicy: \(reply)")
    }
  }

  /// Every fourth client writes the counter; the others read and patch.
  private func client(_ number: Int, _ server: SandboxProcess) async -> Tally {
    var tally = Tally()
    let end = ContinuousClock.now + .seconds(seconds)
    let account =
      "/v1/projects/my-project/serviceAccounts/client-\(number)@my-project.iam.gserviceaccount.com"
    do {
      repeat {
        if number % 4 == 0 {
          try await increment(server, &tally)
          continue
        }
        let replies = [
          try await server.call(.get, repository),
          try await server.call(.get, "/v1/projects/my-project/serviceAccounts?pageSize=100"),
          try await server.call(
            .patch, account,
            [
              "serviceAccount": ["description": .string("\(tally.requests)")],
              "updateMask": "description",
            ]),
        ]
        tally.requests += 3
        for reply in replies where reply.status != 200 { tally.problems.append("\(reply)") }
      } while ContinuousClock.now < end
    } catch {
      tally.problems.append("\(error)")
    }
    return tally
  }

  @Test func noUpdateIsLostUnderLoad() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try await SandboxProcess(folder: folder, ["--project", "my-project"])
    _ = try await server.call(
      .post, "/v1/projects/my-project/services/artifactregistry.googleapis.com:enable", [:])
    _ = try await server.call(
      .post, "/v1/projects/my-project/services/iam.googleapis.com:enable", [:])
    _ = try await server.call(
      .post, "/v1/projects/my-project/locations/us-east4/repositories?repositoryId=lib",
      ["format": "PYTHON"])
    for number in 0..<64 {
      _ = try await server.call(
        .post, "/v1/projects/my-project/serviceAccounts",
        ["accountId": .string("client-\(number)")])
    }
    let before = server.residentMemory
    let total = await withTaskGroup(of: Tally.self) { group in
      for number in 0..<64 { group.addTask { await client(number, server) } }
      return await group.reduce(Tally(), +)
    }
    #expect(total.problems == [])
    let policy = try await server.call(.get, "\(repository):getIamPolicy").body
    #expect(count(in: policy) == total.increments)
    #expect(total.increments > 0)
    let grown = server.residentMemory - before
    await server.stop()
    print(
      "load: \(total.requests) requests in \(seconds) s, \(total.increments) increments, "
        + "\(total.conflicts) conflicts, memory \(before) KiB and \(grown) KiB more")
    // The journal stores 50,000 requests; nothing else may grow.
    #expect(grown < 64 << 10)
  }
}
