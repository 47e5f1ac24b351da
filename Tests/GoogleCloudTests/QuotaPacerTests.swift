import Testing

@testable import GoogleCloud

@Suite struct QuotaPacerTests {
  func call(_ service: APIHost, _ retry: RetryClass = .read, _ path: String = "/v1/x") -> APICall {
    APICall(service, method: retry == .read ? .get : .post, path: path, retry: retry, label: "l")
  }

  @Test func aSmallRunNeverWaits() {
    let pacer = QuotaPacer()
    for service in APIHost.allCases {
      for _ in 0..<200 {
        #expect(pacer.delay(for: call(service), chargedTo: "p", now: .seconds(5)) == .zero)
      }
      for _ in 0..<50 {
        let write = call(service, .idempotentWrite)
        #expect(pacer.delay(for: write, chargedTo: "p", now: .seconds(5)) == .zero)
      }
    }
  }

  @Test func batchEnableCountsFive() {
    let pacer = QuotaPacer()
    let batch = call(.serviceUsage, .idempotentWrite, "/v1/projects/p/services:batchEnable")
    for _ in 0..<10 { #expect(pacer.delay(for: batch, chargedTo: "p", now: .zero) == .zero) }
    #expect(pacer.delay(for: batch, chargedTo: "p", now: .zero) > .seconds(59))
    #expect(pacer.delay(for: batch, chargedTo: "other", now: .zero) == .zero)
  }

  /// Every window of 60 seconds has at most the limit, and calls wait no longer than that requires.
  @Test(arguments: 1...20)
  func neverAboveTheLimit(_ seed: UInt64) {
    var random = seed &* 0x9E37_79B9_7F4A_7C15
    func next(_ bound: UInt64) -> UInt64 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (random >> 33) % bound
    }
    var window = QuotaWindow(limit: 20)
    var now = Duration.milliseconds(Int64(next(90_000)))
    var sent: [(at: Duration, cost: Int)] = []
    for _ in 0..<300 {
      now += .milliseconds(Int64(next(3000)))
      let cost = 1 + Int(next(5))
      let at = now + window.reserve(cost, now: now)
      #expect(at >= sent.last?.at ?? .zero || at >= now)
      sent.append((at, cost))
    }
    for (start, _) in sent {
      let total = sent.filter { $0.at >= start && $0.at < start + .seconds(60) }
        .reduce(0) { $0 + $1.cost }
      #expect(total <= 20, "seed \(seed)")
    }
    let total = sent.reduce(0) { $0 + $1.cost }
    #expect(sent.last.map { $0.at } ?? .zero < now + .seconds(65 * total / 15), "seed \(seed)")
  }

  @Test func theClientWaitsForTheQuota() async throws {
    let stage = Stage()
    let client = try stage.client()
    let call = call(.serviceUsage)
    for _ in 0..<217 {
      stage.transport.stub(.get, "https://serviceusage.googleapis.com/v1/x", .json("{}"))
    }
    for _ in 0..<216 { _ = try await client.call(call) }
    #expect(stage.clock.sleeps.isEmpty)
    _ = try await client.call(call)
    #expect(stage.clock.sleeps.count == 1)
    #expect(stage.clock.uptime >= .seconds(60))
    stage.transport.finish()
  }

  @Test func aSandboxHasNoQuota() async throws {
    let stage = Stage()
    let client = try stage.client(
      token: "arctlsbx.x", endpoints: try Endpoints(all: "http://127.0.0.1:80"))
    for _ in 0..<300 { stage.transport.stub(.get, "http://127.0.0.1/v1/x", .json("{}")) }
    for _ in 0..<300 { _ = try await client.call(call(.serviceUsage)) }
    #expect(stage.clock.sleeps.isEmpty)
    stage.transport.finish()
  }
}
