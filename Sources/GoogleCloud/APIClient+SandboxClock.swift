import FoundationEssentials
import HTTP
import JSON

extension APIClient {
  /// Asks a sandbox for its time, which users can move (docs/sandbox.md#the-clock). The run then follows it.
  ///
  /// Sends one request, and none to Google. An answer of another kind leaves the run with this machine's clock: the
  /// server is not a sandbox.
  public func followSandboxClock() async {
    let origin = endpoints.origin(of: .iam)
    guard !origin.isGoogle, credential.reach.refusal(for: origin) == nil else { return }
    var request = HTTPRequest(
      .get, "\(origin)/_sandbox/clock", timeout: min(.seconds(10), run.limits.requestTimeout))
    if !origin.isLoopback {
      // From another machine, the sandbox shows it to its owner only.
      guard let token = try? await credential.tokens.token() else { return }
      run.sentSecrets.add(token.value)
      request.headers["Authorization"] = "Bearer \(token.value)"
    } else {
      // The sign-in needs no answer to this, unless the clock was moved.
      await credential.tokens.begin()
    }
    let start = run.clock.now
    guard let response = try? await run.send(request), response.status == 200,
      let answer = try? JSONValue(parsing: response.body, maximumBytes: 1 << 16),
      let text = answer["now"]?.string, let time = Self.seconds(text)
    else { return }
    run.learn(time, from: start, tolerance: ServerClock.sandboxTolerance)
    if origin.isLoopback, run.serverLead != 0 { await credential.tokens.beginAgain() }
  }

  /// Unix seconds of an RFC 3339 time.
  private static func seconds(_ text: String) -> Double? {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
    return (try? style.parse(text))?.timeIntervalSince1970
  }
}
