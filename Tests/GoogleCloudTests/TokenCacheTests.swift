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
}
