public import JSON

extension APIClient {
  /// Waits for a long-running operation and returns its `response` (`{}` if it has none).
  ///
  /// `operation` is the answer of the call that started it. An operation that is already done is not polled. Throws the
  /// operation's own error; `deadline`, with the operation's name, if the run's time is over; and `ambiguous` if
  /// polling fails, because the outcome is then unknown.
  ///
  /// - Parameter version: of the API; the polled path is `/{version}/{name}`.
  public func wait(
    for operation: JSONValue, service: APIHost, version: String = "v1", label: String,
    consumerProject: String? = nil
  ) async throws(APIError) -> JSONValue {
    guard let name = operation["name"]?.string,
      name.split(separator: "/").dropLast().last == "operations"
    else {
      throw APIError(.ambiguous, label: label, "the answer is not an operation")
    }
    let poll = APICall(
      service, method: .get, path: APIPath.join(version: version, name: name), label: label,
      consumerProject: consumerProject)
    if let response = try outcome(of: operation, name: name, label: label) { return response }
    RequestContext.waitObserver?.report(true)
    defer { RequestContext.waitObserver?.report(false) }
    // The label begins with the method. Operations of different methods take different times.
    let method = String(label.prefix { $0 != " " })
    let pace = paces.begin(method)
    var hasLearned = false
    defer { if !hasLearned { paces.release(method, pace) } }
    var pauses = pace
    var waited = Duration.zero
    var lastSeen: Duration?
    while true {
      var pause = pauses.next()
      // Near the end of a run, an operation is asked at least once, whatever others took.
      if lastSeen == nil, pause >= run.remaining { pause = OperationPace.usual }
      guard pause < run.remaining else {
        throw APIError(
          .deadline, label: label, "not done in time; it continues, and the next run resumes it",
          operation: name)
      }
      try await sleep(for: pause, poll)
      waited += pause
      let state = try await self.poll(poll, name: name)
      let isDone = Self.isEnd(state)
      if !hasLearned { paces.learn(method, pace, isDone: isDone) }
      hasLearned = true
      if isDone { paces.learn(method, pace, lastSeen: lastSeen) }
      if let response = try outcome(of: state, name: name, label: label) { return response }
      lastSeen = waited
    }
  }

  /// Whether an answer says that the operation has ended, well or not.
  private static func isEnd(_ state: JSONValue) -> Bool {
    state["done"]?.bool == true || state["error"]?.object?.isEmpty == false
  }

  private func outcome(
    of state: JSONValue, name: String, label: String
  ) throws(APIError) -> JSONValue? {
    do throws(APIError) {
      return try Self.outcome(of: state, name: name, label: label)
    } catch {
      throw advised(error)
    }
  }

  /// The response of a finished operation; nil while it runs. Throws for an answer about something else, which says
  /// nothing about this operation.
  private static func outcome(
    of state: JSONValue, name: String, label: String
  ) throws(APIError) -> JSONValue? {
    guard isState(state, of: name) else {
      throw APIError(
        .ambiguous, label: label, "the answer is about another operation",
        operation: name)
    }
    if let error = state["error"], error.object?.isEmpty == false {
      throw ErrorClassification.operationError(
        GoogleErrorBody(rpcStatus: error), name: name, label: label)
    }
    guard state["done"]?.bool == true else { return nil }
    return state["response"] ?? [:]
  }

  /// Whether an answer is the state of this operation. Names may have the project's id or its number, so only the last
  /// part is compared.
  private static func isState(_ state: JSONValue, of name: String) -> Bool {
    let id = name.split(separator: "/").last
    return state["name"]?.string?.split(separator: "/").last == id
      && (state["done"].map { $0.bool != nil } ?? true)
      && ["error", "response"].allSatisfy { state[$0].map { $0.object != nil } ?? true }
  }

  /// Polls once. Errors of polling are not about the resource: a 404 here means that the operation is unknown, and
  /// nothing else.
  private func poll(_ call: APICall, name: String) async throws(APIError) -> JSONValue {
    do {
      return try await self.call(call)
    } catch {
      var error = error
      error.operation = name
      switch error.kind {
      case .deadline, .cancelled, .unauthenticated, .refused, .tls: break
      default: error.kind = .ambiguous
      }
      throw error
    }
  }
}
