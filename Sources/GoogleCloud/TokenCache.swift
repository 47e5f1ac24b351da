import Platform
import Synchronization

/// The current token of one credential. If many calls need a new one, a single request gets it.
actor TokenCache {
  /// How long before its end a token is replaced, in seconds.
  private static let margin: Double = 300
  /// The metadata server returns the same token until shortly before its end, so it is not asked at every call.
  private static let patience: Double = 30

  private let source: any TokenSource
  private let clock: any Clock
  /// `current`, for callers that need not wait in line for it.
  private let shown = Mutex<AccessToken?>(nil)
  private var current: AccessToken? {
    didSet { shown.withLock { $0 = current } }
  }
  private var fetched: Double = 0
  private var fetching: Task<Result<AccessToken, APIError>, Never>?

  init(_ source: any TokenSource, clock: any Clock) {
    self.source = source
    self.clock = clock
  }

  /// A token that is valid for some time.
  nonisolated func token() async throws(APIError) -> AccessToken {
    if let token = shown.withLock({ $0 }),
      token.expires.map({ $0 - clock.now > TokenCache.margin }) ?? true
    {
      return token
    }
    return try await validToken()
  }

  /// Begins to fetch the first token, so that a request can be sent at the same time.
  func begin() {
    if current == nil, fetching == nil { fetching = fetch(from: source) }
  }

  /// Forgets what `begin` began: its sign-in bore the wrong time.
  func beginAgain() async {
    await forget()
    begin()
  }

  /// Forgets the token and its fetch, also in the credential behind.
  func forget() async {
    fetching?.cancel()
    fetching = nil
    current = nil
    await source.forget()
  }

  private func validToken() async throws(APIError) -> AccessToken {
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
      task = fetch(from: source)
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

  /// A separate task: if one waiting caller is cancelled, the others still get the token.
  private func fetch(
    from source: any TokenSource
  ) -> Task<Result<AccessToken, APIError>, Never> {
    Task(executorPreference: Workers.current) {
      await result { () throws(APIError) in try await source.fetch() }
    }
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
