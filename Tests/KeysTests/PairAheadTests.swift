import Crypto
import Synchronization
import Testing

@testable import Keys

/// The pair that a run makes before it needs it.
@Suite struct PairAheadTests {
  /// Counts the pairs made.
  private final class Maker: Sendable {
    private let made = Atomic<Int>(0)
    let failures: Int

    init(failures: Int = 0) { self.failures = failures }

    var count: Int { made.load(ordering: .sequentiallyConsistent) }

    func next() throws(CryptoError) -> RSAPrivateKey {
      let number = made.add(1, ordering: .sequentiallyConsistent).newValue
      guard number > failures else { throw CryptoError("no pair \(number)") }
      return try RSAPrivateKey(generatingBits: 1024)
    }
  }

  private func ahead(of maker: Maker) -> PairAhead {
    PairAhead { () throws(CryptoError) in try maker.next() }
  }

  @Test func theFirstKeyTakesItAndOthersMakeTheirOwn() throws {
    let maker = Maker()
    let ahead = ahead(of: maker)
    ahead.begin()
    let first = try ahead.take().publicKey.fingerprint
    #expect(maker.count == 1)
    let second = try ahead.take().publicKey.fingerprint
    #expect(maker.count == 2)
    #expect(first != second)
  }

  @Test func onePairIsNeverTakenTwice() async throws {
    let maker = Maker()
    let ahead = ahead(of: maker)
    ahead.begin()
    let taken = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<4 { group.addTask { Array(try ahead.take().publicKey.fingerprint) } }
      return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
    }
    #expect(taken.count == 4)
    #expect(maker.count == 4)
  }

  @Test func whatFailsIsTriedAgainWhenItIsNeeded() throws {
    let maker = Maker(failures: 1)
    let ahead = ahead(of: maker)
    ahead.begin()
    _ = try ahead.take()
    #expect(maker.count == 2)
    let never = self.ahead(of: Maker(failures: 2))
    never.begin()
    let error = #expect(throws: CryptoError.self) { _ = try never.take() }
    #expect(error?.description.contains("no pair 2") == true)
  }
}
