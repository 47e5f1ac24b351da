import Platform

/// The current token of one credential. If many calls need a new one, a single request gets it.
actor TokenCache {
  /// How long before its end a token is replaced, in seconds.
  private static let margin: Double = 300
  /// The metadata server returns the same token until shortly before its end, so it is not asked at every call.
  private static let patience: Double = 30

  private let source: any TokenSource
  private let clock: any Clock
  private var current: AccessToken?
  private var fetched: Double = 0
  private var fetching: Task<Result<AccessToken, APIError>, Never>?

  init(_ source: any TokenSource, clock: any Clock) {
    self.source = source
    self.clock = clock
  }

  /// A token that is valid for some time.
  func token() async throws(APIError) -> AccessToken {
    guard let current else { return try await fetch() }
    guard let expires = current.expires else { return current }
    let left = expires - clock.now
    if left > TokenCache.margin { return current }
    let isUsable = left > TokenCache.patience
    if isUsable, clock.now - fetched < TokenCache.patience { return current }
    do {
      return try await fetch()
    } catch {
      // A token that is still valid is better than a failed run.
      guard isUsable else { throw error }
      return current
    }
  }

  /// Another token than `rejected`, which an API answered with 401; nil if there is none.
  func replacement(for rejected: AccessToken) async throws(APIError) -> AccessToken? {
    guard source.canRefresh else { return nil }
    if let current, current.value != rejected.value { return current }
    return try await fetch()
  }

  private func fetch() async throws(APIError) -> AccessToken {
    let task: Task<Result<AccessToken, APIError>, Never>
    if let fetching {
      task = fetching
    } else {
      // A separate task: if one waiting caller is cancelled, the others still get the token.
      task = Task(executorPreference: Workers.current) { [source] in
        await result { () throws(APIError) in try await source.fetch() }
      }
      fetching = task
    }
    let outcome = await task.value
    if fetching == task {
      fetching = nil
      fetched = clock.now
      if case .success(let token) = outcome { current = token }
    }
    return try outcome.get()
  }
}

/// The outcome of a typed throwing call, as a value.
private func result<Value: Sendable>(
  _ body: @Sendable () async throws(APIError) -> Value
) async -> Result<Value, APIError> {
  do {
    return .success(try await body())
  } catch {
    return .failure(error)
  }
}
