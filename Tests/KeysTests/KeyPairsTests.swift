import TestSupport
import Testing

/// A test that gets the same pair twice for two keys sees one key.
@Suite struct KeyPairsTests {
  @Test func aSequenceRepeatsNothingWhateverOthersTake() throws {
    let own = KeyPairs()
    var fingerprints: Set<[UInt8]> = []
    for _ in 1...3 {
      fingerprints.insert(try own.next().publicKey.fingerprint)
      let others = KeyPairs()
      for _ in 1...47 { _ = try others.next() }
    }
    #expect(fingerprints.count == 3)
  }
}
