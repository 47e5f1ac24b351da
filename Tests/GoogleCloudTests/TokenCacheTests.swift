import Testing

@testable import GoogleCloud

@Suite struct TokenCacheTests {
  @Test func fiftyCallersShareOneRequest() async throws {
    let clock = VirtualClock()
    let source = CountingTokens(clock)
    let cache = TokenCache(source, clock: clock)
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<50 { group.addTask { try await cache.token().value } }
      for try await token in group { #expect(token == "t1") }
    }
    #expect(source.count.withLock { $0 } == 1)
  }

  @Test func fiftyRefusalsShareOneRefresh() async throws {
    let clock = VirtualClock()
    let source = CountingTokens(clock)
    let cache = TokenCache(source, clock: clock)
    let old = try await cache.token()
    try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<50 { group.addTask { try await cache.replacement(for: old)?.value } }
      for try await token in group { #expect(token == "t2") }
    }
    #expect(source.count.withLock { $0 } == 2)
  }

  @Test func replacedFiveMinutesAhead() async throws {
    let clock = VirtualClock()
    let cache = TokenCache(CountingTokens(clock), clock: clock)
    #expect(try await cache.token().value == "t1")
    clock.advance(.seconds(3299))
    #expect(try await cache.token().value == "t1")
    clock.advance(.seconds(2))
    #expect(try await cache.token().value == "t2")
  }

  @Test func failedEarlyRefreshKeepsTheOldToken() async throws {
    let clock = VirtualClock()
    let source = CountingTokens(clock)
    let cache = TokenCache(source, clock: clock)
    _ = try await cache.token()
    source.failure.withLock { $0 = APIError(.notReachable, label: "l", "m") }
    clock.advance(.seconds(3400))
    #expect(try await cache.token().value == "t1")
    clock.advance(.seconds(180))
    #expect(await thrown { () throws(APIError) in try await cache.token() }?.kind == .notReachable)
  }

  /// The metadata server returns the same token until shortly before its end.
  @Test func shortTokensAreNotFetchedAtEveryCall() async throws {
    let clock = VirtualClock()
    let source = CountingTokens(clock, lifetime: 240)
    let cache = TokenCache(source, clock: clock)
    for _ in 0..<10 { _ = try await cache.token() }
    #expect(source.count.withLock { $0 } == 1)
    clock.advance(.seconds(31))
    #expect(try await cache.token().value == "t2")
  }

  @Test func aGivenTokenHasNoReplacement() async throws {
    let token = try #require(AccessToken("t", expires: nil))
    let cache = TokenCache(StaticToken(token: token), clock: VirtualClock())
    #expect(try await cache.replacement(for: token)?.value == nil)
  }

  @Test func whatHasBegunIsNotFetchedAgain() async throws {
    let clock = VirtualClock()
    let source = CountingTokens(clock)
    let cache = TokenCache(source, clock: clock)
    await cache.begin()
    await cache.begin()
    #expect(try await cache.token().value == "t1")
    await cache.begin()
    #expect(try await cache.token().value == "t1")
    #expect(source.count.withLock { $0 } == 1)
  }

  @Test func aFailureThatHasBegunIsThatOfTheCallersWhoWait() async throws {
    let clock = VirtualClock()
    let source = CountingTokens(clock)
    let cache = TokenCache(source, clock: clock)
    source.failure.withLock { $0 = APIError(.notReachable, label: "l", "m") }
    await cache.begin()
    #expect(await thrown { () throws(APIError) in try await cache.token() }?.kind == .notReachable)
    source.failure.withLock { $0 = nil }
    #expect(try await cache.token().value == "t1")
  }

  @Test func whatIsBegunAgainReplacesTheFirst() async throws {
    let clock = VirtualClock()
    let cache = TokenCache(CountingTokens(clock), clock: clock)
    await cache.begin()
    await cache.beginAgain()
    let token = try await cache.token().value
    #expect(try await cache.token().value == token)
    await cache.beginAgain()
    #expect(try await cache.token().value != token)
  }

  /// The credential behind an impersonated one signed in with the wrong time too.
  @Test func whatIsBegunAgainReplacesTheTokensBehind() async throws {
    let clock = VirtualClock()
    let source = CountingTokens(clock)
    let base = TokenCache(source, clock: clock)
    let cache = TokenCache(TokensOfAnother(base: base), clock: clock)
    #expect(try await cache.token().value == "t1")
    await cache.beginAgain()
    #expect(try await cache.token().value == "t2")
    #expect(source.count.withLock { $0 } == 2)
  }
}

/// Shows the tokens of another credential as its own.
private struct TokensOfAnother: TokenSource {
  let base: TokenCache
  func fetch() async throws(APIError) -> AccessToken { try await base.token() }
  func forget() async { await base.forget() }
}
