import HTTP
public import JSON
import Platform

/// Calls Google's APIs. It knows tokens, quotas, retries and errors, but no resources.
public final class APIClient: Sendable {
  /// The caller.
  public let credential: Credential
  /// The servers of the APIs.
  public let endpoints: Endpoints
  /// The deadline, budgets and counters that all requests of a run share.
  public let run: RequestContext
  private let reads: Slots
  private let writes: Slots
  private let pacer = QuotaPacer()
  let paces = OperationPaces()
  private let servers: [APIHost: Server]

  /// What every call of one API has to know of its server.
  private struct Server {
    let origin: Origin
    let baseURL: String
    /// Why the credential must not be sent there; nil if it may be.
    let refusal: String?

    init(_ service: APIHost, _ endpoints: Endpoints, _ reach: CredentialReach) {
      origin = endpoints.origin(of: service)
      baseURL = endpoints.baseURL(service)
      refusal = reach.refusal(for: origin)
    }
  }

  private let advice: @Sendable (APIError) -> PermissionAdvice?

  /// Throws `refused` if the credential must not be sent to the endpoints.
  ///
  /// - Parameter advice: what each refusal is advised with (`APIError.advice`).
  public init(
    credential: Credential, endpoints: Endpoints, run: RequestContext,
    advice: @escaping @Sendable (APIError) -> PermissionAdvice? = { _ in nil }
  ) throws(APIError) {
    if let refusal = credential.reach.refusal(for: endpoints) {
      throw APIError(.refused, label: "sign-in", "\(refusal): nothing was sent")
    }
    self.credential = credential
    self.endpoints = endpoints
    self.run = run
    self.advice = advice
    servers = APIHost.allCases.reduce(into: [:]) {
      $0[$1] = Server($1, endpoints, credential.reach)
    }
    reads = Slots(run.limits.reads)
    writes = Slots(run.limits.writes)
  }

  /// How many reads are worth beginning at one time: as many as may be in flight. Google's quotas may hold some of them up
  /// for a minute, which must not hold up the others.
  package var readsAtOnce: Int {
    max(1, run.limits.reads) * (servers.values.contains(where: \.origin.isGoogle) ? 4 : 1)
  }

  /// Makes one call, repeats it as far as its retry class allows, and returns the JSON object of the answer.
  ///
  /// A write with an unknown outcome throws `ambiguous`: read again before you decide. `beforeSending` runs right
  /// before each request, after every wait. If it throws, nothing is sent.
  public func call(
    _ call: APICall, beforeSending: (() async throws(APIError) -> Void)? = nil
  ) async throws(APIError) -> JSONValue {
    try await answer(to: call, beforeSending: beforeSending).value
  }

  /// The same, with the size of the answer in bytes.
  func answer(
    to call: APICall, beforeSending: (() async throws(APIError) -> Void)? = nil
  ) async throws(APIError) -> (value: JSONValue, bytes: Int) {
    let server = servers[call.service] ?? Server(call.service, endpoints, credential.reach)
    let origin = server.origin
    if let refusal = server.refusal {
      throw APIError(.refused, label: call.label, "\(refusal): nothing was sent")
    }
    guard let url = call.url(at: server.baseURL) else {
      throw APIError(
        .other, label: call.label, "the path is not a valid API path; nothing was sent")
    }
    run.countCall()
    try await pace(call, origin)
    var token = try await credential.tokens.token()
    var isReplayed = false
    var attempt = 1
    while true {
      switch try await exchange(
        call, url: url, origin: origin, token: token, beforeSending: beforeSending)
      {
      case .success(let value, let bytes): return (value, bytes)
      case .final(let error): throw advised(error)
      case .refresh(let error):
        guard !isReplayed, let other = try await credential.tokens.replacement(for: token) else {
          throw advised(error)
        }
        token = other
        isReplayed = true
      case .repeatable(let error, let delay):
        try await wait(toRepeat: call, after: attempt, error, delay)
        attempt += 1
        try await pace(call, origin)
        token = try await credential.tokens.token()
      }
    }
  }

  /// A refusal with advice; any other error as it is.
  func advised(_ error: APIError) -> APIError {
    var error = error
    error.advice = advice(error)
    return error
  }

  /// Sends the call once, in a slot.
  private func exchange(
    _ call: APICall, url: String, origin: Origin, token: AccessToken,
    beforeSending: (() async throws(APIError) -> Void)?
  ) async throws(APIError) -> FaultPolicy.Verdict {
    // A second check, on the token itself: a token endpoint may answer with a token of another server.
    if token.value.hasPrefix(CredentialReach.sandboxTokenPrefix), origin.isGoogle {
      throw APIError(.refused, label: call.label, "a sandbox's token is not sent to \(origin)")
    }
    let request = request(for: call, to: url, with: token)
    run.sentSecrets.add(token.value)
    func secrets() -> Secrets {
      guard let body = call.secretBody else {
        return run.sentSecrets.token(token.value)
      }
      return Secrets([token.value] + body.texts)
    }
    let verdict = await (call.retry.isWrite ? writes : reads).run { [run] in
      guard !Task.isCancelled else { return FaultPolicy.Verdict.final(cancelled(call)) }
      guard run.remaining > .zero else {
        return .final(
          APIError(.deadline, label: call.label, "the run's time is over; it was not sent"))
      }
      do throws(APIError) {
        try await beforeSending?()
      } catch {
        return .final(error)
      }
      do throws(HTTPFailure) {
        let start = run.clock.now
        let response = try await run.send(request)
        if response.status == 200, !run.knowsServerTime,
          let time = ServerClock.date(of: response)
        {
          run.learn(time, from: start, tolerance: ServerClock.dateTolerance)
        }
        guard response.status != 200 || run.admits(response.body) else {
          return FaultPolicy.unusable(
            call, response: response, message: RequestContext.readingTooLarge)
        }
        return await run.parse(response) { response in
          FaultPolicy.verdict(
            on: response, of: call, without: secrets(), sent: run.sentSecrets.traces)
        }
      } catch {
        return FaultPolicy.verdict(
          on: secrets().removed(from: error), of: call, at: origin)
      }
    }
    guard let verdict else { throw cancelled(call) }
    return verdict
  }

  /// The request of a call, with its token.
  private func request(for call: APICall, to url: String, with token: AccessToken) -> HTTPRequest {
    var request = HTTPRequest(
      call.method, url, headers: ["Authorization": "Bearer \(token.value)"],
      connection: call.needsFreshConnection ? .fresh : .reused,
      timeout: run.limits.requestTimeout)
    if let body = call.secretBody?.sent ?? call.body?.serialized() {
      request.headers.add("Content-Type", "application/json")
      request.body = body
    }
    if let project = credential.quotaProject {
      request.headers.add("X-Goog-User-Project", project)
    }
    return request
  }

  /// Waits until the call fits into Google's quota. Other endpoints have none.
  private func pace(_ call: APICall, _ origin: Origin) async throws(APIError) {
    guard origin.isGoogle else { return }
    let project = credential.quotaProject ?? call.consumerProject ?? ""
    let delay = pacer.delay(for: call, chargedTo: project, now: run.clock.uptime)
    guard delay > .zero else { return }
    guard delay < run.remaining else {
      throw APIError(
        .deadline, label: call.label, "the run's time is over before its quota allows this")
    }
    try await sleep(for: delay, call)
  }

  /// Waits before a repeat. Throws the error if the call must not be repeated.
  private func wait(
    toRepeat call: APICall, after attempt: Int, _ error: APIError, _ delay: Duration?
  ) async throws(APIError) {
    let mayContinue: Bool
    do {
      mayContinue = try await run.waitToRepeat(
        after: attempt, delay: delay, isRateLimit: error.kind == .rateLimited,
        because: error.httpStatus.map(String.init) ?? "no answer")
    } catch {
      throw cancelled(call)
    }
    guard mayContinue else { throw error }
  }

  func sleep(for delay: Duration, _ call: APICall) async throws(APIError) {
    do {
      try await run.clock.sleep(for: delay)
    } catch {
      throw cancelled(call)
    }
  }
}

private func cancelled(_ call: APICall) -> APIError {
  APIError(.cancelled, label: call.label, "cancelled")
}
