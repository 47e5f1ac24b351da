import Synchronization
import Testing

@testable import HTTP

@Suite struct AnswerMemoryTests {
  /// Growing and releasing in any order: the sum never exceeds the limit, and in the end nothing is in use.
  @Test(arguments: [1, 2, 3] as [UInt64]) func theSumStaysBelowTheLimit(_ seed: UInt64) {
    var random = Generator(state: seed)
    let memory = AnswerMemory(limit: 50 << 20)
    var shares: [(share: AnswerMemory.Share, size: Int)] = []
    var refused = 0
    for _ in 0..<5000 {
      switch Int.random(in: 0..<3, using: &random) {
      case 0: shares.append((AnswerMemory.Share(memory), 0))
      case 1 where !shares.isEmpty:
        let index = Int.random(in: 0..<shares.count, using: &random)
        let size = shares[index].size + Int.random(in: 0..<8 << 20, using: &random)
        if shares[index].share.grow(to: size) {
          shares[index].size = size
        } else {
          refused += 1
          #expect(size > AnswerMemory.ownPart)
        }
      case 2 where !shares.isEmpty:
        shares.remove(at: Int.random(in: 0..<shares.count, using: &random))
      default: break
      }
      let beyond = shares.reduce(0) { $0 + max(0, $1.size - AnswerMemory.ownPart) }
      #expect(beyond <= memory.limit, "seed \(seed)")
    }
    #expect(refused > 0, "seed \(seed)")
    shares = []
    // Everything was released: one answer gets all of it.
    #expect(AnswerMemory.Share(memory).grow(to: memory.limit + AnswerMemory.ownPart))
    #expect(!AnswerMemory.Share(memory).grow(to: memory.limit + AnswerMemory.ownPart + 1))
  }

  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  /// Complete answers and those in progress count together; released ones do not count.
  @Test func answersInUseCount() async throws {
    let body = String(repeating: "x", count: 3 << 20)
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer(body) }
    }
    var configuration = CurlTransport.Configuration(userAgent: "test/1")
    configuration.answerMemory = AnswerMemory(limit: 4 << 20)
    let transport = CurlTransport(configuration)
    defer { transport.shutdown() }
    var kept: HTTPResponse? = try await transport.send(HTTPRequest(.get, server.url()))
    #expect(kept?.body.count == 3 << 20)
    let failure = await #expect(throws: HTTPFailure.self) {
      try await transport.send(HTTPRequest(.get, server.url()))
    }
    #expect(failure?.kind == .ambiguous)
    #expect(failure?.message.hasSuffix("longer than 4 MiB together") == true)
    kept = nil
    #expect(try await transport.send(HTTPRequest(.get, server.url())).body.count == 3 << 20)
  }

  /// However full the memory is, an answer of the usual size fits.
  @Test func aSmallAnswerIsIndependentOfOthers() async throws {
    let server = try RawServer { connection in
      while connection.request() != nil {
        connection.answer(String(repeating: "x", count: 1 << 19))
      }
    }
    var configuration = CurlTransport.Configuration(userAgent: "test/1")
    configuration.answerMemory = AnswerMemory(limit: 0)
    let transport = CurlTransport(configuration)
    defer { transport.shutdown() }
    var kept: [HTTPResponse] = []
    for _ in 0..<3 { kept.append(try await transport.send(HTTPRequest(.get, server.url()))) }
    #expect(kept.map(\.body.count) == [1 << 19, 1 << 19, 1 << 19])
  }
}
