public import JSON

extension APIClient {
  /// Waits for a long-running operation and returns its `response` (`{}` where it has none).
  ///
  /// `operation` is the answer of the call that began it; one that is done already needs no poll.
  /// Throws the operation's own error, `deadline` with its name when the run's time is over, and
  /// `ambiguous` when polling itself fails: what became of it is then unknown.
  ///
  /// - Parameter version: of the API: polled is `GET /{version}/{name}`.
  public func wait(
    for operation: JSONValue, service: APIHost, version: String = "v1", label: String,
    consumerProject: String? = nil
  ) async throws(APIError) -> JSONValue {
    guard let name = operation["name"]?.string,
      name.split(separator: "/").dropLast().last == "operations"
    else {
      throw APIError(.ambiguous, label, "the answer is not an operation")
    }
    let poll = APICall(
      service, .get, APIPath.join(version: version, name: name), label: label,
      consumerProject: consumerProject)
    var state = operation
    var pause = Duration.milliseconds(50)
    while true {
      if let response = try APIClient.outcome(of: state, name: name, label: label) {
        return response
      }
      guard pause < run.remaining else {
        throw APIError(
          .deadline, label, "not done in time; it goes on, and running again picks it up",
          operation: name)
      }
      try await sleep(for: pause, poll)
      pause = min(pause * 3 / 2, .seconds(5))
      state = try await self.poll(poll, name: name)
    }
  }

  /// Nil while it runs. An answer that is not the state of this operation says neither that it is done nor that it is not.
  private static func outcome(
    of state: JSONValue, name: String, label: String
  ) throws(APIError) -> JSONValue? {
    guard isState(state, of: name) else {
      throw APIError(
        .ambiguous, label, "the answer is not about the operation that was asked for",
        operation: name)
    }
    if let error = state["error"], error.object?.isEmpty == false {
      throw ErrorClassification.operationError(
        GoogleErrorBody(rpcStatus: error), name: name, label: label)
    }
    guard state["done"]?.bool == true else { return nil }
    return state["response"] ?? [:]
  }

  /// A name may hold the project's id or its number; the last part distinguishes operations.
  private static func isState(_ state: JSONValue, of name: String) -> Bool {
    let id = name.split(separator: "/").last
    return state["name"]?.string?.split(separator: "/").last == id
      && (state["done"].map { $0.bool != nil } ?? true)
      && ["error", "response"].allSatisfy { state[$0].map { $0.object != nil } ?? true }
  }

  /// The errors of polling are not about the resource: a 404 here means that the operation is
  /// absent, and nothing else.
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
