public import GoogleCloud
import HTTP
import Platform
import Synchronization

/// Calls the API of one GitHub server: secrets and variables of Actions. It knows its token, its rate limits and its
/// errors.
///
/// Transport, deadline, clock and retry budget are those of the run. No token and no header of Google's is sent, and
/// the token goes to this host alone.
public final class GitHubClient: Sendable {
  /// The server.
  public let host: GitHubHost
  private let token: GitHubToken
  private let run: RequestContext
  private let reads = Slots(10)
  /// GitHub asks for one change at a time.
  private let writes = Slots(1)
  /// The uptime until which nothing is sent, because GitHub said that there were too many requests. It may shut out who goes on.
  private let quietUntil = Mutex(Duration.zero)

  /// Throws `refused` for a token that must not be sent to the host.
  public init(host: GitHubHost, token: GitHubToken, run: RequestContext) throws(APIError) {
    if let refusal = token.refusal(for: host) { throw refusal }
    self.host = host
    self.token = token
    self.run = run
  }

  /// Makes a call, and repeats it as far as that is safe.
  func answer(to call: GitHubCall) async throws(APIError) -> GitHubAnswer {
    run.countCall()
    run.sentSecrets.add(token.value)
    var attempt = 1
    while true {
      try await keepQuiet(call)
      switch try await exchange(call) {
      case .success(let answer): return answer
      case .final(let error): throw error
      case .repeatable(let error, let delay):
        if let delay, error.kind == .rateLimited {
          quietUntil.withLock { $0 = max($0, run.clock.uptime + delay) }
        }
        try await wait(after: attempt, error, delay)
        attempt += 1
      }
    }
  }

  /// Waits as long as another call was told to.
  private func keepQuiet(_ call: GitHubCall) async throws(APIError) {
    let pause = quietUntil.withLock { $0 } - run.clock.uptime
    guard pause > .zero else { return }
    guard pause < run.remaining else {
      throw APIError(
        .rateLimited, label: call.label,
        "the rate limit of \(host.name) is used up for longer than this run lasts; it was not sent")
    }
    do {
      try await run.clock.sleep(for: pause)
    } catch {
      throw cancelled(call.label)
    }
  }

  /// Sends the call once, in a slot.
  private func exchange(_ call: GitHubCall) async throws(APIError) -> GitHubVerdict {
    let verdict = await (call.isWrite ? writes : reads).run { [run, host, token] in
      guard !Task.isCancelled else { return GitHubVerdict.final(cancelled(call.label)) }
      guard run.remaining > .zero else {
        return .final(
          APIError(.deadline, label: call.label, "the run's time is over; it was not sent"))
      }
      let request = call.request(to: host, with: token, timeout: run.limits.requestTimeout)
      do throws(HTTPFailure) {
        let response = try await run.send(request)
        return GitHubVerdict(
          response, to: call, token: token, sent: run.sentSecrets.traces, now: run.clock.now)
      } catch {
        return GitHubVerdict(error, of: call, at: host, token: token)
      }
    }
    guard let verdict else { throw cancelled(call.label) }
    return verdict
  }

  /// Waits before a repeat. Throws the error if there must be none.
  private func wait(
    after attempt: Int, _ failed: APIError, _ delay: Duration?
  ) async throws(APIError) {
    let mayContinue: Bool
    do {
      mayContinue = try await run.waitToRepeat(
        after: attempt, delay: delay, isRateLimit: failed.kind == .rateLimited,
        because: failed.httpStatus.map(String.init) ?? "no answer")
    } catch {
      throw cancelled(failed.label)
    }
    guard mayContinue else { throw failed }
  }
}

private func cancelled(_ label: String) -> APIError {
  APIError(.cancelled, label: label, "cancelled")
}
