package import GoogleCloud
package import JSON
package import Model
package import Platform

/// Sends the calls of one run's writes, and waits for resources that this run has just created.
package struct CloudCalls: Sendable {
  /// The client that sends the calls.
  package let client: APIClient
  /// The resources that this run has created so far.
  package let memory: RecentWrites

  /// For the writes of one run, all with the same memory.
  package init(client: APIClient, memory: RecentWrites) {
    self.client = client
    self.memory = memory
  }

  /// The clock of this machine.
  package var clock: any Clock { client.run.clock }

  /// Unix seconds by the server's clock, for dates that are compared with the server's or written there.
  package var now: Int64 { Int64(client.run.serverNow) }

  /// Unix seconds by this machine's clock, for the ages of files.
  package var localNow: Int64 { Int64(clock.now) }

  /// How long a new resource may stay unseen: an account up to about 60 seconds. Source:
  /// docs/google-apis.md#eventual-consistency.
  package static let patience: Duration = .seconds(KeyDestination.patience)
  /// How long a newly enabled service may still answer that it is not enabled.
  package static let servicePatience: Duration = .seconds(180)

  /// Sends one call about `address` or something inside it.
  ///
  /// Waits for a service that this run enabled and that is not on yet, and for a resource that this run created and
  /// that the server does not see yet: in both cases nothing was carried out. Also waits, up to a minute in total, for
  /// a resource that the plan has read and an answer denies (`SeenResources`). Runs `beforeSending` before every
  /// attempt.
  package func call(
    _ call: APICall, on address: Address,
    beforeSending: (() async throws(APIError) -> Void)? = nil
  ) async throws(APIError) -> JSONValue {
    var pause = Pause(self)
    while true {
      do {
        return try await client.call(call, beforeSending: beforeSending)
      } catch {
        if let limit = patience(for: error, call, address) {
          guard try await pause.wait(atMost: limit, call.label) else { throw error }
          continue
        }
        guard memory.seen.mayPass(error, on: address, host: call.service, now: clock.now),
          try await pause.wait(within: memory.wait, call.label)
        else { throw error }
      }
    }
  }

  private func patience(for error: APIError, _ call: APICall, _ address: Address) -> Duration? {
    switch error.kind {
    case .serviceDisabled:
      guard let name = error.disabledService(called: call.service) else { return nil }
      return memory.enabled(name, in: address.project) ? Self.servicePatience : nil
    case .notFound, .permissionDenied:
      return address.lineage.contains(where: memory.created) ? Self.patience : nil
    case .invalidArgument, .failedPrecondition:
      return SeenResources.saysAbsent(error.message, memory.createdNames) ? Self.patience : nil
    default: return nil
    }
  }

  /// Reads one resource; nil if the server does not know it.
  ///
  /// - Parameter written: the fields to compare it with. Throws `malformed` if that is not possible.
  package func read(
    _ address: Address, for written: JSONObject = [:]
  ) async throws(APIError) -> JSONValue? {
    let call = try Self.reading(address)
    let answer: JSONValue
    do {
      answer = try await client.call(call)
    } catch {
      if error.kind == .notFound { return nil }
      throw error
    }
    try LiveAnswer.check(answer, of: address, call, written: written)
    return answer
  }

  /// Reads a new resource, and waits until the server sees it.
  package func readCreated(
    _ address: Address, for written: JSONObject = [:]
  ) async throws(APIError) -> JSONValue {
    memory.recordCreated(address)
    let call = try Self.reading(address)
    let answer = try await self.call(call, on: address)
    try LiveAnswer.check(answer, of: address, call, written: written)
    return answer
  }

  private static func reading(_ address: Address) throws(APIError) -> APICall {
    guard let call = ReadCalls.resource(address) else {
      throw APIError(.other, label: "\(address)", "arctl cannot read addresses of this kind")
    }
    return call
  }

  /// Whether the caller holds a permission in a project; false if that cannot be determined.
  package func holds(_ permission: String, in project: String) async -> Bool {
    let call = APICall(
      .resourceManager, method: .post,
      path: APIPath.join("v1", "projects", project, verb: "testIamPermissions"),
      body: ["permissions": [.string(permission)]], retry: .read,
      label: "resourcemanager.projects.testIamPermissions \(project)", consumerProject: project)
    guard let answer = try? await client.call(call) else { return false }
    return answer["permissions"]?.array?.contains(.string(permission)) == true
  }

  /// Waits for a long-running operation.
  package func wait(
    _ operation: JSONValue, of call: APICall, version: String = "v1"
  ) async throws(APIError) -> JSONValue {
    try await client.wait(
      for: operation, service: call.service, version: version, label: call.label,
      consumerProject: call.consumerProject)
  }

  /// How many attempts a write gets whose outcome is unknown or that lost a race.
  package static let rounds = 6

  /// Pauses before the next round, with jitter so that two runs diverge; throws when the run's time limit has passed.
  package func backOff(attempt: Int, _ label: String) async throws(APIError) {
    let bits = client.run.random.bytes(2).reduce(0) { $0 << 8 | Int($1) }
    let ceiling = min(4000, 250 << min(attempt, 4))
    let pause = Duration.milliseconds(ceiling / 4 + ceiling * 3 / 4 * bits / 65_536)
    try await sleep(pause, label)
  }

  /// Waits; throws if the pause would exceed the run's time limit.
  package func sleep(_ pause: Duration, _ label: String) async throws(APIError) {
    guard pause < client.run.remaining else {
      throw APIError(.deadline, label: label, "the time limit of the run has passed")
    }
    do {
      try await clock.sleep(for: pause)
    } catch {
      throw APIError(.cancelled, label: label, "cancelled")
    }
  }
}

/// Growing pauses up to a limit.
package struct Pause {
  private let calls: CloudCalls
  private let start: Duration
  private var next = Duration.milliseconds(500)

  /// Starts the clock now.
  package init(_ calls: CloudCalls) {
    self.calls = calls
    start = calls.clock.uptime
  }

  /// False when the limit, or the run's time limit, has passed.
  package mutating func wait(atMost limit: Duration, _ label: String) async throws(APIError) -> Bool
  {
    guard calls.clock.uptime - start + next <= limit, next < calls.client.run.remaining else {
      return false
    }
    try await sleep(label)
    return true
  }

  /// False when the shared limit of the run's waits, or the run's time limit, has passed.
  mutating func wait(within shared: SharedWait, _ label: String) async throws(APIError) -> Bool {
    guard next < calls.client.run.remaining, shared.begin(next, at: calls.clock.uptime) else {
      return false
    }
    defer { shared.end(at: calls.clock.uptime) }
    try await sleep(label)
    return true
  }

  private mutating func sleep(_ label: String) async throws(APIError) {
    try await calls.sleep(next, label)
    next = min(next * 3 / 2, .seconds(5))
  }
}
